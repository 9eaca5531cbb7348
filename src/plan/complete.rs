//! The last step of planning: what can be read only once the plan is known is added to it.

use crate::model::{Record, Schema, Value};

use super::bind::Schemas;
use super::change::{Action, Change};
use super::field_change::FieldChange;
use super::note::Note;
use super::observed::Observed;
use super::plan_value::Plan;
use super::renaming::carry_over;

/// Completes a plan. Callers do not change it after that.
///
/// `deleted` are the records that the plan deletes, and those that it renames and that are there already, read with all their
/// fields. The plan gets their values, as far as a new record could be given them, for the review and for an undo. `unmasked` has
/// one reason for each kind whose sensitive fields are not known.
pub fn complete(
    mut plan: Plan,
    schemas: &Schemas,
    deleted: &Observed,
    unmasked: impl IntoIterator<Item = String>,
) -> Plan {
    for change in &mut plan.changes {
        let record = deleted.get(change.kind, &change.key);
        if let (Some(record), Some(schema)) = (record, schemas.get(change.kind)) {
            add_deleted_fields(change, record, schema);
        }
    }
    carry_over(&mut plan, deleted);
    let unmasked = unmasked.into_iter();
    plan.notes
        .extend(unmasked.map(|why| Note::Unmasked { why: why.into() }));
    plan
}

/// Adds the fields of the record to a change that deletes it.
fn add_deleted_fields(change: &mut Change, record: &Record, schema: &Schema) {
    let Action::Delete { id, fields, .. } = &mut change.action else {
        return;
    };
    if record.id != *id {
        return;
    }
    let mut added: Vec<FieldChange> = Vec::new();
    for field in schema.fields() {
        let before = record.fields.get(&field.name);
        if before.is_null() || !schema.is_creatable(field) {
            continue;
        }
        added.push(FieldChange::of(field, &before, &Value::Null));
    }
    *fields = fields.iter().chain(added).collect();
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::kind::OPPORTUNITY;
    use crate::model::{DataType, Field, FileId, Key, KeyValue, Span};
    use crate::plan::{At, FieldChanges, WhyDelete};

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    fn schemas() -> Schemas {
        let field = |(name, updateable, sensitive): (&str, bool, bool)| Field {
            name: name.into(),
            data_type: DataType::String,
            length: None,
            updateable,
            sensitive,
        };
        let fields = [
            ("externalOpportunityId", true, false),
            ("name", true, false),
            ("salary", true, true),
            ("stage", true, false),
            ("region", false, false),
        ];
        let schema = Schema::new(&OPPORTUNITY, fields.into_iter().map(field).collect());
        [(&OPPORTUNITY, schema)].into()
    }

    fn change(key: &str, action: Action) -> Change {
        Change {
            kind: &OPPORTUNITY,
            key: Key::new(vec![KeyValue::Text(key.into())]),
            shown: key.into(),
            label: None,
            action,
            at: At::Here(Span {
                file: FileId(0),
                start: 0,
                end: 0,
            }),
        }
    }

    fn deletion(key: &str, id: &str) -> Change {
        let action = Action::Delete {
            id: id.into(),
            why: WhyDelete::Tombstone,
            fields: FieldChanges::default(),
        };
        change(key, action)
    }

    fn held(key: &str, id: &str) -> Record {
        let fields = [
            ("externalOpportunityId", text(key)),
            ("name", text("Chairs")),
            ("salary", text("52000")),
            ("stage", Value::Null),
            ("region", text("EMEA")),
        ];
        Record {
            id: id.into(),
            key: Key::new(vec![KeyValue::Text(key.into())]),
            fields: fields
                .into_iter()
                .map(|(name, value)| (Arc::from(name), value))
                .collect(),
        }
    }

    /// The plan of these changes, completed with a record "A" whose id is "1".
    fn completed(changes: Vec<Change>) -> Plan {
        let mut deleted = Observed::default();
        deleted.insert(&OPPORTUNITY, held("A", "1"));
        let plan = Plan {
            changes,
            ..Plan::default()
        };
        complete(plan, &schemas(), &deleted, [])
    }

    #[test]
    fn a_deletion_gets_the_fields_that_a_new_record_could_have_again() {
        let plan = completed(vec![deletion("A", "1")]);
        let fields: Vec<_> = plan.changes[0]
            .fields()
            .iter()
            .map(|field| (field.name, field.before, field.after, field.sensitive))
            .collect();
        assert_eq!(
            fields,
            [
                ("name".into(), text("Chairs"), Value::Null, false),
                ("salary".into(), text("52000"), Value::Null, true)
            ]
        );
    }

    #[test]
    fn a_record_that_was_not_read_adds_no_fields() {
        for (key, id) in [("A", "2"), ("B", "1")] {
            let plan = completed(vec![deletion(key, id)]);
            assert!(plan.changes[0].fields().is_empty(), "{key} {id}");
        }
    }

    #[test]
    fn a_change_that_deletes_nothing_stays_as_it_is() {
        let update = Action::Update {
            id: "1".into(),
            fields: FieldChanges::default(),
        };
        let plan = completed(vec![change("A", update)]);
        assert!(plan.changes[0].fields().is_empty());
    }

    #[test]
    fn the_reasons_why_nothing_is_masked_are_notes_after_all_others() {
        let recreated = Note::Recreated { records: 1 };
        let plan = Plan {
            notes: vec![recreated.clone()],
            ..Plan::default()
        };
        let why = ["no permission".to_owned(), "a time-out".to_owned()];
        let plan = complete(plan, &schemas(), &Observed::default(), why);
        let unmasked = |why: &str| Note::Unmasked { why: why.into() };
        assert_eq!(
            plan.notes,
            [recreated, unmasked("no permission"), unmasked("a time-out")]
        );
    }
}
