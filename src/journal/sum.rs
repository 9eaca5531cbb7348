//! The checksums of a journal's lines. Each goes on from the one before, so a line that was changed, removed or put in is found.
//!
//! The checksum is the last member of a line. Journals of an older oppctl have none; then no line may have one.

use crate::ledger::hash::PartsHash;
use crate::store::hex;

/// What stands before the digits, at the end of a line.
const BEFORE: &[u8] = br#","sum":""#;

/// What stands after them.
const AFTER: &[u8] = b"\"}\n";

/// In bytes; twice as many digits.
const LENGTH: usize = 8;

/// The checksum of the lines so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum([u8; LENGTH]);

impl Sum {
    /// Adds the checksum to a line, which is a JSON object with members, and ends the line.
    pub(super) fn seal(&mut self, line: &mut Vec<u8>) {
        debug_assert!(line.ends_with(b"}"), "a line is an object");
        line.pop();
        self.go_on(line);
        line.extend_from_slice(BEFORE);
        line.extend_from_slice(hex::encode(&self.0).as_bytes());
        line.extend_from_slice(AFTER);
    }

    /// Whether a line has the checksum that it should have.
    pub(super) fn is_of(&mut self, line: &[u8]) -> bool {
        let Some((content, digits)) = split(line) else {
            return false;
        };
        self.go_on(content);
        *hex::encode(&self.0).as_bytes() == *digits
    }

    fn go_on(&mut self, content: &[u8]) {
        let mut hash = PartsHash::default();
        hash.push(&self.0);
        hash.push(content);
        self.0 = hash.finish();
    }
}

/// Whether a line has a checksum.
pub(super) fn has_sum(line: &[u8]) -> bool {
    split(line).is_some()
}

/// A line without its checksum, and the digits of that.
fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line.strip_suffix(AFTER)?;
    let (rest, digits) = rest.split_at(rest.len().checked_sub(2 * LENGTH)?);
    Some((rest.strip_suffix(BEFORE)?, digits))
}
