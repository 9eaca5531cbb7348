//! Numbers as people and programs write them: signs, groups of digits, currencies, percent.
//!
//! A text has a value only if it can be read in one way. `1.500` has two values, so only the named decimal sign settles it.

use rust_decimal::Decimal;

use super::currency::Currency;
use super::options::DecimalSign;
use super::table::trimmed;

/// A number as a text writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: Decimal,
    pub(super) currency: Option<Currency>,
    pub(super) is_percent: bool,
    /// The decimal sign that the text alone proves.
    pub(super) proven: Option<DecimalSign>,
    /// A form that is certain, and worth to be told.
    pub(super) odd: Option<Odd>,
}

/// A form that is certain, and worth to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Odd {
    /// `12.000,-`
    PriceForm,
    /// Three digits after the decimal sign, which look like a group.
    ThreeDecimals,
    /// `1.2345678E7`
    Scientific,
}

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotNumber {
    NotANumber,
    /// `1.500`, and no decimal sign is named.
    Ambiguous,
    /// `1.2E+07`: a spreadsheet has rounded it.
    Rounded,
    TooManyDigits,
}

/// The digits of a number, taken apart.
struct Digits {
    whole: String,
    decimals: String,
    proven: Option<DecimalSign>,
}

/// The significant digits that a floating-point number of 64 bits surely keeps; the others come from its binary form.
const SURE_DIGITS: usize = 15;

/// The number that a text writes.
pub(super) fn number(text: &str, decimal: Option<DecimalSign>) -> Result<Number, NotNumber> {
    let mut rest = trimmed(text);
    let mut is_negative = false;
    if let Some(inner) = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        is_negative = true;
        rest = trimmed(inner);
    }
    let mut currency = None;
    let mut is_percent = false;
    let mut has_sign = is_negative;
    // A sign may stand before or after the currency: `-$5`, `$-5`.
    loop {
        let minus = rest.strip_prefix(['-', '\u{2212}', '△', '▲']);
        let plus = rest.strip_prefix('+');
        if let Some(after) = minus.or(plus).filter(|_| !has_sign) {
            has_sign = true;
            is_negative = minus.is_some();
            rest = trimmed(after);
        } else if let Some(after) = rest.strip_suffix('%').filter(|_| !is_percent) {
            is_percent = true;
            rest = trimmed(after);
        } else if let Some((found, after)) = Currency::beside(rest).filter(|_| currency.is_none()) {
            currency = Some(found);
            rest = trimmed(after);
        } else {
            break;
        }
    }
    let mut odd = None;
    if let Some(price) = rest.strip_suffix(",-").or_else(|| rest.strip_suffix(".-")) {
        odd = Some(Odd::PriceForm);
        rest = price;
    } else if let Some(before) = rest.strip_suffix('-').filter(|_| !has_sign) {
        is_negative = true;
        rest = trimmed(before);
    }
    let (value, proven) = match scientific(rest)? {
        Some(value) => {
            odd = Some(Odd::Scientific);
            (value, None)
        }
        None => {
            let digits = digits(rest, decimal, odd == Some(Odd::PriceForm))?;
            if digits.decimals.len() == 3 && digits.whole.len() <= 3 {
                odd = Some(Odd::ThreeDecimals);
            }
            (exact(&digits)?, digits.proven)
        }
    };
    Ok(Number {
        value: if is_negative { -value } else { value },
        currency,
        is_percent,
        proven,
        odd,
    })
}

/// A number of a workbook, in the digits that were typed, and whether it has others.
pub(super) fn of_double(value: f64) -> Option<(Decimal, bool)> {
    let typed = format!("{value:.*e}", SURE_DIGITS - 1);
    let decimal = Decimal::from_scientific(&typed).ok()?.normalize();
    let is_rounded = typed.parse() != Ok(value);
    Some((decimal, is_rounded))
}

/// `1.2345678E7`, which programs write from ten million on. With a plus sign a spreadsheet has written it, and rounded.
fn scientific(text: &str) -> Result<Option<Decimal>, NotNumber> {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return Ok(None);
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    if !is_number(whole) || !is_number(decimals) {
        return Err(NotNumber::NotANumber);
    }
    if exponent.strip_prefix(['+', '-']).is_some_and(is_number) {
        return Err(NotNumber::Rounded);
    }
    if !is_number(exponent) {
        return Err(NotNumber::NotANumber);
    }
    let value = Decimal::from_scientific(text).map_err(|_| NotNumber::TooManyDigits)?;
    Ok(Some(value))
}

