//! Typed values: text and JSON become a [`Value`] once, by the field's data type; from there on `==` means what Marketo means.
//!
//! Null, the empty text and a missing member are one value. Decimals compare by value, datetimes as
//! instants in whole seconds (Marketo drops the rest), dates as days.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::data_type::DataType;
use super::instant::{Instant, datetime, old_datetime};
use super::scalar_text::{ValueError, date, decimal, integer, whole};

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Null,
    Text(Box<str>),
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    Date(Date),
    Datetime(Instant),
}

/// A scalar as a manifest writes it, resolved by YAML's core schema but otherwise as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar<'t> {
    pub form: Form,
    /// The text as written, without quotes.
    pub text: Cow<'t, str>,
}

/// The type that YAML's core schema, or JSON, gives to a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Null,
    Boolean,
    Number,
    Text,
}

impl Scalar<'_> {
    /// The same with a text of its own.
    #[must_use]
    pub fn into_owned(self) -> Scalar<'static> {
        Scalar {
            form: self.form,
            text: Cow::Owned(self.text.into_owned()),
        }
    }

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
    pub fn declared(scalar: &Scalar<'_>, data_type: &DataType) -> Result<Self, ValueError> {
        let Scalar { form, text } = scalar;
        if *form == Form::Null || text.is_empty() {
            return Ok(Self::Null);
        }
        match data_type {
            DataType::Boolean => match form {
                Form::Boolean => Ok(Self::Boolean(text.eq_ignore_ascii_case("true"))),
                Form::Null | Form::Number | Form::Text => Err(ValueError::NotBoolean),
            },
            DataType::Integer | DataType::Score => integer(text).map(Self::Integer),
            DataType::Percent => percent(text),
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
            | DataType::Other(_) => Ok(Self::Text((**text).into())),
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
            DataType::Integer | DataType::Score => whole(text).map(Self::Integer),
            DataType::Percent => percent(text).ok(),
            // Instances write large amounts as `1.2345678E7`.
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

    /// The value without zeros that mean nothing: instances write 15000 as `15000.0`.
    #[must_use]
    pub fn without_zeros(self) -> Self {
        if let Self::Decimal(number) = self {
            return Self::Decimal(number.normalize());
        }
        self
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// Whether a record with the other value needs no change to have this one. A boolean that is cleared is stored as `false`.
    #[must_use]
    pub fn is_met_by(&self, observed: &Self) -> bool {
        self == observed || (self.is_null() && *observed == Self::Boolean(false))
    }

    /// Whether it is a number with more significant digits than a floating-point number of 64 bits surely keeps.
    #[must_use]
    pub fn is_imprecise(&self) -> bool {
        let Self::Decimal(value) = self else {
            return false;
        };
        // Most numbers have few digits: no text has to be made of them.
        if value.mantissa().unsigned_abs() < SURELY_KEPT {
            return false;
        }
        let digits = value.normalize().mantissa().unsigned_abs().to_string();
        digits.trim_end_matches('0').len() > SURE_DIGITS
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

/// The decimal digits that a floating-point number of 64 bits keeps, whatever they are.
const SURE_DIGITS: usize = 15;

/// The least whole number with more digits than that.
const SURELY_KEPT: u128 = 10u128.pow(SURE_DIGITS as u32);

/// A percentage, with decimals or without. The page "Field types" has only whole ones, but instances have others.
fn percent(text: &str) -> Result<Value, ValueError> {
    match whole(text) {
        Some(whole) => Ok(Value::Integer(whole)),
        None => decimal(text).map(Value::Decimal),
    }
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
            (Percent, (Number, "50.50"), (Text, "50.5")),
            (Integer, (Number, "65.0"), (Number, "65")),
            (
                Datetime,
                (Text, "9999-12-31T23:59:59Z"),
                (Text, "9999-12-31T23:59:59.999Z"),
            ),
            (
                Datetime,
                (Text, "9999-12-31T23:59:59+05:00"),
                (Text, "9999-12-31T18:59:59Z"),
            ),
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
    fn a_cleared_boolean_is_met_by_false() {
        let [null, no, yes] = [Value::Null, Value::Boolean(false), Value::Boolean(true)];
        assert!(null.is_met_by(&no) && null.is_met_by(&null) && no.is_met_by(&no));
        assert!(
            !null.is_met_by(&yes) && !no.is_met_by(&null) && !null.is_met_by(&Value::Integer(0))
        );
    }

    #[test]
    fn more_digits_than_are_surely_kept_are_told() {
        let rows = [
            ("123456789012345", false),
            ("1234567890123456", true),
            ("-12345678901234.56", true),
            ("1234567890123.450000", false),
            ("123000000000000000000", false),
            ("0.000000000000000001", false),
        ];
        for (text, is_imprecise) in rows {
            let value = declared(Form::Number, text, &DataType::Currency);
            let value = value.expect("it is a number");
            assert_eq!(value.is_imprecise(), is_imprecise, "{text}");
        }
    }

    #[test]
    fn the_end_of_time_prints_as_it_is_written() {
        let text = "9999-12-31T23:59:59Z";
        let value = declared(Form::Text, text, &DataType::Datetime);
        assert_eq!(value.map(|value| value.to_string()), Ok(text.to_owned()));
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
            (Datetime, Text, "9999-12-31T23:59:59", ValueError::NoOffset),
            (
                Datetime,
                Text,
                "9999-12-31T23:59:59-05:00",
                ValueError::NotDatetime,
            ),
            (
                Integer,
                Number,
                "9223372036854775808.0",
                ValueError::TooLarge,
            ),
            (Integer, Number, "65.5", ValueError::NotInteger),
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
