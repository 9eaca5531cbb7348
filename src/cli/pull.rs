//! `oppctl pull`: takes what Marketo has into the manifests. It changes files, and never the instance.

use std::collections::HashSet;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use crate::config::LoadedConfig;
use crate::import::{Pull, PullBasis, PullRequest, RenamedEntry};
use crate::keys;
use crate::manifest::{InstanceRules, Reading, RewriteError, Rewritten, edit, rewrite_all};
use crate::model::{ObjectKind, Span};
use crate::plan::Note;
use crate::render;
use crate::run::{InstanceId, Planned, RunError};

use super::args::PullArgs;
use super::connect::{Connected, store, with_session};
use super::consent::agrees;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::looking::look;
use super::output::text;
use super::renames::renames;

pub(super) async fn run(context: &Context, args: &PullArgs) -> Result<Exit, CliError> {
    with_session(context, async |connected| {
        let loaded = &connected.loaded;
        let (paths, keys) = sorted(&args.wanted);
        let mut reading = input::read(loaded, &paths)?;
        reading.lower(&loaded.config.severities);
        let ledger = match store(loaded, &connected.session.instance.fingerprint)? {
            Some(store) => Some(store.load().await?.ledger),
            None => None,
        };
        if args.drift && ledger.is_none() {
            return Err(CliError::new(
                Exit::Invalid,
                "--drift needs a ledger: without one it is not known what was applied last",
            )
            .hint("without --drift all managed fields that differ are taken"));
        }
        let mut request = PullRequest {
            drift: args.drift,
            removals: args.removals,
            renamed: match &ledger {
                Some(_) => renamed(context, connected, &reading).await?,
                None => HashSet::new(),
            },
            only: None,
        };
        if !keys.is_empty() {
            request.only = Some(keys::narrow(
                &mut reading.desired,
                &reading.sources,
                &keys,
                ledger.as_ref(),
                &loaded.config.sensitive,
            )?);
        }
        let basis = PullBasis::of(&reading.desired);
        let Some(planned) = planned(context, connected, reading).await? else {
            return Ok(Exit::Invalid);
        };
        for note in &planned.plan.notes {
            if let Note::Unmasked { why } = note {
                let line = render::unmasked(why);
                context.out.message(&format!("{line}\n"));
            }
        }
        let mut pull = Pull::of(&planned.plan, &basis, &request);
        if !pull.gone.is_empty() && !request.removals && answers(args) {
            let question = render::removal_question(&pull, &planned.sources);
            request.removals = agrees(context, &question).await?;
            pull = Pull::of(&planned.plan, &basis, &request);
        }
        finish(context, args, (&pull, &request), (&planned, loaded)).await
    })
    .await
}

/// The places of the entries that need not name the old key of their record any more. Says why others still do that are renamed here.
async fn renamed(
    context: &Context,
    connected: &Connected,
    reading: &Reading,
) -> Result<HashSet<Span>, CliError> {
    let mut records = reading.desired.records.iter();
    if records.all(|declared| declared.renamed_from.is_none()) {
        return Ok(HashSet::new());
    }
    let InstanceId {
        name, fingerprint, ..
    } = &connected.session.instance;
    let renames = match renames(&context.load()?, Some((name, fingerprint))).await {
        Ok(renames) => renames,
        // Who may work with one instance need not be able to read the ledgers of the others.
        Err(error) => {
            let why = error.causes.first().unwrap_or(&error.message);
            let line = format!("`renamedFrom` stays: {}: {why}\n", error.message);
            context.out.message(&line);
            return Ok(HashSet::new());
        }
    };
    let is_done_here = |entry: &RenamedEntry| entry.waits.iter().all(|(it, _)| **it != **name);
    let waiting = { renames.waiting() }.filter(|(_, entry)| is_done_here(entry));
    let waiting = render::waiting_renames(waiting, &context.invocation);
    context.out.message(&waiting);
    Ok(renames.done(reading))
}

