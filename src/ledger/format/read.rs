//! Reads the text of a ledger piece by piece.

use std::io::BufRead as _;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::ledger::damage::{Flaw, LedgerDamage};
use crate::ledger::entry::{Applied, Entry, Origin, Place, Replaced, SharedNames};
use crate::ledger::fingerprint::Fingerprint;
use crate::ledger::hash::FieldHash;
use crate::ledger::lines;
use crate::ledger::lines::LineDamage;
use crate::ledger::past::{AppliedPlan, Past, Tombstone};
use crate::ledger::records::{Ledger, LedgerBuilder};
use crate::store::hex;

use super::rows::{EntryRow, GoneRow, Header, NO_HASH, PastRow, Trailer, VERSION};

/// Reads the ledger of an instance.
pub(in crate::ledger) struct LedgerReader<'a> {
    instance: &'a Fingerprint,
    /// The start of a line whose end has not arrived yet.
    partial: Vec<u8>,
    /// The number of the next line, from 1.
    line: u64,
    hash: Sha256,
    stage: Stage,
}

/// What the next line must be.
enum Stage {
    Header,
    Record(Box<Records>),
    Trailer(Ledger),
    End(Ledger),
}

/// The tables of the header, and the records so far.
struct Records {
    /// The number of records still to come.
    left: u64,
    origins: Vec<Arc<Origin>>,
    files: Vec<Arc<str>>,
    fields: Vec<SharedNames>,
    builder: LedgerBuilder,
}

impl<'a> LedgerReader<'a> {
    /// A reader of the ledger of this instance.
    pub(in crate::ledger) fn new(instance: &'a Fingerprint) -> Self {
        Self {
            instance,
            partial: Vec::new(),
            line: 1,
            hash: Sha256::new(),
            stage: Stage::Header,
        }
    }

    /// Reads the next piece, which may start and end anywhere.
    pub(in crate::ledger) fn push(&mut self, mut bytes: &[u8]) -> Result<(), Flaw> {
        while let Some((line, rest)) = split_line(bytes) {
            if self.partial.is_empty() {
                self.read_line(line)?;
            } else {
                let mut whole = std::mem::take(&mut self.partial);
                whole.extend_from_slice(line);
                self.read_line(&whole)?;
            }
            bytes = rest;
        }
        self.partial.extend_from_slice(bytes);
        Ok(())
    }

    /// The ledger, if it is complete.
    pub(in crate::ledger) fn finish(self) -> Result<Ledger, Flaw> {
        let damage = match self.stage {
            Stage::End(ledger) if self.partial.is_empty() => return Ok(ledger),
            Stage::End(_) => LedgerDamage::Longer,
            Stage::Header | Stage::Record(_) | Stage::Trailer(_) => LedgerDamage::CutOff,
        };
        Err(Flaw::Damaged {
            line: self.line,
            damage,
        })
    }

    fn read_line(&mut self, line: &[u8]) -> Result<(), Flaw> {
        // The stage left here is never used after an error, because an error ends the reading.
        let stage = std::mem::replace(&mut self.stage, Stage::Header);
        self.stage = match stage {
            Stage::Header => header(line, self.instance)?.next_stage(),
            stage @ (Stage::Record(_) | Stage::Trailer(_) | Stage::End(_)) => {
                self.read_body(stage, line)
            }
        }
        .map_err(|damage| Flaw::Damaged {
            line: self.line,
            damage,
        })?;
        self.hash.update(line);
        self.line += 1;
        Ok(())
    }

    /// Reads a line after the header. Returns the stage that follows it.
    fn read_body(&self, stage: Stage, line: &[u8]) -> Result<Stage, LedgerDamage> {
        match stage {
            Stage::Record(mut records) => {
                records.read(line)?;
                records.next_stage()
            }
            Stage::Trailer(ledger) => {
                let Trailer { sha256 } = lines::json(line)?;
                if *sha256 != *hex::encode(&self.hash.clone().finalize()) {
                    return Err(LedgerDamage::Hash);
                }
                Ok(Stage::End(ledger))
            }
            Stage::Header | Stage::End(_) => Err(LedgerDamage::Longer),
        }
    }
}

/// The first line with its end, and the rest. `None` if the bytes hold no end of a line.
fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    // The only search in std that does not look at the bytes one by one.
    let length = rest.skip_until(b'\n').expect("memory can be read");
    let (line, rest) = bytes.split_at(length);
    line.ends_with(b"\n").then_some((line, rest))
}

