//! From a text to its layout, by the events of `granit-parser`, comments and anchors among them.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, StructureStyle, Tag};

use super::layout::{Content, Layout, Member, Node, NodeId, Style, TagPart};
use crate::manifest::tree_builder::MAX_DEPTH;

/// The layout of a text with one document; `None` if it cannot be read, or has a form that is never edited.
pub(super) fn layout(text: &str) -> Option<Layout<'_>> {
    let options = granit_parser::options! {
        emit_comments: true,
        emit_anchor_events: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut scan = Scan::new(text);
    for next in Parser::<StrInput<'_>>::new_from_str_with_options(text, options) {
        let (event, span) = next.ok()?;
        scan.take(event, &span)?;
    }
    scan.end()
}

/// The layout so far.
struct Scan<'t> {
    layout: Layout<'t>,
    open: Vec<Open>,
    /// The end of the last token that is not a comment.
    last: usize,
    newest: Option<NodeId>,
    anchors: Vec<(usize, NodeId)>,
}

/// A collection that has begun and not yet ended.
struct Open {
    node: NodeId,
    children: Vec<NodeId>,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            layout: Layout::new(text),
            open: Vec::new(),
            last: 0,
            newest: None,
            anchors: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'t>, span: &Span) -> Option<()> {
        let at = span.byte_range()?;
        match event {
            Event::Comment(..) => {
                self.layout.comments.push(at);
                return Some(());
            }
            Event::Scalar(text, style, anchor, tag) => {
                let (at, style) = self.scalar(at, style, span);
                let content = Content::Scalar { style, text };
                self.add(at.clone(), content, anchor, tag_part(tag.as_deref(), span));
                self.last = at.end;
            }
            Event::SequenceStart(style, anchor, tag) => {
                let is_flow = style == StructureStyle::Flow;
                let items = Vec::new();
                let content = Content::List { is_flow, items };
                self.begin(at, content, anchor, tag_part(tag.as_deref(), span));
            }
            Event::MappingStart(style, anchor, tag) => {
                let is_flow = style == StructureStyle::Flow;
                let members = Vec::new();
                let content = Content::Mapping { is_flow, members };
                self.begin(at, content, anchor, tag_part(tag.as_deref(), span));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&at)?,
            Event::Alias(anchor) => {
                let anchors = self.anchors.iter().rev();
                let target = anchors.clone().find(|(id, _)| *id == anchor)?.1;
                self.last = at.end;
                self.add(at, Content::Alias(target), 0, None);
            }
            Event::Anchor(id, _) => {
                let node = self.newest?;
                self.anchors.push((id, node));
                self.anchor(node, at);
            }
            Event::UnresolvedAlias(_) => return None,
            Event::DocumentStart(..) | Event::DocumentEnd => {
                self.last = self.last.max(at.end);
            }
            Event::StreamStart | Event::StreamEnd => {}
            other => debug_assert!(!other.is_node(), "a new kind of node in the parser"),
        }
        Some(())
    }

    fn add(
        &mut self,
        at: Range<usize>,
        content: Content<'t>,
        anchor: usize,
        tag: Option<TagPart>,
    ) -> NodeId {
        let node = NodeId(self.layout.nodes.len());
        self.layout.nodes.push(Node {
            at,
            anchor: None,
            tag,
            content,
        });
        match self.open.last_mut() {
            Some(open) => open.children.push(node),
            None => self.layout.roots.push(node),
        }
        self.newest = (anchor != 0).then_some(node);
        node
    }

    fn begin(
        &mut self,
        at: Range<usize>,
        content: Content<'t>,
        anchor: usize,
        tag: Option<TagPart>,
    ) {
        self.last = self.last.max(at.end);
        let node = self.add(at, content, anchor, tag);
        let children = Vec::new();
        self.open.push(Open { node, children });
    }

    fn close(&mut self, at: &Range<usize>) -> Option<()> {
        let Open { node, children } = self.open.pop()?;
        let last = children.last().map(|last| self.layout.node(*last).end());
        let node = self.layout.nodes.get_mut(node.0)?;
        let is_flow = match &mut node.content {
            Content::List { is_flow, items } => {
                *items = children;
                *is_flow
            }
            Content::Mapping { is_flow, members } => {
                let pairs = children.chunks_exact(2);
                let pair = |pair: &[NodeId]| Member {
                    key: pair[0],
                    value: pair[1],
                };
                *members = pairs.map(pair).collect();
                *is_flow
            }
            Content::Scalar { .. } | Content::Alias(_) => return None,
        };
        // The end of a block collection is told where the next token begins.
        node.at.end = match last {
            _ if is_flow => at.end,
            Some(last) => last.max(node.at.start),
            None => node.at.start,
        };
        self.last = self.last.max(node.at.end);
        Some(())
    }

    fn anchor(&mut self, node: NodeId, at: Range<usize>) {
        let text = self.layout.text;
        let comments = &self.layout.comments;
        let Some(node) = self.layout.nodes.get_mut(node.0) else {
            return;
        };
        if let Content::Scalar {
            style: Style::Literal | Style::Folded,
            ..
        } = node.content
            && node.at.start < at.end
        {
            // The name of the anchor has the sign that begins a block.
            node.at.start = header(text, at.end, comments).unwrap_or(node.at.start);
        }
        node.anchor = Some(at);
    }

    /// The place of a scalar with its quotes, or from the sign of a block to the end of its last line.
    fn scalar(&self, at: Range<usize>, style: ScalarStyle, span: &Span) -> (Range<usize>, Style) {
        let text = self.layout.text;
        let style = match style {
            ScalarStyle::Plain if at.is_empty() => Style::Missing,
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let written = text.get(at.clone()).unwrap_or_default();
        match style {
            Style::Missing | Style::Single | Style::Double => (at, style),
            // A no-break space is a part of a text.
            Style::Plain => (
                at.start..at.start + written.trim_end_matches([' ', '\t', '\r', '\n']).len(),
                style,
            ),
            Style::Literal | Style::Folded => {
                let tag = span.tag_span().and_then(|tag| tag.byte_range());
                let from = tag.map_or(self.last, |tag| tag.end.max(self.last));
                let start = header(text, from, &self.layout.comments).unwrap_or(at.start);
                let last = at.start + written.trim_end().len();
                let end = match written.trim_end().is_empty() {
                    true => line_end(text, start),
                    false => line_end(text, last),
                };
                (start..end, style)
            }
        }
    }

    fn end(self) -> Option<Layout<'t>> {
        // A document without content is one missing scalar.
        let mut layout = self.layout;
        let nodes = &layout.nodes;
        let is_content = |id: &NodeId| {
            !matches!(
                nodes.get(id.0).map(|node| &node.content),
                Some(Content::Scalar {
                    style: Style::Missing,
                    ..
                })
            )
        };
        let roots: Vec<NodeId> = layout.roots.iter().copied().filter(is_content).collect();
        layout.roots = roots;
        (layout.roots.len() <= 1).then_some(layout)
    }
}

/// The sign that begins a block scalar, behind this place.
fn header(text: &str, from: usize, comments: &[Range<usize>]) -> Option<usize> {
    let mut at = from;
    while at < text.len() {
        if let Some(comment) = comments.iter().rev().find(|it| it.contains(&at)) {
            at = comment.end;
        } else if matches!(text.as_bytes()[at], b'|' | b'>') {
            return Some(at);
        } else {
            at += 1;
        }
    }
    None
}

/// The end of the line with this place, without its line break.
pub(super) fn line_end(text: &str, place: usize) -> usize {
    let rest = text.get(place..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    place + line.strip_suffix('\r').unwrap_or(line).len()
}

fn tag_part(tag: Option<&Tag>, span: &Span) -> Option<TagPart> {
    let tag = tag?;
    Some(TagPart {
        core: tag.core_suffix().map(ToOwned::to_owned),
        at: span.tag_span()?.byte_range()?,
    })
}
