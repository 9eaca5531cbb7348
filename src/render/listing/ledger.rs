//! The records that the project owns, as its ledger has them.

use serde::Serialize;

use super::table::table;
use crate::ledger::{Entry, Ledger};
use crate::model::ObjectKind;
use crate::render::escape::escaped;
use crate::render::place::{short, written};

/// What `ledger list --format json` prints.
#[derive(Serialize)]
pub struct LedgerDocument {
    version: u32,
    records: Vec<OwnedRecordDocument>,
}

/// What `ledger show` prints: an entry of the ledger. The hashes say nothing to a reader and are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnedRecordDocument {
    kind: &'static str,
    key: String,
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
            records: records.collect(),
        }
    }
}

impl OwnedRecordDocument {
    /// The document of this entry.
    #[must_use]
    pub fn of(kind: &'static ObjectKind, entry: &Entry) -> Self {
        let Entry {
            key,
            id,
            fields,
            protected,
            declared,
            origin,
        } = entry;
        Self {
            kind: kind.name,
            key: key.to_string(),
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
    table(
        &["kind", "key", "declared", "commit", "applied", "protected"],
        ledger.iter().map(|(kind, _, entry)| row(kind, entry)),
    )
}

fn row(kind: &ObjectKind, entry: &Entry) -> Vec<String> {
    let Entry {
        key,
        id: _,
        fields: _,
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
