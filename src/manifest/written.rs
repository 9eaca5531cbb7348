//! The fields that an entry or `defaults` writes, before they become the fields of a record.

use super::field_names::FoldedName;
use crate::model::Assignment;

/// A field with its value.
#[derive(Clone)]
pub(super) struct WrittenField {
    pub(super) folded: FoldedName,
    pub(super) assignment: Assignment,
}

/// The fields of one entry.
#[derive(Default)]
pub(super) struct WrittenFields {
    pub(super) usable: Vec<WrittenField>,
    /// The fields whose value cannot be used. The entry does write them.
    pub(super) broken: Vec<FoldedName>,
}
