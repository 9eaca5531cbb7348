//! A scalar in the style of the one that it replaces, as far as its value permits that.

use std::borrow::Cow;

use super::layout::Style;
use crate::manifest::write::{block_of, escaped, flow, inline};
use crate::manifest::{core_schema, named_values};
use crate::model::{Form, Scalar};

/// Where a scalar stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings {
    pub(super) is_flow: bool,
    /// Whether something stands behind it on its line, such as a comment.
    pub(super) is_followed: bool,
    /// The column of the lines of a block scalar.
    pub(super) indent: usize,
    pub(super) line_break: &'static str,
}

/// The text of a scalar. `old` is the style of the one that stood there.
pub(super) fn styled(value: &Scalar<'_>, old: Style, around: Surroundings) -> String {
    let Scalar { form, text } = value;
    let text = &match form {
        Form::Text => named_values::literal(text),
        Form::Null | Form::Boolean | Form::Number => Cow::Borrowed(&**text),
    };
    match form {
        Form::Null => return "null".to_owned(),
        Form::Boolean => return text.to_string(),
        Form::Number | Form::Text => {}
    }
    let kept = match old {
        Style::Missing => None,
        Style::Plain => is_plain_beside(text, around).then(|| text.to_string()),
        Style::Single => single(text),
        Style::Double => Some(escaped(text)),
        Style::Literal | Style::Folded => literal(text, old, around),
    };
    let plain = || match form {
        Form::Number => text.to_string(),
        Form::Null | Form::Boolean | Form::Text => fresh(text, around),
    };
    match (kept, form, old) {
        // A number in the lines of a block is one without quotes.
        (_, Form::Number, Style::Plain | Style::Literal | Style::Folded) => text.to_string(),
        (Some(kept), ..) => kept,
        (None, ..) => plain(),
    }
}

/// A scalar between brackets, where there was none.
pub(super) fn in_flow(value: &Scalar<'_>) -> String {
    let around = Surroundings {
        is_flow: true,
        is_followed: false,
        indent: 0,
        line_break: "\n",
    };
    styled(value, Style::Missing, around)
}

/// A text as the writer of manifests writes it.
fn fresh(text: &str, around: Surroundings) -> String {
    match around.is_flow {
        true => flow(text).into_owned(),
        false => match block_of(text, around.indent).filter(|_| !around.is_followed) {
            Some(block) => block.replace('\n', around.line_break),
            None => inline(text).into_owned(),
        },
    }
}

/// Whether a text needs no quotes where the old one had none: days and instants have none then, though old readers of YAML take
/// them for something else.
fn is_plain_beside(text: &str, around: Surroundings) -> bool {
    let usual = match around.is_flow {
        true => flow(text),
        false => inline(text),
    };
    let is_time = text.len() >= 10
        && text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-:TZ+.".contains(&byte))
        && core_schema::form(text) == Form::Text
        && !text.ends_with(':');
    usual == text || is_time
}

/// A text in single quotes, if it can stand in them on one line.
fn single(text: &str) -> Option<String> {
    let is_safe = escaped(text).len() - 2 == text.len() + text.matches(['"', '\\']).count();
    is_safe.then(|| format!("'{}'", text.replace('\'', "''")))
}

/// A text as a block. A folded one must be one line: where it would break is nobody's choice.
fn literal(text: &str, old: Style, around: Surroundings) -> Option<String> {
    if around.is_followed {
        return None;
    }
    let sign = if old == Style::Folded { ">" } else { "|" };
    if text.trim_end_matches('\n').contains('\n') {
        let block = block_of(text, around.indent)?;
        return Some(block.replace('\n', around.line_break));
    }
    // A blank at its beginning would be read as indentation.
    if text.starts_with(' ') {
        return None;
    }
    // One line: the writer of blocks wants two.
    let two = format!("x\n{text}");
    let block = block_of(&two, around.indent)?;
    let (head, rest) = block.split_once('\n')?;
    let (_, line) = rest.split_once('\n')?;
    if line.trim().is_empty() {
        return None;
    }
    let head = head.replace('|', sign);
    Some(format!("{head}{}{line}", around.line_break))
}
