//! The plan as a value: what is to be created, updated and deleted, why, and where the manifests say so.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{DataType, Diagnostic, Key, ObjectKind, Record, Span, Value};

/// Everything that one run would do, and what keeps it from running.
#[must_use]
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order of the manifests.
    pub changes: Vec<Change>,
    /// How many declared records are already as they should be.
    pub unchanged: BTreeMap<&'static ObjectKind, usize>,
    /// How many entries the manifests declare, those to be forgotten left out.
    pub declared: usize,
    /// What a person has to mend first; a plan with problems is never applied.
    pub problems: Vec<Diagnostic>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

/// One record to create, update or delete.
#[derive(Clone, Debug)]
pub struct Change {
    pub kind: &'static ObjectKind,
    /// The key to send; for an existing record as the instance writes it.
    pub key: Key,
    /// The key in the words of the manifest, which may name a lead by e-mail.
    pub shown: Box<str>,
    /// What a person recognises the record by.
    pub label: Option<Box<str>>,
    pub action: Action,
    /// Where the manifests ask for it.
    pub at: Span,
}

/// What shall become of a record.
#[derive(Clone, Debug)]
pub enum Action {
    Create {
        fields: Vec<FieldChange>,
    },
    Update {
        id: Box<str>,
        fields: Vec<FieldChange>,
    },
    Delete {
        id: Box<str>,
        why: WhyDelete,
    },
}

/// A field that gets another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub name: Arc<str>,
    pub data_type: DataType,
    pub before: Value,
    pub after: Value,
    /// Neither value is to be shown.
    pub sensitive: bool,
    /// Where the new value stands.
    pub at: Span,
}

/// What asks for a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyDelete {
    /// `ensure: absent`.
    Tombstone,
    /// The list of the parent's children is complete, and this one is not in it.
    NotListed,
}

/// Something worth knowing that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The instance writes a key in another letter case.
    OtherCase {
        kind: &'static ObjectKind,
        declared: Box<str>,
        observed: Key,
        at: Span,
    },
}

impl Plan {
    /// Whether the instance already is as the manifests want it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes create, update and delete, in this order.
    #[must_use]
    pub fn counts(&self) -> [usize; 3] {
        Change::counts(&self.changes)
    }
}

impl Change {
    /// How many of these create, update and delete, in this order.
    #[must_use]
    pub fn counts<'c>(changes: impl IntoIterator<Item = &'c Self>) -> [usize; 3] {
        let mut counts = [0; 3];
        for change in changes {
            let index = match change.action {
                Action::Create { .. } => 0,
                Action::Update { .. } => 1,
                Action::Delete { .. } => 2,
            };
            counts[index] += 1;
        }
        counts
    }

    /// Whether a record that was read back shows that this change has happened.
    #[must_use]
    pub fn holds(&self, record: Option<&Record>) -> bool {
        match (&self.action, record) {
            (Action::Create { fields } | Action::Update { fields, .. }, Some(record)) => fields
                .iter()
                .all(|field| *record.fields.get(&field.name) == field.after),
            (Action::Create { .. } | Action::Update { .. }, None) => false,
            (Action::Delete { .. }, record) => record.is_none(),
        }
    }

    /// The fields that it sets.
    #[must_use]
    pub fn fields(&self) -> &[FieldChange] {
        match &self.action {
            Action::Create { fields } | Action::Update { fields, .. } => fields,
            Action::Delete { .. } => &[],
        }
    }
}
