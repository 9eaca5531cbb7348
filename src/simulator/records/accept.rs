//! The values that a write accepts for a field, by its data type, and their stored form.
//!
//! Source: Adobe REST documentation, "Field types". A refused value skips its record.

use std::borrow::Cow;
use std::str::FromStr as _;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::simulator::answers::{
    Answers, BadValue, FourByteCharacters, PercentValue, TextLength, TooLongString,
    ZonelessDatetime,
};
use crate::simulator::clock::central;
use crate::simulator::objects::field::{FieldType, ObjectField};
use crate::simulator::wire::codes::CodedReason;
use crate::simulator::wire::json::{instant, raw, text};

/// The length of text for a field without its own length.
const DEFAULT_CHARS: u32 = 255;
/// The length of a text area. Source: Adobe REST documentation, "Field types".
const TEXT_AREA_BYTES: usize = 30_000;

/// The stored form of a value sent for `field`; `None` is null.
pub(in crate::simulator) fn accept(
    answers: &Answers,
    field: &ObjectField,
    sent: &RawValue,
) -> Result<Option<Box<RawValue>>, CodedReason> {
    let json = sent.get();
    if json == "null" || json == "\"\"" {
        return Ok(None);
    }
    let Some(text) = text(sent) else {
        return Err(bad_value(answers, field));
    };
    let quoted = json.starts_with('"');
    let stored = match field.data_type {
        FieldType::Boolean => boolean(&text).map(raw),
        FieldType::Percent if answers.percent_value == PercentValue::Decimal => decimal(&text),
        FieldType::Integer | FieldType::Percent | FieldType::Score => {
            text.parse::<i64>().ok().map(raw)
        }
        FieldType::Currency | FieldType::Float => decimal(&text),
        // Dates and datetimes are text in JSON; a number is refused.
        FieldType::Date if quoted => date(&text).map(raw),
        FieldType::Datetime if quoted => datetime(answers, &text)
            .map(instant)
            .or_else(|| last_day(&text)),
        FieldType::Date | FieldType::Datetime => None,
        FieldType::Email if !email(&text) => None,
        FieldType::Email
        | FieldType::Formula
        | FieldType::Link
        | FieldType::Phone
        | FieldType::Reference
        | FieldType::String
        | FieldType::Text
        | FieldType::Textarea
        | FieldType::Url => {
            let text = is_text(json).then(|| storable(answers, text)).flatten();
            let text = text.ok_or_else(|| bad_value(answers, field))?;
            return Ok(Some(raw(fitted(answers, field, &text)?)));
        }
    };
    stored.map(Some).ok_or_else(|| bad_value(answers, field))
}

/// The reason for refusing a value that does not have the field's type.
fn bad_value(answers: &Answers, field: &ObjectField) -> CodedReason {
    let name = &field.name;
    let temporal = matches!(field.data_type, FieldType::Date | FieldType::Datetime);
    match answers.bad_value {
        BadValue::Type => {
            let json = raw(field.data_type);
            let wanted = json.get().trim_matches('"');
            let message = format!("Invalid value for field '{name}'. Required of type '{wanted}'");
            CodedReason::new("1001", message)
        }
        BadValue::DatesFormat if temporal => {
            CodedReason::new("704", format!("Invalid date format in field '{name}'"))
        }
        BadValue::Invalid | BadValue::DatesFormat => {
            CodedReason::invalid(format!("Invalid value for field '{name}'"))
        }
    }
}

/// The text as the database stores it; `None` if it refuses the text.
fn storable<'t>(answers: &Answers, text: Cow<'t, str>) -> Option<Cow<'t, str>> {
    match answers.four_byte_characters {
        FourByteCharacters::Dropped if text.contains(has_four_bytes) => {
            Some(Cow::Owned(text.replace(has_four_bytes, "")))
        }
        FourByteCharacters::Refused if text.contains(has_four_bytes) => None,
        FourByteCharacters::Stored | FourByteCharacters::Dropped | FourByteCharacters::Refused => {
            Some(text)
        }
    }
}

fn has_four_bytes(letter: char) -> bool {
    letter.len_utf8() == 4
}

/// The text within the length of the field.
fn fitted<'t>(
    answers: &Answers,
    field: &ObjectField,
    text: &'t str,
) -> Result<&'t str, CodedReason> {
    let end = end(answers, field, text);
    // Ids in Marketo's samples have a trailing blank.
    let blank = field.system && text[end..].trim_end().is_empty();
    if end == text.len() || blank {
        return Ok(text);
    }
    match answers.too_long_string {
        TooLongString::Truncated => Ok(&text[..end]),
        TooLongString::Invalid | TooLongString::Exceeds => {
            let message = format!("Value for field '{}' exceeds max length", field.name);
            Err(CodedReason::new(answers.too_long_string.value(), message))
        }
    }
}

/// The end of the part of the text that fits in the field.
fn end(answers: &Answers, field: &ObjectField, text: &str) -> usize {
    let area = matches!(field.data_type, FieldType::Text | FieldType::Textarea);
    let bytes = match field.length {
        None if area => TEXT_AREA_BYTES,
        length => {
            let most = length.unwrap_or(DEFAULT_CHARS) as usize;
            match answers.text_length {
                TextLength::Bytes => most,
                TextLength::Characters => {
                    let beyond = text.char_indices().nth(most);
                    beyond.map_or(text.len(), |(at, _)| at)
                }
            }
        }
    };
    text.floor_char_boundary(bytes)
}

/// Whether a text field accepts the value: text or a number, but not a boolean.
fn is_text(json: &str) -> bool {
    !matches!(json, "true" | "false")
}

fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, value)| value)
}

fn decimal(text: &str) -> Option<Box<RawValue>> {
    // The parser accepts `1_000` and `+1`; Marketo does not.
    if !text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'e' | b'E' | b'+'))
        || text.starts_with('+')
    {
        return None;
    }
    let number = Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()?;
    RawValue::from_string(number.normalize().to_string()).ok()
}

fn date(text: &str) -> Option<String> {
    // The parser would also accept `20260131`, and a date with a time.
    if text.len() != 10 {
        return None;
    }
    Some(Date::from_str(text).ok()?.to_string())
}

/// Parses ISO 8601. Without an offset the instant depends on the instance's time zone.
fn datetime(answers: &Answers, text: &str) -> Option<Timestamp> {
    let iso = text.as_bytes().get(10) == Some(&b'T')
        && text.starts_with(|first: char| first.is_ascii_digit())
        && !text.contains('[');
    if !iso {
        return None;
    }
    match (Timestamp::from_str(text), answers.zoneless_datetime) {
        (Ok(instant), _) => Some(instant),
        (Err(_), ZonelessDatetime::Refused) => None,
        (Err(_), ZonelessDatetime::Central) => {
            let local = DateTime::from_str(text).ok()?;
            Some(local.to_zoned(central()).ok()?.timestamp())
        }
    }
}

/// An instant of the last day of the year 9999, which the library has only in part.
fn last_day(text: &str) -> Option<Box<RawValue>> {
    let local = text
        .strip_suffix('Z')
        .filter(|text| text.starts_with("9999-12-3"))?;
    let local = DateTime::from_str(local).ok()?;
    Some(raw(local.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
}

fn email(text: &str) -> bool {
    let graphic = text.bytes().all(|byte| byte.is_ascii_graphic());
    graphic
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}
