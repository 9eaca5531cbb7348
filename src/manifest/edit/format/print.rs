//! Prints a layout anew: block collections line by line, with the comments between their parts.
//!
//! A place in the text goes from token to token. What stands between two tokens is a gap of comments and blank lines; anything else
//! there is a form that is not known, and nothing is printed.

use super::super::layout::{Content, Layout, Member, NodeId};
use super::comments::{push_behind, tail, take_behind};
use super::error::{Printed, Unprinted};
use super::flow::{FlowPrinter, is_missing, properties};
use super::gaps::{BLANKS, Gap, Part, gap, indented, lines, without_first_blanks};
use super::order::Orders;
use super::scalar::{KEPT_BLANK, STEP, block, block_keeps, written};

/// Prints one layout, whose line breaks are those of Unix.
pub(super) struct Printer<'p, 't> {
    pub(super) layout: &'p Layout<'t>,
    pub(super) orders: &'p Orders,
}

/// The lines of a part of the text.
pub(super) struct Piece<'t> {
    /// What stands above it.
    pub(super) above: Vec<Part<'t>>,
    pub(super) lines: Vec<String>,
    /// The end of what it has of the text, comments included.
    pub(super) end: usize,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place {
    /// Behind its key and colon, or its dash.
    from: usize,
    /// The new indentation of the key or dash.
    indent: usize,
    /// The old one.
    column: usize,
    /// The new indentation of a bracket that closes.
    closing: usize,
}

