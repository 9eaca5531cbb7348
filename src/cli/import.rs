//! `oppctl import`: manifests for records that an instance holds and nobody has declared yet.
//!
//! Everything is read before anything is written, and what would be written is read back as a manifest first: either all
//! files appear, or none. Records that are not there are told at the end, as `get` does.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::import::{DeclaredRecords, Draft, arrange, draft};
use crate::manifest::{self, CreateError, ManifestEntry, create, write};
use crate::model::ObjectKind;

use super::args::ImportArgs;
use super::connect::{Connected, with_session};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::key_file::{KeyFileError, KeySource, keys};
use super::keys::Asked;
use target::Place;

mod read;
mod sought;
mod target;
mod tell;

pub(super) async fn run(context: &Context, args: &ImportArgs) -> Result<Exit, CliError> {
    let kind = ObjectKind::named(&args.kind)
        .ok_or_else(|| CliError::new(Exit::Usage, format!("{} is not a kind", args.kind)))?;
    if args.with_children && kind.children().next().is_none() {
        let message = format!("nothing hangs on {}", kind.plural);
        return Err(CliError::new(Exit::Usage, message));
    }
    let asked = asked(context, kind, args)?;
    with_session(context, async |connected| {
        import(context, args, kind, &asked, connected).await
    })
    .await
}

async fn import(
    context: &Context,
    args: &ImportArgs,
    kind: &'static ObjectKind,
    asked: &[Asked],
    connected: &Connected,
) -> Result<Exit, CliError> {
    let Connected {
        loaded, session, ..
    } = connected;
    let place = Place::of(context, loaded, kind, args)?;
    let existing = input::existing(&loaded.root, &loaded.config.manifests)?;
    let declared = manifest::read(existing.iter().cloned());
    if let Some(exit) = input::refuse(context, &declared.sources, &declared.diagnostics) {
        return Ok(exit);
    }
    let known = DeclaredRecords::of(&declared.desired);
    let scope = read::scope(session, loaded, kind, args).await?;
    let layout = place.layout(kind, args, &scope)?;
    let found = read::records(session, loaded, kind, args, asked, &scope, &known).await?;
    let mut draft = draft(&found.observed, &scope, &known, &found.names);
    if found.declared > 0 {
        *draft.declared.entry(kind).or_default() += found.declared;
    }
    let files = arrange(&draft.entries, &layout);
    let texts = texts(&place, &files);
    let shown = texts
        .iter()
        .map(|(path, text)| (place.shown(path), text.clone().into_bytes()));
    let read_back = manifest::read(existing.into_iter().chain(shown));
    if let Some(exit) = input::refuse(context, &read_back.sources, &read_back.diagnostics) {
        context
            .out
            .message("nothing was written: these manifests would be invalid\n");
        return Ok(exit);
    }
    create(&texts).map_err(|error| place.shown_error(error))?;
    let calls = usize::try_from(session.client.calls().counted()).unwrap_or(usize::MAX);
    context
        .out
        .data(&tell::summary(context, &place, &files, &draft, calls))?;
    context
        .out
        .message(&tell::left_out(&session.instance.name, &found, &draft));
    Ok(exit(&found, &draft))
}

/// The keys of all sources; what is none is told, all of it at once.
fn asked(
    context: &Context,
    kind: &'static ObjectKind,
    args: &ImportArgs,
) -> Result<Vec<Asked>, CliError> {
    let files = args.from.iter().map(|path| KeySource::File(path));
    let (mut asked, mut wrong) = (Vec::new(), Vec::new());
    for source in [KeySource::Arguments(&args.keys)].into_iter().chain(files) {
        for line in keys(kind, &source)? {
            match line {
                Ok(key) => asked.push(key),
                Err((place, error)) => {
                    let (message, hint) = error.told();
                    wrong.push((format!("{place}{message}"), hint));
                }
            }
        }
    }
    let Some((last, hint)) = wrong.pop() else {
        return Ok(asked);
    };
    for (message, _) in wrong {
        context.out.message(&format!("{message}\n"));
    }
    Err(super::keys::failed(Exit::Usage, (last, hint)))
}

/// The texts of the files.
fn texts(place: &Place, files: &BTreeMap<PathBuf, Vec<&ManifestEntry>>) -> Vec<(PathBuf, String)> {
    let text = |(path, entries): (&PathBuf, &Vec<&ManifestEntry>)| {
        let schema = place.schema(path);
        (path.clone(), write(schema.as_deref(), entries))
    };
    files.iter().map(text).collect()
}

/// Whether all records that somebody asked for have their entries.
fn exit(found: &read::Found, draft: &Draft) -> Exit {
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
        Self::of(&error)
    }
}
