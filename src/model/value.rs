//! Typed values: text and JSON become a [`Value`] once, by the field's data type; from there on `==` means what Marketo means.
//!
//! Null, the empty text and a missing member are one value. Decimals compare by value, datetimes as
//! instants in whole seconds (Marketo drops the rest), dates as days.

use std::fmt;
use std::str::FromStr as _;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::data_type::DataType;

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Null,
    Text(Box<str>),
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    Date(Date),
    Datetime(Timestamp),
}

/// A scalar as a manifest writes it, resolved by YAML's core schema but otherwise as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    pub form: Form,
    /// The text as written, without quotes.
    pub text: Box<str>,
}

/// The type that YAML's core schema, or JSON, gives to a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Null,
    Boolean,
    Number,
    Text,
}

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

impl Scalar {
    /// The scalar that declares this value.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        let form = match value {
            Value::Null => Form::Null,
            Value::Boolean(_) => Form::Boolean,
            Value::Integer(_) | Value::Decimal(_) => Form::Number,
            Value::Text(_) | Value::Date(_) | Value::Datetime(_) => Form::Text,
        };
        Self {
            form,
            text: value.to_string().into(),
        }
    }
}

impl Value {
    /// The value that a manifest declares for a field of this type.
    ///
    /// # Errors
    /// The scalar is not of that type. Nothing is guessed: Marketo would refuse a wrong type, but only after it has written
    /// other records of the same call.
    pub fn declared(scalar: &Scalar, data_type: &DataType) -> Result<Self, ValueError> {
        let Scalar { form, text } = scalar;
        if *form == Form::Null || text.is_empty() {
            return Ok(Self::Null);
        }
        match data_type {
            DataType::Boolean => match form {
                Form::Boolean => Ok(Self::Boolean(text.eq_ignore_ascii_case("true"))),
                Form::Null | Form::Number | Form::Text => Err(ValueError::NotBoolean),
            },
            // Percent and score are whole numbers: page "Field types".
            DataType::Integer | DataType::Percent | DataType::Score => {
                integer(text).map(Self::Integer)
            }
            DataType::Currency | DataType::Float => decimal(text).map(Self::Decimal),
            DataType::Date => date(text).map(Self::Date),
            DataType::Datetime => datetime(text).map(Self::Datetime),
            DataType::Email if !text.is_ascii() => Err(ValueError::NotAscii),
            DataType::Email
            | DataType::Phone
            | DataType::String
            | DataType::Text
            | DataType::Textarea
            | DataType::Url
            | DataType::Other(_) => Ok(Self::Text(text.clone())),
        }
    }

    /// The value that an instance returned for a field of this type. Accepts the deviations that real instances and the
    /// documentation show. A value that does not fit the type stays text.
    #[must_use]
    pub fn observed(form: Form, text: &str, data_type: &DataType) -> Self {
        if form == Form::Null || text.is_empty() {
            return Self::Null;
        }
        let typed = match data_type {
            DataType::Boolean => match text {
                "true" | "1" => Some(Self::Boolean(true)),
                "false" | "0" => Some(Self::Boolean(false)),
                _ => None,
            },
            DataType::Integer | DataType::Percent | DataType::Score => {
                whole(text).map(Self::Integer)
            }
            DataType::Currency | DataType::Float => decimal(text).ok().map(Self::Decimal),
            DataType::Date => date(text.get(..10).unwrap_or(text)).ok().map(Self::Date),
            DataType::Datetime => datetime(text)
                .ok()
                .or_else(|| old_datetime(text))
                .map(Self::Datetime),
            DataType::Email
            | DataType::Phone
            | DataType::String
            | DataType::Text
            | DataType::Textarea
            | DataType::Url
            | DataType::Other(_) => None,
        };
        typed.unwrap_or_else(|| Self::Text(text.into()))
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The name of the value's type and a text, for hashes. Two values are equal exactly if both are equal.
    #[must_use]
    pub fn canonical(&self) -> (&'static str, String) {
        match self {
            Self::Null => ("null", String::new()),
            Self::Text(text) => ("text", text.to_string()),
            Self::Boolean(value) => ("boolean", value.to_string()),
            Self::Integer(value) => ("integer", value.to_string()),
            // 1604.470 is 1604.47.
            Self::Decimal(value) => ("decimal", value.normalize().to_string()),
            Self::Date(value) => ("date", value.to_string()),
            Self::Datetime(value) => ("datetime", value.to_string()),
        }
    }
}

impl fmt::Display for Value {
    /// The value as a manifest would write it; nothing for null. Text is not escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Decimal(value) => value.fmt(f),
            Self::Date(value) => value.fmt(f),
            Self::Datetime(value) => value.fmt(f),
        }
    }
}

fn integer(text: &str) -> Result<i64, ValueError> {
    text.parse().map_err(|_| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            ValueError::TooLarge
        } else {
            ValueError::NotInteger
        }
    })
}

fn decimal(text: &str) -> Result<Decimal, ValueError> {
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
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let value = decimal(text).ok().filter(Decimal::is_integer)?;
        i64::try_from(value).ok()
    })
}

