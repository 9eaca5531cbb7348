//! A part of a key as a person wrote it, and what joins the parts.

/// What joins the parts of a key.
pub(super) const JOINT: char = '/';

/// A part of a written key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WrittenKeyPart {
    Text(Box<str>),
    Lead(i64),
    Email(Box<str>),
}
