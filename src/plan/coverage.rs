//! Whether reviewed plans cover today's plan: nothing is sent that no reviewed plan contains.
//!
//! A field of a record is covered if a reviewed plan changes it from and to the same values, and no apply has touched the record
//! since. What was reviewed and is not planned today has to be there already, or another reviewed plan has to replace it.

use std::collections::BTreeSet;

use crate::ledger::Ledger;
use crate::model::{RecordKey, Value, is_same_id};

use super::change::{Action, Change};
use super::difference::{Difference, Differing};
use super::field_change::FieldChange;
use super::ledger_changes::LedgerAction;
use super::observed::Observed;
use super::record_plan::{RecordPlan, RecordPlans, Stamp, Stamps};

/// A reviewed plan.
#[derive(Clone, Debug)]
pub struct ReviewedPlan {
    pub records: RecordPlans,
    /// The stamps of today's plan, made with the salt of this one.
    pub todays: Stamps,
}

/// What is there today.
#[derive(Clone, Copy, Debug)]
pub struct Today<'t> {
    pub observed: &'t Observed,
    pub ledger: Option<&'t Ledger>,
}

/// How today's plan stands to the reviewed ones.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// The records of which something was reviewed that is there already.
    pub done: usize,
    /// The records of which something was reviewed that another reviewed plan replaces.
    pub superseded: usize,
    /// The records that stand against it: what no reviewed plan contains, or what was reviewed and is neither planned nor there.
    pub difference: Difference,
    /// Whether the same holds for what is done in the ledger alone.
    pub ledger_differs: bool,
}

/// What became of something that was reviewed.
///
/// Of several parts, the last of these decides about the whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Planned,
    Done,
    Superseded,
    Missing,
}

impl Coverage {
    /// Compares today's plan with reviewed ones.
    #[must_use]
    pub fn of(plans: &[ReviewedPlan], planned: &RecordPlans, today: Today<'_>) -> Self {
        let reviewed = plans.iter().flat_map(|plan| plan.records.keys());
        let keys: BTreeSet<&RecordKey> = reviewed.chain(planned.keys()).collect();
        let mut coverage = Self::default();
        for key in keys {
            coverage.add(key, plans, planned.get(key), today);
        }
        coverage
    }

    /// Whether today's plan is covered.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.difference.is_empty() && !self.ledger_differs
    }

    fn add(
        &mut self,
        key: &RecordKey,
        plans: &[ReviewedPlan],
        planned: Option<&RecordPlan>,
        today: Today<'_>,
    ) {
        let (nothing, unstamped) = (RecordPlan::default(), Stamp::default());
        let reviewed: Vec<Side<'_>> = plans
            .iter()
            .filter_map(|reviewed| {
                Some(Side {
                    plan: reviewed.records.get(key)?,
                    planned: planned.unwrap_or(&nothing),
                    stamp: reviewed.todays.get(key).unwrap_or(&unstamped),
                })
            })
            .collect();
        let is_covered = planned.is_none_or(|planned| is_covered(planned, &reviewed));
        let fates = reviewed.iter().enumerate();
        let fates = fates.map(|(at, side)| side.fate(key, &reviewed, at, today));
        let fate = fates.max().unwrap_or(Fate::Planned);
        if !is_covered || fate == Fate::Missing {
            let mut last = reviewed.iter().rev();
            let last = last.find_map(|side| side.plan.change.clone());
            let today = planned.and_then(|planned| planned.change.clone());
            if last.is_none() && today.is_none() {
                self.ledger_differs = true;
            } else {
                let reviewed = last;
                self.difference.records.push(Differing { reviewed, today });
            }
            return;
        }
        self.superseded += usize::from(fate == Fate::Superseded);
        self.done += usize::from(fate == Fate::Done);
    }
}

/// A reviewed plan of a record, and today's.
#[derive(Clone, Copy)]
struct Side<'s> {
    plan: &'s RecordPlan,
    planned: &'s RecordPlan,
    /// Today's stamp, of the same sort as that of the reviewed plan.
    stamp: &'s Stamp,
}

