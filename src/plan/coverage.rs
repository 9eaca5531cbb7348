//! Whether reviewed plans cover today's plan: nothing is sent that no reviewed plan contains.
//!
//! A field of a record is covered if a reviewed plan changes it from and to the same values, and no apply has touched the record
//! since. What was reviewed and is not planned today has to be there already, or another reviewed plan has to replace it.

use std::collections::BTreeSet;

use crate::ledger::Ledger;
use crate::model::{RecordKey, Value, is_same_id};

use super::change::{Action, Change, FieldChange};
use super::difference::{Difference, Differing};
use super::ledger_changes::LedgerAction;
use super::observed::Observed;
use super::record_plan::{RecordPlan, RecordPlans};

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
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Planned,
    Done,
    Superseded,
    Missing,
}

impl Coverage {
    /// Compares today's plan with reviewed ones. `todays` is for each reviewed plan today's, with stamps that can be compared with
    /// those of that plan.
    #[must_use]
    pub fn of(pairs: &[(RecordPlans, RecordPlans)], today: Today<'_>) -> Self {
        let keys: BTreeSet<&RecordKey> = pairs
            .iter()
            .flat_map(|(reviewed, todays)| reviewed.keys().chain(todays.keys()))
            .collect();
        let mut coverage = Self::default();
        for key in keys {
            coverage.add(key, pairs, today);
        }
        coverage
    }

    /// Whether today's plan is covered.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.difference.is_empty() && !self.ledger_differs
    }

    fn add(&mut self, key: &RecordKey, pairs: &[(RecordPlans, RecordPlans)], today: Today<'_>) {
        let nothing = RecordPlan::default();
        let reviewed: Vec<Side<'_>> = pairs
            .iter()
            .filter_map(|(reviewed, todays)| {
                let plan = reviewed.get(key)?;
                let planned = todays.get(key).unwrap_or(&nothing);
                Some(Side { plan, planned })
            })
            .collect();
        let planned = pairs.iter().find_map(|(_, todays)| todays.get(key));
        let is_covered = planned.is_none_or(|planned| is_covered(planned, &reviewed));
        let fates = || {
            reviewed
                .iter()
                .enumerate()
                .map(|(at, side)| side.fate(key, &reviewed, at, today))
        };
        if !is_covered || fates().any(|fate| fate == Fate::Missing) {
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
        let is = |fate| usize::from(fates().any(|found| found == fate));
        self.superseded += is(Fate::Superseded);
        if is(Fate::Superseded) == 0 {
            self.done += is(Fate::Done);
        }
    }
}

/// A reviewed plan of a record, and today's with a stamp of the same sort.
#[derive(Clone, Copy)]
struct Side<'s> {
    plan: &'s RecordPlan,
    planned: &'s RecordPlan,
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
        !is_delete && !alike.is_empty() && change.fields().iter().all(has)
    };
    (is_whole || is_in_parts()) && planned.ledger.iter().all(has_action)
}

impl Side<'_> {
    /// Whether no apply has touched the record since the review.
    fn is_fresh(&self) -> bool {
        self.plan.stamp.touched == self.planned.stamp.touched
    }

    /// Whether both do the same to the record, with what is hidden in a plan file.
    fn is_same_whole(&self) -> bool {
        let (Some(reviewed), Some(today)) = (&self.plan.change, &self.planned.change) else {
            return false;
        };
        let is_hidden = |change: &Change| change.fields().iter().any(|field| field.sensitive);
        let is_same_hidden = || {
            let (reviewed, today) = (&self.plan.stamp.hidden, &self.planned.stamp.hidden);
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
        let mut fates = vec![self.fate_of_change(key, others, today)];
        for action in &self.plan.ledger {
            fates.push(if self.planned.ledger.contains(action) {
                Fate::Planned
            } else if is_kept(*action, key, today) {
                Fate::Done
            } else if others().any(|other| !other.ledger.is_empty()) {
                Fate::Superseded
            } else {
                Fate::Missing
            });
        }
        worst(&fates)
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
        let mut fates = vec![if self.planned.change.is_some() {
            Fate::Planned
        } else {
            Fate::Done
        }];
        for field in reviewed.fields() {
            let now = record.map_or(&Value::Null, |record| record.fields.get(&field.name));
            let planned = self.planned.field(&field.name);
            fates.push(match planned {
                Some(planned) if field.sensitive || planned.after == field.after => Fate::Planned,
                Some(_) => Fate::Superseded,
                // A plan file has no values of sensitive fields. As nothing is planned for it, it is as the manifests say.
                None if field.sensitive || field.after.is_met_by(now) => Fate::Done,
                None if others().any(|other| other.field(&field.name).is_some()) => {
                    Fate::Superseded
                }
                None => Fate::Missing,
            });
        }
        worst(&fates)
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

/// The one that decides about the whole.
fn worst(fates: &[Fate]) -> Fate {
    let has = |fate: Fate| fates.contains(&fate);
    [Fate::Missing, Fate::Superseded, Fate::Done]
        .into_iter()
        .find(|fate| has(*fate))
        .unwrap_or(Fate::Planned)
}
