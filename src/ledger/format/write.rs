//! A ledger to text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use object_store::{PutPayload, PutPayloadMut};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::ledger::{Entry, Fingerprint, Ledger, Names, Origin, hex};
use crate::model::ObjectKind;

use super::rows::{Header, OriginRow, Row, Trailer, VERSION};

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
    let mut tables = Tables::of(ledger);
    let mut text = Text::default();
    text.line(&tables.header(ledger, instance, write));
    let mut hashes = String::new();
    for (index, (kind, _, entry)) in ledger.iter().enumerate() {
        hashes.clear();
        for (_, digest) in entry.fields.iter() {
            hex::append(&digest.0, &mut hashes);
        }
        text.line(&row(kind, entry, &hashes, &mut tables));
        if index % AT_ONCE == AT_ONCE - 1 {
            tokio::task::yield_now().await;
        }
    }
    text.end()
}

fn row<'a, 'l: 'a>(
    kind: &'l ObjectKind,
    entry: &'l Entry,
    hashes: &'a str,
    tables: &mut Tables<'l>,
) -> Row<'a> {
    let Entry {
        key,
        id,
        fields,
        protected,
        declared,
        origin,
    } = entry;
    Row {
        kind: Cow::Borrowed(kind.name),
        key: Cow::Borrowed(key),
        id: id.as_deref().map(Cow::Borrowed),
        fields: tables.fields.number(fields.names()),
        hashes: Cow::Borrowed(hashes),
        file: tables.files.number(&declared.file),
        line: declared.line,
        origin: tables.origins.number(origin),
        protected: protected
            .as_ref()
            .map(|origin| tables.origins.number(origin)),
    }
}

/// What many records share, with its place in the header.
struct Tables<'a> {
    origins: Table<'a, Origin>,
    files: Table<'a, str>,
    fields: Table<'a, Names>,
}

impl<'a> Tables<'a> {
    fn of(ledger: &'a Ledger) -> Self {
        let (mut origins, mut files, mut fields) =
            (Table::default(), Table::default(), Table::default());
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
        let owned = |names: &&Names| names.iter().map(ToString::to_string).collect();
        Header {
            oppctl: Cow::Borrowed("ledger"),
            version: VERSION,
            write: Cow::Borrowed(write),
            instance: Cow::Borrowed(instance.as_str()),
            salt: Cow::Owned(hex::encode(&ledger.salt())),
            records: ledger.len() as u64,
            origins: origins.numbers.keys().map(origin).collect(),
            files: files.numbers.keys().map(ToString::to_string).collect(),
            fields: fields.numbers.keys().map(owned).collect(),
        }
    }
}

/// Things that records refer to by number. Neighbours refer to the same as a rule, so the last one is remembered.
struct Table<'a, T: ?Sized> {
    numbers: BTreeMap<&'a T, usize>,
    last: Option<(&'a T, usize)>,
}

impl<T: ?Sized> Default for Table<'_, T> {
    fn default() -> Self {
        Self {
            numbers: BTreeMap::new(),
            last: None,
        }
    }
}

impl<'a, T: Ord + ?Sized> Table<'a, T> {
    fn add(&mut self, item: &'a T) {
        if self.last.is_none_or(|(last, _)| last != item) {
            self.numbers.insert(item, 0);
            self.last = Some((item, 0));
        }
    }

    /// The table with the numbers of the things in their order.
    fn numbered(mut self) -> Self {
        for (number, of) in self.numbers.values_mut().enumerate() {
            *of = number;
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
