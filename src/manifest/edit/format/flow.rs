//! What stands in brackets. On one line it stays on one line; in several lines it gets one for each member.

use super::super::layout::{Content, Layout, Member, NodeId, Style};
use super::error::{Printed, Unprinted};
use super::gaps::{BLANKS, Comment, Gap, Part, gap, indented, lines, without_first_blanks};
use super::order::Orders;
use super::scalar::{STEP, written};

/// Prints what stands in brackets.
#[derive(Clone, Copy, Debug)]
pub(super) struct FlowPrinter<'p, 't> {
    pub(super) layout: &'p Layout<'t>,
    pub(super) orders: &'p Orders,
}

/// A member with the comments above it, and the one behind it.
struct Piece<'t> {
    above: Vec<Part<'t>>,
    lines: Vec<String>,
    behind: Option<Comment<'t>>,
}

/// An item of a list, or a member of a mapping.
#[derive(Clone, Copy)]
enum Inner {
    Item(NodeId),
    Member(Member),
}

impl<'t> FlowPrinter<'_, 't> {
    /// The lines of a collection in brackets, without its anchor and tag. The first line has no indentation.
    pub(super) fn collection(&self, id: NodeId, indent: usize) -> Printed<Vec<String>> {
        let layout = self.layout;
        let node = layout.node(id);
        let text = &layout.text[node.at.clone()];
        let (open, close, inner) = match &node.content {
            Content::List { items, .. } => {
                let items = items.iter().copied().map(Inner::Item);
                ("[", "]", items.collect::<Vec<_>>())
            }
            Content::Mapping { members, .. } => {
                let sorted = members.iter().copied().map(Inner::Member);
                ("{", "}", sorted.collect())
            }
            Content::Scalar { .. } | Content::Alias(_) => {
                return Err(Unprinted::unknown(node.at.start));
            }
        };
        // The pair of `[a: b]` has no brackets of its own.
        if !text.starts_with(open) || !text.ends_with(close) {
            return Err(Unprinted::unknown(node.at.start));
        }
        let sorted = self.orders.sorted(id, layout.members(id));
        let in_order = |index: usize| sorted.get(index).copied().unwrap_or(index);
        if text.contains('\n') {
            return self.several_lines(id, &inner, in_order, (open, close), indent);
        }
        let mut parts = Vec::with_capacity(inner.len());
        for index in 0..inner.len() {
            self.begins(inner[index])?;
            let lines = self.inner(inner[in_order(index)], indent)?;
            parts.extend(lines);
        }
        let parts = parts.join(", ");
        Ok(vec![match (&node.content, parts.is_empty()) {
            (_, true) => format!("{open}{close}"),
            (Content::Mapping { .. }, false) => format!("{{ {parts} }}"),
            (Content::List { .. } | Content::Scalar { .. } | Content::Alias(_), false) => {
                format!("[{parts}]")
            }
        }])
    }

    fn several_lines(
        &self,
        id: NodeId,
        inner: &[Inner],
        in_order: impl Fn(usize) -> usize,
        (open, close): (&str, &str),
        indent: usize,
    ) -> Printed<Vec<String>> {
        let text = self.layout.text;
        let node = self.layout.node(id);
        let mut between = gap(text, node.at.start + open.len());
        let head = between.take_behind();
        let mut pieces = Vec::with_capacity(inner.len());
        for part in inner {
            self.begins(*part)?;
            let (start, end) = self.range(*part);
            if between.end != start {
                return Err(Unprinted::unknown(between.end));
            }
            let above = std::mem::take(&mut between.parts);
            let lines = self.inner(*part, indent + STEP)?;
            let behind;
            (behind, between) = behind_comma(text, end);
            pieces.push(Some(Piece {
                above,
                lines,
                behind,
            }));
        }
        if between.end + close.len() != node.at.end {
            return Err(Unprinted::unknown(between.end));
        }
        let mut printed = vec![with_comment(open.to_owned(), head.as_ref())];
        let count = pieces.len();
        for index in 0..count {
            let piece = pieces.get_mut(in_order(index)).and_then(Option::take);
            let Some(mut piece) = piece else { continue };
            let above = match index {
                0 => without_first_blanks(&piece.above),
                _ => &piece.above,
            };
            printed.extend(lines(above, indent + STEP));
            if let Some(first) = piece.lines.first_mut() {
                *first = indented(indent + STEP, first);
            }
            if let Some(last) = piece.lines.last_mut() {
                if index + 1 < count {
                    last.push(',');
                }
                *last = with_comment(std::mem::take(last), piece.behind.as_ref());
            }
            printed.extend(piece.lines);
        }
        let mut tail = between.parts.as_slice();
        while let [rest @ .., Part::BlankLine] = tail {
            tail = rest;
        }
        printed.extend(lines(tail, indent + STEP));
        printed.push(indented(indent, close));
        Ok(printed)
    }

    /// Refuses a member with a sign before it, such as `?`.
    fn begins(&self, inner: Inner) -> Printed<()> {
        let (start, _) = self.range(inner);
        let before = self.layout.text.get(..start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        match line.trim_end_matches(BLANKS).ends_with('?') {
            true => Err(Unprinted::explicit_key(start)),
            false => Ok(()),
        }
    }

    fn range(&self, inner: Inner) -> (usize, usize) {
        let layout = self.layout;
        match inner {
            Inner::Item(id) => (layout.node(id).start(), layout.node(id).end()),
            Inner::Member(member) => (
                layout.node(member.key).start(),
                layout.member_end(member).max(layout.node(member.key).end()),
            ),
        }
    }

    /// The lines of an item or member, the first one without indentation.
    fn inner(&self, inner: Inner, indent: usize) -> Printed<Vec<String>> {
        let member = match inner {
            Inner::Item(id) => return self.node(id, indent),
            Inner::Member(member) => member,
        };
        let layout = self.layout;
        let key = self.node(member.key, indent)?;
        let [key] = key.as_slice() else {
            return Err(Unprinted::unknown(layout.node(member.key).start()));
        };
        let value = layout.node(member.value);
        let Some(colon) = layout.colon(member) else {
            return match is_missing(&value.content) && value.start() == value.end() {
                true => Ok(vec![key.clone()]),
                false => Err(Unprinted::unknown(layout.node(member.key).end())),
            };
        };
        let colon_sign = if layout.is_alias(member.key) {
            " :"
        } else {
            ":"
        };
        if is_missing(&value.content) && value.start() == value.end() {
            return Ok(vec![format!("{key}{colon_sign}")]);
        }
        let between = gap(layout.text, colon);
        if between.end != value.start() || between.has_comment() {
            return Err(Unprinted::unknown(between.end));
        }
        let mut lines = self.node(member.value, indent)?;
        if let Some(first) = lines.first_mut() {
            *first = format!("{key}{colon_sign} {first}");
        }
        Ok(lines)
    }

    /// A node with its anchor and tag.
    fn node(&self, id: NodeId, indent: usize) -> Printed<Vec<String>> {
        let layout = self.layout;
        let node = layout.node(id);
        let properties = properties(layout, id)?;
        let (text, end) = properties;
        let between = gap(layout.text, end);
        let is_missing = is_missing(&node.content);
        if !is_missing && (between.end != node.at.start && end != node.at.start) {
            return Err(Unprinted::unknown(end));
        }
        if !text.is_empty() && !is_missing && between.has_comment() {
            return Err(Unprinted::unknown(end));
        }
        let mut lines = match &node.content {
            _ if is_missing => vec![String::new()],
            Content::Scalar { .. } | Content::Alias(_) => written(layout, id, indent, true)?,
            Content::List { .. } | Content::Mapping { .. } => self.collection(id, indent)?,
        };
        if let Some(first) = lines.first_mut() {
            *first = match (text.as_str(), first.as_str()) {
                ("", _) => return Ok(lines),
                (text, "") => text.to_owned(),
                (text, first) => format!("{text} {first}"),
            };
        }
        Ok(lines)
    }
}

