//! What stands between two tokens: comments and blank lines.

use std::ops::Range;

/// Blanks of YAML. Others, such as a no-break space, belong to texts.
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// A part of a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    BlankLine,
    Comment(Comment<'t>),
}

/// A comment with its sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment<'t> {
    pub(super) text: &'t str,
    pub(super) at: Range<usize>,
    /// Whether it has its line for itself.
    pub(super) is_alone: bool,
}

/// What stands between a place and the next token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap<'t> {
    pub(super) parts: Vec<Part<'t>>,
    /// Where the next token begins, or the end of the text.
    pub(super) end: usize,
}

/// The gap that begins at this place, which is the end of a token or the beginning of a line.
pub(super) fn gap(text: &str, from: usize) -> Gap<'_> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let mut at = from;
    let mut is_fresh = from == 0 || bytes.get(from - 1) == Some(&b'\n');
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' => at += 1,
            b'\n' => {
                if is_fresh {
                    parts.push(Part::BlankLine);
                }
                is_fresh = true;
                at += 1;
            }
            b'#' => {
                let rest = text.get(at..).unwrap_or_default();
                let line = rest.split('\n').next().unwrap_or_default();
                parts.push(Part::Comment(Comment {
                    text: line.trim_end_matches(BLANKS),
                    at: at..at + line.len(),
                    is_alone: is_fresh,
                }));
                at += line.len();
                is_fresh = false;
            }
            _ => break,
        }
    }
    Gap { parts, end: at }
}

impl<'t> Gap<'t> {
    /// Takes the comment that stands on the line on which the gap begins.
    pub(super) fn take_behind(&mut self) -> Option<Comment<'t>> {
        match self.parts.first() {
            Some(Part::Comment(comment)) if !comment.is_alone => {
                let comment = comment.clone();
                self.parts.remove(0);
                Some(comment)
            }
            Some(Part::Comment(_) | Part::BlankLine) | None => None,
        }
    }

    pub(super) fn has_comment(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Comment(_)))
    }
}

/// The parts as lines with this indentation.
pub(super) fn lines(parts: &[Part<'_>], indent: usize) -> Vec<String> {
    let lines = parts.iter().map(|part| match part {
        Part::BlankLine => String::new(),
        Part::Comment(comment) => indented(indent, comment.text),
    });
    lines.collect()
}

/// The parts from the first comment on: nothing begins with a blank line.
pub(super) fn without_first_blanks<'p, 't>(parts: &'p [Part<'t>]) -> &'p [Part<'t>] {
    let first = parts.iter().position(|part| *part != Part::BlankLine);
    parts.get(first.unwrap_or(parts.len())..).unwrap_or(parts)
}

pub(super) fn indented(indent: usize, text: &str) -> String {
    format!("{}{text}", " ".repeat(indent))
}
