//! A ledger to text.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use object_store::{PutPayload, PutPayloadMut};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::ledger::records::Digest;
use crate::ledger::{Entry, Fingerprint, Ledger, Origin, hex};
use crate::model::{KeyValue, ObjectKind};

use super::rows::{Header, OriginRow, Part, Row, Trailer, VERSION};

/// The text is kept in blocks: a large one is never copied, and needs no stretch of memory of its size.
const BLOCK: usize = 1 << 20;

/// How many lines are written before other tasks have a turn, one of which may have to renew the lock.
const AT_ONCE: usize = 4096;

/// Writes a ledger as text. `write` is a name that no other write has.
pub(in crate::ledger) async fn write(
    ledger: &Ledger,
    instance: &Fingerprint,
    write: &str,
) -> PutPayload {
    let tables = Tables::of(ledger);
    let mut text = Text::default();
    text.line(&tables.header(ledger, instance, write));
    let (mut names, mut hashes) = (Last::default(), String::new());
    for (index, (kind, _, entry)) in ledger.iter().enumerate() {
        let fields = names.index(&entry.fields, &tables.fields);
        hashes.clear();
        for (_, digest) in &entry.fields {
            hex::append(&digest.0, &mut hashes);
        }
        text.line(&row(kind, entry, fields, &hashes, &tables));
        if index % AT_ONCE == AT_ONCE - 1 {
            tokio::task::yield_now().await;
        }
    }
    text.end()
}

fn row<'a>(
    kind: &'a ObjectKind,
    entry: &'a Entry,
    fields: usize,
    hashes: &'a str,
    tables: &Tables<'_>,
) -> Row<'a> {
    let Entry {
        key,
        id,
        fields: _,
        protected,
        declared,
        origin,
    } = entry;
    let part = |value: &'a KeyValue| match value {
        KeyValue::Text(text) => Part::Text(Cow::Borrowed(text)),
        KeyValue::Lead(id) => Part::Lead(*id),
    };
    Row {
        kind: Cow::Borrowed(kind.name),
        key: key.parts().iter().map(part).collect(),
        id: id.as_deref().map(Cow::Borrowed),
        fields,
        hashes: Cow::Borrowed(hashes),
        file: tables.files[&*declared.file],
        line: declared.line,
        origin: tables.origins[&**origin],
        protected: protected.as_ref().map(|origin| tables.origins[&**origin]),
    }
}

/// What many records share, with its place in the header.
struct Tables<'a> {
    origins: BTreeMap<&'a Origin, usize>,
    files: BTreeMap<&'a str, usize>,
    fields: BTreeMap<Vec<&'a str>, usize>,
}

impl<'a> Tables<'a> {
    fn of(ledger: &'a Ledger) -> Self {
        let mut origins = BTreeSet::new();
        let mut files = BTreeSet::new();
        let mut fields = BTreeSet::new();
        let mut last: Option<&Entry> = None;
        for (_, _, entry) in ledger.iter() {
            origins.insert(&*entry.origin);
            origins.extend(entry.protected.as_deref());
            files.insert(&*entry.declared.file);
            // Neighbours have the same fields as a rule.
            if last.is_none_or(|last| !same_names(&last.fields, &entry.fields)) {
                fields.insert(names(&entry.fields));
            }
            last = Some(entry);
        }
        Self {
            origins: numbered(origins),
            files: numbered(files),
            fields: numbered(fields),
        }
    }

    fn header(&self, ledger: &Ledger, instance: &'a Fingerprint, write: &'a str) -> Header<'a> {
        let Self {
            origins,
            files,
            fields,
        } = self;
        let origin = |origin: &&'a Origin| OriginRow {
            time: origin.time,
            commit: origin.commit.as_deref().map(Cow::Borrowed),
        };
        let owned = |names: &Vec<&str>| names.iter().map(|&name| name.to_owned()).collect();
        Header {
            oppctl: Cow::Borrowed("ledger"),
            version: VERSION,
            write: Cow::Borrowed(write),
            instance: Cow::Borrowed(instance.as_str()),
            salt: Cow::Owned(hex::encode(&ledger.salt())),
            records: ledger.len() as u64,
            origins: origins.keys().map(origin).collect(),
            files: files.keys().map(|&file| file.to_owned()).collect(),
            fields: fields.keys().map(owned).collect(),
        }
    }
}

fn numbered<T: Ord>(items: BTreeSet<T>) -> BTreeMap<T, usize> {
    let numbered = items.into_iter().enumerate();
    numbered.map(|(number, item)| (item, number)).collect()
}

type Fields = [(Arc<str>, Digest)];

fn names(fields: &Fields) -> Vec<&str> {
    fields.iter().map(|(name, _)| &**name).collect()
}

fn same_names(one: &Fields, other: &Fields) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.0 == other.0)
}

/// The list of names that was looked up last.
#[derive(Default)]
struct Last<'a>(Option<(&'a Fields, usize)>);

impl<'a> Last<'a> {
    fn index(&mut self, fields: &'a Fields, known: &BTreeMap<Vec<&str>, usize>) -> usize {
        if let Some((last, index)) = self.0
            && same_names(last, fields)
        {
            return index;
        }
        let index = known[&names(fields)];
        self.0 = Some((fields, index));
        index
    }
}

/// The lines so far, and their hash.
struct Text {
    payload: PutPayloadMut,
    hash: Sha256,
    line: Vec<u8>,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            payload: PutPayloadMut::new().with_block_size(BLOCK),
            hash: Sha256::new(),
            line: Vec::new(),
        }
    }
}

impl Text {
    fn line(&mut self, line: &impl Serialize) {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line).expect("rows have nothing that JSON lacks");
        self.line.push(b'\n');
        self.hash.update(&self.line);
        self.payload.extend_from_slice(&self.line);
    }

    fn end(mut self) -> PutPayload {
        let hash = hex::encode(&self.hash.clone().finalize());
        self.line(&Trailer {
            sha256: Cow::Owned(hash),
        });
        self.payload.freeze()
    }
}
