//! Writes the journal of a run.
//!
//! What is about to happen, and what has happened, is on the disk before the run goes on. After a failed write nothing more is
//! written: half a line may be on the disk, and readers ignore half a line only at the end.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde::Serialize;

use crate::apply::{ApplyEvent, Report};
use crate::ledger::{Clock, Ledger};
use crate::model::{Sources, Verb};
use crate::plan::{Batch, FieldChange, LedgerAction, Mask, Plan};
use crate::store::Access;

use super::encode::{
    adopted_row, change_row, end_row, head_row, is_owned, ledger_row, outcome_row,
};
use super::error::JournalError;
use super::rows::{ActionRow, LineRow, SendingRow, SettledRow, TriedRow};
use super::run::{End, EndReason, RunHead};
use super::sum::Sum;
use super::tally::Tally;

/// Where a journal is written to.
pub trait Sink {
    /// Appends bytes to the end.
    ///
    /// # Errors
    /// Not all of them could be written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when everything that was appended survives a loss of power.
    ///
    /// # Errors
    /// Not all of it survives.
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

/// The beginning of a journal.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'o, 'p> {
    pub head: &'o RunHead,
    pub plan: &'p Plan,
    /// The manifests of the plan's changes.
    pub sources: &'o Sources,
    /// The records that are owned before the run.
    pub ledger: Option<&'o Ledger>,
    /// Whether values of sensitive fields are stored.
    pub sensitive: bool,
}

/// Writes the journal of a run.
pub struct JournalWriter<'p> {
    sink: Box<dyn Sink>,
    path: PathBuf,
    clock: Clock,
    plan: &'p Plan,
    /// The sensitive values of the plan, unless they are stored.
    mask: Option<Mask>,
    sum: Sum,
    /// Why a write failed. Nothing more is written after that.
    broken: Option<io::ErrorKind>,
}

/// Lines are written in pieces of about this size.
const PIECE: usize = 1 << 20;

impl<'p> JournalWriter<'p> {
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
            mask: (!sensitive).then(|| Mask::of(&plan.changes)),
            sum: Sum::default(),
            broken: None,
        };
        let mut text = sealed(&head_row(head), &mut journal.sum);
        for change in &plan.changes {
            let owned = ledger.is_some_and(|ledger| is_owned(ledger, change));
            let fields: Vec<FieldChange> = change.fields().iter().collect();
            let line = LineRow {
                change: Some(change_row(change, &fields, sources, owned, sensitive)),
                ..LineRow::default()
            };
            text.extend(sealed(&line, &mut journal.sum));
            if text.len() >= PIECE {
                journal.append(&text)?;
                text.clear();
            }
        }
        for adopted in plan.ledger_changes.adopted() {
            // What an earlier run claimed is not adopted by this run.
            if !adopted.is_claimed {
                let line = LineRow {
                    adopted: Some(adopted_row(adopted)),
                    ..LineRow::default()
                };
                text.extend(sealed(&line, &mut journal.sum));
            }
        }
        for change in plan.ledger_changes.seen() {
            if change.action != LedgerAction::Adopt {
                let line = LineRow {
                    ledger: Some(ledger_row(change)),
                    ..LineRow::default()
                };
                text.extend(sealed(&line, &mut journal.sum));
            }
        }
        journal.append(&text)?;
        journal.sync()?;
        Ok(journal)
    }

    /// Writes down an event of the run.
    ///
    /// # Errors
    /// It cannot be written. Then nothing more should be sent.
    pub fn note(&mut self, event: ApplyEvent<'_>) -> Result<(), JournalError> {
        let time = self.clock.now();
        let line = match event {
            ApplyEvent::Sending(Batch {
                kind,
                verb,
                changes,
            }) => LineRow {
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
                ..LineRow::default()
            },
            ApplyEvent::Settled(settled) => LineRow {
                settled: Some(SettledRow {
                    time,
                    outcomes: settled
                        .iter()
                        .map(|one| outcome_row(one, self.mask.as_ref()))
                        .collect(),
                }),
                ..LineRow::default()
            },
            ApplyEvent::Tried(changes) => LineRow {
                tried: Some(TriedRow { time, changes }),
                ..LineRow::default()
            },
            ApplyEvent::Looking(_) | ApplyEvent::Stopping => return Ok(()),
        };
        self.write_line(&line)
    }

    /// Writes down why the run ended, and why the ledger was not saved after it, if it was not.
    ///
    /// # Errors
    /// It cannot be written. The outcomes are in the journal unless an earlier write failed.
    pub fn end(
        &mut self,
        report: &Report,
        calls: usize,
        unsaved: Option<&str>,
    ) -> Result<(), JournalError> {
        let changes = &self.plan.changes;
        let how = EndReason::of(report.halt.as_ref(), changes);
        let tally = Tally::of(changes, &report.outcomes, self.plan.counts());
        self.close(how, calls, unsaved, &tally)
    }

    /// Writes down that nothing was sent, and why.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn not_begun(&mut self, why: String) -> Result<(), JournalError> {
        let tally = Tally::of(&[], &[], self.plan.counts());
        self.close(EndReason::NotBegun(why), 0, None, &tally)
    }

    fn close(
        &mut self,
        how: EndReason,
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
        self.write_line(&LineRow {
            end: Some(end_row(&end, tally, self.mask.is_none())),
            ..LineRow::default()
        })
    }

    fn write_line(&mut self, line: &LineRow<'_>) -> Result<(), JournalError> {
        let text = sealed(line, &mut self.sum);
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
        written.map_err(|source| self.fail(source))
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        let synced = self.sink.sync();
        synced.map_err(|source| self.fail(source))
    }

    fn fail(&mut self, source: io::Error) -> JournalError {
        self.broken = Some(source.kind());
        JournalError::Access {
            path: self.path.clone(),
            access: Access::Write,
            source,
        }
    }
}

/// A line with its checksum.
fn sealed(line: &impl Serialize, sum: &mut Sum) -> Vec<u8> {
    let mut text = serde_json::to_vec(line).expect("JSON can hold every row");
    sum.seal(&mut text);
    text
}
