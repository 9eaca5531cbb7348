//! The journal's part in a run: made with everything that the run may do, before anything is sent.

use jiff::Timestamp;

use crate::journal::{JournalError, JournalWriter, NewJournal, Opening, RunHead, RunId};
use crate::ledger::Clock;

use super::ledger::RunLedger;
use super::planned::Planned;
use super::ports::Ports;
use super::settings::Settings;

/// A run that may send.
pub(super) struct Begun<'p> {
    pub(super) journal: JournalWriter<'p>,
    pub(super) head: RunHead,
}

/// Makes the journal of a run.
pub(super) fn begin<'p>(
    planned: &'p Planned,
    ledger: Option<&RunLedger>,
    settings: &Settings,
    ports: &Ports<'_>,
) -> Result<Begun<'p>, JournalError> {
    let journals = ports.journals;
    let clock = in_milliseconds(&ports.clock);
    let began = clock.now();
    let instance = &planned.instance;
    // If they cannot be listed, making one more fails as well, and tells why.
    let last = journals.runs().unwrap_or_default().pop();
    // By the ledger's order too, where several machines share the folder.
    let ordered = ledger.map_or(began, |ledger| began.max(ledger.origin.time));
    let head = RunHead {
        id: RunId::after(last.as_ref(), ordered, &settings.owner.id),
        began,
        origin: ledger.map(|ledger| ledger.origin.time),
        instance: instance.name.as_str().into(),
        fingerprint: instance.fingerprint.as_str().into(),
        owner: settings.owner.clone(),
        project: settings.project.clone(),
        commit: settings.commit.clone(),
        digest: Some(planned.digest.to_string().into()),
        undoes: planned.undoes.as_ref().map(|undone| undone.id.clone()),
        program: env!("CARGO_PKG_VERSION").into(),
        counts: planned.plan.counts(),
    };
    let NewJournal { sink, path } = journals.create(&head.id)?;
    let opening = Opening {
        head: &head,
        plan: &planned.plan,
        sources: &planned.sources,
        ledger: ledger.map(|ledger| &ledger.ledger),
        sensitive: settings.sensitive,
    };
    match JournalWriter::begin(sink, path, clock, &opening) {
        Ok(journal) => Ok(Begun { journal, head }),
        Err(error) => {
            // A run that has not begun leaves nothing behind.
            journals.discard(&head.id);
            Err(error)
        }
    }
}

/// The same clock without finer times, which are noise in a journal.
pub(super) fn in_milliseconds(clock: &Clock) -> Clock {
    let clock = clock.clone();
    Clock::new(move || {
        let time = clock.now();
        Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
    })
}
