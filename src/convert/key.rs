//! Keys: ids that spreadsheets have left intact, and addresses of leads.

use super::finding::{Told, Wrong};
use super::number::of_double;
use super::sink::{At, Input, Sink};
use super::table::Shown;
use crate::manifest::{EntryPart, is_reference_value};
use crate::model::{KeyPart, KeyType, is_hidden};

/// The most digits of an id that a workbook keeps in a number.
const SURE_DIGITS: usize = 15;

/// The length of a Salesforce id that differs from others only in letter case, and of its safe form.
const SHORT: usize = 15;
const WIDE: usize = 18;

/// The part of a key in a cell; `None` if the cell has none, which is a problem, or one with a problem.
pub(super) fn part(
    at: At<'_>,
    part: &KeyPart,
    is_widened: bool,
    sink: &mut Sink,
) -> Option<EntryPart> {
    let found = sink.problems.len();
    let read = match sink.input(at) {
        // A value that was lost is a problem already.
        None if sink.problems.len() > found => return None,
        None => Err(Wrong::MissingKey),
        Some(input) => text(at, input, part, is_widened, sink),
    };
    read.map_err(|wrong| sink.wrong(at, wrong)).ok()
}

/// The lead that a cell names by a field; as for [`part`].
pub(super) fn lead(at: At<'_>, field: &str, sink: &mut Sink) -> Option<EntryPart> {
    let found = sink.problems.len();
    let read = match sink.input(at) {
        None if sink.problems.len() > found => return None,
        None => Err(Wrong::MissingKey),
        Some(Input::Text(text)) => legible(text).and_then(|()| address(text, field)),
        Some(Input::Number(..) | Input::Boolean(_)) => Err(Wrong::NotAnAddress),
    };
    let value = read.map_err(|wrong| sink.wrong(at, wrong)).ok()?;
    Some(EntryPart::LeadBy {
        field: field.into(),
        value: value.into(),
    })
}

/// Refuses a key that is another one than it looks like: with it, another record would be made.
pub(super) fn legible(text: &str) -> Result<(), Wrong> {
    if text.starts_with('=') {
        Err(Wrong::FormulaInKey)
    } else if text.contains(is_hidden) {
        Err(Wrong::HiddenInKey)
    } else if text.contains(char::REPLACEMENT_CHARACTER) {
        Err(Wrong::LostLetterInKey)
    } else {
        Ok(())
    }
}

/// An id as it stands, widened where that was asked for.
pub(super) fn widened_at(at: At<'_>, text: String, is_widened: bool, sink: &mut Sink) -> String {
    match widened(&text) {
        Some(wide) if is_widened => {
            sink.tell(at, Told::Widened);
            wide
        }
        Some(_) | None => text,
    }
}

/// The 18 characters of a Salesforce id of 15: three further ones tell which letters are capitals.
///
/// Source: Salesforce, "What are the differences between 15 and 18 character record IDs".
pub(super) fn widened(id: &str) -> Option<String> {
    if id.len() != SHORT || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    let mut wide = id.to_owned();
    for part in id.as_bytes().chunks(5) {
        let capitals = part.iter().enumerate();
        let capitals = capitals.filter(|(_, byte)| byte.is_ascii_uppercase());
        let index: usize = capitals.map(|(place, _)| 1 << place).sum();
        wide.push(char::from(digits[index]));
    }
    debug_assert_eq!(wide.len(), WIDE, "three parts give three characters");
    Some(wide)
}

fn text(
    at: At<'_>,
    input: Input<'_>,
    part: &KeyPart,
    is_widened: bool,
    sink: &mut Sink,
) -> Result<EntryPart, Wrong> {
    let text = match input {
        Input::Text(text) => {
            legible(text)?;
            text.to_owned()
        }
        Input::Number(value, Shown::Plain) => {
            let (value, _) = of_double(value).ok_or(Wrong::BadKey)?;
            let text = value.to_string();
            if !value.is_integer() || value.is_sign_negative() {
                return Err(Wrong::BadKey);
            }
            if text.len() > SURE_DIGITS {
                return Err(Wrong::KeyLostDigits);
            }
            text
        }
        Input::Number(_, Shown::Percent | Shown::Date | Shown::Currency(_)) | Input::Boolean(_) => {
            return Err(Wrong::BadKey);
        }
    };
    match part.holds {
        KeyType::Lead { .. } => {
            let id = text.parse().ok().filter(|id: &i64| *id > 0);
            id.map(EntryPart::Lead).ok_or(Wrong::BadKey)
        }
        KeyType::Text {
            max_chars,
            is_filtered,
        } => {
            if is_filtered && is_scientific(&text) {
                return Err(Wrong::KeyLostDigits);
            }
            if is_filtered && text.contains(',') {
                return Err(Wrong::CommaInKey);
            }
            let text = widened_at(at, text, is_widened && is_filtered, sink);
            let length = text.chars().count();
            if length > max_chars {
                let limit = max_chars;
                return Err(Wrong::TooLong { length, limit });
            }
            if text.starts_with('{') && text.ends_with('}') {
                sink.tell(at, Told::Braces);
            }
            Ok(EntryPart::Text(text.into()))
        }
    }
}

/// `2.10346E+10`: what a spreadsheet makes of an id of digits, or of one with an E between digits.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let sign = exponent.strip_prefix(['+', '-']);
    // Without a point and a sign it may be an id: 12E45.
    let is_marked = mantissa.contains('.') || sign.is_some();
    is_marked && is_digits(whole) && is_digits(decimals) && is_digits(sign.unwrap_or(exponent))
}

/// One address, or the value of another field.
fn address(text: &str, field: &str) -> Result<String, Wrong> {
    if text.contains([';', ',']) || text.matches('@').count() > 1 {
        return Err(Wrong::SeveralValues);
    }
    let is_address = || {
        let (name, host) = text.split_once('@')?;
        let is_plain = !name.is_empty() && !text.contains(char::is_whitespace);
        (is_plain && host.contains('.') && !host.starts_with('.') && !host.ends_with('.'))
            .then_some(())
    };
    if field.eq_ignore_ascii_case("email") && is_address().is_none() {
        return Err(Wrong::NotAnAddress);
    }
    if !is_reference_value(text) {
        return Err(Wrong::BadKey);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn ids_of_15_characters_have_a_form_that_needs_no_case() {
        let rows = [
            ("006Qz00000AbCdE", Some("006Qz00000AbCdEIAV")),
            ("006Qz00000AbCde", Some("006Qz00000AbCdeIAF")),
            ("006Qz00000xrVBT", Some("006Qz00000xrVBTIA2")),
            ("006Qz00000xrVBTIA2", None),
            ("006Qz00000-rVBT", None),
        ];
        for (id, expected) in rows {
            assert_eq!(widened(id).as_deref(), expected, "{id}");
        }
    }

    #[test]
    fn numbers_that_were_ids_are_known() {
        for id in ["2.10346E+10", "00600001.234E+5", "1E+15", "2.1e10"] {
            assert!(is_scientific(id), "{id}");
        }
        for id in ["12E45", "006E100000abcde", "A-1", "E+5", "1.5"] {
            assert!(!is_scientific(id), "{id}");
        }
    }
}
