//! Bytes as hexadecimal digits. Too little code for a dependency.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The bytes as lower-case digits, two for each byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    append(bytes, &mut text);
    text
}

/// Appends the digits of the bytes to a text.
pub(crate) fn append(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)].into());
        text.push(DIGITS[usize::from(byte & 15)].into());
    }
}

/// The bytes of exactly `2 * N` lower-case digits, or `None` for any other text.
pub(crate) fn decode<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    let mut seen = 0;
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| VALUES[usize::from(digit)]);
        seen |= high | low;
        *byte = high << 4 | low & 15;
    }
    (seen <= 15).then_some(bytes)
}

/// The value of each byte as a digit; 255 for a byte that is not a digit. A table is faster than branches here: the digits of a
/// hash are random, so a processor cannot predict which of them are letters.
const VALUES: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        values[DIGITS[value as usize] as usize] = value;
        value += 1;
    }
    values
};

/// A unique name: 64 random bits.
pub(crate) fn unique() -> String {
    encode(&random::<8>())
}

/// Bytes of the system's randomness, which nobody can find out by trying clocks and threads.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if cfg!(test) {
        // The seed of a test decides all of it.
        fastrand::fill(&mut bytes);
    } else {
        getrandom::fill(&mut bytes).expect("every system that oppctl runs on gives random bytes");
    }
    bytes
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn bytes_come_back_and_everything_else_is_refused() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let digits = encode(&bytes);
        assert_eq!(
            decode::<256>(digits.as_bytes()),
            Some(bytes.try_into().expect("256 bytes"))
        );
        for digit in 0..=u8::MAX {
            let is_digit = b"0123456789abcdef".contains(&digit);
            for pair in [[digit, b'0'], [b'0', digit], [digit, digit]] {
                assert_eq!(decode::<1>(&pair).is_some(), is_digit, "{pair:?}");
            }
        }
        assert_eq!(decode::<1>(b"0"), None);
        assert_eq!(decode::<1>(b"000"), None);
    }
}
