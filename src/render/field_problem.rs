//! What is wrong with a field, in words: it does not exist, or its value is not of its type.

use super::wording::{Wording, listed};
use crate::model::{DataType, ObjectKind, ValueError};

pub(super) fn unknown_field(
    kind: &ObjectKind,
    name: &str,
    suggestion: Option<&String>,
    known_offline: bool,
) -> Wording {
    let where_not = if known_offline {
        ""
    } else {
        " in this instance"
    };
    // `{ amount: 1,750 }` is an `amount` of 1 and a field `750`.
    if name
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return Wording::new(format!("{} have no field `{name}`{where_not}", kind.nouns))
            .label("the comma before it ends the value")
            .help("between `{` and `}` a comma begins the next field: write numbers without separators, as in 1750, and texts with commas in quotes");
    }
    let fallback = if known_offline {
        let fields = kind.documented.iter().filter(|field| field.updateable);
        let names: Vec<&str> = fields.map(|field| field.name).collect();
        format!("the fields of {} are {}", kind.nouns, listed(&names, "and"))
    } else {
        format!("`oppctl describe {}` lists the fields", kind.name)
    };
    Wording::new(format!("{} have no field `{name}`{where_not}", kind.nouns))
        .label("unknown field")
        .suggest(suggestion, fallback)
}

pub(super) fn wrong_type(name: &str, data_type: &DataType, error: ValueError) -> Wording {
    let (label, help) = match error {
        ValueError::NotBoolean => (
            "neither `true` nor `false`",
            "write `true` or `false` without quotes; `yes` and `no` are texts in YAML 1.2",
        ),
        ValueError::NotInteger => ("not a whole number", "write digits only"),
        ValueError::TooLarge => ("beyond the largest whole number", "write at most 18 digits"),
        ValueError::NotNumber => (
            "not a number",
            "write it as in 1604.47: a point, no separators, no currency",
        ),
        ValueError::TooManyDigits => (
            "too large or too exact to be kept",
            "write at most 28 digits in all",
        ),
        ValueError::NotDate => ("not a date", "write it as in 2026-12-31"),
        ValueError::NoSuchDay => ("no such day", "correct the month or the day"),
        ValueError::NotDatetime => (
            "not a date with a time",
            "write it as in 2026-12-31T18:00:00+01:00",
        ),
        ValueError::NoOffset => (
            "no offset from UTC",
            "append `Z` for UTC, or an offset as in `+01:00`: the instant depends on it",
        ),
        ValueError::NotAscii => (
            "not ASCII",
            "Marketo's e-mail fields take ASCII only; write the domain in its `xn--` form",
        ),
    };
    Wording::new(format!(
        "wrong value for the field `{name}` of type {data_type}"
    ))
    .label(label)
    .help(help)
}
