//! Files of a project that a run does not read, and what they would declare.

use std::collections::HashSet;

use super::key::{FoldedKey, Key, KeyValue};
use super::kind::ObjectKind;

/// A file of the project that reads as a manifest, but that no pattern matches: nothing in it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// In the form in which files are shown.
    pub path: String,
    pub place: StrayPlace,
    /// The records that it would declare.
    pub keys: HashSet<(&'static ObjectKind, FoldedKey)>,
    /// The kinds and the parents' keys of the entries whose own keys name leads.
    pub children_of: HashSet<(&'static ObjectKind, FoldedKey)>,
    /// The text in small letters, if some of it could not be read.
    pub unread: Option<String>,
}

/// Where a file lies that the run does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrayPlace {
    /// Beside the manifests.
    Beside,
    /// In another folder. It counts only if it may be a manifest that was moved.
    Elsewhere,
    /// Among the manifests of another instance, which says nothing of this one.
    OtherInstance,
}

impl Stray {
    /// Whether the file would declare this record, or might.
    #[must_use]
    pub fn declares(
        &self,
        kind: &'static ObjectKind,
        key: &Key,
        parent: Option<FoldedKey>,
    ) -> bool {
        let mut texts = key.parts().iter().filter_map(|part| match part {
            KeyValue::Text(text) => Some(text.to_lowercase()),
            KeyValue::Lead(_) => None,
        });
        self.keys.contains(&(kind, key.folded()))
            || parent.is_some_and(|parent| self.children_of.contains(&(kind, parent)))
            || self
                .unread
                .as_ref()
                .is_some_and(|unread| texts.all(|text| unread.contains(&text)))
    }
}
