//! What a plan does to the deals: each deal before and after it.

use crate::model::{Key, KeyIndex, Value};

use super::change::{Action, Change};
use super::deal::{DealMove, DealView};
use super::observed::Observed;
use super::plan_value::Plan;

/// What the deals of a plan are found with.
#[derive(Clone, Copy, Debug)]
pub struct DealMoves<'m> {
    pub plan: &'m Plan,
    pub observed: &'m Observed,
    pub view: &'m DealView,
}

impl<'m> DealMoves<'m> {
    /// The deals that the plan changes, and those with these keys, which manifests declare: each once, before and after.
    pub fn of(self, declared: impl Iterator<Item = Key>) -> impl Iterator<Item = DealMove> {
        let all = &self.plan.changes;
        let changes = all.iter().enumerate();
        let changes = changes.filter(move |(_, change)| Some(change.kind) == self.view.kind());
        let mut changed = KeyIndex::default();
        for (index, change) in changes.clone() {
            // One that changes twice is there.
            let _ = changed.insert(&change.key, index, |at| &all[at].key);
        }
        let others = declared.filter(move |key| changed.get(key, |at| &all[at].key).is_none());
        changes
            .map(|(index, _)| (Some(index), None))
            .chain(others.map(|key| (None, Some(key))))
            .filter_map(move |(change, key)| self.find(change, key.as_ref()))
    }

    /// A deal before and after; nothing if there is none on either side.
    fn find(self, index: Option<usize>, key: Option<&Key>) -> Option<DealMove> {
        let Self {
            plan,
            observed,
            view,
        } = self;
        let change: Option<&'m Change> = index.map(|index| &plan.changes[index]);
        let key = change.map(|change| &change.key).or(key)?;
        let record = observed.get(view.kind()?, key);
        let before = record.map(|record| view.deal(Some(record), None));
        let (before, after) = match change.map(|change| &change.action) {
            None => (before.clone(), before),
            Some(Action::Create { fields }) => (None, Some(view.deal(None, Some(fields)))),
            Some(Action::Adopt { fields, .. } | Action::Update { fields, .. }) => {
                (before, Some(view.deal(record, Some(fields))))
            }
            Some(Action::Delete { fields, .. }) => {
                // The record was read once more with all of its fields.
                let value = |field| {
                    let Some(name) = view.name(field) else {
                        return Value::Null;
                    };
                    match fields.get(name) {
                        Some(read) => read.before,
                        None => record.map_or(Value::Null, |record| record.fields.get(name)),
                    }
                };
                (Some(view.made_of(value)), None)
            }
        };
        (before.is_some() || after.is_some()).then_some(DealMove {
            change: index,
            before,
            after,
        })
    }
}
