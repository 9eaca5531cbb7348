//! Everything that a text with "/" can mean: ids of records may contain that character too.
//!
//! `SO/2026/0001` is all records below the key `SO/2026/0001`, or one below `SO`. Only the records that exist can tell, see
//! `resolve.rs` for those of an instance and `owned.rs` for those of a ledger.

use crate::model::{KeyPart, KeyType, ObjectKind};

use super::key_part::{JOINT, WrittenKeyPart};

/// A text with more readings than this is not read. Each costs a question.
pub(super) const MAX_READINGS: usize = 20;

/// The readings of a text, whole keys first; a few more than [`MAX_READINGS`] at most, and none if it is not a key.
pub(super) fn readings(kind: &ObjectKind, text: &str) -> Vec<Vec<WrittenKeyPart>> {
    let mut found = Vec::new();
    split(kind.key, text, &mut Vec::new(), &mut found);
    let by_address = |parts: &Vec<WrittenKeyPart>| parts.iter().any(is_address);
    // An address is a lead's: no reading that takes it for a part of a name is meant beside one that does not.
    let (by_address, mut whole): (Vec<_>, Vec<_>) = found.into_iter().partition(by_address);
    if !by_address.is_empty() {
        return by_address;
    }
    let text = text.trim();
    if kind.parent_part() == Some(0) && kind.key.len() > 1 && text.contains(|char| char != JOINT) {
        whole.push(vec![WrittenKeyPart::Text(text.into())]);
    }
    whole
}

/// Finds all ways to read `text` as these parts of a key, behind those that are read already.
fn split(
    parts: &[KeyPart],
    text: &str,
    read: &mut Vec<WrittenKeyPart>,
    found: &mut Vec<Vec<WrittenKeyPart>>,
) {
    let [part, rest @ ..] = parts else { return };
    if found.len() > MAX_READINGS {
        return;
    }
    if rest.is_empty() {
        if let Some(part) = written(part.holds, text) {
            read.push(part);
            found.push(read.clone());
            read.pop();
        }
        return;
    }
    for (joint, _) in text.match_indices(JOINT) {
        let Some(part) = written(part.holds, &text[..joint]) else {
            continue;
        };
        read.push(part);
        split(rest, &text[joint + JOINT.len_utf8()..], read, found);
        read.pop();
    }
}

/// One part between two joints.
fn written(holds: KeyType, text: &str) -> Option<WrittenKeyPart> {
    let text = text.trim();
    match holds {
        _ if text.is_empty() => None,
        KeyType::Text { .. } => Some(WrittenKeyPart::Text(text.into())),
        KeyType::Lead { .. } if text.contains(JOINT) => None,
        KeyType::Lead { .. } if text.contains('@') => Some(WrittenKeyPart::Email(text.into())),
        // Ids have one spelling: "0001" is a part of a name.
        KeyType::Lead { .. } => {
            let id: i64 = text.parse().ok()?;
            (id.to_string() == text).then_some(WrittenKeyPart::Lead(id))
        }
    }
}

fn is_address(part: &WrittenKeyPart) -> bool {
    match part {
        WrittenKeyPart::Email(_) => true,
        WrittenKeyPart::Text(_) | WrittenKeyPart::Lead(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::kind::{OPPORTUNITY, ROLE};

    /// The readings with "|" between their parts.
    fn shown(kind: &ObjectKind, text: &str) -> Vec<String> {
        let parts = |parts: Vec<WrittenKeyPart>| {
            let parts = parts.into_iter().map(|part| match part {
                WrittenKeyPart::Text(text) => text.into_string(),
                WrittenKeyPart::Lead(id) => format!("#{id}"),
                WrittenKeyPart::Email(email) => format!("<{email}>"),
            });
            parts.collect::<Vec<_>>().join("|")
        };
        readings(kind, text).into_iter().map(parts).collect()
    }

    #[test]
    fn a_text_is_read_in_all_ways() {
        let rows: [(&str, &[&str]); 11] = [
            ("A/7/Buyer", &["A|#7|Buyer", "A/7/Buyer"]),
            (
                " A / 7 / Buyer / x ",
                &["A|#7|Buyer / x", "A / 7 / Buyer / x"],
            ),
            ("A", &["A"]),
            ("A/7", &["A/7"]),
            ("A/x/Buyer", &["A/x/Buyer"]),
            ("SO/2026/0001", &["SO|#2026|0001", "SO/2026/0001"]),
            (
                "SO/2026/0001/1/Champion",
                &[
                    "SO|#2026|0001/1/Champion",
                    "SO/2026/0001|#1|Champion",
                    "SO/2026/0001/1/Champion",
                ],
            ),
            (
                "SO/2026/0001/ada@example.com/Champion",
                &["SO/2026/0001|<ada@example.com>|Champion"],
            ),
            ("A/x@y/b@c/R", &["A|<x@y>|b@c/R", "A/x@y|<b@c>|R"]),
            ("x@y", &["x@y"]),
            (" ", &[]),
        ];
        for (text, expected) in rows {
            assert_eq!(shown(&ROLE, text), expected, "{text}");
        }
        assert_eq!(shown(&OPPORTUNITY, "SO/2026/0001"), ["SO/2026/0001"]);
        assert_eq!(shown(&OPPORTUNITY, ""), Vec::<String>::new());
    }

    #[test]
    fn a_text_with_endless_readings_ends() {
        let text = "1/".repeat(10_000);
        assert!(readings(&ROLE, &text).len() > MAX_READINGS);
    }
}
