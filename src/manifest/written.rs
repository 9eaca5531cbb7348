//! The fields that an entry or `defaults` writes, before they become the fields of a record.

use std::borrow::Cow;
use std::sync::Arc;

use super::field_names::FoldedName;
use super::tree::{ScalarText, TextRange};

/// A field with its value.
#[derive(Clone)]
pub(super) struct WrittenField<'t> {
    pub(super) name: Arc<str>,
    pub(super) folded: FoldedName,
    pub(super) name_at: TextRange,
    pub(super) value: ScalarText<'t>,
    pub(super) at: TextRange,
}

/// The fields of one entry.
#[derive(Default)]
pub(super) struct WrittenFields<'t> {
    pub(super) usable: Vec<WrittenField<'t>>,
    /// The fields whose value cannot be used. The entry does write them.
    pub(super) broken: Vec<FoldedName>,
}

impl WrittenField<'_> {
    /// The same with a text of its own.
    pub(super) fn into_owned(self) -> WrittenField<'static> {
        let ScalarText {
            form,
            text,
            is_reference,
        } = self.value;
        WrittenField {
            name: self.name,
            folded: self.folded,
            name_at: self.name_at,
            value: ScalarText {
                form,
                text: Cow::Owned(text.into_owned()),
                is_reference,
            },
            at: self.at,
        }
    }
}
