//! Hashes of field values and of other sequences of parts.

use sha2::{Digest as _, Sha256};

use crate::model::Value;

/// A SHA-256 hash of a sequence of parts.
///
/// The length of each part, as 8 bytes in little endian, goes into the hash before the part itself. So the parts `ab`, `c`
/// and the parts `a`, `bc` have different hashes.
#[derive(Debug, Default)]
pub(crate) struct PartsHash(Sha256);

impl PartsHash {
    /// An empty sequence after a salt. The salt goes in without its length, so all salts of one use must be equally long.
    pub(super) fn salted(salt: &[u8]) -> Self {
        Self(Sha256::new_with_prefix(salt))
    }

    /// Adds a part.
    pub(crate) fn push(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// The first `N` of the 32 bytes of the hash.
    pub(crate) fn finish<const N: usize>(self) -> [u8; N] {
        let hash = self.0.finalize();
        let mut bytes = [0; N];
        bytes.copy_from_slice(&hash[..N]);
        bytes
    }
}

/// The hash of a field's value. It shows whether the value is the same as before.
///
/// It is salted per ledger and cut to 64 bits, so that somebody who can read a ledger cannot use it to confirm a guess with
/// certainty. If two values of a field share a hash, a plan misses a drift or names the wrong author of a change. What is sent to
/// the instance does not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldHash(pub [u8; 8]);

impl FieldHash {
    /// The hash of the value of this field in a ledger with this salt.
    pub(super) fn of(salt: &[u8; 16], field: &str, value: &Value) -> Self {
        let (data_type, text) = value.canonical();
        let mut hash = PartsHash::salted(salt);
        for part in [field, data_type, &text] {
            hash.push(part.as_bytes());
        }
        Self(hash.finish())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use pretty_assertions::assert_eq;
    use rust_decimal::Decimal;

    use super::*;
    use crate::store::hex;

    const SALT: &[u8; 16] = &[7; 16];

    fn number(digits: i64, scale: u32) -> Value {
        Value::Decimal(Decimal::new(digits, scale))
    }

    fn amount(value: &Value) -> FieldHash {
        FieldHash::of(SALT, "amount", value)
    }

    #[test]
    fn equal_values_have_equal_hashes_and_others_have_not() {
        assert_eq!(amount(&number(1_604_470, 3)), amount(&number(160_447, 2)));
        let others = [
            number(1, 0),
            Value::Integer(1),
            Value::Text("1".into()),
            Value::Text("".into()),
            Value::Null,
            Value::Boolean(true),
        ];
        let hashes: HashSet<_> = others.iter().map(amount).collect();
        assert_eq!(hashes.len(), others.len());
        let one = &others[0];
        assert_ne!(amount(one), FieldHash::of(SALT, "name", one));
        assert_ne!(amount(one), FieldHash::of(&[8; 16], "amount", one));
    }

    /// Stored ledgers and reviewed plans hold such hashes, so they must stay the same for ever. The expected digits are those
    /// of `printf` and `sha256sum`: the salt, then the length and the text of each part.
    #[test]
    fn hashes_stay_the_same() {
        let value = Value::Text("Chairs".into());
        let hash = FieldHash::of(b"0123456789abcdef", "name", &value);
        assert_eq!(hex::encode(&hash.0), "55e99a87c0888cb2");
        let mut parts = PartsHash::default();
        parts.push(b"ab");
        parts.push(b"c");
        assert_eq!(
            hex::encode(&parts.finish::<16>()),
            "43ee655579de01ca739b3f95c1c2d3f4"
        );
    }
}
