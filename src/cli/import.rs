//! `oppctl import`: manifests for records of an instance that no manifest declares yet.
//!
//! Everything is read before anything is written, and what would be written is read back as a manifest first: either all
//! files appear, or none. Records that do not exist are listed at the end, as `get` does.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::import::{DeclaredRecords, Draft, arrange, draft};
use crate::keys::{KeyFileError, KeyPlace, KeySource, WrittenKey, read_keys};
use crate::manifest::{self, CreateError, ManifestEntry, create, write};
use crate::model::ObjectKind;
use crate::observe;
use crate::render::{ImportOmissions, ImportSummary, escaped, first_lines, with_children_flag};
use crate::run::Session;

use super::args::ImportArgs;
use super::connect::{Connected, with_session};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use read::{FoundRecords, ImportReader};
use target::ImportTarget;

mod read;
mod sought;
mod target;

pub(super) async fn run(context: &Context, args: &ImportArgs) -> Result<Exit, CliError> {
    let kind = args.kind;
    if args.with_children && kind.children().next().is_none() {
        let message = format!(
            "`--{}` does not apply to {}",
            with_children_flag(),
            kind.nouns
        );
        return Err(CliError::new(Exit::Usage, message));
    }
    let written = written_keys(context, kind, args)?;
    with_session(context, async |connected| {
        import(context, args, &written, connected).await
    })
    .await
}

async fn import(
    context: &Context,
    args: &ImportArgs,
    written: &[WrittenKey],
    connected: &Connected,
) -> Result<Exit, CliError> {
    let kind = args.kind;
    let Connected {
        loaded, session, ..
    } = connected;
    let target = ImportTarget::of(context, loaded, kind, args)?;
    let existing = input::existing(&loaded.root, loaded.config.patterns())?;
    let declared = manifest::read_with(existing.iter().cloned(), &loaded.config.rules);
    if let Some(exit) = input::refuse(context, &declared.sources, &declared.diagnostics) {
        return Ok(exit);
    }
    let known = DeclaredRecords::of(&declared.desired);
    let reader = ImportReader {
        connected,
        args,
        written,
    };
    let (scope, unknown) = reader.scope().await?;
    let layout = target.layout(kind, args, &scope)?;
    let found = reader.records(&scope, &known).await?;
    let mut draft = draft(&found.observed, &scope, &known, &found.names);
    if found.declared > 0 {
        *draft.declared.entry(kind).or_default() += found.declared;
    }
    let files = arrange(&draft.entries, &layout);
    let texts = texts(&target, &files);
    let shown = texts
        .iter()
        .map(|(path, text)| (target.shown(path), text.clone().into_bytes()));
    let read_back = manifest::read_with(existing.into_iter().chain(shown), &loaded.config.rules);
    if let Some(exit) = input::refuse(context, &read_back.sources, &read_back.diagnostics) {
        context
            .out
            .message("nothing was written: these manifests would be invalid\n");
        return Ok(exit);
    }
    create(&texts).map_err(|error| target.shown_error(error))?;
    let summary = ImportSummary {
        files: shown_files(&target, &files),
        draft: &draft,
        calls: usize::try_from(session.client.calls().counted()).unwrap_or(usize::MAX),
    };
    context.out.data(&summary.text(context.detail))?;
    for field in &found.refused {
        context.out.message(&observe::left_out(&escaped(field)));
    }
    context
        .out
        .message(&omissions(session, &found, &unknown, &draft).text());
    Ok(exit(&found, &draft))
}

/// The files with their paths as they are shown.
fn shown_files<'f>(
    target: &ImportTarget,
    files: &'f BTreeMap<PathBuf, Vec<&'f ManifestEntry>>,
) -> Vec<(PathBuf, &'f [&'f ManifestEntry])> {
    let shown = files
        .iter()
        .map(|(path, entries)| (target.shown(path), &**entries));
    shown.collect()
}

fn omissions<'o>(
    session: &'o Session,
    found: &'o FoundRecords,
    unknown: &'o [Arc<str>],
    draft: &'o Draft,
) -> ImportOmissions<'o> {
    ImportOmissions {
        instance: &session.instance.name,
        sensitive: &found.sensitive,
        unknown,
        names: &found.names,
        left_out: &draft.left_out,
        missing: &found.missing,
    }
}

/// The keys of all sources. All texts that are not keys are reported together.
fn written_keys(
    context: &Context,
    kind: &'static ObjectKind,
    args: &ImportArgs,
) -> Result<Vec<WrittenKey>, CliError> {
    let files = args.from.iter().map(|path| KeySource::File(path));
    let (mut written, mut wrong) = (Vec::new(), Vec::new());
    for source in [KeySource::Arguments(&args.keys)].into_iter().chain(files) {
        let lines = read_keys(kind, &source)?;
        if let (KeySource::File(path), true) = (&source, lines.is_empty()) {
            let message = format!("{} has no key", escaped(&path.to_string_lossy()));
            return Err(CliError::new(Exit::Invalid, message).hint(
                "write one key in each line, or a CSV table with a column for each part of the key",
            ));
        }
        for line in lines {
            match line {
                Ok(key) => written.push(key),
                Err((place, error)) => wrong.push((place, error)),
            }
        }
    }
    let lines = wrong.iter().map(|(place, error)| {
        let line = format!("{place}{error}");
        escaped(&line).into_owned()
    });
    let lines: Vec<String> = lines.collect();
    let Some((place, error)) = wrong.first() else {
        return Ok(written);
    };
    let exit = match place {
        KeyPlace::Argument => Exit::from(error),
        KeyPlace::Line { .. } => Exit::Invalid,
    };
    let error = match &*lines {
        [only] => CliError::new(exit, only).hints(error.hint()),
        _ => {
            context.out.message(&first_lines(&lines));
            let message = format!("{} texts are not keys of {}", lines.len(), kind.nouns);
            CliError::new(exit, message).hints(error.hint())
        }
    };
    Err(error)
}

/// The texts of the files.
fn texts(
    target: &ImportTarget,
    files: &BTreeMap<PathBuf, Vec<&ManifestEntry>>,
) -> Vec<(PathBuf, String)> {
    let text = |(path, entries): (&PathBuf, &Vec<&ManifestEntry>)| {
        let schema = target.schema(path);
        (path.clone(), write(schema.as_deref(), entries))
    };
    files.iter().map(text).collect()
}

/// Whether all records that were asked for have their entries.
fn exit(found: &FoundRecords, draft: &Draft) -> Exit {
    if found.missing.is_empty() && draft.is_complete() {
        Exit::Done
    } else {
        Exit::Failed
    }
}

impl From<CreateError> for CliError {
    fn from(error: CreateError) -> Self {
        let cli = Self::of(&error);
        match error {
            CreateError::Exists { .. } => {
                cli.hint("import never changes a file: name another folder or file with --out")
            }
            CreateError::Unwritable { .. } => cli,
        }
    }
}

impl From<KeyFileError> for CliError {
    fn from(error: KeyFileError) -> Self {
        Self::of(&error).hints(error.hint())
    }
}
