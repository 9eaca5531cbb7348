//! One change: what is to become of a record, of which of its fields, why, and where the manifests ask for it.

use std::path::Path;
use std::sync::Arc;

use crate::ledger::{Origin, Place};
use crate::model::{DataType, Key, ObjectKind, Record, Sources, Span, Value, Verb};

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
    pub at: At,
}

/// Where a change comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// The manifests ask for it here.
    Here(Span),
    /// The manifests asked for it here when the plan was saved.
    Saved {
        file: Arc<str>,
        line: usize,
        column: usize,
    },
    /// The manifests asked for the record there, and do not any more.
    Before { place: Place, origin: Arc<Origin> },
}

/// What shall become of a record.
#[derive(Clone, Debug)]
pub enum Action {
    Create {
        fields: Vec<FieldChange>,
    },
    /// A record that exists and is not the project's own becomes so, and gets other values.
    Adopt {
        id: Box<str>,
        fields: Vec<FieldChange>,
    },
    Update {
        id: Box<str>,
        fields: Vec<FieldChange>,
    },
    Delete {
        id: Box<str>,
        why: WhyDelete,
        /// What goes with it: every field that has a value and that a new record could have again.
        fields: Vec<FieldChange>,
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

/// A field that gets another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub name: Arc<str>,
    pub data_type: DataType,
    pub before: Value,
    pub after: Value,
    /// Neither value is to be shown.
    pub sensitive: bool,
    /// Who changed it, as far as the ledger knows.
    pub moved: Option<Moved>,
    /// Where the new value stands, if the manifests have one.
    pub at: Option<Span>,
}

/// Who has changed a field since the last apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moved {
    /// The manifests.
    You,
    /// Somebody in the instance.
    Marketo,
    Both,
}

/// What asks for a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyDelete {
    /// `ensure: absent`.
    Tombstone,
    /// The list of the parent's children is complete, and this one is not in it.
    NotListed,
    /// It is the project's own, and no manifest declares it any more.
    Removed,
    /// Nobody declares it, and its parent is to be deleted.
    WithParent,
    /// The run that is undone created it.
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

    /// The place in the manifests, if there is one.
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

    /// Whether a record that was read back shows that this change has happened.
    #[must_use]
    pub fn holds(&self, record: Option<&Record>) -> bool {
        match (self.verb(), record) {
            (Verb::Create | Verb::Update, Some(record)) => self
                .fields()
                .iter()
                .all(|field| *record.fields.get(&field.name) == field.after),
            (Verb::Create | Verb::Update, None) => false,
            (Verb::Delete, None) => true,
            // Another one with its key is not the one that was to go.
            (Verb::Delete, Some(record)) => self.id().is_some_and(|id| *id != *record.id),
        }
    }

    /// Whether a record that was read back is as it was when this change was planned: then the change has not happened.
    #[must_use]
    pub fn is_open(&self, record: Option<&Record>) -> bool {
        let same = |record: &Record| self.id().is_some_and(|id| *id == *record.id);
        match (self.verb(), record) {
            (Verb::Create, record) => record.is_none(),
            (Verb::Update, Some(record)) => {
                let mut fields = self.fields().iter();
                same(record) && fields.all(|field| *record.fields.get(&field.name) == field.before)
            }
            (Verb::Delete, Some(record)) => same(record),
            (Verb::Update | Verb::Delete, None) => false,
        }
    }

    /// The id of the record that it is about, where there is one.
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
    pub fn fields(&self) -> &[FieldChange] {
        match &self.action {
            Action::Create { fields }
            | Action::Adopt { fields, .. }
            | Action::Update { fields, .. }
            | Action::Delete { fields, .. } => fields,
        }
    }
}
