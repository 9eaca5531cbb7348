//! A canary: the first few changes of each kind and action. They are sent and looked at before the rest is sent.
//!
//! A canary can be applied by itself, because what its changes need comes along: the creation of what a record names, and what ends
//! that others name a record to be deleted. So it has more changes than were asked for if the first ones depend on later ones.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::model::{Key, ObjectKind, RecordKey, RecordKeys, Verb};

use super::change::{Action, Change};
use super::field_change::FieldChange;
use super::not_undone::{NotUndone, WhyNotUndone};
use super::observed::Observed;
use super::plan_value::Plan;
use super::question::Question;
use super::referring::Named;

#[cfg(test)]
mod tests;

/// The changes of a plan that are tried first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canary {
    /// Whether each change is one of them.
    members: Vec<bool>,
}

/// The first `of_each` changes of each kind and action, the renames, and the changes that these need. What a renamed record has is looked
/// at before its old record goes, also if nobody asks for a canary.
#[must_use]
pub fn canary(plan: &Plan, of_each: Option<NonZeroUsize>) -> Canary {
    let renamed = renamed(plan);
    let mut counts: HashMap<_, usize> = HashMap::new();
    let mut members: Vec<bool> = plan
        .changes
        .iter()
        .map(|change| {
            let count = counts
                .entry((change.kind, change.action.name()))
                .or_default();
            *count += 1;
            of_each.is_some_and(|of_each| *count <= of_each.get())
                || renamed.contains(&(change.kind, change.key.folded()))
        })
        .collect();
    let needs = Needs::of(plan);
    let mut open: Vec<usize> = (0..members.len()).filter(|index| members[*index]).collect();
    while let Some(index) = open.pop() {
        for needed in needs.of_change(&plan.changes[index]) {
            if !members[needed] {
                members[needed] = true;
                open.push(needed);
            }
        }
    }
    Canary { members }
}

/// The old and the new keys of what is renamed.
fn renamed(plan: &Plan) -> RecordKeys {
    let both = plan.successors().map(|it| (it.kind, [&it.from, &it.to]));
    both.flat_map(|(kind, keys)| keys.map(|key| (kind, key.folded())))
        .collect()
}

/// Which changes depend on which others.
struct Needs {
    /// The change that creates the record with this key.
    creates: HashMap<RecordKey, usize>,
    /// The changes before which the record with this key cannot be deleted.
    releases: HashMap<RecordKey, Vec<usize>>,
}

impl Needs {
    fn of(plan: &Plan) -> Self {
        let mut needs = Self {
            creates: HashMap::new(),
            releases: HashMap::new(),
        };
        for (index, change) in plan.changes.iter().enumerate() {
            if change.verb() == Verb::Create {
                let own = (change.kind, change.key.folded());
                needs.creates.insert(own, index);
            }
            for Named { kind, key } in change.releases() {
                let before = needs.releases.entry((kind, key.folded())).or_default();
                before.push(index);
            }
        }
        needs
    }

    fn of_change(&self, change: &Change) -> Vec<usize> {
        match change.verb() {
            Verb::Create | Verb::Update => {
                let created =
                    |named: Named| self.creates.get(&(named.kind, named.key.folded())).copied();
                change.needs().filter_map(created).collect()
            }
            Verb::Delete => {
                let before = self.releases.get(&(change.kind, change.key.folded()));
                before.cloned().unwrap_or_default()
            }
        }
    }
}

impl Canary {
    /// The parts of it that create or update, and that delete. They are tried apart, as deletes come last.
    #[must_use]
    pub fn stages(&self, plan: &Plan) -> [Self; 2] {
        [false, true].map(|deletes| {
            let members = self.members.iter().zip(&plan.changes);
            Self {
                members: members
                    .map(|(is_member, change)| {
                        *is_member && (change.verb() == Verb::Delete) == deletes
                    })
                    .collect(),
            }
        })
    }

    /// Whether the change with this index is tried first.
    #[must_use]
    pub fn has(&self, index: usize) -> bool {
        self.members[index]
    }

    /// The indexes of the changes that are tried first, in the order of the plan.
    pub fn indexes(&self) -> impl Iterator<Item = usize> {
        let members = self.members.iter().enumerate();
        members.filter_map(|(index, is_member)| is_member.then_some(index))
    }

