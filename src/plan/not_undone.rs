//! What an undo leaves as it is, and why.

use std::sync::Arc;

use crate::model::ObjectKind;

use super::change::{At, FieldChange};

/// A record, or some of its fields, that an undo does not bring back to where it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub kind: &'static ObjectKind,
    /// The key in the words of the manifest.
    pub shown: Box<str>,
    pub at: At,
    pub why: WhyLeft,
}

/// Why something is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyLeft {
    /// Fields of an updated record were changed since: before is what the run wrote, after is what they hold now.
    Changed(Vec<FieldChange>),
    /// A record that was created is not deleted, because these fields were changed since.
    Edited(Vec<FieldChange>),
    /// The record was deleted since.
    Gone,
    /// The record was deleted since, and another one has its key.
    Remade,
    /// Another run created the record.
    CreatedBy { run: Box<str> },
    /// Another run deleted the record.
    DeletedBy { run: Box<str> },
    /// The run deleted the record, and another one has its key.
    Taken,
    /// What it hangs on is not there.
    NoParent { parent: &'static ObjectKind },
    /// What it hung on was deleted by the run too, and another record has its key.
    OtherParent { parent: &'static ObjectKind },
    /// These fields had no value before, and may not be cleared.
    Required(Vec<Arc<str>>),
    /// The values of these sensitive fields were not stored.
    NotStored(Vec<Arc<str>>),
    /// The instance does not have these fields any more, or does not let them be written.
    Unwritable(Vec<Arc<str>>),
}
