//! What there is to say of a plan beside its changes, whether it was just made or read from a file.

use crate::brief::FindingCode;
use crate::config::severity_rule;
use crate::model::{Level, grouped};
use crate::plan::file::{PlanFile, SavedBasis, SavedBrief, SavedNote, SavedPart, Severity};
use crate::plan::{Change, LedgerAction, LedgerChangeRef, Permits};
use crate::run::{CodeLinks, Planned};

use super::brief::{saved_brief, without_brief};
use super::checkout::lag;
use super::counting::share;
use super::notes::noted;

/// What reports say of a plan beside its changes. A plan that was just made and a saved one give the same.
#[derive(Clone, Debug, Default)]
pub struct PlanFacts {
    pub digest: String,
    pub commit: Option<String>,
    /// The paths that the plan was narrowed to; empty for all manifests.
    pub paths: Vec<String>,
    /// The patterns of keys that it was narrowed to; empty for all records.
    pub only: Vec<String>,
    /// What it looked at, if it is of the changed records alone.
    pub part: Option<SavedPart>,
    /// What it compares the manifests with, if that is not what the instance has.
    pub basis: Option<SavedBasis>,
    /// How many records are not known, so that nothing of them is planned.
    pub not_known: usize,
    /// The run that the plan takes back, if it is an undo.
    pub undoes: Option<UndoFacts>,
    pub permits: Permits,
    /// Whether an apply needs the instance's name.
    pub confirm: bool,
    /// How many declared records are as they should be.
    pub unchanged: usize,
    /// What an apply changes in the ledger beside what follows from the changes.
    pub ledger: Vec<LedgerFact>,
    /// What is worth knowing and changes nothing, in words.
    pub notes: Vec<String>,
    /// The notes with their codes and severities.
    pub noted: Vec<SavedNote>,
    /// Why an apply is refused, in words; empty if it is not.
    pub refusals: Vec<String>,
    pub costs: Costs,
    /// What the plan means to people, in words.
    pub brief: SavedBrief,
    /// Where the manifests are on the web.
    pub links: Option<CodeLinks>,
}

/// What an apply does to an entry of the ledger.
#[derive(Clone, Debug)]
pub struct LedgerFact {
    pub action: LedgerAction,
    /// The kind and the key.
    pub record: String,
}

/// A run that is taken back.
#[derive(Clone, Debug)]
pub struct UndoFacts {
    pub run: String,
    /// The fields that are taken back even where somebody changed them after the run.
    pub forced: Vec<String>,
}

/// An apply that needs a tenth of the calls that a day has left needs a good part of them.
const MUCH_OF_A_DAY: usize = 10;

/// Calls of Marketo's API.
#[derive(Clone, Copy, Debug, Default)]
pub struct Costs {
    /// Those that the plan took.
    pub planning: u64,
    /// Those that an apply needs.
    pub apply: usize,
    /// Those that the instance has in a day.
    pub daily: usize,
    /// Those that the day had left when the plan was made, if the instance told.
    pub left: Option<usize>,
}

impl PlanFacts {
    /// What is told after the changes and is not looked at first, a line each.
    pub(super) fn asides(&self) -> impl Iterator<Item = String> + '_ {
        also_seen(&self.brief).chain(self.notes.iter().cloned())
    }

    /// What is said of a plan that was just made.
    #[must_use]
    pub fn of(planned: &Planned) -> Self {
        let plan = &planned.plan;
        let paths = planned.paths.iter();
        let noted = noted_of(planned);
        let brief = saved_brief(planned);
        let refusals = brief.refusals.iter();
        Self {
            digest: planned.digest.to_string(),
            commit: planned.commit.as_deref().map(str::to_owned),
            paths: paths.map(|path| path.display().to_string()).collect(),
            only: planned.only.iter().map(ToString::to_string).collect(),
            part: plan.changed_part().map(SavedPart::of),
            basis: SavedBasis::of(&plan.basis),
            not_known: plan.unknown().count(),
            undoes: planned.undoes.as_ref().map(|undone| UndoFacts {
                run: undone.id.to_string(),
                forced: undone.forced.clone(),
            }),
            permits: planned.permits.clone(),
            confirm: planned.confirm,
            unchanged: plan.unchanged.values().sum(),
            ledger: plan.ledger_changes.seen().map(LedgerFact::of).collect(),
            notes: noted.iter().map(|note| note.text.clone()).collect(),
            noted,
            refusals: refusals.map(|refusal| refusal.text.clone()).collect(),
            costs: Costs::of(planned),
            brief,
            links: planned.links.clone(),
        }
    }

    /// What is said of a saved plan with these changes.
    #[must_use]
    pub fn of_file(file: &PlanFile, changes: &[Change]) -> Self {
        let undoes = file.undoes.as_ref();
        Self {
            digest: file.digest.clone(),
            commit: file.commit.clone(),
            paths: file.paths.clone(),
            only: file.only.clone(),
            part: file.changed_since.clone(),
            basis: file.basis.clone(),
            not_known: file.not_known.len(),
            undoes: undoes.map(|undone| UndoFacts {
                run: undone.run.clone(),
                forced: undone.forced.clone(),
            }),
            permits: file.permits.clone(),
            confirm: file.confirm,
            unchanged: file.counts.unchanged,
            ledger: LedgerFact::of_file(file),
            notes: file.notes.clone(),
            noted: file.noted.clone(),
            refusals: file.refusals.clone(),
            costs: Costs::of_file(file),
            brief: { file.brief.clone() }
                .unwrap_or_else(|| without_brief(changes, !file.refusals.is_empty())),
            links: None,
        }
    }
}

