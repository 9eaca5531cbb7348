//! Numbers and days as texts, read exactly: what libraries accept beyond that is refused.

use std::str::FromStr as _;

use jiff::civil::Date;
use rust_decimal::Decimal;

/// Why a scalar cannot be a value of a data type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueError {
    NotBoolean,
    NotInteger,
    /// A whole number beyond 64 bits.
    TooLarge,
    NotNumber,
    /// More digits, or larger, than can be kept exactly (28 digits).
    TooManyDigits,
    NotDate,
    /// In the form of a date, but not a day of the calendar.
    NoSuchDay,
    NotDatetime,
    /// A datetime without an offset from UTC: the instant would be a guess.
    NoOffset,
    /// Marketo's e-mail fields hold ASCII only.
    NotAscii,
}

/// A whole number, also as `65.0`, which is what exports of other systems have.
pub(super) fn integer(text: &str) -> Result<i64, ValueError> {
    whole(text).ok_or_else(|| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (digits, rest) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_whole = rest.bytes().all(|byte| byte == b'0');
        if is_whole && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            ValueError::TooLarge
        } else {
            ValueError::NotInteger
        }
    })
}

pub(super) fn decimal(text: &str) -> Result<Decimal, ValueError> {
    // The library's parser would accept `1_000` as well.
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
    {
        return Err(ValueError::NotNumber);
    }
    let parsed = if text.contains(['e', 'E']) {
        Decimal::from_scientific(text)
    } else {
        Decimal::from_str_exact(text)
    };
    // A text that parses as a float is a number, but one that does not fit the exact type.
    parsed.map_err(|_| {
        if text.parse::<f64>().is_ok() {
            ValueError::TooManyDigits
        } else {
            ValueError::NotNumber
        }
    })
}

/// An integer, also when a server writes it as `12.0`.
pub(super) fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let value = decimal(text).ok().filter(Decimal::is_integer)?;
        i64::try_from(value).ok()
    })
}

pub(super) fn date(text: &str) -> Result<Date, ValueError> {
    // The library also accepts `20260131`, and it drops the time of a datetime. Only this one form is valid here.
    let is_form = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| {
            if index == 4 || index == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    if !is_form {
        return Err(ValueError::NotDate);
    }
    Date::from_str(text).map_err(|_| ValueError::NoSuchDay)
}
