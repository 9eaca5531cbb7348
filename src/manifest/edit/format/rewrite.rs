//! From a text to the same text in its canonical layout, or to the reason why it is left as it is.

use super::super::layout::Layout;
use super::super::scan::layout;
use super::check::difference;
use super::document::document;
use super::error::{NotFormatted, Unprinted};
use super::order::Orders;
use crate::manifest::{InstanceRules, Reading};
use crate::model::Problem;

/// The text of a manifest in its canonical layout. It is read back: it means the same, has all comments, and is its own canonical
/// layout. `before` is the reading of this one file, with these rules.
///
/// # Errors
/// The text cannot be read as YAML, or it has a form that cannot be laid out anew without a risk.
pub fn format(before: &Reading, rules: &InstanceRules) -> Result<String, NotFormatted> {
    let (_, source) = before
        .sources
        .iter()
        .next()
        .ok_or(NotFormatted::Unreadable)?;
    let text = source.text().ok_or(NotFormatted::Unreadable)?;
    if before
        .diagnostics
        .iter()
        .any(|it| is_unreadable(&it.problem))
    {
        return Err(NotFormatted::Unreadable);
    }
    let unix = text.replace("\r\n", "\n");
    if let Some(at) = unix.find('\r') {
        let what = "a carriage return without a line feed";
        return Err(form(&unix, Unprinted { at, what }));
    }
    let Some(laid_out) = layout(&unix) else {
        return Err(match before.diagnostics.is_empty() {
            true => form(&unix, Unprinted::unknown(0)),
            false => NotFormatted::Unreadable,
        });
    };
    // An alias must not come before its anchor: where the order of members would do that, it stays.
    let ordered = attempt(&laid_out, (before, rules), Orders::of);
    let formatted = match ordered {
        Err(NotFormatted::Unsafe { .. }) => {
            attempt(&laid_out, (before, rules), |_| Orders::default())
        }
        Ok(_) | Err(NotFormatted::Unreadable | NotFormatted::Form { .. }) => ordered,
    }?;
    // A text has the line breaks of its first line.
    let is_windows = text
        .split_once('\n')
        .is_some_and(|(first, _)| first.ends_with('\r'));
    Ok(match is_windows {
        true => formatted.replace('\n', "\r\n"),
        false => formatted,
    })
}

/// Prints a layout with these orders, and compares.
fn attempt(
    laid_out: &Layout<'_>,
    (before, rules): (&Reading, &InstanceRules),
    orders_of: impl Fn(&Layout<'_>) -> Orders,
) -> Result<String, NotFormatted> {
    let text = laid_out.text;
    let print = |layout: &Layout<'_>| document(layout, &orders_of(layout));
    let printed = print(laid_out).map_err(|error| form(text, error))?;
    if printed == text {
        return Ok(printed);
    }
    let unsafe_at = |at| NotFormatted::Unsafe {
        line: laid_out.line(at),
    };
    let Some(after) = layout(&printed) else {
        return Err(unsafe_at(0));
    };
    if let Some(at) = difference((laid_out, before), &after, rules) {
        return Err(unsafe_at(at));
    }
    match print(&after) {
        Ok(again) if again == printed => Ok(printed),
        Ok(_) | Err(_) => Err(unsafe_at(0)),
    }
}

fn form(text: &str, Unprinted { at, what }: Unprinted) -> NotFormatted {
    let line = 1 + text.get(..at).unwrap_or_default().matches('\n').count();
    NotFormatted::Form { what, line }
}

/// Whether a text with this problem cannot be read as YAML, or is not read at all.
#[must_use]
pub fn is_unreadable(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::NotUtf8
            | Problem::FileTooLarge
            | Problem::Syntax { .. }
            | Problem::SecondDocument
            | Problem::MergeConflict
            | Problem::TooManyNodes { .. }
            | Problem::TooDeep { .. }
    )
}
