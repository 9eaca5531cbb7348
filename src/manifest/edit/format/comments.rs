//! Comments behind what is printed: on the same line, or below the last part of a collection.

use super::super::layout::Layout;
use super::gaps::{BLANKS, Comment, Part, gap, indented, lines};

/// Takes the comments behind the last part of a collection that stand as deep as it does. Returns where they end.
pub(super) fn tail(
    layout: &Layout<'_>,
    from: usize,
    column: usize,
    indent: usize,
    printed: &mut Vec<String>,
) -> usize {
    let between = gap(layout.text, from);
    let is_own = |part: &&Part<'_>| match part {
        Part::BlankLine => true,
        Part::Comment(comment) => {
            comment.is_alone && column > 0 && layout.column(comment.at.start) >= column
        }
    };
    let count = between.parts.iter().take_while(is_own).count();
    let mut own = &between.parts[..count];
    while let [rest @ .., Part::BlankLine] = own {
        own = rest;
    }
    let Some(Part::Comment(last)) = own.last() else {
        return from;
    };
    printed.extend(lines(own, indent));
    last.at.end
}

/// Takes the comment on the line of a place. Returns where it ends.
pub(super) fn take_behind(layout: &Layout<'_>, from: usize, lines: &mut [String]) -> usize {
    let behind = gap(layout.text, from).take_behind();
    match (behind, lines.last_mut()) {
        (Some(comment), Some(last)) => {
            push_behind(layout, last, &comment);
            comment.at.end
        }
        (Some(_) | None, _) => from,
    }
}

/// Writes a comment behind a line: in its column, if it was put there with several blanks.
pub(super) fn push_behind(layout: &Layout<'_>, line: &mut String, comment: &Comment<'_>) {
    let start = comment.at.start;
    let old = &layout.text[layout.line_start(start)..start];
    let blanks = old.len() - old.trim_end_matches(BLANKS).len();
    let depth = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let aligned = (old.chars().count() + depth(line))
        .saturating_sub(depth(old))
        .saturating_sub(line.chars().count());
    let blanks = if blanks > 1 { aligned.max(1) } else { 1 };
    line.push_str(&indented(blanks, comment.text));
}
