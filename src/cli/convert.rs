//! `oppctl convert`: a spreadsheet becomes a manifest, offline. All of it, or nothing.
//!
//! What was read into the file is shown on standard error: the columns, rows that are no records, values that were taken in an odd form.
//! What would be written is read back as a manifest first. Of the files that exist, only
//! those that convert has written are changed.

use std::path::{Path, PathBuf};

use crate::convert::{ConvertError, Draft, MapFile, Options, convert, is_own, update};
use crate::manifest::{
    self, CreateError, InstanceRules, ManifestEntry, Patterns, Rewritten, create, files,
    rewrite_all, write,
};
use crate::regular_file::{MOST_BYTES, bounded, read_text};
use crate::render::{
    ConversionReport, conversion_head, escaped, hints_for_columns, hints_for_problems,
};

use super::args::ConvertArgs;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::files::real;
use super::input;

pub(super) fn run(context: &Context, args: &ConvertArgs) -> Result<Exit, CliError> {
    let bytes = bounded(&args.file, MOST_BYTES as u64).map_err(unreadable(&args.file))?;
    let options = options(args)?;
    let draft = match convert(&bytes, &options) {
        Ok(draft) => draft,
        Err(error) => return Err(refused(context, args, &error)),
    };
    let report = ConversionReport {
        file: &args.file,
        draft: &draft,
        detail: context.detail,
    };
    if let Some(path) = &args.save_map {
        put_new(path, MapFile::text(&draft.columns, &options))?;
    }
    context.out.message(&report.head());
    if !draft.problems.is_empty() {
        context.out.message(&report.problems());
        let error = CliError::new(Exit::Invalid, report.refusal());
        let hints = hints_for_problems(&draft.problems, &options).into_iter();
        return Err(hints.fold(error, CliError::hint));
    }
    if draft.entries.is_empty() {
        let message = format!("{} has no row that is a record", args.file.display());
        return Err(CliError::new(Exit::Invalid, message));
    }
    let text = text(args, &draft);
    let Target { out, unread } = Target::of(context, args);
    let read_back = manifest::read([(out.clone(), text.clone().into_bytes())]);
    if let Some(exit) = input::refuse(context, &read_back.sources, &read_back.diagnostics) {
        context
            .out
            .message("nothing was written: this manifest would be invalid\n");
        return Ok(exit);
    }
    if out == Path::new("-") {
        context.out.data(&text)?;
    } else if let Some(existing) = own(&out) {
        let updated = update(&existing, &draft.entries, &rules(context)).map_err(|error| {
            let message = format!("{} cannot be updated; it is as it was", out.display());
            CliError::new(Exit::Invalid, message)
                .caused_by(&error)
                .hint("write to another file with --out, and take over the changes")
        })?;
        if updated.text != existing {
            let rewritten = Rewritten {
                path: out.clone(),
                before: existing,
                after: updated.text.clone(),
            };
            rewrite_all(&[rewritten]).map_err(|error| CliError::of(&error))?;
        }
        context.out.data(&report.update(&out, &updated))?;
    } else {
        put_new(&out, text)?;
        context.out.data(&report.summary(&out))?;
    }
    if let Some(place) = &unread {
        context
            .out
            .message(&ConversionReport::unread(&out, place.as_deref()));
    }
    Ok(Exit::Done)
}

/// What the manifests of the project around mean, if there is one: a person may have written references into a converted manifest.
fn rules(context: &Context) -> InstanceRules {
    let loaded = context.load().ok();
    let instance = loaded.as_ref().and_then(|loaded| {
        let name = context.instance.as_deref();
        loaded.instance(name).ok()
    });
    instance.map_or_else(InstanceRules::default, |it| it.rules.clone())
}

/// The options of the map, with those of the command line over them.
fn options(args: &ConvertArgs) -> Result<Options, CliError> {
    let mut options = match &args.map {
        Some(path) => {
            let text = read_text(path).map_err(unreadable(path))?;
            MapFile::options(&text).map_err(|error| {
                let message = format!("{} cannot be used as a map", path.display());
                CliError::new(Exit::Invalid, message)
                    .caused_by(&error)
                    .hint("`oppctl convert FILE --save-map MAP` writes one")
            })?
        }
        None => Options::default(),
    };
    let ConvertArgs {
        file: _,
        map: _,
        save_map: _,
        out: _,
        kind,
        sheet,
        header,
        encoding,
        dates,
        decimal,
        currency,
        amount,
        cents,
        percents,
        zone,
        widen_ids,
    } = args;
    if !kind.is_empty() {
        options.kinds.clone_from(kind);
    }
    options.sheet = sheet.clone().or(options.sheet);
    options.header = header.or(options.header);
    options.encoding = encoding.clone().or(options.encoding);
    options.dates = dates.or(options.dates);
    options.decimal = decimal.or(options.decimal);
    options.currency = currency.clone().or(options.currency);
    options.amount = amount.clone().or(options.amount);
    options.percents = percents.or(options.percents);
    options.zone = zone.clone().or(options.zone);
    options.cents |= cents;
    options.widen_ids |= widen_ids;
    Ok(options)
}