fn header(line: &[u8], instance: &Fingerprint) -> Result<Box<Records>, Flaw> {
    lines::check_start(line, "ledger", VERSION)?;
    let Header {
        oppctl: _,
        version: _,
        write: _,
        instance: found,
        salt,
        records,
        origins,
        files,
        fields,
        past,
    } = lines::json(line).map_err(Flaw::in_first_line)?;
    if found != instance.as_str() {
        return Err(Flaw::Foreign {
            found: found.into_owned(),
        });
    }
    let Some(salt) = hex::decode(salt.as_bytes()) else {
        return Err(Flaw::in_first_line(LedgerDamage::Salt));
    };
    if !fields.iter().all(|names| names.is_sorted_by(|a, b| a < b)) {
        return Err(Flaw::in_first_line(LedgerDamage::FieldOrder));
    }
    Ok(Box::new(Records {
        left: records,
        origins: origins
            .into_iter()
            .map(|row| Arc::new(row.into()))
            .collect(),
        files: files.into_iter().map(Arc::from).collect(),
        fields: fields
            .into_iter()
            .map(|names| names.into_iter().map(Arc::from).collect())
            .collect(),
        builder: LedgerBuilder::new(salt, self::past(past).map_err(Flaw::in_first_line)?),
    }))
}

fn past(row: PastRow<'_>) -> Result<Past, LedgerDamage> {
    let PastRow {
        project,
        last,
        plans,
        gone,
        floor,
    } = row;
    let gone = gone.into_iter().map(|GoneRow { kind, key, time }| {
        let kind = lines::kind(&kind)?;
        let key = lines::key(kind, key)?;
        Ok(((kind, key.folded()), Tombstone { key, time }))
    });
    Ok(Past {
        project: project.map(Into::into),
        last: last.map(|row| Arc::new(row.into())),
        plans: plans
            .into_iter()
            .map(|row| AppliedPlan {
                digest: row.digest.into(),
                run: row.run.into(),
                time: row.time,
            })
            .collect(),
        gone: gone.collect::<Result<_, LineDamage>>()?,
        floor,
    })
}

impl Records {
    fn read(&mut self, line: &[u8]) -> Result<(), LedgerDamage> {
        let EntryRow {
            kind,
            key,
            id,
            fields,
            hashes,
            written,
            replaced,
            file,
            line,
            origin,
            protected,
        } = lines::json(line)?;
        let kind = lines::kind(&kind)?;
        let names = referred(&self.fields, fields)?;
        let origin = referred(&self.origins, origin)?;
        let written = written.map(|after| origin.time.as_millisecond().saturating_add(after));
        let entry = Entry {
            key: lines::key(kind, key)?,
            id: id.map(Into::into),
            fields: Applied::new(Arc::clone(names), read_hashes(names, hashes.as_bytes())?),
            written: match written.map(Timestamp::from_millisecond) {
                None => None,
                Some(Ok(written)) => Some(written),
                Some(Err(_)) => return Err(LedgerDamage::Time),
            },
            replaced: match replaced.as_deref() {
                None => Replaced::Unknown,
                Some("") => Replaced::Nothing,
                Some(digits) => Replaced::Values(read_hashes(names, digits.as_bytes())?),
            },
            protected: match protected {
                Some(origin) => Some(Arc::clone(referred(&self.origins, origin)?)),
                None => None,
            },
            declared: Place {
                file: Arc::clone(referred(&self.files, file)?),
                line,
            },
            origin: Arc::clone(origin),
        };
        self.left -= 1;
        self.builder.push(kind, entry);
        Ok(())
    }

    fn next_stage(self: Box<Self>) -> Result<Stage, LedgerDamage> {
        if self.left > 0 {
            return Ok(Stage::Record(self));
        }
        let ledger = self.builder.build().ok_or(LedgerDamage::Duplicate)?;
        Ok(Stage::Trailer(ledger))
    }
}

/// The item of a table that a record refers to.
fn referred<T>(table: &[T], index: usize) -> Result<&T, LedgerDamage> {
    table.get(index).ok_or(LedgerDamage::Reference)
}

/// A hash for each of these names, or none.
fn read_hashes(
    names: &SharedNames,
    digits: &[u8],
) -> Result<Box<[Option<FieldHash>]>, LedgerDamage> {
    const DIGITS_OF_A_HASH: usize = 16;
    if digits.len() != names.len() * DIGITS_OF_A_HASH {
        return Err(LedgerDamage::Hashes);
    }
    // Not collected: a `collect` of results allocates more than it needs, and there is one list per record.
    let mut hashes = Vec::with_capacity(names.len());
    for digits in digits.chunks_exact(DIGITS_OF_A_HASH) {
        let bytes = hex::decode(digits).ok_or(LedgerDamage::Hashes)?;
        hashes.push((bytes != NO_HASH).then_some(FieldHash(bytes)));
    }
    Ok(hashes.into_boxed_slice())
}
