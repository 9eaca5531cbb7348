//! A canary: the first few changes of each kind and action, which go out and are looked at before the rest does.
//!
//! It can be applied by itself. What its changes need comes along: the creation of a parent, and the deletions of the children
//! of what is deleted. So it has more than was asked for where the first changes hang on later ones.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::model::{FoldedKey, Key, ObjectKind, Verb};

use super::change::{Action, Change, FieldChange};
use super::not_undone::{Left, WhyLeft};
use super::observed::Observed;
use super::parent::parent_of;
use super::plan_value::Plan;
use super::question::Question;

#[cfg(test)]
mod tests;

/// The changes of a plan that are tried first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canary {
    /// Whether each change is one of them.
    members: Vec<bool>,
}

/// The first changes of each kind and action, so many of each, and what these need.
#[must_use]
pub fn canary(plan: &Plan, of_each: NonZeroUsize) -> Canary {
    let mut counts: HashMap<_, usize> = HashMap::new();
    let first = plan.changes.iter().map(|change| {
        let sort = (change.kind, change.action.name());
        let count = counts.entry(sort).or_default();
        *count += 1;
        *count <= of_each.get()
    });
    let mut members: Vec<bool> = first.collect();
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

/// Which changes cannot be made without which others.
struct Needs {
    /// The changes that create a record.
    creates: HashMap<(&'static ObjectKind, FoldedKey), usize>,
    /// The changes that delete a record that hangs on this one.
    deletes: HashMap<(&'static ObjectKind, FoldedKey), Vec<usize>>,
}

impl Needs {
    fn of(plan: &Plan) -> Self {
        let mut needs = Self {
            creates: HashMap::new(),
            deletes: HashMap::new(),
        };
        for (index, change) in plan.changes.iter().enumerate() {
            match change.verb() {
                Verb::Create => {
                    let own = (change.kind, change.key.folded());
                    needs.creates.insert(own, index);
                }
                Verb::Update => {}
                Verb::Delete => {
                    if let Some((parent, key)) = parent_of(change.kind, &change.key) {
                        let of_parent = needs.deletes.entry((parent, key.folded())).or_default();
                        of_parent.push(index);
                    }
                }
            }
        }
        needs
    }

    fn of_change(&self, change: &Change) -> Vec<usize> {
        match change.verb() {
            Verb::Create | Verb::Update => {
                let parent = parent_of(change.kind, &change.key);
                let create = parent.and_then(|(kind, key)| self.creates.get(&(kind, key.folded())));
                create.copied().into_iter().collect()
            }
            Verb::Delete => {
                let children = self.deletes.get(&(change.kind, change.key.folded()));
                children.cloned().unwrap_or_default()
            }
        }
    }
}

impl Canary {
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

    /// What has to be asked again once it is applied: what the plan asked, about its records alone.
    #[must_use]
    pub fn questions(&self, plan: &Plan, asked: &[Question]) -> Vec<Question> {
        let mut keys: BTreeMap<&'static ObjectKind, Vec<Key>> = BTreeMap::new();
        for change in self.changes(plan) {
            keys.entry(change.kind)
                .or_default()
                .push(change.key.clone());
        }
        let question = |(kind, keys)| {
            let of_kind = asked.iter().filter(|question| question.kind == kind);
            let fields: BTreeSet<&Arc<str>> =
                of_kind.flat_map(|question| &question.fields).collect();
            Question {
                kind,
                fields: fields.into_iter().cloned().collect(),
                keys,
                children_of: Vec::new(),
            }
        };
        keys.into_iter().map(question).collect()
    }

    /// Puts what its records are now in the place of what they were.
    pub fn look(&self, plan: &Plan, observed: &mut Observed, now: Observed) {
        for change in self.changes(plan) {
            observed.forget(change.kind, &change.key);
        }
        observed.extend(now);
    }

    /// What a further plan, made by what its records are now, still wants of them; nothing if they are as they were planned.
    ///
    /// A plan is applied only without problems and refusals. Those of the further plan are of the canary, like everything else
    /// that has changed.
    pub fn remains(&self, plan: &Plan, again: Plan, observed: &Observed) -> Plan {
        let keys: HashSet<_> = self
            .changes(plan)
            .map(|change| (change.kind, change.key.folded()))
            .collect();
        let left = left_anew(plan, &again);
        let is_left = |change: &&Change| left.contains(&(change.kind, &*change.shown));
        let left_changes = self.changes(plan).filter(is_left);
        let mut changes: Vec<Change> = left_changes
            .filter_map(|change| unlike(change, observed))
            .collect();
        drop(left);
        let of_canary = |change: &Change| keys.contains(&(change.kind, change.key.folded()));
        changes.extend(again.changes.into_iter().filter(of_canary));
        Plan {
            changes,
            refusals: again.refusals,
            problems: again.problems,
            ..Plan::default()
        }
    }
}

/// What an undo leaves in its further plan and did not in the first: what it takes for the doing of others.
fn left_anew<'p>(plan: &'p Plan, again: &'p Plan) -> HashSet<(&'static ObjectKind, &'p str)> {
    let mut before: HashMap<(&ObjectKind, &str), Vec<&WhyLeft>> = HashMap::new();
    for left in plan.lefts() {
        let key = (left.kind, &*left.shown);
        before.entry(key).or_default().push(&left.why);
    }
    let was_left = |left: &&Left| {
        let whys = before.get(&(left.kind, &*left.shown));
        whys.is_some_and(|whys| whys.contains(&&left.why))
    };
    let anew = again.lefts().filter(|left| !was_left(left));
    anew.map(|left| (left.kind, &*left.shown)).collect()
}

/// The change that would still have to be made for a record to be as planned.
fn unlike(change: &Change, observed: &Observed) -> Option<Change> {
    let record = observed.get(change.kind, &change.key);
    if change.holds(record) {
        return None;
    }
    let Some(record) = record else {
        return Some(change.clone());
    };
    let differing = change.fields().iter().map(|field| FieldChange {
        before: record.fields.get(&field.name).clone(),
        ..field.clone()
    });
    let action = match &change.action {
        Action::Delete { .. } => change.action.clone(),
        Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => Action::Update {
            id: record.id.clone(),
            fields: differing
                .filter(|field| field.before != field.after)
                .collect(),
        },
    };
    Some(Change {
        action,
        ..change.clone()
    })
}