/// Why the file as a whole cannot be converted. A map can still be saved: to be filled in.
fn refused(context: &Context, args: &ConvertArgs, error: &ConvertError) -> CliError {
    let exit = if error.is_usage() {
        Exit::Usage
    } else {
        Exit::Invalid
    };
    let message = format!("{} cannot be converted", args.file.display());
    let mut refusal = CliError::new(exit, message).caused_by(error);
    if let (Some(path), ConvertError::UnknownColumns { headers }) = (&args.save_map, error) {
        match put_new(path, MapFile::blank(headers)) {
            Ok(()) => {
                let path = path.to_string_lossy();
                let path = escaped(&path);
                context
                    .out
                    .message(&format!("wrote {path}, with all columns and no targets\n"));
            }
            Err(unwritable) => return unwritable,
        }
    }
    for hint in hints_for_columns(error) {
        refusal = refusal.hint(hint);
    }
    refusal
}

/// The manifest, below a comment that tells where it comes from.
fn text(args: &ConvertArgs, draft: &Draft) -> String {
    let entries: Vec<&ManifestEntry> = draft.entries.iter().collect();
    conversion_head(&args.file) + &write(None, &entries)
}

/// Where the manifest goes.
struct Target {
    out: PathBuf,
    /// Said of a file that no pattern matches: where plans would read it, if that is known.
    unread: Option<Option<PathBuf>>,
}

impl Target {
    /// The file that was asked for; or the name of the export with another ending, where plans look. Outside of a project that is the
    /// working directory, and so it is for a manifest that an earlier conversion has left there.
    fn of(context: &Context, args: &ConvertArgs) -> Self {
        let name = args.file.file_name().unwrap_or_default();
        let here = Path::new(name).with_extension("yaml");
        let out = args.out.clone().unwrap_or_else(|| here.clone());
        let read = |out| Self { out, unread: None };
        let is_stream = out == Path::new("-");
        let (Some(loaded), false) = (context.load().ok(), is_stream) else {
            return read(out);
        };
        let Ok(root) = real(&loaded.root) else {
            return read(out);
        };
        let config = &loaded.config;
        // Other instances may have other manifests.
        let all = [&*config.manifests, &*config.others].concat();
        let patterns = Patterns {
            manifests: &all,
            others: &[],
            ignored: &config.ignore,
        };
        let is_read = |path: &Path| files::is_matched(&root, patterns, path);
        if real(&out).is_ok_and(|path| is_read(&path)) {
            return read(out);
        }
        let names = [here.clone(), here.with_extension("yml")];
        let folders = all.iter().map(|pattern| root.join(files::folder(pattern)));
        let mut places = folders.flat_map(|folder| names.clone().map(|name| folder.join(name)));
        let place = places.find(|place| is_read(place));
        let place = place.map(|place| shown_from_here(&place));
        match (place, &args.out) {
            (Some(place), None) if own(&out).is_none() => read(place),
            (place, _) => Self {
                out,
                unread: Some(place),
            },
        }
    }
}

/// A path, relative to the working directory if it lies below it.
fn shown_from_here(path: &Path) -> PathBuf {
    let here = real(Path::new(".")).unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_owned()
}

/// The text of a file that convert has written. Nothing else is ever replaced, and no link either.
fn own(path: &Path) -> Option<String> {
    let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
    let text = is_file.then(|| read_text(path).ok()).flatten()?;
    is_own(&text).then_some(text)
}

fn put_new(path: &Path, text: String) -> Result<(), CliError> {
    create(&[(path.to_owned(), text)]).map_err(unwritable)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn unwritable(error: CreateError) -> CliError {
    let cli = CliError::from_error(Exit::from(&error), &error);
    match error {
        CreateError::Exists { .. } => cli.hint(
            "convert changes only manifests that it has written: name another file, or move this one away",
        ),
        CreateError::Unwritable { .. } => cli,
    }
}

fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> CliError {
    let message = format!("cannot read {}", escaped(&path.to_string_lossy()));
    move |source| CliError::new(Exit::Failed, message).caused_by(&source)
}
