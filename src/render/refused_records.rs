//! The records that a refusal names: the first keys, and those of a file that the run does not read.

use std::collections::BTreeMap;

use crate::model::{Key, ObjectKind, grouped};
use crate::plan::{Refusal, Users};

use super::escape::escaped;
use super::shortened::first;

/// The most children of one record that are named; the rest is counted.
const NAMED: usize = 10;
/// The most records that are named of which the same is said.
const ALIKE: usize = 10;

/// A file that the run does not read, and that declares what would be deleted.
pub(super) fn unread(
    file: &str,
    is_of_other_instance: bool,
    records: &BTreeMap<&'static ObjectKind, Vec<Key>>,
) -> String {
    let kinds = records.iter().map(|(kind, keys)| kind.counted(keys.len()));
    let kinds: Vec<String> = kinds.collect();
    // The keys of children have those of their parents in them.
    let keys = records.iter().find(|(kind, _)| {
        let parent = kind.parent();
        parent.is_none_or(|parent| !records.contains_key(parent.kind))
    });
    let keys = keys.map_or_else(String::new, |(_, keys)| named_keys(keys));
    let why = if is_of_other_instance {
        "only another instance has this file"
    } else {
        "no pattern of `manifests` matches this file"
    };
    format!(
        "{}: {why}, so {} that it declares would be deleted: {keys}",
        escaped(file),
        kinds.join(" and ")
    )
}

/// Who names a record that is to be deleted, and what is not known of that.
pub(super) fn used(users: &[Users], unknown: &[(&'static str, Box<str>)]) -> String {
    let users = users.iter().map(|Users { words, keys }| {
        let number = grouped(keys.len());
        let name = match keys.len() {
            1 => format!("{} names", words[0]),
            _ => format!("{} name", words[1]),
        };
        format!("{number} {name} it: {}", named_keys(keys))
    });
    let unknown = unknown
        .iter()
        .map(|(nouns, why)| format!("it is not known whether {nouns} name it ({})", escaped(why)));
    users.chain(unknown).collect::<Vec<_>>().join("; ")
}

/// The first keys, and how many more there are.
pub(super) fn named_keys<K: ToString>(keys: &[K]) -> String {
    let (named, more) = first(keys, NAMED);
    let mut names: Vec<String> = named
        .iter()
        .map(|key| escaped(&key.to_string()).to_string())
        .collect();
    if more > 0 {
        names.push(format!("and {} more", grouped(more)));
    }
    names.join(", ")
}

/// The refusals without those that only say of further records what others say: a run may have created thousands. And how many are left out.
pub(super) fn without_many_alike(refusals: &[Refusal]) -> (Vec<&Refusal>, usize) {
    let (mut shown, mut told, mut alike) = (Vec::new(), 0, 0);
    for refusal in refusals {
        if matches!(refusal, Refusal::UndeclaredChildren { .. }) {
            told += 1;
            if told > ALIKE {
                alike += 1;
                continue;
            }
        }
        shown.push(refusal);
    }
    (shown, alike)
}