/// Takes a number apart at its separators.
fn digits(text: &str, decimal: Option<DecimalSign>, is_price: bool) -> Result<Digits, NotNumber> {
    let is_part = |char: char| char.is_ascii_digit() || is_separator(char);
    let begins = text.starts_with(|char: char| char.is_ascii_digit());
    let ends = text.ends_with(|char: char| char.is_ascii_digit());
    if !begins || !ends || !text.chars().all(is_part) {
        return Err(NotNumber::NotANumber);
    }
    let (sign, proven) = match decimal {
        // The price form has no other decimals.
        Some(sign) if is_price => (Some(sign), None),
        Some(sign) => (Some(sign), proven(text).ok().flatten()),
        None if is_price => (None, None),
        None => {
            let proven = proven(text)?;
            (proven, proven)
        }
    };
    let (whole, decimals) = match sign {
        Some(sign) => text.split_once(sign.sign()).unwrap_or((text, "")),
        None => (text, ""),
    };
    if !decimals.chars().all(|char| char.is_ascii_digit()) {
        return Err(NotNumber::NotANumber);
    }
    Ok(Digits {
        whole: ungrouped(whole).ok_or(NotNumber::NotANumber)?,
        decimals: decimals.to_owned(),
        proven,
    })
}

/// The decimal sign that a text proves, by its decimals or by two signs between groups.
fn proven(text: &str) -> Result<Option<DecimalSign>, NotNumber> {
    let count = |sign: DecimalSign| text.matches(sign.sign()).count();
    let [commas, points] = DecimalSign::ALL.map(count);
    let last = match (commas, points) {
        (0, 0) => return Ok(None),
        (_, 0) => DecimalSign::Comma,
        (0, _) => DecimalSign::Point,
        (_, _) if text.rfind(',') > text.rfind('.') => DecimalSign::Comma,
        (_, _) => DecimalSign::Point,
    };
    let is_both = commas > 0 && points > 0;
    match count(last) {
        1 if is_both => Ok(Some(last)),
        1 => {
            let (whole, decimals) = text.split_once(last.sign()).unwrap_or((text, ""));
            let has_groups = whole.contains(is_separator);
            // Groups have three digits, and none begins with 0 or has more than three before it.
            let may_be_group = decimals.len() == 3
                && !has_groups
                && (1..=3).contains(&whole.len())
                && !whole.starts_with('0');
            if may_be_group {
                return Err(NotNumber::Ambiguous);
            }
            Ok(Some(last))
        }
        // Twice the same sign: it separates groups, so decimals have the other one.
        _ if is_both => Err(NotNumber::NotANumber),
        _ => Ok(Some(last.other())),
    }
}

/// The digits without the signs between groups of three; `None` if the groups are others, or two signs separate them. The first group has
/// no zero before it: `0.001` is none.
fn ungrouped(text: &str) -> Option<String> {
    let Some(sign) = text.chars().find(|char| !char.is_ascii_digit()) else {
        return Some(text.to_owned());
    };
    let mut groups = text.split(sign);
    let first = groups.next()?;
    let is_right = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && groups.all(|group| group.len() == 3)
        && text
            .chars()
            .all(|char| char == sign || char.is_ascii_digit());
    is_right.then(|| text.replace(sign, ""))
}

