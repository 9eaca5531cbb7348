//! Prints a whole text: what stands around its document, and the document.

use super::super::layout::{Content, Layout, NodeId};
use super::comments::{push_behind, take_behind};
use super::error::{Printed, Unprinted};
use super::flow::FlowPrinter;
use super::gaps::{self, BLANKS, gap};
use super::order::Orders;
use super::print::{Piece, Printer};
use super::scalar::KEPT_BLANK;

/// The whole text.
pub(super) fn document(layout: &Layout<'_>, orders: &Orders) -> Printed<String> {
    let text = layout.text;
    let mut lines = Vec::new();
    let mut at = markers(layout, 0, &mut lines);
    let mut end = at;
    if let Some(root) = layout.roots.first() {
        let node = layout.node(*root);
        if node.start() != at || node.at.start != at {
            return Err(Unprinted::unknown(at));
        }
        let piece = match &node.content {
            Content::Mapping { is_flow: false, .. } => {
                Printer { layout, orders }.mapping(*root, 0, at)?
            }
            Content::Mapping { is_flow: true, .. } => flow_root(layout, orders, *root)?,
            Content::List { .. } | Content::Scalar { .. } | Content::Alias(_) => {
                return Err(Unprinted::unknown(at));
            }
        };
        lines.extend(gaps::lines(&piece.above, 0));
        lines.extend(piece.lines);
        end = piece.end;
    }
    at = markers(layout, end, &mut lines);
    match at == text.len() {
        true => Ok(joined(lines)),
        false => Err(Unprinted::unknown(at)),
    }
}

fn flow_root<'t>(layout: &Layout<'t>, orders: &Orders, root: NodeId) -> Printed<Piece<'t>> {
    let mut lines = FlowPrinter { layout, orders }.collection(root, 0)?;
    let end = take_behind(layout, layout.node(root).at.end, &mut lines);
    let above = Vec::new();
    Ok(Piece { above, lines, end })
}

/// Comments, blank lines, directives and the marks of documents, up to anything else.
fn markers(layout: &Layout<'_>, from: usize, lines: &mut Vec<String>) -> usize {
    let text = layout.text;
    let mut at = from;
    loop {
        let mut between = gap(text, at);
        if let (Some(comment), Some(last)) = (between.take_behind(), lines.last_mut()) {
            push_behind(layout, last, &comment);
        }
        lines.extend(gaps::lines(&between.parts, 0));
        at = between.end;
        let rest = text.get(at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let is_first = at == layout.line_start(at);
        let is_mark = ["---", "..."].into_iter().any(|mark| {
            line.strip_prefix(mark)
                .is_some_and(|behind| behind.is_empty() || behind.starts_with(BLANKS))
        });
        if is_first && is_mark {
            lines.push(line[..3].to_owned());
            at += 3;
        } else if is_first && line.starts_with('%') {
            lines.push(line.trim_end_matches(BLANKS).to_owned());
            at += line.len();
        } else {
            return at;
        }
    }
}

/// The lines as a text, without blank lines at its ends and with at most one in a row.
fn joined(lines: Vec<String>) -> String {
    let mut text = String::new();
    let mut blanks = 0;
    for line in lines {
        if line.is_empty() {
            blanks += 1;
            continue;
        }
        if blanks > 0 && !text.is_empty() {
            text.push('\n');
        }
        blanks = 0;
        text.push_str(if line == KEPT_BLANK { "" } else { &line });
        text.push('\n');
    }
    text
}
