//! The ledger in stores that work and in stores that fail, and samples for these tests.

mod probe;
mod store;

use std::sync::Arc;

use jiff::Timestamp;
use object_store::ObjectStore;
use object_store::path::Path;

use super::*;
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{Key, KeyValue, Value};
pub(super) use crate::store::tests::memory;

pub(super) fn fingerprint() -> Fingerprint {
    Fingerprint::remote("https://123-abc-456.mktorest.com")
}

/// A store of an instance among these objects.
pub(super) fn store_in(objects: &Arc<dyn ObjectStore>) -> Store {
    Store::with(
        Arc::clone(objects),
        &Path::from("team/oppctl"),
        "s3://acme-ops/team/oppctl",
        fingerprint(),
    )
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// An apply at this minute.
fn origin(minute: u8, commit: Option<&str>) -> Arc<Origin> {
    Arc::new(Origin {
        time: time(&format!("2026-11-22T10:{minute:02}:00Z")),
        commit: commit.map(Into::into),
    })
}

/// An entry with these fields, hashed with the salt of this ledger.
fn entry(ledger: &Ledger, key: Vec<KeyValue>, fields: &[(&str, &str)]) -> Entry {
    let field = |(name, value): &(&str, &str)| {
        let value = Value::Text((*value).into());
        (Arc::from(*name), ledger.digest_unless(false, name, &value))
    };
    Entry {
        key: Key::new(key),
        id: None,
        fields: fields.iter().map(field).collect(),
        written: None,
        replaced: Replaced::default(),
        protected: None,
        declared: Place {
            file: "pipeline/a.yaml".into(),
            line: 3,
        },
        origin: origin(0, None),
    }
}

/// A ledger with an opportunity of this key.
pub(super) fn ledger_of(key: &str) -> Ledger {
    let mut ledger = Ledger::new([7; 16]);
    add(&mut ledger, key);
    ledger
}

/// Adds an opportunity of this key.
pub(super) fn add(ledger: &mut Ledger, key: &str) {
    let entry = entry(
        ledger,
        vec![KeyValue::Text(key.into())],
        &[("amount", "1"), ("name", key)],
    );
    ledger.insert(&OPPORTUNITY, entry);
}

/// A ledger with every kind of content.
pub(super) fn ledger_of_all_sorts() -> Ledger {
    let mut ledger = Ledger::new(*b"0123456789abcdef");
    let opportunity = Entry {
        id: Some("dff23271-f996-47d7-984f-f2676861b5fa".into()),
        protected: Some(origin(1, Some("5f0e1c2"))),
        origin: origin(2, Some("0a1b2c3")),
        ..entry(
            &ledger,
            vec![KeyValue::Text("19UYA31581L000000".into())],
            &[("amount", "1604.47"), ("name", "Chairs"), ("stage", "")],
        )
    };
    let unknown = Entry {
        declared: Place {
            file: "pipeline/\u{fc}ber \"alles\".yaml".into(),
            line: u32::MAX,
        },
        ..entry(
            &ledger,
            vec![KeyValue::Text("\u{dc}-1\u{2028}\\".into())],
            &[],
        )
    };
    let role = Entry {
        origin: origin(2, Some("0a1b2c3")),
        ..entry(
            &ledger,
            vec![
                KeyValue::Text("19UYA31581L000000".into()),
                KeyValue::Lead(456_783),
                KeyValue::Text("Technical Buyer".into()),
            ],
            &[("isPrimary", "true")],
        )
    };
    ledger.insert(&OPPORTUNITY, opportunity);
    ledger.insert(&OPPORTUNITY, unknown);
    ledger.insert(&ROLE, role);
    ledger
}
