//! What a run tells while it goes on, one document a line. Their doc comments are the descriptions of `schemas/event.v1.json`.
//!
//! The events have numbers and words of this program, and no text from a manifest, from Marketo or about a person: the report has those.

use jiff::Timestamp;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::report::counts;
use super::types::CountsEntry;
use crate::apply::{ApplyEvent, Outcome, Settled};
use crate::journal::Tally;
use crate::model::Verb;
use crate::render::account::Account;
use crate::render::ending::Ending;
use crate::render::headline::{digest, verdict};
use crate::run::RunEvent;

/// The format that is written.
const FORMAT: &str = "1.0";

/// An event of a run of oppctl, format 1: one line of the file of `--events`.
///
/// Later versions of format 1 may add events and members; readers pass over those that they do not know.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "oppctl event, format 1")]
pub struct EventDocument {
    /// `MAJOR.MINOR` of the format.
    format_version: &'static str,
    /// When it was written.
    time: String,
    #[serde(flatten)]
    event: Event,
}

#[derive(Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event {
    /// Another run holds the lock, and this one waits for it.
    Waiting {
        /// When the lock expires unless that run renews it.
        until: String,
    },
    /// The plan is made.
    Planned {
        digest: String,
        counts: CountsEntry,
        /// How many guards refuse it.
        refusals: usize,
    },
    /// The calls begin.
    Began {
        /// How many changes are to be sent.
        changes: usize,
    },
    /// A call is sent next.
    Sending {
        kind: &'static str,
        /// `create`, `update` or `delete`.
        action: &'static str,
        changes: usize,
    },
    /// Changes have their outcome now.
    Settled {
        applied: usize,
        rejected: usize,
        unknown: usize,
        not_attempted: usize,
        /// How many changes have an outcome, with those of earlier events.
        done: usize,
        /// How many changes the run has.
        changes: usize,
    },
    /// The canary is read back.
    Looking { changes: usize },
    /// The canary was stored as planned, and the rest follows.
    Tried { changes: usize },
    /// The run was interrupted, and ends after the calls in flight.
    Stopping,
    /// All calls are answered or given up.
    Stopped,
    /// Journals were removed that were older than the configuration keeps them.
    JournalsRemoved { removed: usize },
    /// Old journals could not be removed.
    JournalsNotRemoved,
    /// The lock was not released, and expires by itself.
    LockNotReleased,
    /// The command has ended. This is the last event.
    Ended {
        /// The exit code.
        exit: u8,
        /// What the command came to, in one sentence.
        verdict: String,
        /// The name of the run; null where nothing was sent.
        run: Option<String>,
        digest: Option<String>,
        applied: CountsEntry,
        rejected: usize,
        unknown: usize,
        not_attempted: usize,
    },
}

/// Makes documents of the events of one run.
#[derive(Debug, Default)]
pub struct EventLog {
    changes: usize,
    done: usize,
}

impl EventLog {
    /// An event at this time.
    pub fn of(&mut self, event: RunEvent<'_>, time: Timestamp) -> EventDocument {
        let event = match event {
            RunEvent::Waiting(lease) => Event::Waiting {
                until: lease.expires.to_string(),
            },
            RunEvent::Planned(planned) => Event::Planned {
                digest: planned.digest.to_string(),
                counts: counts(planned.plan.counts()),
                refusals: planned.refusals.len(),
            },
            RunEvent::CallsBegin { changes } => {
                self.changes = changes;
                Event::Began { changes }
            }
            RunEvent::Apply(event) => self.of_apply(event),
            RunEvent::CallsEnded => Event::Stopped,
            RunEvent::JournalsRemoved { removed, keep: _ } => Event::JournalsRemoved { removed },
            RunEvent::JournalsKept(_) => Event::JournalsNotRemoved,
            RunEvent::NotReleased(_) => Event::LockNotReleased,
        };
        EventDocument::new(event, time)
    }

    fn of_apply(&mut self, event: ApplyEvent<'_>) -> Event {
        match event {
            ApplyEvent::Sending(batch) => Event::Sending {
                kind: batch.kind.name,
                action: match batch.verb {
                    Verb::Create => "create",
                    Verb::Update => "update",
                    Verb::Delete => "delete",
                },
                changes: batch.changes.len(),
            },
            ApplyEvent::Settled(settled) => {
                self.done += settled.len();
                self.settled(settled)
            }
            ApplyEvent::Looking(changes) => Event::Looking { changes },
            ApplyEvent::Tried(changes) => Event::Tried { changes },
            ApplyEvent::Stopping => Event::Stopping,
        }
    }

    fn settled(&self, settled: &[Settled]) -> Event {
        let [mut applied, mut rejected, mut unknown, mut not_attempted] = [0; 4];
        for settled in settled {
            *match settled.outcome {
                Outcome::Applied { .. } => &mut applied,
                Outcome::Rejected { .. } => &mut rejected,
                Outcome::Unknown { .. } => &mut unknown,
                Outcome::NotAttempted(_) => &mut not_attempted,
            } += 1;
        }
        Event::Settled {
            applied,
            rejected,
            unknown,
            not_attempted,
            done: self.done,
            changes: self.changes,
        }
    }
}

impl EventDocument {
    fn new(event: Event, time: Timestamp) -> Self {
        Self {
            format_version: FORMAT,
            time: time.to_string(),
            event,
        }
    }

    /// The end of a command.
    #[must_use]
    pub fn ended(account: &Account<'_>, time: Timestamp) -> Self {
        let Tally {
            applied,
            rejected,
            unknown,
            not_attempted,
        } = account.tally();
        let event = Event::Ended {
            exit: account.ending.map_or(0, |ending: Ending<'_>| ending.exit),
            verdict: verdict(account),
            run: account.run.map(|run| run.head.id.to_string()),
            digest: digest(account).map(str::to_owned),
            applied: counts(applied),
            rejected,
            unknown,
            not_attempted,
        };
        Self::new(event, time)
    }
}

/// The JSON Schema of events.
#[must_use]
pub fn event_schema() -> Schema {
    SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<EventDocument>()
}
