//! Which side has moved since a plan was reviewed: the instance, the manifests, or only the ledger.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{ObjectKind, Record};

use super::change::{Action, Change};
use super::difference::{Difference, Differing};
use super::field_change::Moved;
use super::field_changes::FieldChanges;
use super::observed::Observed;

/// What has moved since a review. A record may have moved on both sides.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    pub instance: Vec<MovedRecord>,
    pub manifests: Vec<MovedRecord>,
    /// Records for which nothing else has changed: an apply has touched them, or what differs is sensitive.
    pub others: Vec<MovedRecord>,
}

/// A record that is no longer as it was when the plan was reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedRecord {
    pub kind: &'static ObjectKind,
    pub shown: Box<str>,
    pub label: Option<Box<str>>,
    /// The fields that moved; none if the record as a whole came or went.
    pub fields: Vec<Arc<str>>,
}

/// The fields of a record that moved on one side: `None` if none did, and no fields if the record as a whole did.
type MovedFields = Option<BTreeSet<Arc<str>>>;

impl Moves {
    /// What has moved, by the differences between a reviewed plan and that of today, and what is there today.
    #[must_use]
    pub fn of(difference: &Difference, observed: &Observed) -> Self {
        let mut moves = Self::default();
        for differing in &difference.records {
            let change = differing.change();
            let record = observed.get(change.kind, &change.key);
            let (instance, manifests) = sides(differing, record);
            let moved = |fields: BTreeSet<Arc<str>>| MovedRecord {
                kind: change.kind,
                shown: change.shown.clone(),
                label: change.label.clone(),
                fields: fields.into_iter().collect(),
            };
            if instance.is_none() && manifests.is_none() {
                moves.others.push(moved(BTreeSet::new()));
            }
            moves.instance.extend(instance.map(moved));
            moves.manifests.extend(manifests.map(moved));
        }
        moves
    }
}

/// What moved in the instance and in the manifests.
fn sides(differing: &Differing, record: Option<&Record>) -> (MovedFields, MovedFields) {
    let whole = || Some(BTreeSet::new());
    let none = FieldChanges::default();
    let is_new = |change: &Change| matches!(change.action, Action::Create { .. });
    let is_delete = |change: &Change| matches!(change.action, Action::Delete { .. });
    match (&differing.reviewed, &differing.today) {
        (None, None) => (None, None),
        (Some(reviewed), Some(today)) => match (is_delete(reviewed), is_delete(today)) {
            (true, false) | (false, true) => (None, whole()),
            // Another record has this key by now.
            (true, true) => (whole(), None),
            (false, false) if is_new(reviewed) != is_new(today) => (whole(), None),
            (false, false) => of_fields(reviewed.fields(), today.fields(), record),
        },
        (Some(reviewed), None) => match (is_new(reviewed), is_delete(reviewed), record) {
            (true, _, Some(_)) | (_, true, None) => (whole(), None),
            (true, _, None) | (_, true, Some(_)) | (false, false, None) => (None, whole()),
            (false, false, Some(_)) => of_fields(reviewed.fields(), &none, record),
        },
        (None, Some(today)) if is_new(today) || is_delete(today) => (None, whole()),
        (None, Some(today)) => of_fields(&none, today.fields(), record),
    }
}

fn of_fields(
    reviewed: &FieldChanges,
    today: &FieldChanges,
    record: Option<&Record>,
) -> (MovedFields, MovedFields) {
    let (mut instance, mut manifests) = (BTreeSet::new(), BTreeSet::new());
    for then in reviewed.iter().filter(|then| !then.sensitive) {
        let name = &then.name;
        match today.get(name) {
            Some(now) => {
                if now.before != then.before {
                    instance.insert(Arc::clone(name));
                }
                if now.after != then.after {
                    manifests.insert(Arc::clone(name));
                }
            }
            None => {
                let is_as_then = record.is_some_and(|it| it.fields.get(name) == then.before);
                let side = if is_as_then {
                    &mut manifests
                } else {
                    &mut instance
                };
                side.insert(Arc::clone(name));
            }
        }
    }
    for now in today.iter() {
        if reviewed.names().any(|name| *name == now.name) {
            continue;
        }
        let name = || Arc::clone(&now.name);
        // What the review did not have has moved since, on the side that has moved since the last apply.
        match now.moved {
            Some(Moved::You) => drop(manifests.insert(name())),
            Some(Moved::Marketo) => drop(instance.insert(name())),
            Some(Moved::Both) => {
                manifests.insert(name());
                instance.insert(name());
            }
            Some(Moved::Hidden) | None => {}
        }
    }
    let some = |fields: BTreeSet<Arc<str>>| (!fields.is_empty()).then_some(fields);
    (some(instance), some(manifests))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::{DataType, Value};
    use crate::plan::FieldChange;

    fn field(name: &str, before: &str, after: &str, moved: Option<Moved>) -> FieldChange {
        FieldChange {
            name: name.into(),
            data_type: DataType::named("string"),
            before: Value::Text(before.into()),
            after: Value::Text(after.into()),
            sensitive: false,
            moved,
            at: None,
        }
    }

    #[test]
    fn each_side_has_what_it_moved() {
        let reviewed = vec![
            field("amount", "1", "2", None),
            field("stage", "New", "Won", None),
        ];
        let reviewed = reviewed.into();
        let rows = [
            (
                field("stage", "Open", "Won", None),
                vec!["amount", "stage"],
                vec![],
            ),
            (
                field("stage", "New", "Lost", None),
                vec!["amount"],
                vec!["stage"],
            ),
            (
                field("name", "A", "B", Some(Moved::You)),
                vec!["amount", "stage"],
                vec!["name"],
            ),
            (
                field("name", "A", "B", Some(Moved::Both)),
                vec!["amount", "name", "stage"],
                vec!["name"],
            ),
        ];
        for (today, in_instance, in_manifests) in rows {
            let names = |fields: MovedFields| -> Vec<String> {
                let fields = fields.into_iter().flatten();
                fields.map(|name| name.to_string()).collect()
            };
            let (instance, manifests) = of_fields(&reviewed, &vec![today].into(), None);
            assert_eq!(names(instance), in_instance);
            assert_eq!(names(manifests), in_manifests);
        }
    }
}
