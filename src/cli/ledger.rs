//! `oppctl ledger`: lists what the project owns in an instance, stops managing records, renames the project, and
//! ends the lock of a dead run.

use crate::config::LoadedConfig;
use crate::keys::{OwnedKey, owned};
use crate::ledger::{Clock, Entry, Lease, LockError, Store};
use crate::model::{FoldedKey, ObjectKind, shell_word};
use crate::render::{LedgerDocument, ShownRecordDocument, escaped, ledger_table};
use crate::run::{RunLedger, fingerprint};

use super::args::{
    Format, LedgerCommand, LedgerForgetArgs, LedgerRenameArgs, LedgerShowArgs, LedgerUnlockArgs,
    ListArgs,
};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::keys::ambiguous;
use super::ledger_change::{Locking, open, the_store};
use super::ledger_copy;
use super::output::json;

pub(super) async fn run(context: &Context, command: &LedgerCommand) -> Result<Exit, CliError> {
    let loaded = context.load()?;
    let instance = loaded.instance(context.instance.as_deref())?;
    let fingerprint = fingerprint(&loaded, instance).await?;
    match command {
        // Without opening the ledger, so that the lock of a damaged ledger can be released too.
        LedgerCommand::Unlock(args) => {
            let store = the_store(&loaded, &fingerprint)?;
            unlock(context, &store, &instance.name, args).await
        }
        LedgerCommand::List(args) => list(context, &open(&loaded, &fingerprint).await?, args),
        LedgerCommand::Show(args) => show(context, &open(&loaded, &fingerprint).await?, args),
        LedgerCommand::Forget(args) => {
            let locking = Locking::of(context, &loaded, &instance.name, args.lock_wait);
            forget(locking, open(&loaded, &fingerprint).await?, args).await
        }
        LedgerCommand::Backup(args) => {
            ledger_copy::backup(context, &open(&loaded, &fingerprint).await?, args).await
        }
        LedgerCommand::Restore(args) => {
            let locking = Locking::of(context, &loaded, &instance.name, args.lock_wait);
            ledger_copy::restore(locking, open(&loaded, &fingerprint).await?, args).await
        }
        LedgerCommand::Rebuild(args) => {
            let locking = Locking::of(context, &loaded, &instance.name, args.lock_wait);
            ledger_copy::rebuild(context, locking, args).await
        }
        LedgerCommand::Upgrade => {
            let ledger = open(&loaded, &fingerprint).await?;
            Ok(ledger_copy::upgrade(context, &ledger))
        }
        LedgerCommand::RenameProject(args) => {
            let locking = Locking::of(context, &loaded, &instance.name, args.lock_wait);
            let store = the_store(&loaded, &fingerprint)?;
            rename(locking, &loaded, store, args).await
        }
    }
}

fn list(context: &Context, ledger: &RunLedger, args: &ListArgs) -> Result<Exit, CliError> {
    let RunLedger { ledger, .. } = ledger;
    match args.format {
        Format::Table => context.out.text(&ledger_table(ledger))?,
        Format::Json => context.out.data(&json(&LedgerDocument::of(ledger))?)?,
    }
    Ok(Exit::Done)
}

fn show(context: &Context, ledger: &RunLedger, args: &LedgerShowArgs) -> Result<Exit, CliError> {
    let kind = args.kind;
    let (_, entry) = find(ledger, kind, &args.key)?;
    context
        .out
        .data(&json(&ShownRecordDocument::of(kind, entry))?)?;
    Ok(Exit::Done)
}

async fn forget(
    locking: Locking<'_>,
    ledger: RunLedger,
    args: &LedgerForgetArgs,
) -> Result<Exit, CliError> {
    let kind = args.kind;
    locking
        .change(ledger, async |ledger| {
            forget_locked(ledger, kind, &args.keys)?;
            let saved = ledger.save().await;
            saved.map_err(|error| locking.failed(&error))
        })
        .await?;
    locking.context.out.message(&format!(
        "stopped managing {}; nothing was sent to Marketo\n",
        kind.counted(args.keys.len())
    ));
    Ok(Exit::Done)
}

/// Removes the entries with these keys; none of them if one does not exist.
fn forget_locked(
    ledger: &mut RunLedger,
    kind: &'static ObjectKind,
    keys: &[String],
) -> Result<(), CliError> {
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        found.push(find(ledger, kind, key)?.0);
    }
    for folded in &found {
        ledger.forget(kind, folded);
    }
    Ok(())
}

async fn rename(
    locking: Locking<'_>,
    loaded: &LoadedConfig,
    store: Store,
    args: &LedgerRenameArgs,
) -> Result<Exit, CliError> {
    let Some(project) = &loaded.config.project else {
        return Err(
            CliError::new(Exit::Invalid, "the configuration does not name the project")
                .hint("write its new name: `project: NAME`"),
        );
    };
    if store.load().await?.ledger.past.project.is_none() {
        let message = format!("the ledger {} has no project yet", store.shown());
        return Err(CliError::new(Exit::Invalid, message)
            .hint("the next apply gives it the name: `oppctl apply`"));
    }
    // Who renames a ledger names the project that it is of: it may be another one's.
    let from = Some(args.from.as_str().into());
    let ledger = RunLedger::open(store, Clock::system(), from, None).await?;
    locking
        .change(ledger, async |ledger| {
            let renamed = ledger.rename(project).await;
            renamed.map_err(|error| locking.failed(&error))
        })
        .await?;
    locking.context.out.message(&format!(
        "the ledger is now that of the project {}\n",
        escaped(project)
    ));
    Ok(Exit::Done)
}

async fn unlock(
    context: &Context,
    store: &Store,
    instance: &str,
    args: &LedgerUnlockArgs,
) -> Result<Exit, CliError> {
    let unlocked = store.lock(Clock::system()).unlock(&args.owner).await;
    let lease = unlocked.map_err(|error| match error {
        LockError::Held { lease } => of_another(&lease, instance),
        error @ (LockError::Free | LockError::Lost(_) | LockError::Store(_)) => {
            CliError::of_lock(&error, instance)
        }
    })?;
    context.out.message(&format!(
        "released the lock of {}\n",
        escaped(&lease.owner.to_string())
    ));
    Ok(Exit::Done)
}

fn of_another(lease: &Lease, instance: &str) -> CliError {
    let owner = &lease.owner;
    let message = format!("the lock belongs to another run: {owner}");
    CliError::new(Exit::Unavailable, message).hint(format!(
        "to release it: `oppctl ledger unlock --owner {} --instance {}`",
        shell_word(&owner.id),
        shell_word(instance)
    ))
}

fn not_owned(kind: &ObjectKind, key: &str, ledger: &RunLedger) -> CliError {
    CliError::new(
        Exit::Failed,
        format!(
            "{} {key} is not in the ledger {}",
            kind.noun,
            ledger.shown()
        ),
    )
    .hint("list the owned records with `oppctl ledger list`")
}

/// The entry that a key names, if it can mean no other one.
fn find<'l>(
    ledger: &'l RunLedger,
    kind: &'static ObjectKind,
    key: &str,
) -> Result<(FoldedKey, &'l Entry), CliError> {
    match owned(&ledger.ledger, kind, key)? {
        OwnedKey::Entry(folded, entry) => Ok((folded, entry)),
        OwnedKey::NotOwned => Err(not_owned(kind, key, ledger)),
        OwnedKey::Ambiguous(keys) => Err(ambiguous(key, &keys)),
    }
}
