//! The entry of a ledger that a written key names.

use crate::ledger::{Entry, Ledger};
use crate::model::{FoldedKey, Key, KeyValue, ObjectKind};

use super::key_part::WrittenKeyPart;
use super::written_key::{KeyError, KeyPlace, WrittenKey};

/// The entries that a text can mean.
#[derive(Debug)]
pub enum OwnedKey<'l> {
    Entry(FoldedKey, &'l Entry),
    NotOwned,
    /// These keys: of several readings, or all that begin with the text.
    Ambiguous(Vec<Key>),
}

/// Finds the entry with this key in any letter case, if the text can mean no other owned record.
///
/// # Errors
/// The text is not a key of this kind.
pub fn owned<'l>(
    ledger: &'l Ledger,
    kind: &'static ObjectKind,
    text: &str,
) -> Result<OwnedKey<'l>, KeyError> {
    let written = WrittenKey::of_text(kind, text, KeyPlace::Argument)?;
    let is_whole = |key: &Key| key.parts().len() == kind.key.len();
    let mut found = Vec::new();
    let mut beginning = Vec::new();
    for key in written.readings.iter().filter_map(|parts| key(parts)) {
        let folded = key.folded();
        if is_whole(&key) {
            let entry = ledger.get(kind, &folded);
            found.extend(entry.map(|entry| (folded, entry)));
        } else {
            beginning.extend(beginning_with(ledger, kind, &key));
        }
    }
    match found.pop() {
        None if beginning.iter().all(|key| !is_whole(key)) => Ok(OwnedKey::NotOwned),
        Some((folded, entry)) if found.is_empty() && beginning.is_empty() => {
            Ok(OwnedKey::Entry(folded, entry))
        }
        last => {
            let whole = found.into_iter().chain(last);
            let whole = whole.map(|(_, entry)| entry.key.clone());
            Ok(OwnedKey::Ambiguous(whole.chain(beginning).collect()))
        }
    }
}

/// The owned keys that begin with this part; the part alone if only the parent is owned.
fn beginning_with(ledger: &Ledger, kind: &ObjectKind, parent: &Key) -> Vec<Key> {
    let folded = parent.folded();
    let of_kind = ledger.iter().filter(|(of, ..)| *of == kind);
    let keys = of_kind.map(|(.., entry)| &entry.key);
    let children = keys.filter(|key| {
        let first = key.parts().first().cloned();
        first.is_some_and(|first| Key::new(vec![first]).folded() == folded)
    });
    let children: Vec<Key> = children.cloned().collect();
    let is_parent_owned = || {
        let parent = kind.parent();
        parent.is_some_and(|parent| ledger.get(parent.kind, &folded).is_some())
    };
    if children.is_empty() && is_parent_owned() {
        return vec![parent.clone()];
    }
    children
}

/// The key of these parts. A ledger knows no addresses of leads.
pub(super) fn key(parts: &[WrittenKeyPart]) -> Option<Key> {
    let values = parts.iter().map(|part| match part {
        WrittenKeyPart::Text(text) => Some(KeyValue::Text(text.clone())),
        WrittenKeyPart::Lead(id) => Some(KeyValue::Lead(*id)),
        WrittenKeyPart::Email(_) => None,
    });
    Some(Key::new(values.collect::<Option<_>>()?))
}
