//! The records that the project owns, as its ledger has them.

use std::collections::HashSet;

use serde::Serialize;

use super::FORMAT;
use super::table::table;
use crate::keys::plain_form;
use crate::ledger::{Entry, Ledger};
use crate::model::{FoldedKey, Key, KeyValue, ObjectKind};
use crate::plan::parent_of;
use crate::render::escape::escaped;
use crate::render::keys::{exact_if_needed, shown_exact};
use crate::render::place::{short, written};

/// What `ledger list --format json` prints.
#[derive(Serialize)]
pub struct LedgerDocument {
    version: u32,
    format_version: &'static str,
    records: Vec<OwnedRecordDocument>,
}

/// What `ledger show` prints: an entry of the ledger.
#[derive(Serialize)]
pub struct ShownRecordDocument {
    format_version: &'static str,
    #[serde(flatten)]
    record: OwnedRecordDocument,
}

impl ShownRecordDocument {
    /// The document of this entry.
    #[must_use]
    pub fn of(kind: &'static ObjectKind, entry: &Entry) -> Self {
        Self {
            format_version: FORMAT,
            record: OwnedRecordDocument::of(kind, entry),
        }
    }
}

/// An entry of the ledger. The hashes say nothing to a reader and are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnedRecordDocument {
    kind: &'static str,
    key: String,
    /// The same key as the list of its parts.
    parts: Key,
    marketo_guid: Option<String>,
    fields: Vec<String>,
    file: String,
    line: u32,
    commit: Option<String>,
    applied: String,
    protected: bool,
    protected_since: Option<String>,
}

impl LedgerDocument {
    /// The document of this ledger.
    #[must_use]
    pub fn of(ledger: &Ledger) -> Self {
        let records = ledger
            .iter()
            .map(|(kind, _, entry)| OwnedRecordDocument::of(kind, entry));
        Self {
            version: 1,
            format_version: FORMAT,
            records: records.collect(),
        }
    }
}

impl OwnedRecordDocument {
    /// The document of this entry.
    fn of(kind: &'static ObjectKind, entry: &Entry) -> Self {
        let Entry {
            key,
            id,
            fields,
            written: _,
            replaced: _,
            protected,
            declared,
            origin,
        } = entry;
        Self {
            kind: kind.name,
            key: key.to_string(),
            parts: key.clone(),
            marketo_guid: id.as_deref().map(str::to_owned),
            fields: fields.iter().map(|(name, _)| name.to_string()).collect(),
            file: declared.file.to_string(),
            line: declared.line,
            commit: origin.commit.as_deref().map(str::to_owned),
            applied: origin.time.to_string(),
            protected: protected.is_some(),
            protected_since: protected.as_ref().map(|origin| origin.time.to_string()),
        }
    }
}

/// A row for each record that the project owns.
#[must_use]
pub fn ledger_table(ledger: &Ledger) -> String {
    let exact: Vec<Option<String>> = exact_keys(ledger);
    let mut heading = vec!["kind", "key", "declared", "commit", "applied", "protected"];
    let has_exact = exact.iter().any(Option::is_some);
    if has_exact {
        heading.push("exact key");
    }
    let rows = ledger.iter().zip(exact).map(|((kind, _, entry), exact)| {
        let mut row = row(kind, entry);
        if has_exact {
            row.push(exact.unwrap_or_default());
        }
        row
    });
    table(&heading, rows)
}

/// For each entry the exact form of its key, if the plain one could name another record of this ledger.
fn exact_keys(ledger: &Ledger) -> Vec<Option<String>> {
    let of_parents: HashSet<FoldedKey> = ledger
        .iter()
        .filter_map(|(kind, _, entry)| Some(parent_of(kind, &entry.key)?.1.folded()))
        .chain(ledger.iter().map(|(_, key, _)| key.clone()))
        .collect();
    let exact = ledger.iter().map(|(kind, _, Entry { key, .. })| {
        let is_beginning = || kind.parent().is_some() && of_parents.contains(&plain(key).folded());
        exact_if_needed(kind, key).or_else(|| is_beginning().then(|| shown_exact(key)))
    });
    exact.collect()
}

/// The key of a parent that the plain form of this one would also name.
fn plain(key: &Key) -> Key {
    Key::new(vec![KeyValue::Text(plain_form(key).into())])
}

fn row(kind: &ObjectKind, entry: &Entry) -> Vec<String> {
    let Entry {
        key,
        id: _,
        fields: _,
        written: _,
        replaced: _,
        protected,
        declared,
        origin,
    } = entry;
    vec![
        kind.name.to_owned(),
        escaped(&key.to_string()).into_owned(),
        written(declared),
        short(origin.commit.as_deref().unwrap_or_default()),
        origin.time.strftime("%F %TZ").to_string(),
        if protected.is_some() { "yes" } else { "" }.to_owned(),
    ]
}
