//! A journal in memory, which may fail, and what every journal has to tell.

use std::cell::{Cell, RefCell};
use std::io;
use std::path::Path;
use std::rc::Rc;

use pretty_assertions::assert_eq;

use crate::apply::{Outcome, Report};
use crate::journal::{JournalError, JournalWriter, Opening, Run, RunHead, RunId, Sink, read};
use crate::ledger::{self, Ledger, Owner};
use crate::model::{Sources, Value};
use crate::plan::{Change, Plan};
use crate::simulator::SimulatedClock;

/// What was written, shared with those who look at it.
#[derive(Clone, Default)]
pub(crate) struct Log {
    pub(crate) text: Rc<RefCell<Vec<u8>>>,
    /// So many further writes work; without a number all do.
    pub(crate) left: Rc<Cell<Option<usize>>>,
}

impl Sink for Log {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(left) = self.left.get() {
            let Some(left) = left.checked_sub(1) else {
                // The disk is full in the middle of a line.
                self.text.borrow_mut().extend(&bytes[..bytes.len() / 2]);
                return Err(io::ErrorKind::StorageFull.into());
            };
            self.left.set(Some(left));
        }
        self.text.borrow_mut().extend(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Begins the journal of a run.
    pub(crate) fn begin<'p>(
        &self,
        plan: &'p Plan,
        sources: &Sources,
        ledger: Option<&Ledger>,
        clock: &SimulatedClock,
    ) -> JournalWriter<'p> {
        let (began, clock) = (clock.now(), clock.clone());
        let random = format!("{:08x}", fastrand::u32(..));
        let head = RunHead {
            id: RunId::new(began, &random),
            ..head(began, plan)
        };
        let opening = Opening {
            head: &head,
            plan,
            sources,
            ledger,
            sensitive: true,
        };
        let clock = ledger::Clock::new(move || clock.now());
        JournalWriter::begin(Box::new(self.clone()), "run.jsonl".into(), clock, &opening).unwrap()
    }

    /// What the journal says by now.
    pub(crate) fn read(&self) -> Result<Run, JournalError> {
        let text = self.text.borrow();
        let run = read(&mut text.as_slice(), Path::new("run.jsonl"))?;
        Ok(run.expect("it has begun"))
    }
}

/// The head of a run of this plan.
pub(crate) fn head(began: jiff::Timestamp, plan: &Plan) -> RunHead {
    RunHead {
        id: RunId::new(began, "0123456789abcdef"),
        began,
        origin: Some(began),
        instance: "local".into(),
        fingerprint: "simulator-af8f3a5a".into(),
        owner: Owner {
            id: "0123456789abcdef".to_owned(),
            host: "ada-laptop".to_owned(),
            user: "ada".to_owned(),
            pid: 42,
            run: None,
        },
        project: None,
        commit: Some("c0ffee".into()),
        digest: None,
        undoes: None,
        program: "0.1.0".into(),
        counts: plan.counts(),
    }
}

/// What a journal keeps of a change: everything but its place, and who has moved a field.
pub(crate) fn kept(change: &Change) -> String {
    let fields: Vec<_> = change.fields().iter().collect();
    let fields: Vec<(&str, &str, &Value, &Value, bool)> = fields
        .iter()
        .map(|field| {
            let data_type = field.data_type.name();
            (
                &*field.name,
                data_type,
                &field.before,
                &field.after,
                field.sensitive,
            )
        })
        .collect();
    let Change {
        kind,
        key,
        shown,
        label,
        action,
        at: _,
    } = change;
    let action = format!("{action:?}");
    let (action, _) = action.split_once("fields").expect("all have fields");
    format!(
        "{} {key:?} {shown} {label:?} {action} {fields:?}",
        kind.name
    )
}

/// Asserts that a journal tells what the report of the run does: all of its plan, and each outcome.
pub(crate) fn assert_tells(journal: &Run, plan: &Plan, report: &Report) {
    let lines = |changes: &[Change]| changes.iter().map(kept).collect::<Vec<_>>();
    assert_eq!(lines(&journal.changes), lines(&plan.changes));
    let outcomes = |outcomes: &[Outcome]| {
        let plain = |outcome: &Outcome| match outcome {
            // A run that was told to end at once has no time for the journal.
            Outcome::Unknown { .. } => None,
            Outcome::Applied { .. } | Outcome::Rejected { .. } | Outcome::NotAttempted(_) => {
                Some(outcome.clone())
            }
        };
        outcomes.iter().map(plain).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&journal.outcomes), outcomes(&report.outcomes));
}
