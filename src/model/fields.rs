//! The values of a record's fields. They are packed: a plan keeps those of every record that it reads, and looks at few of them twice.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::instant::Instant;
use super::packed::{put_text, take, take_number, take_text};
use super::value::Value;

/// Values by field name, in the order of the names. Null and missing are the same.
#[derive(Clone)]
pub struct Fields {
    /// Sorted, each once. The records of a query share them.
    names: Arc<[Arc<str>]>,
    /// One value for each name: see [`put_value`].
    packed: Box<[u8]>,
}

impl Fields {
    /// One value for each of these names, which are sorted and distinct.
    #[must_use]
    pub fn of(names: &Arc<[Arc<str>]>, values: impl IntoIterator<Item = Value>) -> Self {
        debug_assert!(names.is_sorted_by(|a, b| a < b), "sorted, each once");
        let mut packed = Vec::with_capacity(names.len() * USUAL_BYTES);
        for value in values {
            put_value(&value, &mut packed);
        }
        Self {
            names: Arc::clone(names),
            packed: packed.into(),
        }
    }

    /// The value of a field; null if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> Value {
        let Ok(index) = self.names.binary_search_by(|other| (**other).cmp(name)) else {
            return Value::Null;
        };
        let mut rest = &*self.packed;
        for _ in 0..index {
            skip_value(&mut rest);
        }
        take_value(&mut rest)
    }

    /// Names and values in the order of the names, nulls left out.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, Value)> {
        let mut rest = &*self.packed;
        let values = self
            .names
            .iter()
            .map(move |name| (name, take_value(&mut rest)));
        values.filter(|(_, value)| !value.is_null())
    }

    /// How many fields have a value.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether no field has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl Default for Fields {
    fn default() -> Self {
        Self::of(&Arc::default(), [])
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Fields {}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl FromIterator<(Arc<str>, Value)> for Fields {
    /// Collects fields whose names are distinct.
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(fields: I) -> Self {
        let mut fields: Vec<_> = fields.into_iter().collect();
        fields.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
        Self::of(&names.into(), values)
    }
}

/// What a value takes most often at most, so that the bytes of a record are seldom moved while they become more.
const USUAL_BYTES: usize = 16;

const NULL: u8 = 0;
const TEXT: u8 = 1;
const FALSE: u8 = 2;
const TRUE: u8 = 3;
const INTEGER: u8 = 4;
const DECIMAL: u8 = 5;
const DATE: u8 = 6;
const DATETIME: u8 = 7;

/// Adds a value: a byte for its type, then its bytes.
pub(crate) fn put_value(value: &Value, packed: &mut Vec<u8>) {
    match value {
        Value::Null => packed.push(NULL),
        Value::Text(text) => {
            packed.push(TEXT);
            put_text(text, packed);
        }
        Value::Boolean(value) => packed.push(if *value { TRUE } else { FALSE }),
        Value::Integer(value) => {
            packed.push(INTEGER);
            packed.extend(value.to_le_bytes());
        }
        Value::Decimal(value) => {
            packed.push(DECIMAL);
            packed.extend(value.serialize());
        }
        Value::Date(value) => {
            packed.push(DATE);
            packed.extend(date_bytes(*value));
        }
        Value::Datetime(value) => {
            packed.push(DATETIME);
            packed.extend(date_bytes(value.day()));
            packed.extend(value.time_bytes());
        }
    }
}

/// Takes the first value off.
pub(crate) fn take_value(rest: &mut &[u8]) -> Value {
    match take::<1>(rest) {
        [TEXT] => Value::Text(take_text(rest).into()),
        [FALSE] => Value::Boolean(false),
        [TRUE] => Value::Boolean(true),
        [INTEGER] => Value::Integer(i64::from_le_bytes(take(rest))),
        [DECIMAL] => Value::Decimal(Decimal::deserialize(take(rest))),
        [DATE] => Value::Date(date(take(rest))),
        [DATETIME] => {
            let day = date(take(rest));
            Value::Datetime(Instant::at(day, take(rest)))
        }
        _ => Value::Null,
    }
}

/// Passes over the first value.
pub(crate) fn skip_value(rest: &mut &[u8]) {
    let length = match take::<1>(rest) {
        [TEXT] => take_number(rest) as usize,
        [INTEGER] => size_of::<i64>(),
        [DECIMAL] => size_of::<Decimal>(),
        [DATE] => DATE_BYTES,
        [DATETIME] => DATE_BYTES + Instant::TIME_BYTES,
        _ => 0,
    };
    *rest = &rest[length..];
}

const DATE_BYTES: usize = 4;

fn date_bytes(date: Date) -> [u8; DATE_BYTES] {
    let [low, high] = date.year().to_le_bytes();
    [low, high, date.month() as u8, date.day() as u8]
}

fn date([low, high, month, day]: [u8; DATE_BYTES]) -> Date {
    let year = i16::from_le_bytes([low, high]);
    Date::new(year, month as i8, day as i8).unwrap_or(Date::ZERO)
}

#[cfg(test)]
pub(crate) mod tests {
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;

    /// Any value of any type.
    pub(crate) fn value() -> impl Strategy<Value = Value> {
        let text = "\\PC{0,200}".prop_map(|text| Value::Text(text.into()));
        let decimal = any::<[u8; 16]>().prop_map(|bytes| {
            let number = i128::from_le_bytes(bytes) >> 33;
            Value::Decimal(Decimal::from_i128_with_scale(
                number,
                u32::from(bytes[0]) % 29,
            ))
        });
        let date = || {
            let parts = (1i16..=9999, 1i8..=12, 1i8..=28);
            parts.prop_map(|(year, month, day)| Date::constant(year, month, day))
        };
        let time = (date(), 0i8..24, 0i8..60, 0i8..60).prop_map(|(day, hour, minute, second)| {
            let time = day.at(hour, minute, second, 0);
            Value::Datetime(time.strftime("%FT%TZ").to_string().parse().expect("a time"))
        });
        prop_oneof![
            Just(Value::Null),
            text,
            any::<bool>().prop_map(Value::Boolean),
            any::<i64>().prop_map(Value::Integer),
            decimal,
            date().prop_map(Value::Date),
            time,
        ]
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(values in prop::collection::btree_map("[a-z]{1,3}", value(), 0..8)) {
            let fields: Fields = values.iter().map(|(name, value)| (name.as_str().into(), value.clone())).collect();
            for (name, value) in &values {
                assert_eq!(fields.get(name), *value);
            }
            let kept: Vec<_> = fields.iter().map(|(name, value)| (name.to_string(), value)).collect();
            let values: Vec<_> = values.into_iter().filter(|(_, value)| !value.is_null()).collect();
            assert_eq!((fields.len(), kept), (values.len(), values));
        }
    }

    #[test]
    fn null_and_missing_are_the_same() {
        let fields = |pairs: &[(&str, Value)]| -> Fields {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| ((*name).into(), value.clone()))
                .collect()
        };
        let one = fields(&[("b", Value::Null), ("a", Value::Integer(1))]);
        assert_eq!(one, fields(&[("a", Value::Integer(1))]));
        assert_eq!((one.get("b"), one.get("c")), (Value::Null, Value::Null));
        assert!(fields(&[("b", Value::Null)]).is_empty() && one != Fields::default());
        let digits = |text: &str| Value::Decimal(text.parse().expect("a number"));
        let zero = fields(&[("a", digits("-0.0"))]);
        assert_eq!(zero.get("a").to_string(), digits("-0.0").to_string());
    }

    #[test]
    fn the_end_of_time_is_kept() {
        let end = Value::Datetime("9999-12-31T23:59:59Z".parse().expect("an instant"));
        let fields: Fields = [(Arc::from("a"), end.clone())].into_iter().collect();
        assert_eq!(fields.get("a"), end);
    }
}
