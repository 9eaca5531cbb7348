//! What the manifests declare, before any instance was asked: keys may still name leads by a field, values are still text.

use std::fmt;
use std::sync::Arc;

use super::{ObjectKind, Scalar, Span};

/// Everything that the manifests of a run declare, in the order of the files.
#[derive(Debug, Default)]
pub struct Desired {
    pub records: Vec<Declared>,
}

/// One entry of a manifest.
#[derive(Clone, Debug)]
pub struct Declared {
    pub kind: &'static ObjectKind,
    /// One part for each part of the kind's key, in that order.
    pub key: Vec<DeclaredPart>,
    pub ensure: Ensure,
    pub lifecycle: Lifecycle,
    /// The fields that are managed, in the order of their names; defaults are already laid under them.
    pub fields: Vec<Assignment>,
    /// Set where the children that are declared are to be the only ones (`rolesMode: exact`); the place says so.
    pub exact_children: Option<Span>,
    /// The first part of the key that this entry writes; where there is none, the entry.
    pub at: Span,
}

/// A part of a declared key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclaredPart {
    Text(Box<str>),
    Lead(i64),
    /// A lead that has to be looked up in the instance.
    LeadBy(Box<LeadReference>),
}

/// A lead named by a field that its instance can search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadReference {
    pub field: Box<str>,
    pub value: Box<str>,
    /// Where the value stands.
    pub at: Span,
}

/// A field and the value that it shall have.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The API name; shared by all entries that write it.
    pub name: Arc<str>,
    pub value: Scalar,
    /// Where the name stands.
    pub name_at: Span,
    /// Where the value stands.
    pub at: Span,
}

/// What shall become of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ensure {
    #[default]
    Present,
    /// A tombstone: the record shall not exist.
    Absent,
    /// The record is left as it is and no longer managed.
    Forgotten,
}

/// How a record may change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// The record may not be deleted.
    pub protect: bool,
    /// Fields that are set when the record is created and left alone afterwards.
    pub ignore_changes: Vec<Arc<str>>,
}

impl Declared {
    /// The key as people read it: the parts as written, a lead reference by its value.
    #[must_use]
    pub fn shown_key(&self) -> String {
        let parts: Vec<_> = self.key.iter().map(ToString::to_string).collect();
        parts.join(" / ")
    }
}

impl fmt::Display for DeclaredPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Lead(id) => id.fmt(f),
            Self::LeadBy(reference) => f.write_str(&reference.value),
        }
    }
}
