//! Scalars in their canonical form: quotes only where they are needed, and as the writer of manifests has them.

use super::super::layout::{Content, Layout, NodeId, Style};
use super::error::{Printed, Unprinted};
use super::gaps::{BLANKS, indented};
use crate::manifest::write::{flow, inline};

/// The columns of a level.
pub(super) const STEP: usize = 2;

/// A blank line that has to stay, as it is part of a text.
pub(super) const KEPT_BLANK: &str = "\u{0}";

/// The text of a scalar or an alias, first line first. Further lines have their indentation.
pub(super) fn written(
    layout: &Layout<'_>,
    id: NodeId,
    indent: usize,
    is_flow: bool,
) -> Printed<Vec<String>> {
    let node = layout.node(id);
    let text = &layout.text[node.at.clone()];
    let Content::Scalar { text: value, style } = &node.content else {
        return Ok(vec![text.to_owned()]);
    };
    if text.contains(KEPT_BLANK) {
        return Err(Unprinted::unknown(node.at.start));
    }
    if text.contains('\n') {
        return Ok(several_lines(text, indent));
    }
    let fresh = match is_flow {
        true => flow(value),
        false => inline(value),
    };
    let is_better = match style {
        _ if node.tag.is_some() => false,
        // What is written without quotes stays so: it is no text in every version of YAML, or a word of this one.
        Style::Missing | Style::Plain | Style::Literal | Style::Folded => false,
        Style::Double => fresh == **value,
        Style::Single => fresh == **value || !fresh.contains('\\'),
    };
    Ok(vec![match is_better {
        true => fresh.into_owned(),
        false => text.to_owned(),
    }])
}

/// A plain or quoted scalar of several lines.
fn several_lines(text: &str, indent: usize) -> Vec<String> {
    let mut lines = text.split('\n').map(|line| line.trim_matches(BLANKS));
    let first = lines.next().unwrap_or_default().to_owned();
    let rest = lines.map(|line| match line {
        "" => KEPT_BLANK.to_owned(),
        line => indented(indent + STEP, line),
    });
    std::iter::once(first).chain(rest).collect()
}

/// Whether a scalar is a block, and if so, whether the blank lines behind it are a part of it.
pub(super) fn block_keeps(layout: &Layout<'_>, id: NodeId) -> Option<bool> {
    let node = layout.node(id);
    let is_block = matches!(
        node.content,
        Content::Scalar {
            style: Style::Literal | Style::Folded,
            ..
        }
    );
    is_block.then(|| header(&layout.text[node.at.clone()]).contains('+'))
}

/// The lines of a block scalar. `column` is that of the mapping or the dash that it belongs to.
pub(super) fn block(
    layout: &Layout<'_>,
    id: NodeId,
    indent: usize,
    column: usize,
) -> Printed<Vec<String>> {
    let node = layout.node(id);
    let text = &layout.text[node.at.clone()];
    if text.contains(KEPT_BLANK) {
        return Err(Unprinted::unknown(node.at.start));
    }
    let (head, body) = text.split_once('\n').unwrap_or((text, ""));
    let sign = header(text);
    let comment = head[sign.len()..].trim_matches(BLANKS);
    let digit = sign.chars().find_map(|sign| sign.to_digit(10));
    let lines = || body.split('\n').filter(|_| !body.is_empty());
    let depth = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let old = match digit {
        Some(digit) => column + digit as usize,
        None => lines()
            .find(|line| depth(line) < line.len())
            .map_or(0, depth),
    };
    // The digit counts from the level above.
    let sign = sign.replace(|sign: char| sign.is_ascii_digit(), "");
    let digit = digit.map(|_| STEP.to_string()).unwrap_or_default();
    let first = match comment {
        "" => format!("{sign}{digit}"),
        comment => format!("{sign}{digit} {comment}"),
    };
    let rest = lines().map(|line| match line.get(old..) {
        Some(rest) if !rest.is_empty() => indented(indent + STEP, rest),
        Some(_) | None => KEPT_BLANK.to_owned(),
    });
    Ok(std::iter::once(first).chain(rest).collect())
}

/// The signs at the head of a block: `|`, `>-`, `|2+`.
fn header(text: &str) -> &str {
    let end = text.find(|sign: char| !"|>+-0123456789".contains(sign));
    &text[..end.unwrap_or(text.len())]
}
