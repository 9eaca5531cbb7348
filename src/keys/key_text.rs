//! The text of a file of keys, whichever program has written it.
//!
//! UTF-8 and UTF-16 with their marks can be told for certain. Code pages cannot be told from each other, and a key that was read in
//! the wrong one would name another record, so a file in one of them is refused.

use std::io::{self, Read as _};
use std::path::Path;

use crate::regular_file::{MOST_BYTES, bounded, too_large};

/// Why a file has no text that can be read.
#[derive(Debug)]
pub(super) enum NoText {
    Unreadable(io::Error),
    /// The number of the first line that is not text.
    NotUtf8(u64),
}

/// The text of a file, or of standard input for `-`.
pub(super) fn key_text(path: &Path) -> Result<String, NoText> {
    let most = MOST_BYTES as u64;
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let input = io::stdin().take(most + 1);
        { input }.read_to_end(&mut bytes).map(|_| bytes)
    } else {
        bounded(path, most)
    };
    let bytes = bytes.and_then(|bytes| match bytes.len() {
        ..=MOST_BYTES => Ok(bytes),
        _ => Err(too_large(None, most)),
    });
    decoded(bytes.map_err(NoText::Unreadable)?).map_err(NoText::NotUtf8)
}

/// The text of these bytes, or the number of the first line that cannot be read.
fn decoded(bytes: Vec<u8>) -> Result<String, u64> {
    match &*bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Zero bytes are UTF-16 without a mark, or no text at all.
        _ => match bytes.iter().position(|byte| *byte == 0) {
            Some(zero) => Err(line_of(&bytes, zero)),
            None => {
                let text = String::from_utf8(bytes);
                let text = text.map_err(|error| {
                    let valid = error.utf8_error().valid_up_to();
                    line_of(error.as_bytes(), valid)
                })?;
                let text = text
                    .strip_prefix('\u{feff}')
                    .map(str::to_owned)
                    .unwrap_or(text);
                Ok(text)
            }
        },
    }
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, u64> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = String::with_capacity(pairs.len());
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(character) if character != '\0' => text.push(character),
            Ok(_) | Err(_) => return Err(line_of(text.as_bytes(), text.len())),
        }
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        Err(line_of(text.as_bytes(), text.len()))
    }
}

/// The number of the line that this byte is in.
fn line_of(bytes: &[u8], position: usize) -> u64 {
    let breaks = bytes[..position].iter().filter(|byte| **byte == b'\n');
    1 + breaks.count() as u64
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_is_certain_is_decoded() {
        let text = "externalOpportunityId\nÄ-1\n😀\n";
        let units = || text.encode_utf16();
        let little: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(units().flat_map(u16::to_le_bytes))
            .collect();
        let big: Vec<u8> = [0xfe, 0xff]
            .into_iter()
            .chain(units().flat_map(u16::to_be_bytes))
            .collect();
        let marked = format!("\u{feff}{text}").into_bytes();
        for bytes in [text.as_bytes().to_vec(), marked, little, big] {
            assert_eq!(decoded(bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_a_guess_is_refused_with_its_line() {
        let rows: [(&[u8], u64); 6] = [
            // Windows-1252, Shift JIS.
            (b"A\nSoci\xe9t\xe9\n", 2),
            (b"\x82\xa0\n", 1),
            // UTF-16 without a mark, cut short, with half of a pair.
            (b"A\0\n\0B\0", 1),
            (b"\xff\xfeA\0\n\0B", 2),
            (b"\xff\xfeA\0\n\0\n\0\x00\xd8B\0", 3),
            // A spreadsheet.
            (b"PK\x03\x04\x14\0", 1),
        ];
        for (bytes, line) in rows {
            assert_eq!(decoded(bytes.to_vec()), Err(line), "{bytes:?}");
        }
    }
}
