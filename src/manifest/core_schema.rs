//! The core schema of YAML 1.2: the type of a plain scalar, and of a scalar with a core tag.
//!
//! Source: YAML 1.2.2, chapter 10.3.2. So `no`, `on`, `12:30` and `2026-12-31` are text, and `1_000` is not a number.

use crate::model::Form;

/// The type of an untagged plain scalar.
pub(super) fn form(text: &str) -> Form {
    // Most scalars begin with a letter that no rule mentions.
    match text.as_bytes().first() {
        None => Form::Null,
        Some(b'~' | b'n' | b'N') if is_null(text) => Form::Null,
        Some(b't' | b'T' | b'f' | b'F') if is_boolean(text) => Form::Boolean,
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') if is_integer(text) || is_float(text) => {
            Form::Number
        }
        Some(_) => Form::Text,
    }
}

/// The type that the core tag `!!name` gives to a scalar; `None` if the text does not fit or there is no such tag.
pub(super) fn tagged(name: &str, text: &str) -> Option<Form> {
    let (form, fits) = match name {
        "str" => (Form::Text, true),
        "null" => (Form::Null, text.is_empty() || is_null(text)),
        "bool" => (Form::Boolean, is_boolean(text)),
        "int" => (Form::Number, is_integer(text)),
        "float" => (Form::Number, is_integer(text) || is_float(text)),
        _ => return None,
    };
    fits.then_some(form)
}

fn is_null(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL")
}

fn is_boolean(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

fn is_integer(text: &str) -> bool {
    if let Some(octal) = text.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return !hexadecimal.is_empty() && hexadecimal.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let digits = unsigned(text);
    !digits.is_empty() && are_digits(digits)
}

fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let magnitude = unsigned(text);
    if matches!(magnitude, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (mantissa, exponent) = match magnitude.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(unsigned(exponent))),
        None => (magnitude, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    are_digits(whole)
        && are_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && are_digits(exponent))
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn plain_scalars_follow_yaml_1_2() {
        let rows: [(Form, &[&str]); 4] = [
            (Form::Null, &["", "~", "null", "Null", "NULL"]),
            (
                Form::Boolean,
                &["true", "True", "TRUE", "false", "False", "FALSE"],
            ),
            (
                Form::Number,
                &[
                    "0",
                    "007",
                    "-1",
                    "+12",
                    "0o17",
                    "0xFf",
                    "1.",
                    ".5",
                    "-0.0",
                    "1e3",
                    "1.5E-10",
                    ".inf",
                    "-.Inf",
                    "+.INF",
                    ".nan",
                    "9223372036854775808",
                ],
            ),
            (
                Form::Text,
                &[
                    "no",
                    "No",
                    "on",
                    "off",
                    "y",
                    "yes",
                    "nULL",
                    "tRUE",
                    "1_000",
                    "12:30:45",
                    "2026-12-31",
                    "0b11",
                    "0o8",
                    "0x",
                    "1e",
                    "e3",
                    ".",
                    "+",
                    "-",
                    "1.2.3",
                    "--1",
                    "+.nan",
                    "1 000",
                    "١٢",
                    "-0x1F",
                    "n",
                    "nil",
                    "truth",
                ],
            ),
        ];
        for (expected, texts) in rows {
            for text in texts {
                assert_eq!(form(text), expected, "{text:?}");
            }
        }
    }

    #[test]
    fn tags_force_a_type_that_fits() {
        assert_eq!(tagged("str", "12"), Some(Form::Text));
        assert_eq!(tagged("str", ""), Some(Form::Text));
        assert_eq!(tagged("int", "12"), Some(Form::Number));
        assert_eq!(tagged("float", "12"), Some(Form::Number));
        assert_eq!(tagged("bool", "true"), Some(Form::Boolean));
        assert_eq!(tagged("null", ""), Some(Form::Null));
        assert_eq!(tagged("int", "1.5"), None);
        assert_eq!(tagged("bool", "no"), None);
        assert_eq!(tagged("null", "nothing"), None);
    }
}
