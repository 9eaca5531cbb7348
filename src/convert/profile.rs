//! A profile: what the columns of an export are called, and what they mean.

use super::options::Scale;
use super::reason::Reason;
use super::target::{Target, Use};
use crate::model::kind::KINDS;
use crate::model::{KeyPart, KeyType, ObjectKind};

/// An export of a known system.
#[derive(Debug)]
pub(super) struct Profile {
    /// What it is, after "read as".
    pub(super) name: &'static str,
    /// How its percentages without a sign are written, if that is known.
    pub(super) percents: Option<Scale>,
    /// The columns. Of two that mean the same, the first is taken.
    pub(super) columns: &'static [ProfileColumn],
}

/// The names of a column in lower case, in several languages, and what it means.
pub(super) type ProfileColumn = (&'static [&'static str], Meaning);

/// What a column means.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// The key of the records that others belong to.
    Key,
    /// The lead that a record links, by a field.
    LinkedBy(&'static str),
    /// The name of the link. The column may be called as its field.
    LinkName,
    Field(&'static str),
    /// A field of instants, of which the export has no offset.
    LocalTime(&'static str),
    Use(Use),
    /// The currency of the amounts in the column of this name.
    CurrencyOf(&'static str),
    Skip(Reason),
}

/// Whether a column with this folded header is one of the profile's.
pub(super) fn is_called(column: &ProfileColumn, folded: &str) -> bool {
    let (names, meaning) = column;
    let as_field = match meaning {
        Meaning::LinkName => link_name(),
        Meaning::Key
        | Meaning::LinkedBy(_)
        | Meaning::Field(_)
        | Meaning::LocalTime(_)
        | Meaning::Use(_)
        | Meaning::CurrencyOf(_)
        | Meaning::Skip(_) => None,
    };
    names.contains(&folded) || as_field == Some(folded)
}

impl Meaning {
    /// The target, if the meaning has one whatever else the file has.
    pub(super) fn target(self) -> Option<Target> {
        match self {
            Self::Key => parent_key().map(Target::KeyPart),
            Self::LinkName => link_name().map(Target::KeyPart),
            Self::LinkedBy(field) => Some(Target::LeadBy(field.into())),
            Self::Field(name) => Some(Target::field(name)),
            Self::Use(word) => Some(Target::Use(word)),
            Self::LocalTime(_) | Self::CurrencyOf(_) | Self::Skip(_) => None,
        }
    }
}

/// The key of the records that others belong to.
fn parent_key() -> Option<&'static str> {
    let parent = KINDS.into_iter().find_map(ObjectKind::parent)?;
    Some(parent.field)
}

/// The part of a child's key that is neither its parent nor a lead.
fn link_name() -> Option<&'static str> {
    let mut parts = KINDS
        .into_iter()
        .filter(|kind| kind.parent().is_some())
        .flat_map(own_parts);
    let part = parts.find(|part| matches!(part.holds, KeyType::Text { .. }))?;
    Some(part.field)
}

/// The parts of a key that are not the parent's.
pub(super) fn own_parts(kind: &'static ObjectKind) -> impl Iterator<Item = &'static KeyPart> {
    let parent = kind.parent_part();
    let parts = kind.key.iter().enumerate();
    parts
        .filter(move |(index, _)| Some(*index) != parent)
        .map(|(_, part)| part)
}

/// A header as profiles write it: in lower case, without marks of sorting, with one blank between words.
pub(super) fn folded(header: &str) -> String {
    let plain = header.trim_end_matches(['↑', '↓', ' ', '\u{a0}']);
    let words: Vec<String> = plain
        .trim_start_matches('\u{feff}')
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}
