//! What a change refers to: the records that its record names once it is made, and those that it names until then.
//!
//! Both are by the references of the kind, those in the key and those in fields. They decide what is sent first, what is not sent
//! because something else failed, and what comes along with a canary.

use crate::model::{Desired, Ensure, Key, KeyValue, ObjectKind, RecordKey, Span, Value};

use super::change::{Action, Change};
use super::field_change::FieldChange;
use super::field_changes::FieldChanges;
use super::parent::parent_of;

/// A record of a managed kind that another record names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub kind: &'static ObjectKind,
    pub key: Key,
}

/// The key that the value of a reference holds; nothing if it names no record.
#[must_use]
pub fn named_key(value: &Value) -> Option<Key> {
    let text: Box<str> = match value {
        Value::Null => return None,
        Value::Text(text) => text.clone(),
        Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Datetime(_) => value.to_string().into(),
    };
    let is_blank = text.trim().is_empty();
    (!is_blank).then(|| Key::new(vec![KeyValue::Text(text)]))
}

/// The changed references among these fields, each with the record that one side of it names.
pub(super) fn in_fields(
    kind: &'static ObjectKind,
    fields: &FieldChanges,
    side: fn(&FieldChange) -> &Value,
) -> impl Iterator<Item = (FieldChange, Named)> {
    kind.field_references()
        .filter_map(move |(reference, kind)| {
            let field = fields.get(reference.field)?;
            let key = named_key(side(&field))?;
            Some((field, Named { kind, key }))
        })
}

fn of_key(change: &Change) -> Option<Named> {
    let (kind, key) = parent_of(change.kind, &change.key)?;
    Some(Named { kind, key })
}

impl Change {
    /// The references in fields that this change writes, with the records that they name.
    pub fn written_references(&self) -> impl Iterator<Item = (FieldChange, Named)> {
        let fields = match &self.action {
            Action::Create { fields }
            | Action::Adopt { fields, .. }
            | Action::Update { fields, .. } => Some(fields),
            Action::Delete { .. } => None,
        };
        let fields = fields.into_iter();
        fields.flat_map(|fields| in_fields(self.kind, fields, |field| &field.after))
    }

    /// The records that have to be there when this change is sent: its record names them afterwards.
    pub fn needs(&self) -> impl Iterator<Item = Named> {
        let of_key = match self.action {
            Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => of_key(self),
            Action::Delete { .. } => None,
        };
        let written = self.written_references().map(|(_, named)| named);
        of_key.into_iter().chain(written)
    }

    /// The records that can be deleted only once this change is made: its record names them until then.
    pub fn releases(&self) -> impl Iterator<Item = Named> {
        let (of_key, fields) = match &self.action {
            Action::Create { .. } => (None, None),
            Action::Adopt { fields, .. } | Action::Update { fields, .. } => (None, Some(fields)),
            Action::Delete { fields, .. } => (of_key(self), Some(fields)),
        };
        let fields = fields.into_iter();
        let in_fields =
            fields.flat_map(|fields| in_fields(self.kind, fields, |field| &field.before));
        of_key.into_iter().chain(in_fields.map(|(_, named)| named))
    }
}

/// What the entries that the run leaves out name, with each place: their parents, and others in fields.
pub(super) fn named_elsewhere(desired: &Desired) -> Vec<(RecordKey, Span)> {
    if desired.narrowed.is_none() {
        return Vec::new();
    }
    let left_out = desired
        .records
        .iter()
        .filter(|declared| declared.ensure == Ensure::Present && !desired.is_selected(declared));
    let named = left_out.flat_map(|declared| {
        let parent = declared.parent().map(|parent| (parent, declared.at));
        parent.into_iter().chain(declared.field_references())
    });
    named.collect()
}
