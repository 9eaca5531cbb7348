//! What an undo leaves as it is, and why.

use std::sync::Arc;

use crate::model::ObjectKind;

use super::change::At;
use super::field_change::FieldChange;

/// A record, or some of its fields, that an undo does not restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUndone {
    pub kind: &'static ObjectKind,
    /// The key in the words of the manifest.
    pub shown: Box<str>,
    pub at: At,
    pub why: WhyNotUndone,
}

/// Why an undo leaves something as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNotUndone {
    /// Fields of an updated record were changed after the run: `before` is what the run wrote, `after` what they hold now.
    Changed(Vec<FieldChange>),
    /// The run created the record, but these fields were changed after it, so the record is not deleted.
    Edited(Vec<FieldChange>),
    /// The run created the record, and somebody has written it since. The journal does not have the values of these sensitive fields,
    /// so it is not known whether they were changed.
    PerhapsEdited(Vec<Arc<str>>),
    /// The ledger does not own the record, or not any more.
    NotOwned,
    /// Several records have the key, with these ids: a write would meet one of them.
    Doubled { ids: Vec<Box<str>> },
    /// The record was deleted after the run.
    Gone,
    /// The record was deleted after the run, and another record has its key.
    Remade,
    /// Another run created the record.
    CreatedBy { run: Box<str> },
    /// Another run deleted the record.
    DeletedBy { run: Box<str> },
    /// The run deleted the record, and another record has its key.
    Taken,
    /// A record of this kind that the record named, as its parent or in a field, does not exist.
    NoReferred { kind: &'static ObjectKind },
    /// The run deleted what the record named too, and another record has that key.
    OtherReferred { kind: &'static ObjectKind },
    /// These fields had no value before the run, but Marketo requires one.
    Required(Vec<Arc<str>>),
    /// The run deleted the record, and it is created again without these sensitive fields: the journal does not have their values.
    RecreatedWithout(Vec<Arc<str>>),
    /// The journal does not have the values of these sensitive fields.
    NotStored(Vec<Arc<str>>),
    /// The run deleted the record. Marketo requires these fields of a new one, and the journal does not have their sensitive values.
    RequiredNotStored(Vec<Arc<str>>),
    /// The instance does not have these fields any more, or they cannot be written.
    Unwritable(Vec<Arc<str>>),
}
