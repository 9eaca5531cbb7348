//! One changed field: old and new side by side, word by word inside longer texts, line by line in texts of several lines.

use anstyle::Style;
use rust_decimal::Decimal;
use similar::{ChangeTag, TextDiff};

use crate::model::Value;
use crate::plan::{FieldChange, MASK};

use super::alike::{look_alike, spelled_out};
use super::escape::escaped;
use super::style::{CREATED, DELETED, FAINT, Painted, columns, padding};

/// What stands for such a value where it takes the place of another one.
const MASK_CHANGED: &str = "(sensitive, changed)";
/// What stands for a field without a value.
const NONE: &str = "(none)";
/// Two values of at most this many columns always stand side by side.
const SHORT: usize = 24;
/// Two texts wider than this, and with little in common, stand on lines of their own.
const LONG: usize = 60;
/// Below this share of common words a word diff reads worse than both texts.
const ALIKE: f32 = 0.3;
/// Lines of context around a changed line.
const CONTEXT: usize = 2;
/// An unchanged stretch inside a word diff is cut to this many characters at each end.
const STRETCH: usize = 30;

/// How a field's change is shown.
pub(super) enum FieldDiff {
    /// `before → after` and what follows; the first is padded to line up.
    Sides {
        before: String,
        after: String,
        delta: Option<String>,
    },
    /// A text with its changes marked in it.
    Inline(Vec<DiffPiece>),
    /// Lines of their own.
    Block(Vec<DiffPiece>),
}

/// A piece of text, and the style that repeats what its marks say.
pub(super) struct DiffPiece {
    style: Style,
    pub(super) text: String,
}

impl DiffPiece {
    fn new(style: Style, text: String) -> Self {
        Self { style, text }
    }

    fn plain(text: String) -> Self {
        Self::new(Style::new(), text)
    }

    fn painted(&self) -> Painted<&str> {
        Painted(self.style, &self.text)
    }
}

impl FieldDiff {
    /// Chooses the form for a change.
    pub(super) fn of(change: &FieldChange) -> Self {
        if change.sensitive {
            return Self::masked(&change.before, &change.after);
        }
        let (Value::Text(before), Value::Text(after)) = (&change.before, &change.after) else {
            return Self::sides(&change.before, &change.after);
        };
        if look_alike(before, after) {
            let spelled = [before, after].map(|text| Value::Text(spelled_out(text).into()));
            let [before, after] = spelled;
            return Self::of_texts(&before, &after);
        }
        Self::of_texts(&change.before, &change.after)
    }

    /// The form for two texts.
    fn of_texts(before_value: &Value, after_value: &Value) -> Self {
        let (Value::Text(before), Value::Text(after)) = (before_value, after_value) else {
            return Self::sides(before_value, after_value);
        };
        if before.contains('\n') || after.contains('\n') {
            return Self::Block(lines(before, after));
        }
        let longest = columns(before).max(columns(after));
        if longest <= SHORT {
            return Self::sides(before_value, after_value);
        }
        let diff = TextDiff::from_unicode_words(&**before, &**after);
        if diff.ratio() >= ALIKE {
            Self::Inline(words(&diff))
        } else if longest <= LONG {
            Self::sides(before_value, after_value)
        } else {
            Self::Block(vec![removed(&escaped(before)), added(&escaped(after))])
        }
    }

    /// Says only whether there is a value.
    fn masked(before: &Value, after: &Value) -> Self {
        let word = |value: &Value, word: &str| {
            let word = if value.is_null() { NONE } else { word };
            word.to_owned()
        };
        let changed = if before.is_null() { MASK } else { MASK_CHANGED };
        Self::Sides {
            before: word(before, MASK),
            after: word(after, changed),
            delta: None,
        }
    }

    fn sides(before: &Value, after: &Value) -> Self {
        let scale = match (before, after) {
            (Value::Decimal(before), Value::Decimal(after)) => before.scale().max(after.scale()),
            _ => 0,
        };
        let mut shown = [before, after].map(|value| one_line(value, scale));
        if shown[0] == shown[1] {
            // Of different types, such as a text that an instance answers for a number.
            for (shown, value) in shown.iter_mut().zip([before, after]) {
                if matches!(value, Value::Text(_)) {
                    *shown = format!("\"{shown}\"");
                }
            }
        }
        let [shown_before, shown_after] = shown;
        Self::Sides {
            before: shown_before,
            after: shown_after,
            delta: delta(before, after, scale),
        }
    }

    /// The columns that the left side takes.
    pub(super) fn before_columns(&self) -> usize {
        match self {
            Self::Sides { before, .. } => columns(before),
            Self::Inline(_) | Self::Block(_) => 0,
        }
    }