    /// How many changes are tried first.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indexes().count()
    }

    /// Whether there is nothing to try.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn changes<'p>(&self, plan: &'p Plan) -> impl Iterator<Item = &'p Change> {
        self.indexes().map(|index| &plan.changes[index])
    }

    /// The questions to ask again once the canary is applied: those of the plan, for the records of the canary only.
    #[must_use]
    pub fn questions(&self, plan: &Plan, asked: &[Question]) -> Vec<Question> {
        let mut keys: BTreeMap<&'static ObjectKind, Vec<Key>> = BTreeMap::new();
        let mut carried: BTreeMap<&'static ObjectKind, BTreeSet<&Arc<str>>> = BTreeMap::new();
        let renamed = renamed(plan);
        for change in self.changes(plan) {
            keys.entry(change.kind)
                .or_default()
                .push(change.key.clone());
            if renamed.contains(&(change.kind, change.key.folded())) {
                let fields = change.fields().names();
                carried.entry(change.kind).or_default().extend(fields);
            }
        }
        keys.into_iter()
            .map(|(kind, keys)| {
                let fields: BTreeSet<&Arc<str>> = asked
                    .iter()
                    .filter(|question| question.kind == kind)
                    .flat_map(|question| &question.fields)
                    .chain(carried.get(kind).into_iter().flatten().copied())
                    .collect();
                Question {
                    kind,
                    fields: fields.into_iter().cloned().collect(),
                    keys,
                    children_of: Vec::new(),
                }
            })
            .collect()
    }

    /// Replaces what was observed of the canary's records by what was observed `now`.
    pub fn look(&self, plan: &Plan, observed: &mut Observed, now: Observed) {
        for change in self.changes(plan) {
            observed.forget(change.kind, &change.key);
        }
        observed.extend(now);
    }

    /// What is still to be changed in the canary's records. `again` is a further plan, made from what the records are now. Nothing
    /// remains if the records are as planned.
    ///
    /// A plan is applied only without problems and refusals. So those of the further plan result from the canary, like all other
    /// differences.
    pub fn remains(&self, plan: &Plan, again: Plan, observed: &Observed) -> Plan {
        let keys: HashSet<_> = self
            .changes(plan)
            .map(|change| (change.kind, change.key.folded()))
            .collect();
        let left = newly_left(plan, &again);
        // Of what is carried over no manifest says anything, and so the further plan does not.
        let renamed = renamed(plan);
        let is_carried = |change: &Change| {
            change.verb() == Verb::Create && renamed.contains(&(change.kind, change.key.folded()))
        };
        let mut changes: Vec<Change> = self
            .changes(plan)
            .filter(|change| left.contains(&(change.kind, &*change.shown)) || is_carried(change))
            .filter_map(|change| remaining(change, observed))
            .collect();
        drop(left);
        changes.extend(
            again
                .changes
                .into_iter()
                .filter(|change| keys.contains(&(change.kind, change.key.folded()))),
        );
        Plan {
            changes,
            refusals: again.refusals,
            problems: again.problems,
            ..Plan::default()
        }
    }
}

/// The records that the second plan of an undo leaves alone and the first did not. Marketo stored other values than the canary
/// sent, so the second plan takes them for changes by others.
fn newly_left<'p>(plan: &'p Plan, again: &'p Plan) -> HashSet<(&'static ObjectKind, &'p str)> {
    let mut before: HashMap<(&ObjectKind, &str), Vec<&WhyNotUndone>> = HashMap::new();
    for left in plan.not_undone() {
        before.entry(record_of(left)).or_default().push(&left.why);
    }
    again
        .not_undone()
        .filter(|left| {
            let whys = before.get(&record_of(left));
            !whys.is_some_and(|whys| whys.contains(&&left.why))
        })
        .map(record_of)
        .collect()
}

fn record_of(left: &NotUndone) -> (&'static ObjectKind, &str) {
    (left.kind, &left.shown)
}

/// The change that is still needed for a record to be as planned, if any.
fn remaining(change: &Change, observed: &Observed) -> Option<Change> {
    let record = observed.get(change.kind, &change.key);
    if change.was_made(record) {
        return None;
    }
    let Some(record) = record else {
        return Some(change.clone());
    };
    let action = match &change.action {
        Action::Delete { .. } => change.action.clone(),
        Action::Create { fields }
        | Action::Adopt { fields, .. }
        | Action::Update { fields, .. } => Action::Update {
            id: record.id.clone(),
            fields: fields
                .iter()
                .map(|field| FieldChange {
                    before: record.fields.get(&field.name),
                    ..field
                })
                .filter(|field| field.before != field.after)
                .collect(),
        },
    };
    Some(Change {
        action,
        ..change.clone()
    })
}
