//! Amounts that are read from changes.

use rust_decimal::Decimal;

use crate::plan::{FieldChange, number};

/// The difference that a change of a number makes; none for a sensitive one. No value counts as zero.
pub(super) fn difference(field: &FieldChange) -> Option<Decimal> {
    if field.sensitive {
        return None;
    }
    let side = |value| match number(value) {
        Some(number) => Some(number),
        None if value.is_null() => Some(Decimal::ZERO),
        None => None,
    };
    if field.before.is_null() && field.after.is_null() {
        return None;
    }
    side(&field.after)?.checked_sub(side(&field.before)?)
}

/// The sum of numbers; none if there are none, or if it has too many digits.
pub(super) fn sum(numbers: impl IntoIterator<Item = Option<Decimal>>) -> Option<Decimal> {
    let mut numbers = numbers.into_iter();
    let first = numbers.next()??;
    numbers.try_fold(first, |sum, number| sum.checked_add(number?))
}
