//! The forms of stored values in query replies.
//!
//! The store keeps numbers exactly as they were sent. A switch decides how currencies and floats are written: as Java writes
//! doubles, or otherwise.

use std::fmt::Display;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::simulator::answers::{Answers, DatetimeForm, DecimalForm, GuidBlank, NumberForm};
use crate::simulator::clock::central;
use crate::simulator::faults::effects::alter;
use crate::simulator::faults::fault::Alteration;
use crate::simulator::objects::field::FieldType;
use crate::simulator::objects::object_type::ObjectType;
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::ResultPage;

/// A stored value of a field of this type, as a row has it.
pub(in crate::simulator) fn shown(
    answers: &Answers,
    object: &ObjectType,
    data_type: FieldType,
    stored: &RawValue,
) -> Box<RawValue> {
    if data_type == FieldType::Datetime {
        let text = datetime(answers.datetime_form, stored.get().trim_matches('"'));
        return text.map_or_else(|| stored.to_owned(), raw);
    }
    if !matches!(data_type, FieldType::Currency | FieldType::Float) {
        return stored.to_owned();
    }
    let number = match answers.decimal_form {
        DecimalForm::Double if object.whole_decimals && !stored.get().contains(['.', 'e']) => None,
        DecimalForm::Double => stored.get().parse().ok().map(java_double),
        DecimalForm::TwoPlaces if data_type == FieldType::Currency => {
            stored.get().parse().ok().map(two_places)
        }
        DecimalForm::TwoPlaces | DecimalForm::Decimal => None,
    };
    let number = number.unwrap_or_else(|| stored.get().to_owned());
    if answers.number_form == NumberForm::Amounts && data_type == FieldType::Currency {
        return raw(number);
    }
    RawValue::from_string(number).expect("a number is JSON")
}

/// Applies the switches for all rows of a page.
pub(in crate::simulator) fn apply(answers: &Answers, reply: &mut ResultPage) {
    if answers.number_form == NumberForm::Text {
        alter(reply, Alteration::NumbersAsText);
    }
    if answers.guid_blank == GuidBlank::Trailing {
        alter(reply, Alteration::TrailingBlank);
    }
}

/// A double as Java's `Double.toString` writes it: with a decimal point always, and below 0.001 and from ten million on with an
/// exponent.
fn java_double(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return with_point(value);
    }
    let scientific = format!("{value:e}");
    match scientific.split_once('e') {
        Some((mantissa, exponent)) => format!("{}E{exponent}", with_point(mantissa)),
        None => scientific,
    }
}

/// A number with at least two digits after the decimal point.
fn two_places(mut number: Decimal) -> String {
    if number.scale() < 2 {
        number.rescale(2);
    }
    number.to_string()
}

/// A number with a decimal point.
fn with_point(number: impl Display) -> String {
    let text = number.to_string();
    if text.contains('.') {
        text
    } else {
        format!("{text}.0")
    }
}

/// A stored datetime in another form; `None` to keep it as it is.
fn datetime(form: DatetimeForm, stored: &str) -> Option<String> {
    let instant = || stored.parse::<Timestamp>().ok();
    Some(match form {
        DatetimeForm::Utc => return None,
        DatetimeForm::Offset => {
            let local = instant()?.to_zoned(central());
            local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        }
        DatetimeForm::Zoneless => instant()?.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        DatetimeForm::Both => instant()?.strftime("%Y-%m-%dT%H:%M:%SZ+0000").to_string(),
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn doubles_are_written_as_java_writes_them() {
        for (value, text) in [
            (0.0, "0.0"),
            (15_000.0, "15000.0"),
            (34.66, "34.66"),
            (-1604.47, "-1604.47"),
            (0.001, "0.001"),
            (0.000_9, "9.0E-4"),
            (0.000_123, "1.23E-4"),
            (9_999_999.99, "9999999.99"),
            (10_000_000.0, "1.0E7"),
            (12_345_678.0, "1.2345678E7"),
            (-123_456_789.12, "-1.2345678912E8"),
        ] {
            assert_eq!(java_double(value), text);
        }
    }
    #[test]
    fn currencies_have_two_places_or_more() {
        for (sent, text) in [
            ("0", "0.00"),
            ("15000", "15000.00"),
            ("-1604.5", "-1604.50"),
            ("12345678.125", "12345678.125"),
        ] {
            assert_eq!(two_places(sent.parse().expect("it is a number")), text);
        }
    }
}