/// Shows the changes, and writes them if somebody has said so.
async fn finish(
    context: &Context,
    args: &PullArgs,
    (pull, request): (&Pull, &PullRequest),
    (planned, loaded): (&Planned, &LoadedConfig),
) -> Result<Exit, CliError> {
    let files = rewritten(pull, planned, &loaded.config.rules)?;
    let is_sensitive = |kind: &ObjectKind, name: &str| {
        let schema = planned.schemas.get(kind);
        schema.is_some_and(|schema| schema.is_sensitive(name))
    };
    let diff = text(|out| render::diff(&files, &is_sensitive, &loaded.config.rules, out));
    context.out.data(&diff)?;
    let invocation = &context.invocation;
    let summary = render::pull_summary(pull, &planned.sources, invocation, request.removals);
    context.out.text(&summary)?;
    if files.is_empty() {
        return Ok(Exit::Done);
    }
    if answers(args) {
        let question = render::pull_question(files.len());
        if !agrees(context, &question).await? {
            context.out.message("Nothing was written.\n");
            return Ok(Exit::Failed);
        }
    } else if !args.yes {
        context
            .out
            .message("Nothing was written. To write these changes, add --yes.\n");
        return Ok(Exit::Pending);
    }
    write(&files, &loaded.root)?;
    let files = render::counted(files.len(), "file");
    context.out.message(&format!("wrote {files}\n"));
    Ok(Exit::Done)
}

/// Writes the files, all or none.
fn write(files: &[Rewritten], root: &Path) -> Result<(), CliError> {
    let files = files.iter().map(|file| Rewritten {
        path: root.join(&file.path),
        before: file.before.clone(),
        after: file.after.clone(),
    });
    rewrite_all(&files.collect::<Vec<_>>())
        .map_err(|error| CliError::of(&error).hints(error.hint()))
}

/// The paths and the keys among what was asked for: a path is what exists.
fn sorted(wanted: &[String]) -> (Vec<PathBuf>, Vec<&str>) {
    let (paths, keys): (Vec<_>, Vec<_>) = wanted.iter().partition(|it| Path::new(it).exists());
    (
        paths.into_iter().map(PathBuf::from).collect(),
        keys.into_iter().map(String::as_str).collect(),
    )
}

/// The plan that would set back what is to be pulled; nothing if the manifests have problems, which are printed then.
async fn planned(
    context: &Context,
    connected: &Connected,
    reading: Reading,
) -> Result<Option<Planned>, CliError> {
    look(
        context,
        connected,
        reading.into(),
        async |terminal, mut ended| {
            // A guard keeps nothing from being pulled: nothing is sent.
            let is_planned = ended.end.is_ok() || matches!(ended.end, Err(RunError::Refused));
            if let Some(planned) = ended.planned.take().filter(|_| is_planned) {
                return Ok(Some(planned));
            }
            terminal.print_end(&ended).map_err(CliError::of_preview)?;
            Ok(None)
        },
    )
    .await
}

/// The new texts of the files that change.
fn rewritten(
    pull: &Pull,
    planned: &Planned,
    rules: &InstanceRules,
) -> Result<Vec<Rewritten>, CliError> {
    let mut files = Vec::new();
    let mut refused = Vec::new();
    for (file, edits) in &pull.edits {
        let source = planned.sources.file(*file);
        let path = source.path.clone();
        let Some(text) = source.text() else {
            // Large files are read twice, and this one has another text by now.
            let error = RewriteError::Changed { path };
            return Err(CliError::of(&error).hints(error.hint()));
        };
        match edit(text, edits, rules) {
            Ok(after) => files.push(Rewritten {
                path,
                before: text.to_owned(),
                after,
            }),
            Err(error) => refused.push((path, error)),
        }
    }
    let Some((_, first)) = refused.first() else {
        return Ok(files);
    };
    let message = match refused.len() {
        1 => "a manifest cannot be changed in its place; nothing was written".to_owned(),
        count => {
            format!("{count} manifests cannot be changed in their places; nothing was written")
        }
    };
    let error = CliError::new(Exit::Failed, message).hint(format!(
        "{}, or name other records or files to pull",
        first.hint()
    ));
    Err(refused.iter().fold(error, |mut error, (path, why)| {
        error.causes.push(format!("{}: {why}", path.display()));
        error
    }))
}

/// Whether a person is there to answer, and has to.
fn answers(args: &PullArgs) -> bool {
    !args.yes && io::stdin().is_terminal()
}
