//! A change of one record: what is done to it, which of its fields change, why, and which line of a manifest asks for it.

use std::path::Path;
use std::sync::Arc;

use crate::ledger::{Origin, Place};
use crate::model::{Key, ObjectKind, Record, Sources, Span, Verb, is_same_id};

use super::field_changes::FieldChanges;

/// One record to create, update or delete.
#[derive(Clone, Debug)]
pub struct Change {
    pub kind: &'static ObjectKind,
    /// The key to send; for an existing record as the instance writes it.
    pub key: Key,
    /// The key in the words of the manifest, which may name a lead by e-mail.
    pub shown: Box<str>,
    /// What people recognise the record by.
    pub label: Option<Box<str>>,
    pub action: Action,
    pub at: At,
}

/// Where a change comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// This entry of the manifests asks for it.
    Here(Span),
    /// An entry at this place asked for it when the plan was saved.
    Saved {
        file: Arc<str>,
        line: usize,
        column: usize,
    },
    /// An entry at this place declared the record at the apply `origin`. For a removal no manifest declares it any more; for a
    /// change read from a journal one may.
    Before { place: Place, origin: Arc<Origin> },
}

/// What is to be done to a record.
#[derive(Clone, Debug)]
pub enum Action {
    Create {
        fields: FieldChanges,
    },
    /// A record exists but is not owned: it becomes owned, and gets other values.
    Adopt {
        id: Box<str>,
        fields: FieldChanges,
    },
    Update {
        id: Box<str>,
        fields: FieldChanges,
    },
    Delete {
        id: Box<str>,
        why: WhyDelete,
        /// The fields whose values are lost, as far as a new record could be given them.
        fields: FieldChanges,
    },
}

/// An action without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionName {
    Create,
    Adopt,
    Update,
    Delete,
}

/// What asks for a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyDelete {
    /// `ensure: absent`.
    Tombstone,
    /// The record is not in the complete list of its parent's children.
    NotListed,
    /// The record is owned, and no manifest declares it any more.
    Removed,
    /// No manifest declares the record, and its parent is to be deleted.
    WithParent,
    /// The run to undo created the record.
    Undone,
}

impl At {
    /// The file of the manifest.
    #[must_use]
    pub fn file<'a>(&'a self, sources: &'a Sources) -> &'a Path {
        match self {
            Self::Here(span) => sources.path(*span),
            Self::Saved { file, .. } => Path::new(&**file),
            Self::Before { place, .. } => Path::new(&*place.file),
        }
    }

    /// The line in it, from 1.
    #[must_use]
    pub fn line(&self, sources: &Sources) -> usize {
        match self {
            Self::Here(span) => sources.position(*span).line,
            Self::Saved { line, .. } => *line,
            Self::Before { place, .. } => place.line as usize,
        }
    }

    /// The place in the manifests that were read, if there is one.
    #[must_use]
    pub fn here(&self) -> Option<Span> {
        match self {
            Self::Here(span) => Some(*span),
            Self::Saved { .. } | Self::Before { .. } => None,
        }
    }
}

impl Action {
    /// The action without its data.
    #[must_use]
    pub fn name(&self) -> ActionName {
        match self {
            Self::Create { .. } => ActionName::Create,
            Self::Adopt { .. } => ActionName::Adopt,
            Self::Update { .. } => ActionName::Update,
            Self::Delete { .. } => ActionName::Delete,
        }
    }

    /// The fields that it changes.
    #[must_use]
    pub fn fields(&self) -> &FieldChanges {
        match self {
            Self::Create { fields }
            | Self::Adopt { fields, .. }
            | Self::Update { fields, .. }
            | Self::Delete { fields, .. } => fields,
        }
    }

    /// The same, to change them.
    pub(crate) fn fields_mut(&mut self) -> &mut FieldChanges {
        match self {
            Self::Create { fields }
            | Self::Adopt { fields, .. }
            | Self::Update { fields, .. }
            | Self::Delete { fields, .. } => fields,
        }
    }

    /// The word for it: see [`ActionName::word`].
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.name().word()
    }
}

impl ActionName {
    /// The word for it, in digests and in machine formats.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Adopt => "adopt",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The character that stands for it where people read a plan.
    #[must_use]
    pub fn symbol(self) -> char {
        match self {
            Self::Create => '+',
            Self::Adopt => '>',
            Self::Update => '~',
            Self::Delete => '-',
        }
    }
}

impl Change {
    /// The verb by which this change is sent.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self.action {
            Action::Create { .. } => Verb::Create,
            Action::Adopt { .. } | Action::Update { .. } => Verb::Update,
            Action::Delete { .. } => Verb::Delete,
        }
    }

    /// Whether the record, as it was read back, shows that this change was made.
    #[must_use]
    pub fn was_made(&self, record: Option<&Record>) -> bool {
        match (self.verb(), record) {
            (Verb::Create | Verb::Update, Some(record)) => self
                .fields()
                .iter()
                .all(|field| field.after.is_met_by(&record.fields.get(&field.name))),
            (Verb::Create | Verb::Update, None) => false,
            (Verb::Delete, None) => true,
            // Another record with the key is not the one that was to be deleted.
            (Verb::Delete, Some(record)) => !self.is_of(record),
        }
    }

    /// Whether the record, as it was read back, is as it was when this change was planned: then the change was not made.
    #[must_use]
    pub fn was_not_made(&self, record: Option<&Record>) -> bool {
        match (self.verb(), record) {
            (Verb::Create, record) => record.is_none(),
            (Verb::Update, Some(record)) => self.is_of(record) && self.is_before(record),
            (Verb::Delete, Some(record)) => self.is_of(record),
            (Verb::Update | Verb::Delete, None) => false,
        }
    }

    /// Whether this is the record that the change updates or deletes, and not another one with its key.
    fn is_of(&self, record: &Record) -> bool {
        self.id().is_some_and(|id| is_same_id(id, &record.id))
    }

    /// Whether the changed fields of a record have the values from before the change.
    pub(super) fn is_before(&self, record: &Record) -> bool {
        self.fields()
            .iter()
            .all(|field| record.fields.get(&field.name) == field.before)
    }

    /// The id of the record, unless it is to be created.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match &self.action {
            Action::Create { .. } => None,
            Action::Adopt { id, .. } | Action::Update { id, .. } | Action::Delete { id, .. } => {
                Some(id)
            }
        }
    }

    /// The fields that it changes.
    #[must_use]
    pub fn fields(&self) -> &FieldChanges {
        self.action.fields()
    }

    /// The fields that it changes in a record that is there; nothing if it creates or deletes the record.
    #[must_use]
    pub fn updated_fields(&self) -> Option<&FieldChanges> {
        match &self.action {
            Action::Adopt { fields, .. } | Action::Update { fields, .. } => Some(fields),
            Action::Create { .. } | Action::Delete { .. } => None,
        }
    }
}
