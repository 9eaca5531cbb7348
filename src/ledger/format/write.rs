//! Writes a ledger as text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use object_store::{PutPayload, PutPayloadMut};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::ledger::entry::{Entry, Origin, Replaced, SharedNames};
use crate::ledger::fingerprint::Fingerprint;
use crate::ledger::hash::FieldHash;
use crate::ledger::past::{Past, Tombstone};
use crate::ledger::records::Ledger;
use crate::model::ObjectKind;
use crate::store::hex;

use super::rows::{EntryRow, GoneRow, Header, NO_HASH, PastRow, PlanRow, Trailer, VERSION};

/// The text is kept in blocks of this size, so that a large ledger is not copied and needs no contiguous memory.
const BLOCK: usize = 1 << 20;

/// The number of lines after which other tasks get a turn: one of them renews the lock.
const LINES_AT_ONCE: usize = 4096;

/// Writes a ledger as text. `write` is a random name that no other write has.
pub(in crate::ledger) async fn write(
    ledger: &Ledger,
    instance: &Fingerprint,
    write: &str,
) -> PutPayload {
    let mut tables = SharedTables::of(ledger);
    let mut text = LedgerText::default();
    text.line(&tables.header(ledger, instance, write));
    let (mut hashes, mut replaced) = (String::new(), String::new());
    for (index, (kind, _, entry)) in ledger.iter().enumerate() {
        hashes.clear();
        for (_, hash) in entry.fields.iter() {
            push(hash, &mut hashes);
        }
        replaced.clear();
        let replaced = match &entry.replaced {
            Replaced::Unknown => None,
            Replaced::Nothing => Some(""),
            Replaced::Values(values) => {
                for hash in values {
                    push(*hash, &mut replaced);
                }
                Some(&*replaced)
            }
        };
        text.line(&row(kind, entry, &hashes, replaced, &mut tables));
        if index % LINES_AT_ONCE == LINES_AT_ONCE - 1 {
            tokio::task::yield_now().await;
        }
    }
    text.end()
}

fn push(hash: Option<FieldHash>, digits: &mut String) {
    hex::append(&hash.map_or(NO_HASH, |hash| hash.0), digits);
}

fn row<'a, 'l: 'a>(
    kind: &'l ObjectKind,
    entry: &'l Entry,
    hashes: &'a str,
    replaced: Option<&'a str>,
    tables: &mut SharedTables<'l>,
) -> EntryRow<'a> {
    let Entry {
        key,
        id,
        fields,
        written,
        replaced: _,
        protected,
        declared,
        origin,
    } = entry;
    EntryRow {
        kind: Cow::Borrowed(kind.name),
        key: Cow::Borrowed(key),
        id: id.as_deref().map(Cow::Borrowed),
        fields: tables.fields.number(fields.names()),
        hashes: Cow::Borrowed(hashes),
        written: written.map(|written| written.as_millisecond() - origin.time.as_millisecond()),
        replaced: replaced.map(Cow::Borrowed),
        file: tables.files.number(&declared.file),
        line: declared.line,
        origin: tables.origins.number(origin),
        protected: protected
            .as_ref()
            .map(|origin| tables.origins.number(origin)),
    }
}

/// The tables of the header: what many records share.
struct SharedTables<'a> {
    origins: SharedTable<'a, Origin>,
    files: SharedTable<'a, str>,
    fields: SharedTable<'a, SharedNames>,
}

impl<'a> SharedTables<'a> {
    fn of(ledger: &'a Ledger) -> Self {
        let (mut origins, mut files, mut fields) = (
            SharedTable::default(),
            SharedTable::default(),
            SharedTable::default(),
        );
        for (_, _, entry) in ledger.iter() {
            origins.add(&*entry.origin);
            if let Some(origin) = &entry.protected {
                origins.add(origin);
            }
            files.add(&*entry.declared.file);
            fields.add(entry.fields.names());
        }
        Self {
            origins: origins.numbered(),
            files: files.numbered(),
            fields: fields.numbered(),
        }
    }

    fn header(&self, ledger: &'a Ledger, instance: &'a Fingerprint, write: &'a str) -> Header<'a> {
        let Self {
            origins,
            files,
            fields,
        } = self;
        Header {
            oppctl: Cow::Borrowed("ledger"),
            version: VERSION,
            write: Cow::Borrowed(write),
            instance: Cow::Borrowed(instance.as_str()),
            salt: Cow::Owned(hex::encode(&ledger.salt())),
            records: ledger.len() as u64,
            origins: origins
                .numbers
                .keys()
                .map(|origin| (*origin).into())
                .collect(),
            files: files.numbers.keys().map(ToString::to_string).collect(),
            fields: fields
                .numbers
                .keys()
                .map(|names| names.iter().map(ToString::to_string).collect())
                .collect(),
            past: past_row(&ledger.past),
        }
    }
}

fn past_row(past: &Past) -> PastRow<'_> {
    let Past {
        project,
        last,
        plans,
        gone,
        floor,
    } = past;
    PastRow {
        project: project.as_deref().map(Cow::Borrowed),
        last: last.as_deref().map(Into::into),
        plans: plans
            .iter()
            .map(|plan| PlanRow {
                digest: Cow::Borrowed(&plan.digest),
                run: Cow::Borrowed(&plan.run),
                time: plan.time,
            })
            .collect(),
        gone: gone
            .iter()
            .map(|((kind, _), Tombstone { key, time })| GoneRow {
                kind: Cow::Borrowed(kind.name),
                key: Cow::Borrowed(key),
                time: *time,
            })
            .collect(),
        floor: *floor,
    }
}

/// Items that records refer to by number. Neighbouring records mostly refer to the same item, so it remembers the last one.
struct SharedTable<'a, T: ?Sized> {
    numbers: BTreeMap<&'a T, usize>,
    last: Option<(&'a T, usize)>,
}

impl<T: ?Sized> Default for SharedTable<'_, T> {
    fn default() -> Self {
        Self {
            numbers: BTreeMap::new(),
            last: None,
        }
    }
}

impl<'a, T: Ord + ?Sized> SharedTable<'a, T> {
    fn add(&mut self, item: &'a T) {
        if self.last.is_none_or(|(last, _)| last != item) {
            self.numbers.insert(item, 0);
            self.last = Some((item, 0));
        }
    }

    /// Numbers the items in their order.
    fn numbered(mut self) -> Self {
        for (position, number) in self.numbers.values_mut().enumerate() {
            *number = position;
        }
        self.last = None;
        self
    }

    fn number(&mut self, item: &'a T) -> usize {
        if let Some((last, number)) = self.last
            && last == item
        {
            return number;
        }
        let number = self.numbers[item];
        self.last = Some((item, number));
        number
    }
}

/// The lines so far and their hash.
struct LedgerText {
    payload: PutPayloadMut,
    hash: Sha256,
    line: Vec<u8>,
}

impl Default for LedgerText {
    fn default() -> Self {
        Self {
            payload: PutPayloadMut::new().with_block_size(BLOCK),
            hash: Sha256::new(),
            line: Vec::new(),
        }
    }
}

impl LedgerText {
    fn line(&mut self, line: &impl Serialize) {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line).expect("JSON can hold every row");
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
