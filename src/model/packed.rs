//! Numbers and texts in as few bytes as they need: what a run keeps of each of its records.

/// Adds a number: seven bits to a byte, the lowest first; the highest bit says that more follow.
pub(crate) fn put_number(mut number: u64, packed: &mut Vec<u8>) {
    while number >= 0x80 {
        packed.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    packed.push(number as u8);
}

/// Adds a number that is near to nothing: small negative ones need few bytes too.
pub(crate) fn put_signed(number: i64, packed: &mut Vec<u8>) {
    put_number(((number << 1) ^ (number >> 63)).cast_unsigned(), packed);
}

/// Adds a text, which begins with its length.
pub(crate) fn put_text(text: &str, packed: &mut Vec<u8>) {
    put_number(text.len() as u64, packed);
    packed.extend(text.as_bytes());
}

/// Takes a number off.
pub(crate) fn take_number(rest: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let [byte] = take(rest);
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return number;
        }
        shift += 7;
    }
}

/// Takes off what [`put_signed`] has added.
pub(crate) fn take_signed(rest: &mut &[u8]) -> i64 {
    let number = take_number(rest);
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Takes a text off.
pub(crate) fn take_text<'p>(rest: &mut &'p [u8]) -> &'p str {
    let length = take_number(rest) as usize;
    let (text, behind) = rest.split_at(length);
    *rest = behind;
    str::from_utf8(text).expect("it was packed as a text")
}

/// Takes so many bytes off.
pub(crate) fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let (taken, behind) = rest.split_first_chunk().expect("it was packed whole");
    *rest = behind;
    *taken
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_put_is_taken(number: u64, signed: i64, text in "\\PC{0,300}") {
            let mut packed = Vec::new();
            put_number(number, &mut packed);
            put_text(&text, &mut packed);
            put_signed(signed, &mut packed);
            let mut rest = &packed[..];
            let taken = (take_number(&mut rest), take_text(&mut rest), take_signed(&mut rest));
            assert_eq!(taken, (number, &*text, signed));
            assert_eq!(rest, [0u8; 0]);
        }
    }
}
