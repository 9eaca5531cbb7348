//! By what a forge tells that an annotation is the one of an earlier run.

use std::collections::HashMap;

use super::mark::{Mark, Marks};
use crate::ledger::hash::PartsHash;
use crate::store::hex;

/// How many bytes of a hash are taken.
const BYTES: usize = 16;

/// A hash for each of these: of its code, its file and its text, so that it stays the same when lines move. Equal ones are counted, as a
/// forge shows only one of each hash.
pub(super) fn fingerprints(marks: &Marks) -> Vec<String> {
    let mut counts: HashMap<(&str, &str, &str), usize> = HashMap::new();
    let mut hashes = Vec::with_capacity(marks.0.len());
    for mark in &marks.0 {
        let Mark {
            severity: _,
            code,
            text,
            help: _,
            place,
        } = mark;
        let file = place.as_ref().map_or("", |place| &*place.file);
        let count = counts.entry((&**code, file, &**text)).or_default();
        *count += 1;
        let mut hash = PartsHash::default();
        for part in [&**code, file, text, &count.to_string()] {
            hash.push(part.as_bytes());
        }
        hashes.push(hex::encode(&hash.finish::<BYTES>()));
    }
    hashes
}

#[cfg(test)]
mod tests {
    use pretty_assertions::{assert_eq, assert_ne};

    use super::super::mark::MarkPlace;
    use super::*;
    use crate::plan::file::Severity;

    #[test]
    fn a_hash_stays_when_lines_move_and_is_unique() {
        let at = |line| Mark {
            severity: Severity::Error,
            code: "wrong-type".to_owned(),
            text: "amount is not a number".to_owned(),
            help: None,
            place: Some(MarkPlace {
                file: "a.yaml".to_owned(),
                line,
                column: None,
                end: None,
            }),
        };
        let before = fingerprints(&Marks(vec![at(3), at(9)]));
        assert_eq!(before, fingerprints(&Marks(vec![at(4), at(10)])));
        assert_ne!(before[0], before[1]);
    }
}
