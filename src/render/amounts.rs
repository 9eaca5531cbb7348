//! Amounts and other values for people: `1,383,705.50`, `29.93 M`, `−1.37 M`, `yes`.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::model::{Value, grouped_digits};
use crate::plan::file::{Exact, SavedDeal};

/// From this amount on only thousands are shown, and from the next one on millions.
const THOUSANDS: i64 = 10_000;
const MILLIONS: i64 = 1_000_000;

/// An amount with all of its digits, and at least two decimals if it has any.
pub(super) fn full(amount: Decimal) -> String {
    let amount = amount.normalize();
    let scale = if amount.scale() == 0 {
        0
    } else {
        amount.scale().max(2)
    };
    with_decimals(amount, scale)
}

/// An amount with the digits that matter in a sum.
pub(super) fn short(amount: Decimal) -> String {
    let size = amount.abs();
    if size >= Decimal::from(MILLIONS) {
        format!("{} M", with_decimals(amount / Decimal::from(MILLIONS), 2))
    } else if size >= Decimal::from(THOUSANDS) {
        format!("{} k", with_decimals(amount / Decimal::ONE_THOUSAND, 0))
    } else {
        with_decimals(amount, 0)
    }
}

/// A difference, as [`short`] shows it.
pub(super) fn signed(amount: Decimal) -> String {
    let plus = if amount > Decimal::ZERO { "+" } else { "" };
    format!("{plus}{}", short(amount))
}

/// What rows are worth together, if any has an amount.
pub(super) fn sum(rows: &[SavedDeal]) -> Option<Decimal> {
    let amounts = rows.iter().filter_map(|row| row.amount);
    let sum = amounts
        .map(|Exact(amount)| amount)
        .try_fold(Decimal::ZERO, Decimal::checked_add);
    sum.filter(|sum| !sum.is_zero())
}

fn with_decimals(amount: Decimal, scale: u32) -> String {
    let rounded = amount.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
    let sign = if rounded.is_sign_negative() && !rounded.is_zero() {
        "−"
    } else {
        ""
    };
    let text = format!("{:.*}", scale as usize, rounded.abs());
    let (whole, rest) = match text.split_once('.') {
        Some((whole, rest)) => (whole, format!(".{rest}")),
        None => (&*text, String::new()),
    };
    format!("{sign}{}{rest}", grouped_digits(whole))
}

/// A value as people read it.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::Boolean(true) => "yes".to_owned(),
        Value::Boolean(false) => "no".to_owned(),
        Value::Decimal(number) => full(*number),
        Value::Text(_) | Value::Integer(_) | Value::Date(_) | Value::Datetime(_) => {
            value.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn amounts_have_the_digits_that_matter() {
        for (text, in_full, in_short) in [
            ("0", "0", "0"),
            ("-0.0", "0", "0"),
            ("362992.99", "362,992.99", "363 k"),
            ("3629.9", "3,629.90", "3,630"),
            ("-1372000", "−1,372,000", "−1.37 M"),
            ("999.9", "999.90", "1,000"),
            ("1702634567.125", "1,702,634,567.125", "1,702.63 M"),
            (
                "79228162514264337593543950335",
                "79,228,162,514,264,337,593,543,950,335",
                "79,228,162,514,264,337,593,543.95 M",
            ),
        ] {
            let amount = text.parse().expect("a number");
            assert_eq!(
                (full(amount).as_str(), short(amount).as_str()),
                (in_full, in_short)
            );
        }
        assert_eq!(signed(Decimal::from(80_000)), "+80 k");
    }
}
