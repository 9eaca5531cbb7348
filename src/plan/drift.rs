//! Drift: what others changed in the instance since the last apply.

use crate::model::{ObjectKind, Span};

use super::change::FieldChange;

/// An owned record that is not what it was after the last apply.
#[derive(Debug)]
pub struct Drift {
    pub kind: &'static ObjectKind,
    /// The key in the words of the manifest.
    pub shown: Box<str>,
    pub at: Span,
    pub what: Drifted,
}

/// What happened to the record in the instance.
#[derive(Debug)]
pub enum Drifted {
    /// It was deleted.
    Gone,
    /// It was deleted, and another record has its key.
    Remade,
    /// Fields have other values: `before` is what the manifests declare, `after` what the instance has. They can be equal.
    Fields(Vec<FieldChange>),
}
