//! Who names whom, by the table of kinds and nothing else: what a process sends is looked at when it arrives, before the instance does.
//!
//! A write that names what is not there and a deletion of what others name are mistakes of the program, unless somebody else has just
//! deleted it, or named it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::marketo::Effect;
use crate::apply::tests::bench::Records;
use crate::apply::tests::case::{is_account, kind_of, name_of};
use crate::model::kind::KINDS;
use crate::model::{ObjectKind, Referred};
use crate::simulator::HeldRecord;

/// The leads and the records that they name, with the number of the first effect after that.
pub(super) type Leads = BTreeMap<(String, String), usize>;

/// A record as the proof has it: Marketo's id is `marketoGUID`, and the key of a record that others name is `key`.
pub(super) struct Stored {
    pub(super) name: String,
    pub(super) record: Map<String, Value>,
}

/// What a process sent, by the names of the records.
#[derive(Clone, Debug)]
pub(super) struct Naming {
    pub(super) by: usize,
    pub(super) what: Sent,
    /// The record that is named.
    pub(super) named: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// A record that names what is not there.
    Writes(String),
    /// The deletion of what these records name.
    Deletes(Vec<String>),
    /// The deletion of what this lead names, since the effect of that number.
    DeletesOfLead(String, usize),
}

/// A stored record of a kind that the program has.
pub(super) fn stored(held: HeldRecord) -> Option<Stored> {
    let HeldRecord {
        object,
        key,
        mut record,
    } = held;
    let kind = KINDS.into_iter().find(|kind| kind.path == object)?;
    if kind.main_child.is_some() {
        // So it reads where it was never written.
        record.entry("isPrimary").or_insert(false.into());
    }
    if is_account(kind) {
        let id = record.remove(kind.id_field).unwrap_or_default();
        record.insert("marketoGUID".to_owned(), json!(id.to_string()));
        let key = record.remove(kind.key[0].field).unwrap_or_default();
        record.insert("key".to_owned(), key);
        for value in record.values_mut() {
            let number = value.as_f64().filter(|number| number.fract() == 0.0);
            if let Some(number) = number {
                *value = json!(number as i64);
            }
        }
    }
    let name = name_of(kind, &key.join(" / "));
    Some(Stored { name, record })
}

/// The managed records that a record of this kind names, by the fields: with what it says of them.
pub(super) fn references<'r>(
    kind: &'static ObjectKind,
    record: &'r Map<String, Value>,
) -> impl Iterator<Item = (&'static str, String)> + 'r {
    kind.references.iter().filter_map(move |reference| {
        let Referred::Managed(to) = reference.to else {
            return None;
        };
        let key = record.get(reference.field)?.as_str()?;
        let is_named = !key.trim().is_empty();
        is_named.then(|| (reference.field, name_of(to, key)))
    })
}

/// The records that a record of this kind names even once it is deleted.
pub(super) fn outliving<'r>(
    kind: &'static ObjectKind,
    record: &'r Map<String, Value>,
) -> impl Iterator<Item = String> + 'r {
    let is_outliving = |field: &str| {
        let mut references = kind.references.iter();
        references.any(|reference| reference.field == field && reference.outlives)
    };
    let named = references(kind, record).filter(move |(field, _)| is_outliving(field));
    named.map(|(_, named)| named)
}

/// The records that name this one.
pub(super) fn users<'r>(
    named: &'r str,
    records: impl Iterator<Item = (&'r String, &'r Map<String, Value>)>,
) -> Vec<String> {
    let users = records.filter(|(name, record)| {
        let mut references = references(kind_of(name), record);
        references.any(|(_, other)| other == named)
    });
    users.map(|(name, _)| name.clone()).collect()
}

/// The records that a lead names.
pub(super) fn of_lead(held: &HeldRecord) -> Vec<(String, String)> {
    let named = KINDS.into_iter().filter_map(|kind| {
        let key = held.record.get(kind.lead_field?)?.as_str()?;
        Some((held.key.join(" / "), name_of(kind, key)))
    });
    named.collect()
}

