//! The journal of a run: made when the run is about to send.

use std::fs;

use jiff::Timestamp;

use crate::config::LoadedConfig;
use crate::journal::{Folder, Head, Journal, JournalError, Opened, Opening, RunId};
use crate::ledger::{Clock, Owner};

use super::commit::commit;
use super::exit::CliError;
use super::owning::RunLedger;
use super::prepare::Prepared;
use super::session::Session;

/// A run that may send.
pub(super) struct Begun<'p> {
    pub(super) journal: Journal<'p>,
    pub(super) head: Head,
}

/// Makes the journal of a run, with everything that the run may do.
pub(super) fn begin<'p>(
    loaded: &LoadedConfig,
    session: &Session,
    prepared: &'p Prepared,
    ledger: Option<&RunLedger>,
    owner: &Owner,
    undoes: Option<&RunId>,
) -> Result<Begun<'p>, CliError> {
    let settings = &loaded.config.journal;
    let began = milliseconds(Timestamp::now());
    let head = Head {
        id: RunId::new(began, &owner.id),
        began,
        origin: ledger.map(|ledger| ledger.origin.time),
        instance: session.name.as_str().into(),
        fingerprint: session.fingerprint.as_str().into(),
        owner: owner.clone(),
        commit: commit(&loaded.root),
        digest: Some(prepared.digest.to_string().into()),
        undoes: undoes.cloned(),
        program: env!("CARGO_PKG_VERSION").into(),
        counts: prepared.plan.counts(),
    };
    let Opened { file, path } = folder(loaded, session.fingerprint.as_str()).create(&head.id)?;
    let opening = Opening {
        head: &head,
        plan: &prepared.plan,
        sources: &prepared.sources,
        ledger: ledger.map(|ledger| &ledger.ledger),
        sensitive: settings.sensitive,
    };
    let clock = Clock::new(|| milliseconds(Timestamp::now()));
    match Journal::begin(Box::new(file), path.clone(), clock, &opening) {
        Ok(journal) => Ok(Begun { journal, head }),
        Err(error) => {
            // A run that has not begun leaves nothing behind.
            drop(fs::remove_file(path));
            Err(CliError::from(error).hint("nothing was sent"))
        }
    }
}

/// Finer times are noise.
pub(super) fn milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// The journals of an instance.
pub(super) fn folder(loaded: &LoadedConfig, fingerprint: &str) -> Folder {
    Folder::of(&loaded.config.journal.directory, fingerprint)
}

impl From<JournalError> for CliError {
    fn from(error: JournalError) -> Self {
        let cli = Self::of(&error);
        match error.hint() {
            Some(hint) => cli.hint(hint),
            None => cli,
        }
    }
}
