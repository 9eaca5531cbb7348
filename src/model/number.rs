//! Numbers as people read them.

/// A whole number with separators: `1,383,705`. Every count that people see is written by it.
#[must_use]
pub fn grouped(number: usize) -> String {
    grouped_digits(&number.to_string())
}

/// Digits with a comma before each group of three.
pub(crate) fn grouped_digits(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_383_705, "1,383,705"),
        ] {
            assert_eq!(grouped(number), expected);
        }
    }
}
