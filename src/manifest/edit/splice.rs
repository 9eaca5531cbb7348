//! Single changes of a text, each as another text for one of its ranges. Everything around them stays.

use std::ops::Range;

use super::layout::{Content, Layout, Member, NodeId, Style};
use super::style::{Surroundings, styled};
use crate::manifest::write::{flow, inline};
use crate::model::{Form, Scalar};

/// Another text for a part of a text.
#[derive(Clone, Debug)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) text: String,
    pub(super) what: Change,
}

/// What a splice does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It gives a value another text, or a text to a value that has none.
    Value,
    /// It adds something behind another thing.
    Addition,
    /// It removes something, and comments in its range go with that.
    Removal,
}

impl Splice {
    pub(super) fn added(place: usize, text: String) -> Self {
        Self {
            range: place..place,
            text,
            what: Change::Addition,
        }
    }

    /// Another text for a range, which nothing else may change.
    pub(super) fn at(range: Range<usize>, text: String) -> Self {
        Self {
            range,
            text,
            what: Change::Value,
        }
    }

    fn removal(range: Range<usize>, text: &str) -> Self {
        Self {
            range,
            text: text.to_owned(),
            what: Change::Removal,
        }
    }

    /// Whether both change the same part of a text. Additions at the same place come one behind the other.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let (one, two) = (&self.range, &other.range);
        let are_additions = self.what == Change::Addition && other.what == Change::Addition;
        let is_within =
            |place: usize, range: &Range<usize>| range.start < place && place < range.end;
        one.start < two.end && two.start < one.end
            || one == two && !are_additions
            || one.is_empty() && is_within(one.start, two)
            || two.is_empty() && is_within(two.start, one)
    }
}

/// The text with all splices; `None` if two of them overlap. Those at the same place come in their order.
pub(super) fn spliced(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|splice| splice.range.start);
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for Splice {
        range,
        text: new,
        what: _,
    } in splices
    {
        result.push_str(text.get(at..range.start)?);
        result.push_str(&new);
        at = range.end;
    }
    result.push_str(text.get(at..)?);
    Some(result)
}

/// Replaces the value of a member by a scalar. `None` if it is a collection.
pub(super) fn set(
    layout: &Layout<'_>,
    mapping: NodeId,
    member: Member,
    value: &Scalar<'_>,
) -> Option<Vec<Splice>> {
    let node = layout.node(member.value);
    let around = surroundings(layout, mapping);
    let (style, mut range) = match &node.content {
        Content::Scalar { style, .. } => (*style, node.at.clone()),
        Content::Alias(_) => (Style::Plain, node.at.clone()),
        Content::List { .. } | Content::Mapping { .. } => return None,
    };
    let around = Surroundings {
        is_followed: is_followed(layout, layout.member_end(member)),
        ..around
    };
    if style == Style::Missing {
        return missing(layout, member, &styled(value, style, around));
    }
    let mut splices = Vec::new();
    if let Some(tag) = &node.tag {
        let is_text = tag.core.as_deref() == Some("str");
        if !is_text || !matches!(value.form, Form::Text | Form::Number) {
            range.start = range.start.min(tag.at.start);
        }
    }
    if let Some(alias) = layout.first_alias(member.value) {
        // The aliases keep the old value: the first one gets it, with the anchor.
        splices.push(moved_anchor(layout, member.value, alias)?);
        range.start = node.start();
    }
    let is_block = matches!(style, Style::Literal | Style::Folded);
    let around = Surroundings {
        indent: block_indent(layout, &node.at)
            .filter(|_| is_block)
            .unwrap_or(around.indent),
        ..around
    };
    let text = styled(value, style, around);
    splices.push(Splice::at(range, text));
    Some(splices)
}

/// Whether something stands behind a place on its line.
fn is_followed(layout: &Layout<'_>, place: usize) -> bool {
    let rest = layout.text.get(place..layout.next_line(place));
    rest.is_some_and(|rest| !rest.trim().is_empty())
}

/// Gives a value to a member that has none.
fn missing(layout: &Layout<'_>, member: Member, value: &str) -> Option<Vec<Splice>> {
    let node = layout.node(member.value);
    if layout.first_alias(member.value).is_some() {
        return None;
    }
    let has_properties = node.start() < node.end();
    let (range, text) = match layout.colon(member) {
        _ if has_properties => (node.start()..node.end(), value.to_owned()),
        Some(colon) => (colon..colon, format!(" {value}")),
        None => {
            let end = layout.node(member.key).end();
            (end..end, format!(": {value}"))
        }
    };
    Some(vec![Splice::at(range, text)])
}