fn is_separator(char: char) -> bool {
    ",.'\u{2019}".contains(char) || matches!(char, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

fn exact(digits: &Digits) -> Result<Decimal, NotNumber> {
    let Digits {
        whole,
        decimals,
        proven: _,
    } = digits;
    let text = match &**decimals {
        "" => whole.clone(),
        decimals => format!("{whole}.{decimals}"),
    };
    Decimal::from_str_exact(&text)
        .map(|value| value.normalize())
        .map_err(|_| NotNumber::TooManyDigits)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;
    use DecimalSign::{Comma, Point};

    fn value(text: &str, decimal: Option<DecimalSign>) -> Result<String, NotNumber> {
        number(text, decimal).map(|number| number.value.to_string())
    }

    #[test]
    fn one_reading_is_a_value() {
        let rows = [
            ("632510.65", None, "632510.65"),
            ("88045", None, "88045"),
            ("$12,345.60", None, "12345.6"),
            ("($1,250.00)", None, "-1250"),
            (" 98,000 ", Some(Point), "98000"),
            ("1,234,567", None, "1234567"),
            ("0.500", None, "0.5"),
            ("183.533,11 €", None, "183533.11"),
            ("12.000,- €", None, "12000"),
            ("12.000,-", Some(Comma), "12000"),
            ("(1.250,00 €)", Some(Comma), "-1250"),
            ("-1.250,00 €", None, "-1250"),
            ("1\u{a0}234,50 €", None, "1234.5"),
            ("1 234 567,5", None, "1234567.5"),
            ("1\u{202f}234,50", None, "1234.5"),
            ("\u{2212}5,5", None, "-5.5"),
            ("1250,00-", None, "-1250"),
            ("1.500", Some(Comma), "1500"),
            ("2,500", Some(Comma), "2.5"),
            ("1'200.50", None, "1200.5"),
            ("1.2345678E7", None, "12345678"),
            ("EUR 5,000.00", None, "5000"),
            ("4.500,00 CHF", None, "4500"),
            ("△1,250.5", None, "-1250.5"),
            ("75 %", None, "75"),
        ];
        for (text, decimal, expected) in rows {
            assert_eq!(value(text, decimal).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn no_reading_or_two_are_refused() {
        let rows = [
            ("1.500", None, NotNumber::Ambiguous),
            ("2,500", None, NotNumber::Ambiguous),
            ("12.500,00", Some(Point), NotNumber::NotANumber),
            ("1,23,456.00", None, NotNumber::NotANumber),
            ("1'200.50", Some(Comma), NotNumber::NotANumber),
            ("12500.5", Some(Comma), NotNumber::NotANumber),
            ("12,5 Tsd. €", Some(Comma), NotNumber::NotANumber),
            ("1.2K", None, NotNumber::NotANumber),
            ("approx. 5000", None, NotNumber::NotANumber),
            ("--5", None, NotNumber::NotANumber),
            ("", None, NotNumber::NotANumber),
            ("1.", None, NotNumber::NotANumber),
            ("1.2.3,4,5", None, NotNumber::NotANumber),
            ("1.23E+07", None, NotNumber::Rounded),
            (
                "12345678901234567890123456789012",
                None,
                NotNumber::TooManyDigits,
            ),
        ];
        for (text, decimal, expected) in rows {
            assert_eq!(value(text, decimal), Err(expected), "{text}");
        }
    }

    #[test]
    fn decimals_and_groups_prove_the_decimal_sign() {
        let rows = [
            ("12,5", Some(Comma)),
            ("12.5", Some(Point)),
            ("1.234,50", Some(Comma)),
            ("1,234,567", Some(Point)),
            ("1.234.567 EUR", Some(Comma)),
            ("1'234'567", None),
            ("1234567", None),
        ];
        for (text, expected) in rows {
            let proven = number(text, None).map(|number| number.proven);
            assert_eq!(proven, Ok(expected), "{text}");
        }
    }

    #[test]
    fn doubles_are_read_in_the_digits_that_were_typed() {
        let rows = [
            (0.300_000_000_000_000_04, "0.3", true),
            (69_491.399_999_999_98, "69491.4", true),
            (602_233.0, "602233", false),
            (-2000.0, "-2000", false),
            (0.0, "0", false),
        ];
        for (value, expected, is_rounded) in rows {
            let (decimal, rounded) = of_double(value).expect("it is a number");
            assert_eq!(
                (decimal.to_string().as_str(), rounded),
                (expected, is_rounded)
            );
        }
    }

    /// A number in the form of a country.
    fn written(cents: i64, decimal: DecimalSign, has_groups: bool) -> String {
        let digits = cents.unsigned_abs() / 100;
        let mut whole = digits.to_string();
        if has_groups {
            let group = decimal.other().sign();
            let mut at = whole.len();
            while at > 3 {
                at -= 3;
                whole.insert(at, group);
            }
        }
        let sign = if cents < 0 { "-" } else { "" };
        let decimals = cents.unsigned_abs() % 100;
        format!("{sign}{whole}{}{decimals:02}", decimal.sign())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_amount_with_two_decimals_is_read_as_it_was_written(
            cents in -10_000_000_000_000i64..10_000_000_000_000,
            is_comma: bool,
            has_groups: bool,
            is_named: bool,
        ) {
            let decimal = if is_comma { Comma } else { Point };
            let text = written(cents, decimal, has_groups);
            let read = number(&text, is_named.then_some(decimal)).map(|number| number.value);
            prop_assert_eq!(read, Ok(Decimal::new(cents, 2).normalize()), "{}", text);
        }

        #[test]
        fn what_both_signs_read_differently_is_never_read_without_one(text in "[-(]?[0-9.,' ]{1,12}[)%]?") {
            let [comma, point] = [Comma, Point].map(|sign| number(&text, Some(sign)).ok());
            let unnamed = number(&text, None).ok().map(|number| number.value);
            if let (Some(comma), Some(point)) = (comma, point)
                && comma.value != point.value
            {
                prop_assert_eq!(unnamed, None, "{}", text);
            }
        }

        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,20}") {
            drop(number(&text, None));
        }
    }
}
