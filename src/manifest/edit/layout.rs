//! How a text is laid out: its nodes with their styles, anchors and places, and its comments.
//!
//! The tree of the reader has what a text means; this one has where each part of it stands. `scan` builds it.

use std::borrow::Cow;
use std::ops::Range;

/// The layout of one text.
#[derive(Debug)]
pub(super) struct Layout<'t> {
    pub(super) text: &'t str,
    pub(super) nodes: Vec<Node<'t>>,
    /// The one document that has content, if there is one.
    pub(super) roots: Vec<NodeId>,
    pub(super) comments: Vec<Range<usize>>,
}

/// A node of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(pub(super) usize);

/// A node: a scalar with its quotes, a collection from its first to its last token, or an alias.
#[derive(Debug)]
pub(super) struct Node<'t> {
    /// Without anchor and tag, which stand before it.
    pub(super) at: Range<usize>,
    pub(super) anchor: Option<Range<usize>>,
    pub(super) tag: Option<TagPart>,
    pub(super) content: Content<'t>,
}

/// A tag, and its name if it is one of the core schema.
#[derive(Debug)]
pub(super) struct TagPart {
    pub(super) core: Option<String>,
    pub(super) at: Range<usize>,
}

/// The content of a node.
#[derive(Debug)]
pub(super) enum Content<'t> {
    Scalar {
        style: Style,
        text: Cow<'t, str>,
    },
    List {
        is_flow: bool,
        items: Vec<NodeId>,
    },
    Mapping {
        is_flow: bool,
        members: Vec<Member>,
    },
    /// The node with its anchor.
    Alias(NodeId),
}

/// A member of a mapping.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) key: NodeId,
    pub(super) value: NodeId,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// There is nothing.
    Missing,
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

impl Node<'_> {
    /// Where it begins, with its anchor and its tag.
    pub(super) fn start(&self) -> usize {
        let anchor = self.anchor.as_ref().map(|anchor| anchor.start);
        let tag = self.tag.as_ref().map(|tag| tag.at.start);
        [anchor, tag]
            .into_iter()
            .flatten()
            .fold(self.at.start, usize::min)
    }

    /// Where it ends. A missing value ends behind its anchor or tag.
    pub(super) fn end(&self) -> usize {
        let anchor = self.anchor.as_ref().map(|anchor| anchor.end);
        let tag = self.tag.as_ref().map(|tag| tag.at.end);
        [anchor, tag]
            .into_iter()
            .flatten()
            .fold(self.at.end, usize::max)
    }
}

impl<'t> Layout<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            nodes: Vec::new(),
            roots: Vec::new(),
            comments: Vec::new(),
        }
    }

    pub(super) fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0]
    }

    /// The members of a mapping that is written here; none if it is something else.
    pub(super) fn members(&self, id: NodeId) -> &[Member] {
        match &self.node(id).content {
            Content::Mapping { members, .. } => members,
            Content::Scalar { .. } | Content::List { .. } | Content::Alias(_) => &[],
        }
    }

    /// The text of a scalar, or of the scalar behind an alias.
    pub(super) fn scalar(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).content {
            Content::Scalar { text, .. } => Some(text),
            Content::Alias(target) => self.scalar(*target),
            Content::List { .. } | Content::Mapping { .. } => None,
        }
    }

    /// The node itself, or the one behind an alias.
    pub(super) fn resolved(&self, id: NodeId) -> NodeId {
        match self.node(id).content {
            Content::Alias(target) => target,
            Content::Scalar { .. } | Content::List { .. } | Content::Mapping { .. } => id,
        }
    }

    pub(super) fn is_alias(&self, id: NodeId) -> bool {
        matches!(self.node(id).content, Content::Alias(_))
    }

    /// The first alias of a node, if it has one.
    pub(super) fn first_alias(&self, id: NodeId) -> Option<NodeId> {
        let aliases = (0..self.nodes.len()).map(NodeId);
        let mut own = aliases.filter(|it| match self.node(*it).content {
            Content::Alias(target) => target == id,
            Content::Scalar { .. } | Content::List { .. } | Content::Mapping { .. } => false,
        });
        own.next()
    }

    /// The beginning of the line with this place.
    pub(super) fn line_start(&self, place: usize) -> usize {
        let before = self.text.get(..place).unwrap_or_default();
        before.rfind('\n').map_or(0, |end| end + 1)
    }

    /// The beginning of the next line; the end of the text if there is none.
    pub(super) fn next_line(&self, place: usize) -> usize {
        let rest = self.text.get(place..).unwrap_or_default();
        rest.find('\n').map_or(self.text.len(), |at| place + at + 1)
    }

    /// How many characters stand before a place in its line.
    pub(super) fn column(&self, place: usize) -> usize {
        let before = self.text.get(self.line_start(place)..place);
        before.unwrap_or_default().chars().count()
    }

    /// The number of the line with this place, from 1.
    pub(super) fn line(&self, place: usize) -> usize {
        1 + self
            .text
            .get(..place)
            .unwrap_or_default()
            .matches('\n')
            .count()
    }

    /// The line break of this text: that of the line with this place.
    pub(super) fn line_break(&self, place: usize) -> &'static str {
        let line = self.text.get(..self.next_line(place)).unwrap_or_default();
        let line = if line.ends_with('\n') {
            line
        } else {
            self.text
        };
        let is_windows = match line.rfind('\n') {
            Some(end) => line[..end].ends_with('\r'),
            None => false,
        };
        if is_windows { "\r\n" } else { "\n" }
    }

    /// The place behind the colon of a member; `None` if it has none.
    pub(super) fn colon(&self, member: Member) -> Option<usize> {
        let end = self.node(member.key).end();
        let rest = self.text.get(end..)?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        rest[blanks..].starts_with(':').then_some(end + blanks + 1)
    }

    /// Where a member ends: its value, or its colon if the value is missing.
    pub(super) fn member_end(&self, member: Member) -> usize {
        let value = self.node(member.value);
        match value.content {
            Content::Scalar {
                style: Style::Missing,
                ..
            } if value.start() == value.end() => {
                let end = self.node(member.key).end();
                self.colon(member).unwrap_or(end)
            }
            Content::Scalar { .. }
            | Content::List { .. }
            | Content::Mapping { .. }
            | Content::Alias(_) => value.end(),
        }
    }

    /// The texts of the comments that begin outside of these ranges.
    pub(super) fn comments_outside(&self, removed: &[Range<usize>]) -> Vec<&'t str> {
        let kept = self.comments.iter();
        let kept = kept.filter(|it| !removed.iter().any(|range| range.contains(&it.start)));
        let text = self.text;
        kept.filter_map(|it| text.get(it.clone()))
            .map(str::trim_end)
            .collect()
    }
}