/// Whether reviewed plans contain all of today's.
fn is_covered(planned: &RecordPlan, reviewed: &[Side<'_>]) -> bool {
    let fresh: Vec<&Side<'_>> = reviewed.iter().filter(|side| side.is_fresh()).collect();
    let has_action = |action| fresh.iter().any(|side| side.plan.ledger.contains(action));
    let Some(change) = &planned.change else {
        return planned.ledger.iter().all(has_action);
    };
    let alike = fresh.iter().filter(|side| {
        let action = side.plan.change.as_ref().map(|change| change.action.name());
        action == Some(change.action.name())
    });
    let alike: Vec<&&Side<'_>> = alike.collect();
    let is_whole = alike.iter().any(|side| side.is_same_whole());
    let is_in_parts = || {
        let is_delete = matches!(change.action, Action::Delete { .. });
        let has = |field: &FieldChange| {
            let mut sides = alike.iter();
            !field.sensitive && sides.any(|side| has_alike(side.plan, field))
        };
        !is_delete && !alike.is_empty() && change.fields().iter().all(|field| has(&field))
    };
    (is_whole || is_in_parts()) && planned.ledger.iter().all(has_action)
}

impl Side<'_> {
    /// Whether no apply has touched the record since the review.
    fn is_fresh(&self) -> bool {
        self.plan.stamp.touched == self.stamp.touched
    }

    /// Whether both do the same to the record, with what is hidden in a plan file.
    fn is_same_whole(&self) -> bool {
        let (Some(reviewed), Some(today)) = (&self.plan.change, &self.planned.change) else {
            return false;
        };
        let is_hidden = |change: &Change| change.fields().sensitive().next().is_some();
        let is_same_hidden = || {
            let (reviewed, today) = (&self.plan.stamp.hidden, &self.stamp.hidden);
            reviewed.is_some() && reviewed == today
        };
        Difference::of(std::slice::from_ref(reviewed), std::slice::from_ref(today)).is_empty()
            && (!is_hidden(today) || is_same_hidden())
    }

    /// What became of what was reviewed here.
    fn fate(&self, key: &RecordKey, all: &[Side<'_>], at: usize, today: Today<'_>) -> Fate {
        let others = || {
            let others = all.iter().enumerate();
            others
                .filter(move |(other, _)| *other != at)
                .map(|(_, side)| side.plan)
        };
        let actions = self.plan.ledger.iter().map(|action| {
            if self.planned.ledger.contains(action) {
                Fate::Planned
            } else if is_kept(*action, key, today) {
                Fate::Done
            } else if others().any(|other| !other.ledger.is_empty()) {
                Fate::Superseded
            } else {
                Fate::Missing
            }
        });
        actions.fold(self.fate_of_change(key, others, today), Fate::max)
    }

    fn fate_of_change<'o, I: Iterator<Item = &'o RecordPlan>>(
        &self,
        key: &RecordKey,
        others: impl Fn() -> I,
        today: Today<'_>,
    ) -> Fate {
        let Some(reviewed) = &self.plan.change else {
            return Fate::Planned;
        };
        let record = today.observed.get(reviewed.kind, &reviewed.key);
        if let Action::Delete { id, .. } = &reviewed.action {
            let is_planned = self.planned.change.as_ref().is_some_and(|change| {
                matches!(&change.action, Action::Delete { id: now, .. } if is_same_id(id, now))
            });
            let is_there = record.is_some_and(|record| is_same_id(&record.id, id));
            let is_owned = today.ledger.is_some_and(|ledger| {
                let entry = ledger.get(key.0, &key.1);
                let own = entry.and_then(|entry| entry.id.as_deref());
                own.is_some_and(|own| is_same_id(own, id))
            });
            return match (is_planned, is_there || is_owned) {
                (true, _) => Fate::Planned,
                (false, false) => Fate::Done,
                (false, true) => Fate::Missing,
            };
        }
        let is_created = |change: &Change| matches!(change.action, Action::Create { .. });
        let is_created_today = self.planned.change.as_ref().is_some_and(is_created);
        if record.is_none() && !is_created_today {
            return Fate::Missing;
        }
        let of_record = if self.planned.change.is_some() {
            Fate::Planned
        } else {
            Fate::Done
        };
        let of_fields = reviewed.fields().iter().map(|field| {
            let now = record.map_or(Value::Null, |record| record.fields.get(&field.name));
            match self.planned.field(&field.name) {
                Some(planned) if field.sensitive || planned.after == field.after => Fate::Planned,
                Some(_) => Fate::Superseded,
                // A plan file has no values of sensitive fields. As nothing is planned for it, it is as the manifests say.
                None if field.sensitive || field.after.is_met_by(&now) => Fate::Done,
                None if others().any(|other| other.field(&field.name).is_some()) => {
                    Fate::Superseded
                }
                None => Fate::Missing,
            }
        });
        of_fields.fold(of_record, Fate::max)
    }
}

/// Whether a plan of a record changes a field from and to the same values.
fn has_alike(plan: &RecordPlan, field: &FieldChange) -> bool {
    plan.field(&field.name)
        .is_some_and(|own| !own.sensitive && own.before == field.before && own.after == field.after)
}

/// Whether the ledger is already as this would leave it.
fn is_kept(action: LedgerAction, (kind, key): &RecordKey, today: Today<'_>) -> bool {
    let entry = today.ledger.and_then(|ledger| ledger.get(kind, key));
    let is_protected = entry.is_some_and(|entry| entry.protected.is_some());
    match action {
        LedgerAction::Adopt => entry.is_some_and(|entry| entry.id.is_some()),
        LedgerAction::Forget => entry.is_none(),
        LedgerAction::Protect => is_protected,
        LedgerAction::Unprotect => !is_protected,
    }
}
