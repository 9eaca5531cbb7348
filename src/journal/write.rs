//! The journal of a run that goes on.
//!
//! What is about to happen and what has happened is on the disk before anything follows from it. After a write that failed there
//! is no other: its line may be half there, and a half line counts for nothing only at the end.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde::Serialize;

use crate::apply::{Event, Report};
use crate::ledger::{Access, Clock, Ledger};
use crate::model::{Sources, Verb};
use crate::plan::{Batch, Plan};

use super::encode::{adopted_row, change_row, end_row, head_row, is_owned, outcome_row};
use super::error::JournalError;
use super::rows::{ActionRow, Line, SendingRow, SettledRow, TriedRow};
use super::run::{End, Head, How, Tally};

/// Where a journal goes.
pub trait Sink {
    /// Adds to the end.
    ///
    /// # Errors
    /// It could not, or in part only.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when everything that was added will outlast a loss of power.
    ///
    /// # Errors
    /// That is not so.
    fn sync(&mut self) -> io::Result<()>;
}

impl Sink for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// What a journal begins with.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'o, 'p> {
    pub head: &'o Head,
    pub plan: &'p Plan,
    /// The files that the plan's changes come from.
    pub sources: &'o Sources,
    /// What is the project's own before the run.
    pub ledger: Option<&'o Ledger>,
    /// Whether values of sensitive fields are stored.
    pub sensitive: bool,
}

/// The journal of a run.
pub struct Journal<'p> {
    sink: Box<dyn Sink>,
    path: PathBuf,
    clock: Clock,
    plan: &'p Plan,
    sensitive: bool,
    /// Why a write of it failed, after which nothing more is written.
    broken: Option<io::ErrorKind>,
}

/// Lines are written in pieces of about this size.
const PIECE: usize = 1 << 20;

impl<'p> Journal<'p> {
    /// Begins a journal with the run and its changes. The path is for messages.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(
        sink: Box<dyn Sink>,
        path: PathBuf,
        clock: Clock,
        opening: &Opening<'_, 'p>,
    ) -> Result<Self, JournalError> {
        let Opening {
            head,
            plan,
            sources,
            ledger,
            sensitive,
        } = *opening;
        let mut journal = Self {
            sink,
            path,
            clock,
            plan,
            sensitive,
            broken: None,
        };
        let mut text = Vec::new();
        push(&mut text, &head_row(head));
        for change in &plan.changes {
            let owned = ledger.is_some_and(|ledger| is_owned(ledger, change));
            let change = change_row(change, sources, owned, sensitive);
            let change = Some(change);
            let line = Line::default();
            push(&mut text, &Line { change, ..line });
            if text.len() >= PIECE {
                journal.append(&text)?;
                text.clear();
            }
        }
        let adopted = plan.keeping.adopted();
        // What an earlier run has claimed does not become the project's own by this one.
        for kept in adopted.filter(|kept| !kept.is_claimed) {
            let adopted = Some(adopted_row(kept));
            let line = Line::default();
            push(&mut text, &Line { adopted, ..line });
        }
        journal.append(&text)?;
        journal.sync()?;
        Ok(journal)
    }

    /// Writes down what a run tells.
    ///
    /// # Errors
    /// It cannot be written; nothing more should be sent then.
    pub fn note(&mut self, event: Event<'_>) -> Result<(), JournalError> {
        let time = self.clock.now();
        let line = match event {
            Event::Sending(Batch {
                kind,
                verb,
                changes,
            }) => Line {
                sending: Some(SendingRow {
                    time,
                    kind: kind.name.into(),
                    verb: match verb {
                        Verb::Create => ActionRow::Create,
                        Verb::Update => ActionRow::Update,
                        Verb::Delete => ActionRow::Delete,
                    },
                    changes: changes.into(),
                }),
                ..Line::default()
            },
            Event::Settled(settled) => Line {
                settled: Some(SettledRow {
                    time,
                    outcomes: settled
                        .iter()
                        .map(|one| outcome_row(one, &self.plan.changes[one.change], self.sensitive))
                        .collect(),
                }),
                ..Line::default()
            },
            Event::Tried(changes) => Line {
                tried: Some(TriedRow { time, changes }),
                ..Line::default()
            },
            Event::Looking(_) | Event::Stopping => return Ok(()),
        };
        self.line(&line)
    }

    /// Writes down how the run ended, and why the ledger was not saved after it, if it was not.
    ///
    /// # Errors
    /// It cannot be written. What became of the changes is there all the same.
    pub fn end(
        &mut self,
        report: &Report,
        calls: usize,
        unsaved: Option<&str>,
    ) -> Result<(), JournalError> {
        let changes = &self.plan.changes;
        let how = How::of(report.halt.as_ref(), changes, self.sensitive);
        let tally = Tally::of(changes, &report.outcomes, self.plan.counts());
        self.close(how, calls, unsaved, &tally)
    }

    /// Writes down that nothing was sent, and why.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn not_begun(&mut self, why: String) -> Result<(), JournalError> {
        let tally = Tally::of(&[], &[], self.plan.counts());
        self.close(How::NotBegun(why), 0, None, &tally)
    }

    fn close(
        &mut self,
        how: How,
        calls: usize,
        unsaved: Option<&str>,
        tally: &Tally,
    ) -> Result<(), JournalError> {
        let end = End {
            time: self.clock.now(),
            calls,
            how,
            unsaved: unsaved.map(Into::into),
        };
        self.line(&Line {
            end: Some(end_row(&end, tally)),
            ..Line::default()
        })
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), JournalError> {
        let mut text = Vec::new();
        push(&mut text, line);
        self.append(&text)?;
        self.sync()
    }

    fn append(&mut self, text: &[u8]) -> Result<(), JournalError> {
        if let Some(kind) = self.broken {
            return Err(JournalError::Broken {
                path: self.path.clone(),
                source: kind.into(),
            });
        }
        let written = self.sink.append(text);
        written.map_err(|source| self.broken(source))
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        let synced = self.sink.sync();
        synced.map_err(|source| self.broken(source))
    }

    fn broken(&mut self, source: io::Error) -> JournalError {
        self.broken = Some(source.kind());
        JournalError::Access {
            path: self.path.clone(),
            access: Access::Write,
            source,
        }
    }
}

fn push(text: &mut Vec<u8>, line: &impl Serialize) {
    serde_json::to_writer(&mut *text, line).expect("rows have nothing that JSON lacks");
    text.push(b'\n');
}