/// The old value with its anchor in place of its first alias.
fn moved_anchor(layout: &Layout<'_>, anchored: NodeId, alias: NodeId) -> Option<Splice> {
    let node = layout.node(anchored);
    let written = layout.text.get(node.start()..node.end())?;
    let is_movable = matches!(
        node.content,
        Content::Scalar {
            style: Style::Plain | Style::Single | Style::Double,
            ..
        }
    );
    // A plain text may have signs that end it inside of brackets.
    let is_safe = !written.contains(['\n', ',', '[', ']', '{', '}']);
    (is_movable && is_safe).then(|| Splice::at(layout.node(alias).at.clone(), written.to_owned()))
}

/// The column of the lines of a block scalar that is there.
fn block_indent(layout: &Layout<'_>, block: &Range<usize>) -> Option<usize> {
    let lines = layout.text.get(block.clone())?.lines().skip(1);
    let mut filled = lines.filter(|line| !line.trim().is_empty());
    filled
        .next()
        .map(|line| line.len() - line.trim_start_matches(' ').len())
}

/// Where the values of a mapping stand.
fn surroundings(layout: &Layout<'_>, mapping: NodeId) -> Surroundings {
    let node = layout.node(mapping);
    let is_flow = match node.content {
        Content::Mapping { is_flow, .. } | Content::List { is_flow, .. } => is_flow,
        Content::Scalar { .. } | Content::Alias(_) => true,
    };
    Surroundings {
        is_flow,
        is_followed: false,
        indent: layout.column(node.at.start) + 2,
        line_break: layout.line_break(node.at.start),
    }
}

/// Adds a member to a mapping, behind the member `after`.
pub(super) fn add(
    layout: &Layout<'_>,
    mapping: NodeId,
    after: Option<Member>,
    name: &str,
    value: &Scalar<'_>,
) -> Option<Splice> {
    let around = surroundings(layout, mapping);
    let value = styled(value, Style::Missing, around);
    let name = if around.is_flow {
        flow(name)
    } else {
        inline(name)
    };
    add_text(layout, mapping, after, &format!("{name}: {value}"))
}

/// The same with the text of the member.
pub(super) fn add_text(
    layout: &Layout<'_>,
    mapping: NodeId,
    after: Option<Member>,
    text: &str,
) -> Option<Splice> {
    let around = surroundings(layout, mapping);
    let node = layout.node(mapping);
    let Some(after) = after else {
        // An empty mapping: `{}`.
        let inner = node.at.start + 1..node.at.end.checked_sub(1)?;
        let is_empty = around.is_flow && layout.text.get(inner.clone())?.trim().is_empty();
        return is_empty.then(|| Splice::at(inner, format!(" {text} ")));
    };
    let end = layout.member_end(after);
    if around.is_flow {
        return Some(Splice::added(end, format!(", {text}")));
    }
    let at = layout.next_line(end);
    let indent = " ".repeat(layout.column(node.at.start));
    let line_break = around.line_break;
    let is_open = !layout.text.get(..at)?.ends_with('\n');
    let text = match is_open {
        true => format!("{line_break}{indent}{text}"),
        false => format!("{indent}{text}{line_break}"),
    };
    Some(Splice::added(at, text))
}

/// Takes a member out of a mapping. Not the only one. The first of those that repeat its value gets the value and the anchor.
pub(super) fn remove_member(
    layout: &Layout<'_>,
    mapping: NodeId,
    member: Member,
) -> Option<Vec<Splice>> {
    let mut splices = Vec::new();
    if let Some(alias) = layout.first_alias(member.value) {
        splices.push(moved_anchor(layout, member.value, alias)?);
    }
    splices.push(without_member(layout, mapping, member)?);
    Some(splices)
}