impl Naming {
    /// What is loose in a call, where these records are there.
    pub(super) fn of(
        by: usize,
        path: &str,
        body: &[u8],
        records: &Records,
        leads: &Leads,
    ) -> Vec<Self> {
        let path = path
            .trim_start_matches("/rest/v1/")
            .trim_end_matches(".json");
        let (path, deletes) = match path.strip_suffix("/delete") {
            Some(path) => (path, true),
            None => (path, false),
        };
        let kind = KINDS.into_iter().find(|kind| kind.path == path);
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let rows = body["input"].as_array().into_iter().flatten();
        let rows = rows.filter_map(Value::as_object);
        let Some(kind) = kind else {
            return Vec::new();
        };
        rows.flat_map(|row| match deletes {
            true if is_account(kind) => Self::deletion(by, kind, row, records, leads),
            true => Vec::new(),
            false => Self::write(by, kind, row, records),
        })
        .collect()
    }

    fn write(
        by: usize,
        kind: &'static ObjectKind,
        row: &Map<String, Value>,
        records: &Records,
    ) -> Vec<Self> {
        let missing = references(kind, row).filter(|(_, named)| !records.contains_key(named));
        let parts = kind.key.iter().filter_map(|part| row.get(part.field));
        let key = parts.map(|part| part.to_string().replace('"', ""));
        let name = name_of(kind, &key.collect::<Vec<_>>().join(" / "));
        missing
            .map(|(_, named)| Self {
                by,
                what: Sent::Writes(name.clone()),
                named,
            })
            .collect()
    }

    fn deletion(
        by: usize,
        kind: &'static ObjectKind,
        row: &Map<String, Value>,
        records: &Records,
        leads: &Leads,
    ) -> Vec<Self> {
        let by_key = row.get(kind.key[0].field).and_then(Value::as_str);
        let named = by_key.map(|key| name_of(kind, key)).or_else(|| {
            let id = json!(row.get(kind.id_field)?.to_string().replace('"', ""));
            let mut of_kind = records.iter().filter(|(name, _)| kind_of(name) == kind);
            let found = of_kind.find(|(_, record)| record["marketoGUID"] == id);
            found.map(|(name, _)| name.clone())
        });
        let Some(named) = named else {
            return Vec::new();
        };
        let users = users(&named, records.iter());
        let of_leads = leads.iter().filter(|((_, other), _)| *other == named);
        let of_leads = of_leads.map(|((lead, _), since)| Sent::DeletesOfLead(lead.clone(), *since));
        let of_records = (!users.is_empty()).then_some(Sent::Deletes(users));
        let all = of_records.into_iter().chain(of_leads);
        all.map(|what| Self {
            by,
            what,
            named: named.clone(),
        })
        .collect()
    }
}

/// Asserts that what a process sent named only what is there, and deleted nothing that others name, but for what others did meanwhile.
///
/// `effects` begin with the process, the first of them having the number `from`. `is_unchecked` says that the instance did not tell what is
/// there, `allowed` what a person has allowed to be deleted although others name it.
pub(super) fn assert_named(
    loose: &[Naming],
    process: usize,
    (from, effects): (usize, &[Effect]),
    is_unchecked: bool,
    allowed: &[String],
) {
    let theirs = |key: &str| {
        let mut theirs = effects.iter().filter(|effect| effect.by != Some(process));
        theirs.any(|effect| effect.key == key)
    };
    let of = |names: &[&str]| {
        let told = effects
            .iter()
            .filter(|effect| names.contains(&&*effect.key));
        told.map(|effect| {
            (
                &effect.key,
                effect.by,
                effect.amid,
                &effect.before,
                &effect.after,
            )
        })
        .collect::<Vec<_>>()
    };
    for Naming { named, what, .. } in loose.iter().filter(|naming| naming.by == process) {
        match what {
            Sent::Writes(name) => assert!(
                is_unchecked || theirs(named),
                "{name} is sent, which names {named}, and that is not there: {:?}",
                of(&[name, named])
            ),
            Sent::Deletes(users) => {
                let known = users.iter().find(|user| !theirs(user));
                assert!(
                    known.is_none() || allowed.contains(named),
                    "{named} is deleted, which {known:?} names: {:?}",
                    of(&[named, known.map_or("", |user| user)])
                );
            }
            Sent::DeletesOfLead(lead, since) => assert!(
                *since >= from || allowed.contains(named),
                "{named} is deleted, which lead {lead} names"
            ),
        }
    }
}
