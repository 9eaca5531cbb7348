//! `oppctl fmt`: writes manifests in their canonical layout. It needs no instance and no credentials; only `--drop-renamed` reads ledgers.
//!
//! A manifest that cannot be laid out anew without a risk stays as it is, and is named; the others are written.

use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::slice;

use crate::config::{AllManifests, LoadedConfig};
use crate::import::Renames;
use crate::manifest::files;
use crate::manifest::{
    self, NotWritten, Reading, Rewritten, formatted, is_unreadable, rewrite_all,
};
use crate::model::Diagnostic;
use crate::regular_file::MOST_BYTES;
use crate::render::{self, Formatting, file_line, format_change};

use super::args::FmtArgs;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::renames::renames;

/// The name of standard input among the arguments, and in messages.
const STDIN: &str = "-";
const SHOWN_STDIN: &str = "stdin";

pub(super) async fn run(context: &Context, args: &FmtArgs) -> Result<Exit, CliError> {
    if args.paths.iter().any(|path| path == Path::new(STDIN)) {
        return stream(context, args);
    }
    let loaded = context.load()?;
    let renames = match args.drop_renamed {
        true => renames(&loaded, None).await.map_err(nothing_written)?,
        false => Renames::default(),
    };
    let project = project(context, loaded)?;
    let files = project.files(&args.paths)?;
    let mut done = of(args);
    let mut unreadable = Vec::new();
    let mut shown_files = BTreeSet::new();
    for path in &files {
        let (shown, bytes) = load(&project.loaded.root, path)?;
        shown_files.insert(shown.clone());
        let dropped = renames.edits(&shown);
        match formatted(&shown, &bytes, &project.rules, dropped.as_ref()) {
            Ok(file) if file.before == file.after => done.unchanged += 1,
            Ok(file) => {
                done.dropped += dropped.map_or(0, |(edits, _)| edits.len());
                done.changed += 1;
                if args.check {
                    context.out.data(&format_change(&file, Some(&project)))?;
                    continue;
                }
                let written = Rewritten {
                    path: path.clone(),
                    ..file
                };
                rewrite_all(slice::from_ref(&written)).map_err(|error| CliError::of(&error))?;
                context.out.data(&file_line(&shown))?;
            }
            Err(NotWritten::Unreadable) => unreadable.push((shown, bytes)),
            Err(NotWritten::Left(why)) => done.left.push((shown, why)),
        }
    }
    let waiting = { renames.waiting() }.filter(|(place, _)| shown_files.contains(&place.file));
    done.waiting = render::waiting_renames(waiting, &context.invocation);
    end(
        context,
        &done,
        manifest::read_with(unreadable, &project.rules),
    )
}

/// Nothing became of any manifest yet.
fn of(args: &FmtArgs) -> Formatting {
    Formatting {
        is_check: args.check,
        drops_renamed: args.drop_renamed,
        ..Formatting::default()
    }
}

fn project(context: &Context, loaded: LoadedConfig) -> Result<AllManifests, CliError> {
    let kept = loaded.all_kept_fields()?;
    Ok(AllManifests::of(loaded, context.instance.as_deref(), kept)?)
}

fn nothing_written(error: CliError) -> CliError {
    let message = format!("{}; nothing was written", error.message);
    CliError { message, ..error }
}

/// From standard input to standard output, for editors.
fn stream(context: &Context, args: &FmtArgs) -> Result<Exit, CliError> {
    if args.drop_renamed {
        let message = "--drop-renamed is for files of the project, and not for standard input";
        return Err(CliError::new(Exit::Usage, message));
    }
    if args.paths.len() > 1 {
        return Err(CliError::new(
            Exit::Usage,
            "`-` is standard input, and stands alone",
        ));
    }
    let mut bytes = Vec::new();
    let most = MOST_BYTES as u64 + 1;
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|source| {
        CliError::new(Exit::Failed, "cannot read standard input").caused_by(&source)
    })?;
    // A text may be formatted outside of any project.
    let project = context.load().and_then(|it| project(context, it)).ok();
    let rules = project.as_ref().map(|project| project.rules.clone());
    let rules = rules.unwrap_or_default();
    let shown = PathBuf::from(SHOWN_STDIN);
    let mut done = of(args);
    match formatted(&shown, &bytes, &rules, None) {
        Ok(file) if args.check && file.before != file.after => {
            done.changed += 1;
            context.out.data(&format_change(&file, project.as_ref()))?;
        }
        Ok(_) if args.check => done.unchanged += 1,
        Ok(file) => {
            let mark = if bytes.starts_with(BYTE_ORDER_MARK.as_bytes()) {
                BYTE_ORDER_MARK
            } else {
                ""
            };
            context.out.data(&format!("{mark}{}", file.after))?;
            return Ok(Exit::Done);
        }
        Err(NotWritten::Unreadable) => {
            return end(
                context,
                &done,
                manifest::read_with([(shown, bytes)], &rules),
            );
        }
        Err(NotWritten::Left(why)) => done.left.push((shown, why)),
    }
    end(context, &done, Reading::default())
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

fn load(root: &Path, path: &PathBuf) -> Result<(PathBuf, Vec<u8>), CliError> {
    let mut loaded = files::load(root, slice::from_ref(path));
    Ok(loaded.next().expect("it is one file")?)
}

/// Says what became of them, with the problems of those that cannot be read.
fn end(context: &Context, done: &Formatting, mut unreadable: Reading) -> Result<Exit, CliError> {
    // What else is wrong with such a file often comes from that.
    let is_cause = |it: &Diagnostic| is_unreadable(&it.problem);
    if unreadable.diagnostics.iter().any(is_cause) {
        unreadable.diagnostics.retain(is_cause);
    }
    for line in done.lines(&context.invocation) {
        context.out.progress(&line);
    }
    let refused = input::refuse(context, &unreadable.sources, &unreadable.diagnostics);
    if let Some((message, causes, way_out)) = done.unsafe_files() {
        let error = CliError::new(Exit::Failed, message).hint(way_out);
        let error = CliError { causes, ..error };
        let Some(refused) = refused else {
            return Err(error);
        };
        context.error(error);
        return Ok(refused);
    }
    Ok(match (refused, done.is_check && done.changed > 0) {
        (Some(refused), _) => refused,
        (None, true) => Exit::Pending,
        (None, false) => Exit::Done,
    })
}
