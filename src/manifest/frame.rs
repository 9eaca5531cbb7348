//! What a tree is built of while it is read: the collections that have begun and not ended, and who takes items off long lists.

use std::borrow::Cow;

use super::anchors::Weight;
use super::tree::{Member, Node, TextRange};

/// Takes the items of long lists while the document is read, so that they need not all be there at once.
pub(super) trait ItemSink<'t> {
    /// Whether it takes the items of the list that begins under this name of the top mapping, below these members.
    fn takes(&mut self, name: &str, above: &[Member<'t>]) -> bool;

    /// Takes the next item of that list.
    fn item(&mut self, item: Node<'t>);
}

/// A collection that has begun and not yet ended.
pub(super) struct Frame<'t> {
    pub(super) start: u32,
    pub(super) anchor: usize,
    pub(super) broken: bool,
    pub(super) weight: Weight,
    pub(super) inside: Inside<'t>,
}

pub(super) enum Inside<'t> {
    List(Vec<Node<'t>>),
    /// A list of the sink's. The latest item waits: if the document breaks off, it may have been cut short.
    Streamed(Option<Node<'t>>),
    Mapping {
        members: Vec<Member<'t>>,
        /// The values of the merge keys, with the places of the keys.
        merged: Vec<(TextRange, Node<'t>)>,
        key: Option<PendingKey<'t>>,
    },
}

/// A key that still waits for its value.
pub(super) enum PendingKey<'t> {
    Name(Cow<'t, str>, TextRange),
    Merge(TextRange),
    Broken,
}

/// How many members most entries do not have more of.
const USUAL_MEMBERS: usize = 8;

/// Whether the next node is an item of the sink's: there are one or two of them at a time.
pub(super) fn awaits_item(open: &[Frame<'_>]) -> bool {
    let innermost = open.last().map(|frame| &frame.inside);
    matches!(innermost, Some(Inside::Streamed(_)))
}

impl<'t> Inside<'t> {
    /// A mapping without members as yet. One of which there are few at a time has room for them.
    pub(super) fn mapping(is_item: bool) -> Self {
        let room = if is_item { USUAL_MEMBERS } else { 0 };
        Self::Mapping {
            members: Vec::with_capacity(room),
            merged: Vec::new(),
            key: None,
        }
    }

    /// The slot for a key, if the next node is the key of a mapping.
    pub(super) fn awaited_key(&mut self) -> Option<&mut Option<PendingKey<'t>>> {
        match self {
            Self::Mapping { key, .. } if key.is_none() => Some(key),
            Self::Mapping { .. } | Self::List(_) | Self::Streamed(_) => None,
        }
    }
}
