//! How a text writes a node: what the parser tells of it beside its content.

use super::core_schema;
use super::tree::TextRange;
use crate::model::Form;

/// The anchor and the tag of a node.
#[derive(Default)]
pub(super) struct Properties {
    /// The number of the anchor; zero if the node has none.
    pub(super) anchor: usize,
    pub(super) tag: Option<Tag>,
}

/// A tag of a node.
pub(super) struct Tag {
    /// The name in the core schema, as in `str` for `!!str`.
    pub(super) core: Option<String>,
    pub(super) written: String,
    pub(super) at: TextRange,
}

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
}

/// The two collections of YAML.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    List,
    Mapping,
}

impl Style {
    /// The type of a scalar of this style without a tag.
    pub(super) fn form(self, text: &str) -> Form {
        match self {
            Self::Plain => core_schema::form(text),
            Self::Quoted => Form::Text,
        }
    }
}
