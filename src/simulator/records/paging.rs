//! Paging tokens: a position in one query, opaque to the client.
//!
//! A token contains the time of its issue and a digest of its query, so any other query refuses it.
//! It looks like the documented one: base32 that ends with padding, which clients have to encode in
//! a URL.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use jiff::{SignedDuration, Timestamp};

use crate::simulator::answers::{Answers, BatchSizeBeyond, PageTokenLife};
use crate::simulator::store::lookup::Cursor;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::request::MOST_RECORDS;

const WIDEST: i64 = 300;

/// The lifetime of a token if it is limited.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// The page size of a call.
pub(in crate::simulator) fn size(
    answers: &Answers,
    asked: Option<&str>,
) -> Result<usize, CallFailure> {
    let Some(asked) = asked else {
        return Ok(MOST_RECORDS);
    };
    let digits = asked.bytes().all(|byte| byte.is_ascii_digit());
    match (asked.parse::<i64>(), answers.batch_size_beyond) {
        (Ok(1..=WIDEST), _) if digits => Ok(asked.parse().unwrap_or(MOST_RECORDS)),
        (Ok(_), BatchSizeBeyond::Clamped) => Ok(MOST_RECORDS),
        (_, beyond) => {
            let code = match beyond {
                BatchSizeBeyond::Invalid | BatchSizeBeyond::Clamped => "1003",
                BatchSizeBeyond::Type => "1001",
            };
            Err(CodedReason::new(code, format!("Invalid batchSize '{asked}'")).into())
        }
    }
}

/// The token of a position in a query; `query` is hashed.
pub(in crate::simulator) fn token(query: &impl Hash, cursor: &Cursor, now: Timestamp) -> String {
    let given = now.as_second();
    let mut bytes = digest(query, cursor, given).to_be_bytes().to_vec();
    bytes.extend_from_slice(&given.to_be_bytes());
    bytes.extend_from_slice(&cursor.step.to_be_bytes());
    let filler = filler(&cursor.key);
    bytes.push(filler.to_le_bytes()[0]);
    bytes.resize(bytes.len() + filler, 0);
    bytes.extend_from_slice(cursor.key.as_bytes());
    base32(&bytes)
}

/// How many filler bytes precede the key so that the last block has one byte: every token then ends
/// with six `=`, like the one on the page "Opportunities".
fn filler(key: &str) -> usize {
    (5 - key.len() % 5) % 5
}

/// The position of a token in this query; without a token, or with an empty one, the beginning.
pub(in crate::simulator) fn cursor(
    answers: &Answers,
    query: &impl Hash,
    token: Option<&str>,
    now: Timestamp,
) -> Result<Cursor, CallFailure> {
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Ok(Cursor::default());
    };
    match read(token) {
        Some((cursor, given, sum))
            if sum == digest(query, &cursor, given) && is_fresh(answers, given, now) =>
        {
            Ok(cursor)
        }
        Some(_) | None => {
            let code = answers.refused_page_token.value();
            Err(CodedReason::new(code, "Invalid nextPageToken").into())
        }
    }
}

/// The position, the time of issue in seconds, and the digest in a token.
fn read(token: &str) -> Option<(Cursor, i64, u64)> {
    let bytes = unbase32(token)?;
    let (sum, rest) = bytes.split_first_chunk::<8>()?;
    let (given, rest) = rest.split_first_chunk::<8>()?;
    let (step, rest) = rest.split_first_chunk::<4>()?;
    let (filler, rest) = rest.split_first()?;
    let key = rest.get(usize::from(*filler)..)?;
    let cursor = Cursor {
        step: u32::from_be_bytes(*step),
        key: String::from_utf8(key.to_vec()).ok()?,
    };
    Some((cursor, i64::from_be_bytes(*given), u64::from_be_bytes(*sum)))
}

fn is_fresh(answers: &Answers, given: i64, now: Timestamp) -> bool {
    match answers.page_token_life {
        PageTokenLife::Unlimited => true,
        PageTokenLife::TenMinutes => now.as_second() - given < LIFE.as_secs(),
    }
}

fn digest(query: &impl Hash, cursor: &Cursor, given: i64) -> u64 {
    let mut hasher = DefaultHasher::new();
    query.hash(&mut hasher);
    cursor.hash(&mut hasher);
    given.hash(&mut hasher);
    hasher.finish()
}

/// The alphabet of RFC 4648.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut block = [0; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        let letters = (chunk.len() * 8).div_ceil(5);
        for position in 0..8 {
            let index = (bits >> (35 - 5 * position)) & 31;
            text.push(if position < letters {
                char::from(ALPHABET[index as usize])
            } else {
                '='
            });
        }
    }
    text
}

fn unbase32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let index = ALPHABET.iter().position(|&known| known == letter)?;
        bits = (bits << 5) | u32::try_from(index).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held).to_le_bytes()[0]);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn base32_is_that_of_the_standard_and_reads_back() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI======");
        for length in 0..20_u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(37)).collect();
            assert_eq!(unbase32(&base32(&bytes)), Some(bytes));
        }
        assert_eq!(unbase32("not base32"), None);
    }

    #[test]
    fn every_token_ends_like_the_documented_one() {
        for key in ["", "1", "12", "123", "1234", "12345", "Grüße"] {
            let (answers, now) = (Answers::default(), Timestamp::UNIX_EPOCH);
            let here = Cursor {
                step: 7,
                key: key.to_owned(),
            };
            let token = token(&"leads", &here, now);
            assert_eq!(token.len() - token.trim_end_matches('=').len(), 6);
            assert_eq!(cursor(&answers, &"leads", Some(&token), now), Ok(here));
        }
    }

    #[test]
    fn a_token_belongs_to_one_query() {
        let (answers, now) = (Answers::default(), Timestamp::UNIX_EPOCH);
        let here = Cursor {
            step: 7,
            key: "acme\u{0}1".to_owned(),
        };
        let token = token(&("leads", "a"), &here, now);
        let read = |query, token| cursor(&answers, &query, Some(token), now);
        assert_eq!(read(("leads", "a"), token.as_str()), Ok(here));
        assert!(read(("leads", "b"), token.as_str()).is_err());
        assert!(read(("leads", "a"), "MZXW6YTBOI======").is_err());
    }
}
