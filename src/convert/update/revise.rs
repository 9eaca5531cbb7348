//! An update as a whole.

use std::collections::{HashMap, HashSet};

use super::records::{Identity, comparable, identity, reading};
use crate::convert::identity::folded;
use crate::manifest::{Edit, InstanceRules, ManifestEntry, NotEdited, edit, write};
use crate::model::{Assignment, Declared, Ensure, Form, Scalar};

/// The beginning of the comment above a manifest that a conversion has written.
pub const OWN_MARK: &str = "# Written by `oppctl convert`";

/// A manifest with the values of a new export.
#[derive(Debug)]
pub struct Update {
    pub text: String,
    pub counts: UpdateCounts,
    /// The keys of the records that the export does not have, in the order of the manifest.
    pub not_exported: Vec<String>,
    /// Fields whose value is a reference, where the export has another value than the instance: each with the key of its record.
    pub other_references: Vec<String>,
}

/// What an update changed, and what it left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpdateCounts {
    pub added: usize,
    /// Records with a value that was set or replaced.
    pub changed: usize,
    pub unchanged: usize,
    /// Records that a person has marked as absent or forgotten.
    pub ended: usize,
    /// Values of the manifest whose cells are empty in the export. An empty cell clears nothing.
    pub emptied: usize,
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
pub fn update(
    existing: &str,
    entries: &[ManifestEntry],
    rules: &InstanceRules,
) -> Result<Update, NotEdited> {
    let old = reading(existing, rules);
    let new = reading(
        &write(None, &entries.iter().collect::<Vec<_>>()),
        &InstanceRules::default(),
    );
    let numbers = old.desired.records.iter().enumerate();
    let old_records: HashMap<Identity, (usize, &Declared)> = numbers
        .map(|(number, record)| (identity(record), (number, record)))
        .collect();
    let records = new.desired.records.iter();
    let names = records.flat_map(|record| record.fields.names());
    let names: HashSet<&str> = names.map(|name| &**name).collect();
    let mut counts = UpdateCounts::default();
    let mut edits = Vec::new();
    let mut other_references = Vec::new();
    let mut added = HashSet::new();
    for record in &new.desired.records {
        let identity = identity(record);
        match old_records.get(&identity) {
            None => {
                counts.added += 1;
                added.insert(identity);
            }
            Some((_, before)) if before.ensure != Ensure::Present => counts.ended += 1,
            Some((number, before)) => {
                let changes = changes(*number, before, record);
                match changes.is_empty() {
                    true => counts.unchanged += 1,
                    false => counts.changed += 1,
                }
                edits.extend(changes);
                let references =
                    differing(before, record).filter(|(old, _)| is_reference(old.as_ref()));
                other_references.extend(
                    references
                        .map(|(_, field)| format!("{} of {}", field.name, before.shown_key())),
                );
                counts.emptied += emptied(before, record, &names);
            }
        }
    }
    let exported: HashSet<Identity> = new.desired.records.iter().map(identity).collect();
    let not_exported = old.desired.records.iter();
    let not_exported = not_exported.filter(|record| !exported.contains(&identity(record)));
    let additional = additional(entries, &added).into_iter().cloned();
    edits.push(Edit::Append(additional.collect()));
    let text = edit(existing, &edits, rules)?;
    Ok(Update {
        text,
        counts,
        not_exported: not_exported.map(Declared::shown_key).collect(),
        other_references,
    })
}

/// The changes that give a record the values of another one.
fn changes(record: usize, before: &Declared, after: &Declared) -> Vec<Edit> {
    let edit = |field: Assignment<'_>| Edit::Set {
        record,
        field: field.name.to_string(),
        value: field.value.into_owned(),
    };
    // A person has written a reference: that of the configuration is the value.
    let changed = differing(before, after).filter(|(old, _)| !is_reference(old.as_ref()));
    changed.map(|(_, field)| edit(field)).collect()
}

/// The fields of the latter that the former has otherwise, or not at all.
fn differing<'d>(
    before: &'d Declared,
    after: &'d Declared,
) -> impl Iterator<Item = (Option<Assignment<'d>>, Assignment<'d>)> {
    let pairs = after
        .fields
        .iter()
        .map(|field| (before.fields.get(field.name), field));
    pairs.filter(|(old, field)| {
        let value = &field.value;
        // A number that somebody has put into quotes is the same number.
        let same = |old: &Scalar<'_>| match (old.form, value.form) {
            (Form::Text, Form::Number) => comparable(&Scalar {
                form: Form::Number,
                text: old.text.clone(),
            }),
            (_, _) => comparable(old),
        };
        old.as_ref()
            .is_none_or(|old| same(&old.value) != comparable(value))
    })
}

fn is_reference(field: Option<&Assignment<'_>>) -> bool {
    field.is_some_and(|field| field.is_reference)
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

/// The number of values whose cells are empty now: other rows have the field.
fn emptied(before: &Declared, after: &Declared, names: &HashSet<&str>) -> usize {
    let fields = before.fields.names().iter();
    let emptied =
        fields.filter(|name| names.contains(&***name) && !after.fields.names().contains(*name));
    emptied.count()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::manifest::EntryPart;
    use crate::model::Value;
    use crate::model::kind::KINDS;

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
        for record in &reading(text, &InstanceRules::default()).desired.records {
            let fields = record.fields.iter().map(|field| {
                let names = ["name", "description", "nextStep"].into_iter();
                let name = { names }.find(|name| **name == **field.name);
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
            let updated = update(&existing, &entries(&new), &InstanceRules::default()).expect("it can be updated");
            let mut expected = old.clone();
            for (number, fields) in &new {
                expected.entry(*number).or_default().extend(fields.clone());
            }
            prop_assert_eq!(values(&updated.text), expected, "{}", &updated.text);
            let comments = |text: &str| text.matches("# by hand\n").count();
            prop_assert!(comments(&updated.text) >= comments(&existing));
            prop_assert!(updated.text.contains("# the end\n"));
            let again = update(&updated.text, &entries(&new), &InstanceRules::default()).expect("it can be updated");
            prop_assert_eq!(again.text, updated.text);
        }
    }
}
