//! Currencies, as signs and codes. Nothing is converted: amounts of two currencies in one file are a problem.

use std::fmt;
use std::str::FromStr;

/// A currency as a file or a person names it: a code, or a sign that several currencies share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Currency(Box<str>);

/// The codes that are taken for currencies where they stand beside a number. Any other word beside a number makes it no number.
const CODES: [&str; 46] = [
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP",
    "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KRW", "MAD", "MXN", "MYR",
    "NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "RON", "RSD", "SAR", "SEK", "SGD", "THB",
    "TRY", "TWD", "UAH", "USD", "UYU", "VND", "ZAR",
];

/// Signs that stand for one currency, and those that several share, which stay signs. Longer ones first.
const SIGNS: [(&str, &str); 13] = [
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("AU$", "AUD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("R$", "BRL"),
    ("$", "$"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("¥", "¥"),
    ("￥", "¥"),
    ("円", "JPY"),
];

/// The currencies that a sign may stand for.
const SHARED: [(&str, &[&str]); 2] = [
    (
        "$",
        &[
            "USD", "ARS", "AUD", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD", "UYU",
        ],
    ),
    ("¥", &["JPY", "CNY"]),
];

impl Currency {
    /// The currency of a sign or code that is alone.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (currency, rest) = Self::beside(text)?;
        rest.trim().is_empty().then_some(currency)
    }

    /// The currency that a text begins or ends with, and the rest of the text.
    pub(super) fn beside(text: &str) -> Option<(Self, &str)> {
        for (sign, name) in SIGNS {
            let rest = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign));
            if let Some(rest) = rest {
                return Some((Self(name.into()), rest));
            }
        }
        for code in CODES {
            let rest = text.strip_prefix(code).or_else(|| text.strip_suffix(code));
            if let Some(rest) = rest {
                return Some((Self(code.into()), rest));
            }
        }
        None
    }

    /// Whether it is a sign that several currencies share.
    pub(super) fn is_shared(&self) -> bool {
        SHARED.iter().any(|(sign, _)| **sign == *self.0)
    }

    /// Whether both can be the same currency.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        let shares = |sign: &Self, code: &Self| {
            let mut shared = SHARED.iter();
            shared.any(|(name, codes)| **name == *sign.0 && codes.contains(&&*code.0))
        };
        self == other || shares(self, other) || shares(other, self)
    }
}

impl FromStr for Currency {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::of(text.to_uppercase().as_str());
        // With a sign, amounts of all its currencies would fit.
        let code = known.filter(|currency| !currency.is_shared());
        code.ok_or("expected a code of a currency, for example EUR")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_currency_is_named_by_its_code() {
        let rows = [
            ("EUR", Some("EUR")),
            ("usd", Some("USD")),
            ("€", Some("EUR")),
            ("US$", Some("USD")),
            ("$", None),
            ("¥", None),
            ("euros", None),
        ];
        for (text, expected) in rows {
            let code = text.parse().ok().map(|code: Currency| code.to_string());
            assert_eq!(code.as_deref(), expected, "{text}");
        }
    }
}
