//! An update as a whole.

use std::collections::{BTreeMap, HashMap, HashSet};

use thiserror::Error;

use super::edits::{Edit, below, edited, inline_value, section_end, value_range};
use super::records::{Identity, Outline, by_identity, comparable, identity, outline, reading};
use crate::convert::identity::folded;
use crate::manifest::{ManifestEntry, write};
use crate::model::kind::KINDS;
use crate::model::{Declared, Ensure, ObjectKind};

/// The beginning of the comment above a manifest that a conversion has written.
pub const OWN_MARK: &str = "# Written by `oppctl convert`";

/// A manifest with the values of a new export.
#[derive(Debug)]
pub struct Update {
    pub text: String,
    pub counts: UpdateCounts,
}

/// What an update changed, and what it left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpdateCounts {
    pub added: usize,
    /// Records with a value that was set or replaced.
    pub changed: usize,
    pub unchanged: usize,
    /// Records that the export does not have.
    pub not_exported: usize,
    /// Records that a person has marked as absent or forgotten.
    pub ended: usize,
    /// Values of the manifest whose cells are empty in the export. An empty cell clears nothing.
    pub emptied: usize,
}

/// Why a manifest cannot be updated. It is as it was.
#[derive(Debug, Error)]
pub enum NotUpdated {
    #[error("it has problems: `oppctl validate` shows them")]
    Invalid,
    #[error("`{field}` in line {line} is not written in a form that can be changed in its place")]
    Form { field: String, line: usize },
    #[error("its layout does not allow a change that leaves the rest as it is")]
    Layout,
}

/// Whether a conversion has written a manifest.
#[must_use]
pub fn is_own(text: &str) -> bool {
    text.starts_with(OWN_MARK)
}

/// The manifest with the values of these entries.
///
/// # Errors
/// It is not valid, or the change would touch more than these values. Nothing is guessed here either.
pub fn update(existing: &str, entries: &[ManifestEntry]) -> Result<Update, NotUpdated> {
    let old = reading(existing);
    if !old.diagnostics.is_empty() {
        return Err(NotUpdated::Invalid);
    }
    let new_text = write(None, &entries.iter().collect::<Vec<_>>());
    let new = reading(&new_text);
    let old_records = by_identity(&old.desired.records);
    let mut expected: HashMap<Identity, Outline> = old_records
        .iter()
        .map(|(identity, record)| (identity.clone(), outline(record)))
        .collect();
    let fields = new.desired.records.iter().flat_map(|record| &record.fields);
    let names: HashSet<&str> = fields.map(|field| &*field.name).collect();
    let mut counts = UpdateCounts::default();
    let mut edits = Vec::new();
    let mut added = HashSet::new();
    for record in &new.desired.records {
        let identity = identity(record);
        match old_records.get(&identity) {
            None => {
                counts.added += 1;
                expected.insert(identity.clone(), outline(record));
                added.insert(identity);
            }
            Some(before) if before.ensure != Ensure::Present => counts.ended += 1,
            Some(before) => {
                let changes = changes(existing, before, &new_text, record)?;
                match changes.is_empty() {
                    true => counts.unchanged += 1,
                    false => counts.changed += 1,
                }
                edits.extend(changes);
                counts.emptied += emptied(before, record, &names);
                if let Some(expected) = expected.get_mut(&identity) {
                    expected.fields.extend(outline(record).fields);
                }
            }
        }
    }
    let exported: HashSet<Identity> = new.desired.records.iter().map(identity).collect();
    counts.not_exported = old_records
        .keys()
        .filter(|key| !exported.contains(key))
        .count();
    edits.extend(additions(existing, &additional(entries, &added)));
    let text = edited(existing, edits);
    let result = reading(&text);
    let found: HashMap<Identity, Outline> = by_identity(&result.desired.records)
        .into_iter()
        .map(|(identity, record)| (identity, outline(record)))
        .collect();
    if result.diagnostics.is_empty() && found == expected {
        Ok(Update { text, counts })
    } else {
        Err(NotUpdated::Layout)
    }
}

/// The changes that give a record the values of another one.
fn changes(
    existing: &str,
    before: &Declared,
    new_text: &str,
    after: &Declared,
) -> Result<Vec<Edit>, NotUpdated> {
    let mut edits = Vec::new();
    for assignment in &after.fields {
        let value = inline_value(new_text, assignment).ok_or(NotUpdated::Layout)?;
        let old = before
            .fields
            .iter()
            .find(|field| field.name == assignment.name);
        match old {
            Some(old) if comparable(&old.value) == comparable(&assignment.value) => {}
            Some(old) => {
                let form = || NotUpdated::Form {
                    field: old.name.to_string(),
                    line: line(existing, old.name_at.start),
                };
                let range = value_range(existing, old).ok_or_else(form)?;
                edits.push(Edit { range, text: value });
            }
            None => {
                let place = below(existing, before.at.start);
                let (at, blanks) = place.ok_or_else(|| NotUpdated::Form {
                    field: assignment.name.to_string(),
                    line: line(existing, before.at.start),
                })?;
                edits.push(Edit {
                    range: at..at,
                    text: format!("{blanks}{}: {value}\n", assignment.name),
                });
            }
        }
    }
    Ok(edits)
}