/// The anchor and the tag of a node as they are written, and where they end: where the node begins if it has none.
pub(super) fn properties(layout: &Layout<'_>, id: NodeId) -> Printed<(String, usize)> {
    let node = layout.node(id);
    let anchor = node.anchor.clone();
    let tag = node.tag.as_ref().map(|tag| tag.at.clone());
    let mut ranges: Vec<_> = anchor.into_iter().chain(tag).collect();
    ranges.sort_by_key(|range| range.start);
    let end = ranges.last().map_or(node.at.start, |last| last.end);
    if let [first, second] = ranges.as_slice() {
        let between = &layout.text[first.end..second.start];
        if !between.trim_matches(BLANKS).is_empty() {
            return Err(Unprinted::unknown(first.end));
        }
    }
    let words = ranges.into_iter().map(|range| &layout.text[range]);
    Ok((words.collect::<Vec<_>>().join(" "), end))
}

pub(super) fn is_missing(content: &Content<'_>) -> bool {
    matches!(
        content,
        Content::Scalar {
            style: Style::Missing,
            ..
        }
    )
}

/// The comment behind a member, before or behind its comma, and what stands before the next token.
fn behind_comma(text: &str, end: usize) -> (Option<Comment<'_>>, Gap<'_>) {
    let mut between = gap(text, end);
    let mut behind = between.take_behind();
    if text
        .get(between.end..)
        .is_some_and(|it| it.starts_with(','))
    {
        let mut next = gap(text, between.end + 1);
        if behind.is_none() && !between.has_comment() {
            behind = next.take_behind();
        }
        between.parts.extend(next.parts);
        between.end = next.end;
    }
    (behind, between)
}

fn with_comment(mut line: String, comment: Option<&Comment<'_>>) -> String {
    if let Some(comment) = comment {
        line.push(' ');
        line.push_str(comment.text);
    }
    line
}