/// What the configuration has lowered, a line each.
pub(super) fn also_seen(brief: &SavedBrief) -> impl Iterator<Item = String> + '_ {
    let findings = brief.also_seen.iter();
    findings.map(|finding| format!("Also seen: {}.", finding.text))
}

/// The notes of a plan that was just made.
fn noted_of(planned: &Planned) -> Vec<SavedNote> {
    let Planned {
        plan,
        sources,
        lag,
        severities,
        ..
    } = planned;
    let behind = FindingCode::Behind.word();
    let lags = lag.iter().map(|lag| (behind, self::lag(lag)));
    let noted = lags.chain(noted(plan, sources)).filter_map(|(word, text)| {
        let default = severity_rule(word).map_or(Level::Info, |rule| rule.default);
        Some(SavedNote {
            code: word.to_owned(),
            severity: Severity::of(severities.of(word, default))?,
            text,
        })
    });
    noted.collect()
}

impl LedgerFact {
    fn of(change: LedgerChangeRef<'_>) -> Self {
        Self {
            action: change.action,
            record: format!("{} {}", change.kind.noun, change.key),
        }
    }

    fn of_file(file: &PlanFile) -> Vec<Self> {
        let lists = [
            (LedgerAction::Adopt, &file.adopted),
            (LedgerAction::Protect, &file.protected),
            (LedgerAction::Unprotect, &file.unprotected),
            (LedgerAction::Forget, &file.forgotten),
        ];
        let facts = lists.into_iter().flat_map(|(action, records)| {
            records.iter().map(move |record| Self {
                action,
                record: format!("{} {}", record.kind, record.key),
            })
        });
        facts.collect()
    }
}

impl Costs {
    pub(super) fn of(planned: &Planned) -> Self {
        Self {
            planning: planned.calls.counted(),
            apply: planned.write_calls,
            daily: planned.daily_calls,
            left: planned.calls_left(),
        }
    }

    /// What share of a day an apply needs, and what the day has left: "0.67 % of 50,000 a day (49,330 left today)".
    pub(super) fn of_day(&self, day: &str) -> String {
        let share = share(self.apply, self.daily);
        let left = self.left.map(|left| {
            let number = grouped(left);
            if left == 0 {
                " (none left today)".to_owned()
            } else if self.apply > left {
                format!(" (only {number} left today: too few)")
            } else {
                format!(" ({number} left today)")
            }
        });
        format!("{share} of {day}{}", left.unwrap_or_default())
    }

    /// The same for a page that is kept, and so is to be the same as long as the plan is: what the day has left is told only where the apply
    /// needs a good part of it.
    pub(super) fn of_day_on_pages(&self, day: &str) -> String {
        let needs_much = |left: &usize| self.apply.saturating_mul(MUCH_OF_A_DAY) > *left;
        let told = Self {
            left: self.left.filter(needs_much),
            ..*self
        };
        told.of_day(day)
    }

    pub(super) fn of_file(file: &PlanFile) -> Self {
        Self {
            planning: file.calls.plan,
            apply: file.calls.apply,
            daily: file.calls.daily,
            // By now the day has others.
            left: None,
        }
    }
}