impl<'t> Printer<'_, 't> {
    /// A block mapping. The text from `from` is that of the comments above its first member.
    pub(super) fn mapping(&self, id: NodeId, indent: usize, from: usize) -> Printed<Piece<'t>> {
        let layout = self.layout;
        let members = layout.members(id);
        let column = layout.column(layout.node(id).at.start);
        let mut pieces = Vec::with_capacity(members.len());
        let mut end = from;
        for member in members {
            let between = gap(layout.text, end);
            if between.end != layout.node(member.key).start() {
                return Err(match layout.text[between.end..].starts_with("? ") {
                    true => Unprinted::explicit_key(between.end),
                    false => Unprinted::unknown(between.end),
                });
            }
            let (lines, to) = self.member(*member, indent, column)?;
            end = to;
            let above = between.parts;
            pieces.push(Some(Piece { above, lines, end }));
        }
        let order = self.orders.sorted(id, members);
        let pieces = order
            .into_iter()
            .filter_map(|index| pieces.get_mut(index).and_then(Option::take));
        let mut all: Option<Piece<'t>> = None;
        for piece in pieces {
            match &mut all {
                Some(all) => {
                    all.lines.extend(lines(&piece.above, indent));
                    all.lines.extend(piece.lines);
                }
                None => all = Some(piece),
            }
        }
        let mut all = all.ok_or(Unprinted::unknown(from))?;
        all.above = without_first_blanks(&all.above).to_vec();
        all.end = tail(layout, end, column, indent, &mut all.lines);
        Ok(all)
    }

    fn member(
        &self,
        member: Member,
        indent: usize,
        column: usize,
    ) -> Printed<(Vec<String>, usize)> {
        let layout = self.layout;
        let key = layout.node(member.key);
        let unknown = Err(Unprinted::unknown(key.start()));
        let before = &layout.text[layout.line_start(key.start())..key.start()];
        if before.trim_end_matches(BLANKS).ends_with('?') {
            return Err(Unprinted::explicit_key(key.start()));
        }
        if is_missing(&key.content) {
            return unknown;
        }
        let (properties, _) = properties(layout, member.key)?;
        let name = match &key.content {
            Content::Scalar { .. } | Content::Alias(_) => {
                written(layout, member.key, indent, false)?
            }
            Content::List { .. } | Content::Mapping { .. } => return unknown,
        };
        let ([name], Some(from)) = (name.as_slice(), layout.colon(member)) else {
            return unknown;
        };
        let mut head = indented(indent, &properties);
        if !properties.is_empty() {
            head.push(' ');
        }
        head.push_str(name);
        head.push_str(if layout.is_alias(member.key) {
            " :"
        } else {
            ":"
        });
        let place = Place {
            from,
            indent,
            column,
            closing: indent,
        };
        self.value(member.value, head, place)
    }

    /// A value behind its key or dash, which is `head`.
    fn value(&self, id: NodeId, mut head: String, place: Place) -> Printed<(Vec<String>, usize)> {
        let layout = self.layout;
        let node = layout.node(id);
        let (properties, properties_end) = properties(layout, id)?;
        if is_missing(&node.content) {
            return self.missing(head, &properties, properties_end, place);
        }
        let mut between = gap(layout.text, place.from);
        let is_list = matches!(node.content, Content::List { is_flow: false, .. });
        // The parser tells the beginning of some lists behind their first dash.
        let is_begin =
            |at: usize| at == node.at.start || is_list && layout.text[at..].starts_with('-');
        if !(between.end == node.start() || properties.is_empty() && is_begin(between.end)) {
            return Err(Unprinted::unknown(between.end));
        }
        let mut behind = between.take_behind();
        if !properties.is_empty() {
            let mut second = gap(layout.text, properties_end);
            if !is_begin(second.end) {
                return Err(Unprinted::unknown(second.end));
            }
            between.end = second.end;
            if behind.is_none() && !between.has_comment() {
                behind = second.take_behind();
            }
            between.parts.extend(second.parts);
        }
        if let Content::Mapping { is_flow: false, .. } | Content::List { is_flow: false, .. } =
            node.content
        {
            if !properties.is_empty() {
                head.push(' ');
                head.push_str(&properties);
            }
            if let Some(comment) = &behind {
                push_behind(layout, &mut head, comment);
            }
            return self.below(id, head, &between, place);
        }
        let is_below = behind.is_some() || between.has_comment();
        let closing = place
            .closing
            .max(place.indent + if is_below { STEP } else { 0 });
        let mut printed = self.inline(id, Place { closing, ..place })?;
        let first = printed.first_mut().map(std::mem::take).unwrap_or_default();
        let first = match properties.as_str() {
            "" => first,
            properties => format!("{properties} {first}"),
        };
        let mut all = Vec::with_capacity(printed.len() + 1);
        if !is_below {
            all.push(format!("{head} {first}"));
        } else {
            // A comment stands between the key and its value.
            if let Some(comment) = &behind {
                push_behind(layout, &mut head, comment);
            }
            all.push(head);
            let above = without_first_blanks(&between.parts);
            all.extend(lines(above, place.indent + STEP));
            all.push(indented(place.indent + STEP, &first));
        }
        all.extend(printed.into_iter().skip(1));
        let end = self.behind_value(id, &mut all);
        Ok((all, end))
    }

    fn missing(
        &self,
        head: String,
        properties: &str,
        properties_end: usize,
        place: Place,
    ) -> Printed<(Vec<String>, usize)> {
        if properties.is_empty() {
            let mut lines = vec![head];
            let end = take_behind(self.layout, place.from, &mut lines);
            return Ok((lines, end));
        }
        if gap(self.layout.text, place.from).has_comment() {
            return Err(Unprinted::unknown(place.from));
        }
        let mut lines = vec![format!("{head} {properties}")];
        let end = take_behind(self.layout, properties_end, &mut lines);
        Ok((lines, end))
    }

    /// A block collection below its key or dash.
    fn below(
        &self,
        id: NodeId,
        head: String,
        between: &Gap<'_>,
        place: Place,
    ) -> Printed<(Vec<String>, usize)> {
        let node = self.layout.node(id);
        let indent = place.indent + STEP;
        let piece = match node.content {
            Content::Mapping { .. } => self.mapping(id, indent, node.at.start)?,
            Content::List { .. } | Content::Scalar { .. } | Content::Alias(_) => {
                self.list(id, indent, between.end, place.column)?
            }
        };
        let mut all = vec![head];
        all.extend(lines(without_first_blanks(&between.parts), indent));
        all.extend(lines(&piece.above, indent));
        all.extend(piece.lines);
        Ok((all, piece.end))
    }

    /// The lines of a scalar, an alias or a collection in brackets, the first one without indentation.
    fn inline(&self, id: NodeId, place: Place) -> Printed<Vec<String>> {
        let (layout, orders) = (self.layout, self.orders);
        match layout.node(id).content {
            _ if block_keeps(layout, id).is_some() => block(layout, id, place.indent, place.column),
            Content::Scalar { .. } | Content::Alias(_) => written(layout, id, place.indent, false),
            Content::List { .. } | Content::Mapping { .. } => {
                FlowPrinter { layout, orders }.collection(id, place.closing)
            }
        }
    }

    /// Takes what stands behind a value: a comment on its line, or the blank lines that are a part of a block. Returns where that ends.
    fn behind_value(&self, id: NodeId, lines: &mut Vec<String>) -> usize {
        let text = self.layout.text;
        let mut end = self.layout.node(id).end();
        match block_keeps(self.layout, id) {
            None => take_behind(self.layout, end, lines),
            Some(false) => end,
            Some(true) => {
                let from = end;
                while let Some(rest) = text.get(end..).and_then(|rest| rest.strip_prefix('\n')) {
                    let line = rest.split('\n').next().unwrap_or_default();
                    if rest.is_empty() || !line.trim_matches(BLANKS).is_empty() {
                        break;
                    }
                    end += 1 + line.len();
                    lines.push(KEPT_BLANK.to_owned());
                }
                // Behind the line break of the last one: it is not another blank line.
                end += usize::from(from < end && end < text.len());
                end
            }
        }
    }

    /// A block list, from its first dash. `outer` is the column of the mapping or list around it.
    fn list(&self, id: NodeId, indent: usize, from: usize, outer: usize) -> Printed<Piece<'t>> {
        let layout = self.layout;
        let node = layout.node(id);
        let Content::List { items, .. } = &node.content else {
            return Err(Unprinted::unknown(node.at.start));
        };
        let column = layout.column(from);
        let mut all: Option<Piece<'t>> = None;
        let mut end = from;
        for item in items {
            let between = gap(layout.text, end);
            let dash = between.end;
            let rest = layout.text.get(dash..).unwrap_or_default();
            if !rest.starts_with('-') {
                return Err(Unprinted::unknown(dash));
            }
            let mut above = between.parts;
            let piece = self.item(*item, dash, indent, column)?;
            above.extend(piece.above);
            end = piece.end;
            match &mut all {
                Some(all) => {
                    all.lines.extend(lines(&above, indent));
                    all.lines.extend(piece.lines);
                }
                None => {
                    let lines = piece.lines;
                    all = Some(Piece { above, lines, end });
                }
            }
        }
        let mut all = all.ok_or(Unprinted::unknown(node.at.start))?;
        // In the column of the mapping around it a comment is about the next member.
        let column = column.max(outer + 1);
        all.end = tail(layout, end, column, indent, &mut all.lines);
        Ok(all)
    }

    /// An item of a list with its dash. Comments above its first member come above the dash.
    fn item(&self, id: NodeId, dash: usize, indent: usize, column: usize) -> Printed<Piece<'t>> {
        let layout = self.layout;
        let node = layout.node(id);
        let between = gap(layout.text, dash + 1);
        let is_compact = matches!(node.content, Content::Mapping { is_flow: false, .. })
            && node.start() == node.at.start
            && between.end == node.at.start
            && !between.has_comment();
        if !is_compact {
            let place = Place {
                from: dash + 1,
                indent,
                column,
                closing: indent + STEP,
            };
            let (lines, end) = self.value(id, indented(indent, "-"), place)?;
            let above = Vec::new();
            return Ok(Piece { above, lines, end });
        }
        let mut piece = self.mapping(id, indent + STEP, node.at.start)?;
        if let Some(first) = piece.lines.first_mut() {
            *first = indented(indent, &format!("- {}", &first[indent + STEP..]));
        }
        Ok(piece)
    }
}
