//! Values as JSON text.
//!
//! The store keeps the text that a query returns. So decimals stay exact: no value passes through a
//! binary float. A null is not stored. `accept` has the rules for values that a write may store.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// The JSON text of a value.
pub(in crate::simulator) fn raw(value: impl Serialize) -> Box<RawValue> {
    to_raw_value(&value).expect("scalars and string-keyed maps have a JSON form")
}

/// The text of a scalar without quotes; `None` for null, arrays and objects.
pub(in crate::simulator) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
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

/// An instant in Marketo's form: UTC, whole seconds.
pub(in crate::simulator) fn instant(at: Timestamp) -> Box<RawValue> {
    raw(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
