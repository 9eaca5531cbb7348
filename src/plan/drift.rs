//! Drift: what others changed in the instance since the last apply.

use crate::model::ObjectKind;

use super::change::At;
use super::field_change::FieldChange;

/// An owned record that is not what it was after the last apply.
#[derive(Debug)]
pub struct Drift {
    pub kind: &'static ObjectKind,
    /// The key in the words of the manifest.
    pub shown: Box<str>,
    pub at: At,
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
    /// Fields have other values than were last applied, and no manifest declares the record any more: `after` is what the instance has.
    Undeclared(Vec<FieldChange>),
}
