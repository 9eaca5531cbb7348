//! `oppctl ledger backup`, `restore`, `rebuild` and `upgrade`: care for a ledger as a whole.

use std::path::Path;

use crate::ledger::{LEDGER_FORMAT, Ledger, ledger_text, read_ledger};
use crate::manifest::read_regular;
use crate::model::{Invocation, shell_word};
use crate::render::{counted, escaped, rebuild_text};
use crate::run::{RunError, RunLedger, rebuilt};

use super::args::{LedgerBackupArgs, LedgerRebuildArgs, LedgerRestoreArgs};
use super::connect::with_session;
use super::consent::{agrees, answerable};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::files::{has_folder, replace};
use super::goal::declared;
use super::ledger_change::{Locking, open};
use super::looking::look;

/// More than any ledger has.
const MOST: u64 = 1 << 32;

pub(super) async fn backup(
    context: &Context,
    ledger: &RunLedger,
    args: &LedgerBackupArgs,
) -> Result<Exit, CliError> {
    let path = &args.file;
    if ledger.number() == 0 {
        let message = format!("the ledger {} is empty: nothing was saved", ledger.shown());
        return Err(CliError::new(Exit::Failed, message));
    }
    has_folder(path)?;
    if path.exists() {
        let message = format!("{} exists; not overwriting it", path.display());
        return Err(CliError::new(Exit::Failed, message).hint("name another file"));
    }
    let text = ledger_text(&ledger.ledger, ledger.fingerprint()).await;
    let text = String::from_utf8(text).expect("a ledger is JSON");
    replace(path, &text)?;
    let records = counted(ledger.ledger.len(), "record");
    context.out.message(&format!(
        "saved version {} of the ledger, {records}, to {}\n",
        ledger.number(),
        escaped(&path.display().to_string())
    ));
    Ok(Exit::Done)
}

pub(super) async fn restore(
    locking: Locking<'_>,
    ledger: RunLedger,
    args: &LedgerRestoreArgs,
) -> Result<Exit, CliError> {
    let shown = args.file.display().to_string();
    let saved = read(&args.file, &ledger)?;
    let project = ledger.project();
    if saved.past.project.is_some() && saved.past.project.as_deref() != project {
        let found = saved.past.project.as_deref().unwrap_or_default();
        let message = format!("{shown} is the ledger of the project {found}");
        let expected = project.map_or("this project has no name".to_owned(), |project| {
            format!("this is {project}")
        });
        return Err(CliError::new(Exit::Invalid, message).hint(expected));
    }
    let records = counted(saved.len(), "record");
    let invocation = &locking.context.invocation;
    let mut number = 0;
    locking
        .change(ledger, async |ledger| {
            moved_on(ledger, &saved, args, invocation)?;
            ledger.replace(saved);
            let saved = ledger.save().await;
            number = ledger.number();
            saved.map_err(|error| locking.failed(&error))
        })
        .await?;
    locking.context.out.message(&format!(
        "restored {records} as version {number} of the ledger. `oppctl plan` shows what changed in Marketo since\n"
    ));
    Ok(Exit::Done)
}

fn read(path: &Path, ledger: &RunLedger) -> Result<Ledger, CliError> {
    let shown = path.display().to_string();
    let text = read_regular(path, MOST).map_err(|source| {
        CliError::new(Exit::Failed, format!("cannot read {shown}"))
            .caused_by(&source)
            .hint("a copy of a ledger is saved by `oppctl ledger backup FILE`")
    })?;
    Ok(read_ledger(&text, &shown, ledger.fingerprint())?)
}

/// Refuses to replace a ledger that has more than the copy, unless its version was named.
fn moved_on(
    ledger: &RunLedger,
    saved: &Ledger,
    args: &LedgerRestoreArgs,
    invocation: &Invocation,
) -> Result<(), CliError> {
    let number = ledger.number();
    if number == 0 || ledger.ledger == *saved || args.replace_version == Some(number) {
        return Ok(());
    }
    let records = counted(ledger.ledger.len(), "record");
    let file = shell_word(&args.file.to_string_lossy());
    let command = invocation.command(&format!(
        "oppctl ledger restore {file} --replace-version {number}"
    ));
    Err(CliError::new(
        Exit::Stale,
        format!("the ledger is at version {number}, {records}, and differs from the copy; nothing was restored"),
    )
    .hint(format!("to replace that version: `{command}`. What was applied after the copy is then not known any more")))
}

pub(super) async fn rebuild(
    context: &Context,
    locking: Locking<'_>,
    args: &LedgerRebuildArgs,
) -> Result<Exit, CliError> {
    answerable(
        args.yes,
        "ledger rebuild",
        "look at `oppctl plan`, whose adoptions it takes over; then add --yes",
    )?;
    with_session(context, async |connected| {
        let opened = open(&connected.loaded, &connected.session.instance.fingerprint).await?;
        let number = opened.number();
        let goal = declared(connected, &[], &[])?;
        look(context, connected, goal, async |terminal, ended| {
            let is_usable = |error: &RunError| matches!(error, RunError::Refused);
            if !ended.end.as_ref().err().is_none_or(is_usable) {
                return terminal.print_end(&ended).map_err(CliError::of_preview);
            }
            let planned = ended
                .planned
                .as_ref()
                .expect("a plan without an error is there");
            let rebuilt = rebuilt(planned);
            context
                .out
                .text(&rebuild_text(&connected.instance.name, &rebuilt.found))?;
            if rebuilt.found.is_empty() {
                return Ok(Exit::Done);
            }
            if !args.yes && !agrees(context, "Own these records? Type \"yes\"").await? {
                return Err(CliError::new(
                    Exit::Failed,
                    "not agreed; the ledger is as it was",
                ));
            }
            let count = rebuilt.found.len();
            locking
                .change(opened, async |ledger| {
                    if ledger.number() != number {
                        return Err(CliError::new(
                            Exit::Stale,
                            "another run has changed the ledger meanwhile; nothing was saved",
                        )
                        .hint("run the command again"));
                    }
                    ledger.rebuild(rebuilt);
                    let saved = ledger.save().await;
                    saved.map_err(|error| locking.failed(&error))
                })
                .await?;
            context.out.message(&format!(
                "the project owns {} now; nothing was sent to Marketo\n",
                counted(count, "more record")
            ));
            Ok(Exit::Done)
        })
        .await
    })
    .await
}

/// Brings the ledger to the newest version of its format. There is one version so far.
pub(super) fn upgrade(context: &Context, ledger: &RunLedger) -> Exit {
    let what = match ledger.number() {
        0 => format!("the ledger {} is empty", escaped(ledger.shown())),
        number => format!(
            "version {number} of the ledger {} has format version {LEDGER_FORMAT}",
            escaped(ledger.shown())
        ),
    };
    context.out.message(&format!(
        "{what}: nothing to do. Format version {LEDGER_FORMAT} is the newest, and the only one that oppctl ever wrote\n"
    ));
    Exit::Done
}
