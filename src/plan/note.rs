//! Notes: what a person should know of a plan, and what changes nothing.

use crate::model::{Key, ObjectKind, Span};

use super::not_undone::Left;

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
    /// A record that bears the project's marker and that nobody declares or owns.
    Orphan { kind: &'static ObjectKind, key: Key },
    /// A record of the ledger that this run leaves out could not be told from others that the run leaves out too.
    Undecided { kind: &'static ObjectKind, key: Key },
    /// Something of a run that its undo leaves as it is.
    Left(Left),
    /// So many records that a run deleted are created again by its undo.
    Recreated { records: usize },
    /// So many records are deleted that a run has sent, and never heard of again.
    Unsure { records: usize },
    /// It is not known which fields are sensitive, so none is masked; why.
    Unmasked { why: Box<str> },
}
