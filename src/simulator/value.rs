//! Values as JSON text: what a write accepts, by data type, and how values compare.
//!
//! A stored value is the text that a query answers, so decimals stay exact and nothing passes
//! through a binary float. Null is the absence of a value.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr as _;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::kinds::Field;

/// Fields by their canonical names, each with its JSON text.
pub(super) type Record = BTreeMap<String, Box<RawValue>>;

/// The data types of fields. Source: Adobe REST documentation, "Field types", and describe replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DataType {
    Boolean,
    Currency,
    Date,
    Datetime,
    Email,
    Float,
    Formula,
    Integer,
    Link,
    Percent,
    Phone,
    Reference,
    Score,
    String,
    Text,
    Textarea,
    Url,
}

/// Text of these types is cut off at 255 characters unless the field has a length.
const DEFAULT_CHARS: u32 = 255;
/// Of a text area. Source: Adobe REST documentation, "Field types".
const TEXT_AREA_BYTES: usize = 30_000;

/// The JSON text of a value.
pub(super) fn raw(value: impl Serialize) -> Box<RawValue> {
    to_raw_value(&value).expect("scalars and string-keyed maps have a JSON form")
}

/// The text of a scalar without its quotes; `None` for null, arrays and objects.
pub(super) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<&str>(json) {
            Ok(plain) => Some(Cow::Borrowed(plain)),
            // An escape sequence cannot be borrowed.
            Err(_) => serde_json::from_str::<String>(json).ok().map(Cow::Owned),
        },
        Some(b'{' | b'[' | b'n') | None => None,
        Some(_) => Some(Cow::Borrowed(json)),
    }
}

/// The form in which keys and filter values compare: without case and outer blanks.
pub(super) fn fold(text: &str) -> String {
    // NUL separates the parts of a stored key.
    text.trim().to_lowercase().replace('\0', "\u{fffd}")
}

/// `now` as Marketo writes it: UTC, whole seconds.
pub(super) fn instant(now: Timestamp) -> Box<RawValue> {
    raw(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The stored form of a value sent for `field`; `None` is null, an error is 1003's message.
pub(super) fn accept(field: &Field, sent: &RawValue) -> Result<Option<Box<RawValue>>, String> {
    let json = sent.get();
    if json == "null" || json == "\"\"" {
        return Ok(None);
    }
    let refused = || format!("Invalid value for field '{}'", field.name);
    let text = text(sent).ok_or_else(refused)?;
    let quoted = json.starts_with('"');
    let stored = match field.data_type {
        DataType::Boolean => boolean(&text).map(raw),
        DataType::Integer | DataType::Percent | DataType::Score => {
            text.parse::<i64>().ok().map(raw)
        }
        DataType::Currency | DataType::Float => decimal(&text),
        DataType::Date => date(&text).map(raw),
        DataType::Datetime => datetime(&text).map(instant),
        DataType::Email => plain(json).filter(|()| email(&text)).map(|()| raw(&text)),
        DataType::Formula
        | DataType::Link
        | DataType::Phone
        | DataType::Reference
        | DataType::String
        | DataType::Text
        | DataType::Textarea
        | DataType::Url => plain(json).map(|()| raw(&text)),
    };
    // A date or an instant is text in JSON; a bare number is not one.
    let textual = matches!(field.data_type, DataType::Date | DataType::Datetime);
    let stored = stored.filter(|_| quoted || !textual).ok_or_else(refused)?;
    if fits(field, &text) {
        Ok(Some(stored))
    } else {
        Err(format!(
            "Value for field '{}' exceeds max length",
            field.name
        ))
    }
}

fn fits(field: &Field, text: &str) -> bool {
    let chars = match field.data_type {
        DataType::Boolean
        | DataType::Currency
        | DataType::Date
        | DataType::Datetime
        | DataType::Float
        | DataType::Integer
        | DataType::Percent
        | DataType::Score => return true,
        DataType::Text | DataType::Textarea if field.length.is_none() => {
            return text.len() <= TEXT_AREA_BYTES;
        }
        DataType::Email
        | DataType::Formula
        | DataType::Link
        | DataType::Phone
        | DataType::Reference
        | DataType::String
        | DataType::Text
        | DataType::Textarea
        | DataType::Url => field.length.unwrap_or(DEFAULT_CHARS),
    };
    // Marketo's own samples write ids with a blank behind them.
    let text = if field.system { text.trim_end() } else { text };
    text.chars().count() <= chars as usize
}

/// Text, or a number that is taken as its text; never a boolean.
fn plain(json: &str) -> Option<()> {
    (!matches!(json, "true" | "false")).then_some(())
}

fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, value)| value)
}

fn decimal(text: &str) -> Option<Box<RawValue>> {
    // The parser also takes `1_000` and `+1`, which Marketo does not.
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
    // The parser alone would also take `20260131` and drop a time of day.
    let date = (text.len() == 10).then(|| Date::from_str(text).ok())??;
    Some(date.to_string())
}

/// ISO 8601 with an offset; without one the instant would depend on the instance's time zone.
fn datetime(text: &str) -> Option<Timestamp> {
    let iso = text.as_bytes().get(10) == Some(&b'T')
        && text.starts_with(|first: char| first.is_ascii_digit())
        && !text.contains('[');
    iso.then(|| Timestamp::from_str(text).ok())?
}

fn email(text: &str) -> bool {
    let graphic = text.bytes().all(|byte| byte.is_ascii_graphic());
    graphic
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}
