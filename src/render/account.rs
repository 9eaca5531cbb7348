//! What there is to tell when a command has ended, well or not: the one thing that reports are made of, whatever their format.

use crate::apply::{Outcome, WhyNot};
use crate::journal::{Adopted, ChangeDetails, End, EndReason, Run, RunHead, Tally};
use crate::model::{Diagnostic, Sources};
use crate::plan::file::{InstanceEntry, PlanFile};
use crate::plan::{Change, Counts};

use super::diagnostics::diagnostics;
use super::json::Complaint;
use super::problem::wording;

/// How far a command came, and what became of everything that it was about to do.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The word of the command: "plan".
    pub command: &'a str,
    /// None where it did not come to choosing one.
    pub instance: Option<&'a InstanceEntry>,
    /// The plan without its changes; none where it did not come to one, and for a run of the past.
    pub plan: Option<&'a PlanFile>,
    pub changes: &'a [Change],
    /// The files that the changes come from.
    pub sources: &'a Sources,
    /// The records that became the project's own as they were.
    pub adopted: &'a [Adopted],
    /// What was sent, if anything was to be.
    pub run: Option<Ran<'a>>,
    /// What is wrong in the manifests.
    pub complaints: &'a [Complaint],
    /// How the plan differs from the one that was reviewed, or from what its canary came to.
    pub difference: Option<&'a str>,
    /// What can be done about the end of a run that ended early.
    pub hints: &'a [String],
    /// How the command ended; none for a run of the past.
    pub ending: Option<Ending<'a>>,
}

/// A run, and what became of each change.
#[derive(Clone, Copy)]
pub struct Ran<'a> {
    pub head: &'a RunHead,
    pub outcomes: &'a [Outcome],
    pub asides: &'a [ChangeDetails],
    /// How many changes went out as a canary and were found before the rest went.
    pub tried: Option<usize>,
    pub end: Option<&'a End>,
    /// Whether its process is alive.
    pub is_running: bool,
}

/// How a command ended.
#[derive(Clone, Copy)]
pub struct Ending<'a> {
    pub exit: u8,
    pub verdict: Verdict,
    pub failure: Option<Failure<'a>>,
}

/// How a command ended, as far as a title tells it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should; what became of single records is another question.
    Well,
    /// As it should, but for what an undo leaves, or for single records.
    Partial,
    /// A guard has refused the plan.
    Refused,
    /// The plan is not the one that was reviewed.
    Stale,
    Failed,
}

/// Why a command could not complete.
#[derive(Clone, Copy)]
pub struct Failure<'a> {
    pub message: &'a str,
    /// From the outermost cause to the innermost.
    pub causes: &'a [String],
    pub hints: &'a [String],
}

impl<'a> Account<'a> {
    /// The account of a run of the past.
    #[must_use]
    pub fn of(
        run: &'a Run,
        is_running: bool,
        instance: &'a InstanceEntry,
        sources: &'a Sources,
    ) -> Self {
        Self {
            command: "history",
            instance: Some(instance),
            plan: None,
            changes: &run.changes,
            sources,
            adopted: &run.adopted,
            run: Some(Ran {
                head: &run.head,
                outcomes: &run.outcomes,
                asides: &run.details,
                tried: run.tried,
                end: run.end.as_ref(),
                is_running,
            }),
            complaints: &[],
            difference: None,
            hints: &[],
            ending: None,
        }
    }

    /// What became of the changes, counted: without a run none was attempted.
    pub(super) fn tally(&self) -> Tally {
        let planned = self
            .run
            .map_or_else(|| Counts::of(self.changes), |run| run.head.counts);
        let outcomes = self.run.map_or(&[][..], |run| run.outcomes);
        Tally::of(self.changes, outcomes, planned)
    }
}

/// Why a change was not attempted.
pub(super) fn why_not(why: WhyNot, changes: &[Change], end: Option<&End>) -> String {
    let name = |index: usize| {
        let change = &changes[index];
        format!("{} {}", change.kind.name, change.shown)
    };
    match why {
        WhyNot::Parent(index) => format!("{} was not created", name(index)),
        WhyNot::Child(index) => format!("{} was not deleted", name(index)),
        WhyNot::Halted if matches!(end.map(|end| &end.how), Some(EndReason::Canary(_))) => {
            "the canary failed".to_owned()
        }
        WhyNot::Halted => "the run had ended".to_owned(),
    }
}

/// Problems of manifests as documents tell them.
#[must_use]
pub fn complaints(sources: &Sources, problems: &[Diagnostic]) -> Vec<Complaint> {
    let complaint = |diagnostic: &Diagnostic| {
        let words = wording(&diagnostic.problem);
        let position = sources.position(diagnostic.at);
        let mut excerpt = Vec::new();
        diagnostics(
            sources,
            std::slice::from_ref(diagnostic),
            &mut excerpt,
            false,
        )
        .expect("writing to memory cannot fail");
        Complaint {
            code: diagnostic.problem.code(),
            file: sources.path(diagnostic.at).display().to_string(),
            line: position.line,
            column: position.column,
            message: words.title,
            help: Some(words.help).filter(|help| !help.is_empty()),
            excerpt: String::from_utf8_lossy(&excerpt).into_owned(),
        }
    };
    problems.iter().map(complaint).collect()
}
