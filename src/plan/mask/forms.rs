//! The forms in which an instance may write a value, beside those that have the same words.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::Value;

/// The fewest digits of a number that is also known without its fraction, or without its point.
const FEWEST_DIGITS: usize = 4;

/// All forms of a value.
pub(super) fn forms(value: &Value) -> Vec<String> {
    let mut forms = vec![value.to_string()];
    match value {
        Value::Decimal(number) => forms.extend(of_number(*number)),
        Value::Integer(number) => forms.extend(of_number(Decimal::from(*number))),
        Value::Date(date) => forms.extend(of_date(*date)),
        Value::Datetime(_) => {
            let day = forms[0].get(..10).and_then(|day| day.parse().ok());
            forms.extend(day.map(of_date).unwrap_or_default());
        }
        Value::Null | Value::Text(_) | Value::Boolean(_) => {}
    }
    forms
}

fn of_number(number: Decimal) -> Vec<String> {
    let short = number.normalize();
    let cents = format!("{number:.2}");
    let mut forms = vec![short.to_string(), cents.clone()];
    let whole = number.trunc().abs().to_string();
    let is_long = |digits: &str| digits.len() >= FEWEST_DIGITS;
    if is_long(&whole) {
        forms.extend([whole.clone(), in_thousands(&whole)]);
        for text in [short.to_string(), cents] {
            if let Some((_, fraction)) = text.split_once('.') {
                forms.push(format!("{} {fraction}", in_thousands(&whole)));
            }
        }
    }
    let digits = short.mantissa().unsigned_abs().to_string();
    let significant = digits.trim_end_matches('0');
    if is_long(significant) {
        // As Java writes large numbers: 1.234E7.
        let (first, rest) = significant.split_at(1);
        forms.push(format!("{first}.{rest}E"));
    }
    if is_long(&digits) {
        forms.push(digits);
    }
    forms
}

/// "12 345 678": with whatever mark between the groups.
fn in_thousands(whole: &str) -> String {
    let first = whole.len() % 3;
    let (first, groups) = whole.split_at(first);
    let groups = groups.as_bytes().chunks(3);
    let groups = groups.map(|group| String::from_utf8_lossy(group).into_owned());
    let first = (!first.is_empty()).then(|| first.to_owned());
    let groups: Vec<_> = first.into_iter().chain(groups).collect();
    groups.join(" ")
}

/// A date in the orders and with the names that people and systems use.
fn of_date(date: Date) -> Vec<String> {
    [
        "%Y %m %d",
        "%m %d %Y",
        "%d %m %Y",
        "%Y %-m %-d",
        "%-m %-d %Y",
        "%-d %-m %Y",
        "%m %d %y",
        "%d %m %y",
        "%-m %-d %y",
        "%-d %-m %y",
        "%Y%m%d",
        "%b %-d %Y",
        "%-d %b %Y",
        "%B %-d %Y",
        "%-d %B %Y",
        "%b %d %Y",
        "%d %b %Y",
    ]
    .map(|form| date.strftime(form).to_string())
    .into()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn numbers_are_known_in_groups_and_as_java_writes_them() {
        let number = |text: &str| Value::Decimal(text.parse().expect("a number"));
        let of = |text| forms(&number(text)).join(" | ");
        assert_eq!(
            of("12345678.91"),
            "12345678.91 | 12345678.91 | 12345678.91 | 12345678 | 12 345 678 | 12 345 678 91 | 12 345 678 91 | 1.234567891E | 1234567891"
        );
        assert_eq!(of("16.5"), "16.5 | 16.5 | 16.50");
        assert_eq!(
            of("-1000"),
            "-1000 | -1000 | -1000.00 | 1000 | 1 000 | 1 000 00 | 1000"
        );
    }

    #[test]
    fn dates_are_known_in_any_order() {
        let forms = forms(&Value::Date(jiff::civil::date(2026, 3, 1)));
        for form in [
            "2026 03 01",
            "03 01 2026",
            "1 3 2026",
            "Mar 1 2026",
            "1 March 2026",
        ] {
            assert!(forms.iter().any(|known| known == form), "{form}");
        }
    }
}