/// The entries of records that are not in the manifest yet. A child whose parent is there becomes an entry of its own.
fn additional<'e>(
    entries: &'e [ManifestEntry],
    added: &HashSet<Identity>,
) -> Vec<&'e ManifestEntry> {
    let is_added = |entry: &ManifestEntry| added.contains(&(entry.kind, folded(&entry.key)));
    let mut additional = Vec::new();
    for entry in entries {
        match is_added(entry) {
            true => additional.push(entry),
            false => additional.extend(entry.children.iter().filter(|child| is_added(child))),
        }
    }
    additional
}

/// The changes that add these entries to the sections of their kinds.
fn additions(existing: &str, entries: &[&ManifestEntry]) -> Vec<Edit> {
    let mut by_kind: BTreeMap<&'static ObjectKind, Vec<&ManifestEntry>> = BTreeMap::new();
    for entry in entries {
        by_kind.entry(entry.kind).or_default().push(entry);
    }
    let mut edits = Vec::new();
    for kind in KINDS {
        let Some(entries) = by_kind.get(kind) else {
            continue;
        };
        let text = write(None, entries);
        let head = format!("{}:", kind.plural);
        let Some((_, list)) = text.split_once(&format!("{head}\n")) else {
            continue;
        };
        let (at, mut text) = match section_end(existing, &head) {
            Some(at) => (at, list.to_owned()),
            None => (existing.len(), format!("{head}\n{list}")),
        };
        if !existing
            .get(..at)
            .is_some_and(|before| before.ends_with('\n'))
        {
            text.insert(0, '\n');
        }
        edits.push(Edit {
            range: at..at,
            text,
        });
    }
    edits
}

/// The number of values whose cells are empty now: other rows have the field.
fn emptied(before: &Declared, after: &Declared, names: &HashSet<&str>) -> usize {
    let has = |name: &str| after.fields.iter().any(|field| *field.name == *name);
    let fields = before.fields.iter();
    let emptied = fields.filter(|field| names.contains(&*field.name) && !has(&field.name));
    emptied.count()
}

/// The number of the line with this place.
fn line(text: &str, place: u32) -> usize {
    let place = usize::try_from(place).unwrap_or(usize::MAX);
    1 + text.get(..place).unwrap_or_default().matches('\n').count()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::manifest::EntryPart;
    use crate::model::Value;

    /// Records by number, each with its fields by name.
    type Export = BTreeMap<u8, BTreeMap<&'static str, String>>;

    fn export() -> impl Strategy<Value = Export> {
        let value = prop_oneof!["\\PC{1,12}", "[ -~\n\t:#'\"|>&*!-]{1,20}", "[a-z]{1,4}"];
        let name = prop_oneof![Just("name"), Just("description"), Just("nextStep")];
        let fields = proptest::collection::btree_map(name, value, 1..3);
        proptest::collection::btree_map(0..6u8, fields, 1..5)
    }

    fn entries(export: &Export) -> Vec<ManifestEntry> {
        let entry = |(number, fields): (&u8, &BTreeMap<&str, String>)| ManifestEntry {
            kind: KINDS[0],
            key: vec![EntryPart::Text(format!("O-{number}").into())],
            fields: fields
                .iter()
                .map(|(name, text)| ((*name).into(), Value::Text(text.as_str().into())))
                .collect(),
            children: Vec::new(),
        };
        export.iter().map(entry).collect()
    }

    fn written(export: &Export) -> String {
        let entries = entries(export);
        let text = write(None, &entries.iter().collect::<Vec<_>>());
        // A comment at the end of the head, and one above each entry.
        let text = text.replace("\n  - ", "\n  # by hand\n  - ");
        format!("{OWN_MARK} from a test.\n{text}# the end\n")
    }

    fn values(text: &str) -> Export {
        let mut export = Export::new();
        for record in &reading(text).desired.records {
            let fields = record.fields.iter().map(|field| {
                let names = ["name", "description", "nextStep"].into_iter();
                let name = { names }.find(|name| **name == *field.name);
                (name.unwrap_or("other"), field.value.text.to_string())
            });
            let key = format!("{:?}", record.key);
            let number = key.split("O-").nth(1).and_then(|key| key[..1].parse().ok());
            export.insert(number.unwrap_or(u8::MAX), fields.collect());
        }
        export
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_a_conversion_has_written_can_always_be_updated(old in export(), new in export()) {
            let existing = written(&old);
            let updated = update(&existing, &entries(&new)).expect("it can be updated");
            let mut expected = old.clone();
            for (number, fields) in &new {
                expected.entry(*number).or_default().extend(fields.clone());
            }
            prop_assert_eq!(values(&updated.text), expected, "{}", &updated.text);
            let comments = |text: &str| text.matches("# by hand\n").count();
            prop_assert!(comments(&updated.text) >= comments(&existing));
            prop_assert!(updated.text.contains("# the end\n"));
            let again = update(&updated.text, &entries(&new)).expect("it can be updated");
            prop_assert_eq!(again.text, updated.text);
        }
    }
}