fn date(text: &str) -> Result<Date, ValueError> {
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

fn datetime(text: &str) -> Result<Timestamp, ValueError> {
    // `2018-11-06T12:01:49Z+0000` is an old form of the asset API.
    let text = text
        .strip_suffix("Z+0000")
        .map_or_else(|| text.to_owned(), |stem| format!("{stem}Z"));
    match Timestamp::from_str(&text) {
        Ok(instant) => Ok(seconds(instant)),
        Err(_) if text.len() > 10 && jiff::civil::DateTime::from_str(&text).is_ok() => {
            Err(ValueError::NoOffset)
        }
        Err(_) => Err(ValueError::NotDatetime),
    }
}

/// Reads `2014-11-13 12:43:04`, the form of replies before 2015, which were in UTC.
fn old_datetime(text: &str) -> Option<Timestamp> {
    if text.len() < 19 {
        return None;
    }
    let civil = jiff::civil::DateTime::from_str(text).ok()?;
    civil
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|zoned| seconds(zoned.timestamp()))
}

fn seconds(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn declared(form: Form, text: &str, data_type: &DataType) -> Result<Value, ValueError> {
        Value::declared(
            &Scalar {
                form,
                text: text.into(),
            },
            data_type,
        )
    }

    #[test]
    fn what_is_written_differently_and_means_the_same_is_equal() {
        use DataType::{Boolean, Currency, Date, Datetime, Float, Integer, Percent, Score, String};
        use Form::{Null, Number, Text};
        let rows = [
            (Currency, (Text, "1604.470"), (Number, "1604.47")),
            (Currency, (Number, "1604.47"), (Text, "1604.47")),
            (Currency, (Number, "12000"), (Number, "1.2E4")),
            (Float, (Number, "-0.50"), (Number, "-0.5")),
            (Integer, (Number, "12"), (Text, "12")),
            (Percent, (Text, "50"), (Number, "50.0")),
            (Score, (Number, "-3"), (Number, "-3")),
            (Boolean, (Form::Boolean, "True"), (Text, "true")),
            (Date, (Text, "2026-12-31"), (Text, "2026-12-31")),
            (Date, (Text, "2026-12-31"), (Text, "2026-12-31T00:00:00Z")),
            (
                Datetime,
                (Text, "2026-03-01T10:00:00+01:00"),
                (Text, "2026-03-01T09:00:00Z"),
            ),
            (
                Datetime,
                (Text, "2026-03-01T10:00:00.750Z"),
                (Text, "2026-03-01T10:00:00Z"),
            ),
            (
                Datetime,
                (Text, "2014-11-13T12:43:04Z"),
                (Text, "2014-11-13 12:43:04"),
            ),
            (
                Datetime,
                (Text, "2018-11-06T12:01:49Z"),
                (Text, "2018-11-06T12:01:49Z+0000"),
            ),
            (String, (Text, ""), (Null, "")),
            (String, (Number, "0042"), (Text, "0042")),
            (
                DataType::Other("formula".into()),
                (Number, "1.0"),
                (Text, "1.0"),
            ),
        ];
        for (data_type, (form, text), (wire_form, wire)) in rows {
            let ours = declared(form, text, &data_type);
            assert_eq!(
                ours,
                Ok(Value::observed(wire_form, wire, &data_type)),
                "{data_type}: {text} and {wire}"
            );
        }
    }

    #[test]
    fn wrong_types_are_refused() {
        use DataType::{Boolean, Currency, Date, Datetime, Email, Integer};
        use Form::{Number, Text};
        let rows = [
            (Boolean, Text, "true", ValueError::NotBoolean),
            (Boolean, Text, "no", ValueError::NotBoolean),
            (Integer, Number, "14.1", ValueError::NotInteger),
            (Integer, Number, "9223372036854775808", ValueError::TooLarge),
            (Currency, Text, "1_000", ValueError::NotNumber),
            (Currency, Text, "12 EUR", ValueError::NotNumber),
            (Currency, Text, "1.2.3", ValueError::NotNumber),
            (
                Currency,
                Number,
                "123456789012345678901234567890.12",
                ValueError::TooManyDigits,
            ),
            (Currency, Number, "1e400", ValueError::TooManyDigits),
            (
                Currency,
                Number,
                "1.00000000000000000000000000000000001",
                ValueError::TooManyDigits,
            ),
            (Date, Number, "20261231", ValueError::NotDate),
            (Date, Text, "2026-02-30", ValueError::NoSuchDay),
            (Date, Text, "2026-01-31T23:30:00-05:00", ValueError::NotDate),
            (Datetime, Text, "2026-01-31T23:30:00", ValueError::NoOffset),
            (Datetime, Text, "2026-01-31", ValueError::NotDatetime),
            (Datetime, Text, "yesterday", ValueError::NotDatetime),
            (Email, Text, "jürgen@example.com", ValueError::NotAscii),
        ];
        for (data_type, form, text, error) in rows {
            assert_eq!(
                declared(form, text, &data_type),
                Err(error),
                "{data_type}: {text}"
            );
        }
    }

    #[test]
    fn what_an_instance_answers_is_never_lost() {
        assert_eq!(
            Value::observed(Form::Text, "soon", &DataType::Date),
            Value::Text("soon".into())
        );
        assert_eq!(
            Value::observed(Form::Boolean, "true", &DataType::String),
            Value::Text("true".into())
        );
    }
}
