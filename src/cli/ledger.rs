//! `oppctl ledger`: lists what the project owns in an instance, stops managing records, renames the project, and
//! ends the lock of a dead run.

use std::time::Duration;

use crate::config::LoadedConfig;
use crate::keys::{OwnedKey, owned};
use crate::ledger::{Clock, Entry, Fingerprint, Lease, LockError, Owner, Store, Terms};
use crate::model::{FoldedKey, ObjectKind, shell_word};
use crate::render::{LedgerDocument, ShownRecordDocument, escaped, ledger_table};
use crate::run::{RunLedger, fingerprint};

use super::args::{
    Format, LedgerCommand, LedgerForgetArgs, LedgerRenameArgs, LedgerShowArgs, LedgerUnlockArgs,
    ListArgs,
};
use super::connect::store;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::keys::ambiguous;
use super::output::json;
use super::terminal::{print_not_released, print_waiting};

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
            let locking = Locking {
                context,
                instance: &instance.name,
                terms: terms(&loaded, args.lock_wait),
            };
            forget(locking, open(&loaded, &fingerprint).await?, args).await
        }
        LedgerCommand::RenameProject(args) => {
            let locking = Locking {
                context,
                instance: &instance.name,
                terms: terms(&loaded, args.lock_wait),
            };
            let store = the_store(&loaded, &fingerprint)?;
            rename(locking, &loaded, store, args).await
        }
    }
}

async fn open(loaded: &LoadedConfig, fingerprint: &Fingerprint) -> Result<RunLedger, CliError> {
    let store = the_store(loaded, fingerprint)?;
    let project = loaded.config.project.clone();
    Ok(RunLedger::open(store, Clock::system(), project, None).await?)
}

fn the_store(loaded: &LoadedConfig, fingerprint: &Fingerprint) -> Result<Store, CliError> {
    store(loaded, fingerprint)?.ok_or_else(no_ledger)
}

fn no_ledger() -> CliError {
    CliError::new(Exit::Invalid, "the configuration has no ledger")
        .hint("write `ownership: { ledger: FOLDER }`, or an address such as s3://bucket/folder")
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

/// How a command takes the lock of a ledger that it changes.
#[derive(Clone, Copy)]
struct Locking<'l> {
    context: &'l Context,
    /// The name of the instance.
    instance: &'l str,
    terms: Terms,
}

impl Locking<'_> {
    /// Changes a ledger under its lock, which is released however that ends.
    async fn change(
        self,
        mut ledger: RunLedger,
        doing: impl AsyncFnOnce(&mut RunLedger) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        let notify = |lease: &Lease| print_waiting(self.context, lease);
        let locked = ledger.lock(&Owner::here(), self.terms, notify).await;
        locked.map_err(|error| self.failed(&error))?;
        let done = doing(&mut ledger).await;
        if let Err(error) = ledger.release().await {
            print_not_released(self.context, &error);
        }
        done
    }

    fn failed(self, error: &LockError) -> CliError {
        CliError::of_lock(error, self.instance)
    }
}

fn terms(loaded: &LoadedConfig, wait: Duration) -> Terms {
    Terms {
        lease: loaded.config.ownership.lease,
        wait,
    }
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
            kind.name,
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