    /// The lines of this change, the first to stand behind the field's name.
    pub(super) fn lines(&self, before_columns: usize) -> Vec<String> {
        match self {
            Self::Sides {
                before,
                after,
                delta,
            } => {
                let pad = padding(before, before_columns);
                let delta = delta
                    .as_deref()
                    .map(|delta| format!("  {}", Painted(FAINT, delta)))
                    .unwrap_or_default();
                vec![format!(
                    "{}{pad} → {}{delta}",
                    Painted(DELETED, before),
                    Painted(CREATED, after)
                )]
            }
            Self::Inline(pieces) => {
                vec![
                    pieces
                        .iter()
                        .map(|piece| piece.painted().to_string())
                        .collect(),
                ]
            }
            Self::Block(lines) => std::iter::once(String::new())
                .chain(lines.iter().map(|line| line.painted().to_string()))
                .collect(),
        }
    }
}

/// The new value of a field on one line, told apart from no value and with blanks at its ends visible.
pub(super) fn new_value(change: &FieldChange) -> String {
    if change.sensitive && !change.after.is_null() {
        MASK.to_owned()
    } else {
        one_line(&change.after, 0)
    }
}

fn one_line(value: &Value, scale: u32) -> String {
    match value {
        Value::Null => NONE.to_owned(),
        Value::Decimal(value) => with_scale(*value, scale),
        Value::Text(text) => {
            let shown = escaped(text);
            if text.trim() != &**text || &**text == NONE {
                format!("\"{shown}\"")
            } else {
                shown.into_owned()
            }
        }
        Value::Boolean(_) | Value::Integer(_) | Value::Date(_) | Value::Datetime(_) => {
            value.to_string()
        }
    }
}

fn with_scale(mut value: Decimal, scale: u32) -> String {
    if value.scale() < scale {
        value.rescale(scale);
    }
    value.to_string()
}

fn delta(before: &Value, after: &Value, scale: u32) -> Option<String> {
    let (delta, scale) = match (before, after) {
        (Value::Decimal(before), Value::Decimal(after)) => (after.checked_sub(*before)?, scale),
        (Value::Integer(before), Value::Integer(after)) => {
            (Decimal::from(after.checked_sub(*before)?), 0)
        }
        _ => return None,
    };
    // The sign of a sum, as in all texts for people; values keep the form that manifests have.
    let sign = if delta.is_sign_negative() { '−' } else { '+' };
    Some(format!("({sign}{})", with_scale(delta.abs(), scale)))
}

fn words(diff: &TextDiff<'_, '_, str>) -> Vec<DiffPiece> {
    let mut runs: Vec<(ChangeTag, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        match runs.last_mut().filter(|(tag, _)| *tag == change.tag()) {
            Some((_, text)) => text.push_str(change.value()),
            None => runs.push((change.tag(), change.value().to_owned())),
        }
    }
    let last = runs.len().saturating_sub(1);
    let shown = runs
        .iter()
        .enumerate()
        .map(|(index, (tag, text))| match tag {
            ChangeTag::Equal => DiffPiece::plain(stretch(text, index == 0, index == last)),
            ChangeTag::Delete => DiffPiece::new(DELETED, format!("[-{}-]", escaped(text))),
            ChangeTag::Insert => DiffPiece::new(CREATED, format!("{{+{}+}}", escaped(text))),
        });
    shown.collect()
}

/// An unchanged stretch, without the middle (or the far end) of a long one.
fn stretch(text: &str, is_first: bool, is_last: bool) -> String {
    let characters: Vec<char> = text.chars().collect();
    let (front, back) = (
        if is_first { 0 } else { STRETCH },
        if is_last { 0 } else { STRETCH },
    );
    if characters.len() <= front + back + STRETCH {
        return escaped(text).into_owned();
    }
    let part = |range: &[char]| escaped(&range.iter().collect::<String>()).into_owned();
    format!(
        "{} … {}",
        part(&characters[..front]),
        part(&characters[characters.len() - back..])
    )
    .trim()
    .to_owned()
}

fn lines(before: &str, after: &str) -> Vec<DiffPiece> {
    let diff = TextDiff::from_lines(before, after);
    let mut shown = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 || group.first().is_some_and(|op| op.old_range().start > 0) {
            shown.push(DiffPiece::new(FAINT, "  …".to_owned()));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = escaped(change.value().trim_end_matches('\n')).into_owned();
            shown.push(match change.tag() {
                ChangeTag::Equal => DiffPiece::plain(format!("  {text}")),
                ChangeTag::Delete => removed(&text),
                ChangeTag::Insert => added(&text),
            });
        }
    }
    if before.ends_with('\n') != after.ends_with('\n') {
        let which = if before.ends_with('\n') {
            "the new text has no line break at its end"
        } else {
            "the new text has a line break at its end"
        };
        shown.push(DiffPiece::new(FAINT, format!("  ({which})")));
    }
    shown
}

fn removed(text: &str) -> DiffPiece {
    DiffPiece::new(DELETED, format!("- {text}"))
}

fn added(text: &str) -> DiffPiece {
    DiffPiece::new(CREATED, format!("+ {text}"))
}