fn without_member(layout: &Layout<'_>, mapping: NodeId, member: Member) -> Option<Splice> {
    let members = layout.members(mapping);
    let index = members.iter().position(|it| it.key == member.key)?;
    if members.len() < 2 {
        return None;
    }
    let start = layout.node(member.key).start();
    let end = layout.member_end(member);
    if surroundings(layout, mapping).is_flow {
        let starts: Vec<usize> = members
            .iter()
            .map(|it| layout.node(it.key).start())
            .collect();
        let ends: Vec<usize> = members.iter().map(|it| layout.member_end(*it)).collect();
        return Some(removed_between(&starts, &ends, index));
    }
    let line = layout.line_start(start);
    let is_first_of_line = layout.text.get(line..start)?.trim().is_empty();
    let range = match members.get(index + 1) {
        _ if is_first_of_line => line..layout.next_line(end),
        // It stands behind the dash of a list: the next one moves there.
        Some(next) => start..layout.node(next.key).start(),
        None => return None,
    };
    Some(Splice::removal(range, ""))
}

/// Takes an item out of a list. The last one leaves an empty list.
pub(super) fn remove_item(
    layout: &Layout<'_>,
    list: NodeId,
    items: &[NodeId],
) -> Option<Vec<Splice>> {
    let node = layout.node(list);
    let Content::List {
        is_flow,
        items: all,
    } = &node.content
    else {
        return None;
    };
    if items.len() == all.len() {
        let blank = layout.text.get(..node.start())?;
        // `key:` and the list below it: the list comes behind the colon.
        let start = match *is_flow {
            true => node.at.start,
            false => blank.trim_end().len(),
        };
        let start = layout
            .comments
            .iter()
            .rev()
            .find(|it| it.end == start)
            .map_or(start, |_| {
                // A comment stands behind the colon or above the list.
                usize::MAX
            });
        let text = if *is_flow { "[]" } else { " []" };
        return match start {
            usize::MAX => emptied_below_comment(layout, list),
            start => Some(vec![Splice::removal(start..node.at.end, text)]),
        };
    }
    let mut splices = Vec::new();
    for item in items {
        let index = all.iter().position(|it| it == item)?;
        let splice = match *is_flow {
            true => {
                let starts: Vec<usize> = all.iter().map(|it| layout.node(*it).start()).collect();
                let ends: Vec<usize> = all.iter().map(|it| layout.node(*it).end()).collect();
                removed_between(&starts, &ends, index)
            }
            false => removed_lines(layout, list, all, index)?,
        };
        splices.push(splice);
    }
    Some(splices)
}

/// A list whose key has a comment: `[]` comes right behind the colon.
fn emptied_below_comment(layout: &Layout<'_>, list: NodeId) -> Option<Vec<Splice>> {
    let member = layout.nodes.iter().find_map(|node| match &node.content {
        Content::Mapping { members, .. } => members.iter().find(|it| it.value == list).copied(),
        Content::Scalar { .. } | Content::List { .. } | Content::Alias(_) => None,
    })?;
    let colon = layout.colon(member)?;
    let node = layout.node(list);
    let lines = layout.line_start(node.at.start)..layout.next_line(node.at.end);
    let below = layout.line(colon) < layout.line(lines.start);
    below.then(|| {
        vec![
            Splice::removal(colon..colon, " []"),
            Splice::removal(lines, ""),
        ]
    })
}

/// An item between brackets, with its comma.
fn removed_between(starts: &[usize], ends: &[usize], index: usize) -> Splice {
    let range = match (starts.get(index + 1), index.checked_sub(1)) {
        (Some(next), _) => starts[index]..*next,
        (None, Some(before)) => ends[before]..ends[index],
        (None, None) => starts[index]..ends[index],
    };
    Splice::removal(range, "")
}

/// The lines of an item, from its dash. The comment lines right above it are about it, unless it is the first one.
fn removed_lines(
    layout: &Layout<'_>,
    list: NodeId,
    all: &[NodeId],
    index: usize,
) -> Option<Splice> {
    let item = layout.node(all[index]);
    let column = layout.column(layout.node(list).at.start);
    let dash = layout.line_start(item.start());
    let before = layout.text.get(dash..item.start())?;
    let blanks = before.len() - before.trim_start_matches(' ').len();
    if blanks != column || !before.get(blanks..)?.starts_with('-') {
        return None;
    }
    let mut start = dash;
    if index > 0 {
        let previous = layout.node(all[index - 1]).end();
        while let Some(line) = start.checked_sub(1).map(|end| layout.line_start(end)) {
            let text = layout.text.get(line..start)?;
            if line <= previous || !text.trim_start().starts_with('#') {
                break;
            }
            start = line;
        }
    }
    Some(Splice::removal(start..layout.next_line(item.end()), ""))
}
