//! Text to a ledger, in pieces as they arrive.

use std::io::BufRead as _;
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::ledger::records::{FieldHash, LedgerBuilder};
use crate::ledger::{
    Applied, Entry, FieldNames, Fingerprint, Ledger, LedgerError, Origin, Place, hex,
};
use crate::model::ObjectKind;

use super::rows::{EntryRow, Head, Header, Trailer, VERSION};

/// Why a text is not the ledger that is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ledger) enum Flaw {
    Damaged { line: u64, damage: Damage },
    Newer { found: u64 },
    Foreign { found: String },
}

/// What is wrong with a ledger's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    #[error("not what a ledger has there: {message}")]
    Unreadable { message: String },
    #[error("not a {wanted}")]
    Other { wanted: &'static str },
    #[error("it ends in the middle")]
    CutOff,
    #[error("something follows its end")]
    Longer,
    #[error("the lines before are not those that were written")]
    Hash,
    #[error("the kind `{name}` is unknown")]
    Kind { name: String },
    #[error("the key does not have the parts of its kind")]
    Key,
    #[error("a second record with this key")]
    Duplicate,
    #[error("it refers to something that the header lacks")]
    Reference,
    #[error("its hashes do not fit its fields")]
    Hashes,
    #[error("the salt is not one")]
    Salt,
    #[error("names of fields that are not in order")]
    FieldOrder,
}

impl Flaw {
    /// The error of an object of an instance.
    pub(in crate::ledger) fn of(self, object: String, expected: &Fingerprint) -> LedgerError {
        match self {
            Self::Damaged { line, damage } => LedgerError::Damaged {
                object,
                line,
                damage,
            },
            Self::Newer { found } => LedgerError::Newer {
                object,
                found,
                known: VERSION,
            },
            Self::Foreign { found } => LedgerError::Foreign {
                object,
                found,
                expected: expected.clone(),
            },
        }
    }
}

/// A ledger that is being read.
pub(in crate::ledger) struct LedgerReader<'a> {
    instance: &'a Fingerprint,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    /// Of the line that is read now, from 1.
    line: u64,
    hash: Sha256,
    stage: Stage,
}

enum Stage {
    Header,
    Records(Box<Records>),
    Trailer(Ledger),
    End(Ledger),
}

/// What the header said, and the records so far.
struct Records {
    left: u64,
    origins: Vec<Arc<Origin>>,
    files: Vec<Arc<str>>,
    fields: Vec<FieldNames>,
    builder: LedgerBuilder,
}

impl<'a> LedgerReader<'a> {
    /// A reader of this instance's ledger.
    pub(in crate::ledger) fn new(instance: &'a Fingerprint) -> Self {
        Self {
            instance,
            partial: Vec::new(),
            line: 1,
            hash: Sha256::new(),
            stage: Stage::Header,
        }
    }

    /// Reads on.
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

    /// The ledger, if nothing is missing.
    pub(in crate::ledger) fn finish(self) -> Result<Ledger, Flaw> {
        let line = self.line;
        let damaged = |damage| Err(Flaw::Damaged { line, damage });
        match self.stage {
            Stage::End(_) if !self.partial.is_empty() => damaged(Damage::Longer),
            Stage::End(ledger) => Ok(ledger),
            Stage::Header | Stage::Records(_) | Stage::Trailer(_) => damaged(Damage::CutOff),
        }
    }

    fn read_line(&mut self, line: &[u8]) -> Result<(), Flaw> {
        let number = self.line;
        let damaged = |damage| Flaw::Damaged {
            line: number,
            damage,
        };
        // What is put in its place is never seen: an error ends the reading.
        let next = match std::mem::replace(&mut self.stage, Stage::Header) {
            Stage::Header => Stage::Records(Box::new(header(line, self.instance)?)),
            Stage::Records(mut records) => {
                records.read(line).map_err(damaged)?;
                Stage::Records(records)
            }
            Stage::Trailer(ledger) => {
                let Trailer { sha256 } = json(line).map_err(damaged)?;
                if *sha256 != *hex::encode(&self.hash.clone().finalize()) {
                    return Err(damaged(Damage::Hash));
                }
                Stage::End(ledger)
            }
            Stage::End(_) => return Err(damaged(Damage::Longer)),
        };
        self.stage = match next {
            Stage::Records(records) if records.left == 0 => {
                let ledger = records.builder.build().ok_or(Damage::Duplicate);
                Stage::Trailer(ledger.map_err(damaged)?)
            }
            Stage::Header | Stage::Records(_) | Stage::Trailer(_) | Stage::End(_) => next,
        };
        self.hash.update(line);
        self.line += 1;
        Ok(())
    }
}

/// The first line with its end, and the rest; nothing if no line ends here.
fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    // Of all that std offers for bytes, this alone does not look at one after the other.
    let length = rest.skip_until(b'\n').expect("memory can be read");
    let (line, rest) = bytes.split_at(length);
    line.ends_with(b"\n").then_some((line, rest))
}

fn header(line: &[u8], instance: &Fingerprint) -> Result<Records, Flaw> {
    let damaged = |damage| Flaw::Damaged { line: 1, damage };
    // The version before the rest: of a newer one, only this much is known.
    let Head { oppctl, version } = json(line).map_err(damaged)?;
    if oppctl != "ledger" {
        return Err(damaged(Damage::Other { wanted: "ledger" }));
    }
    if version > VERSION {
        return Err(Flaw::Newer { found: version });
    }
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
    } = json(line).map_err(damaged)?;
    if found != instance.as_str() {
        let found = found.into_owned();
        return Err(Flaw::Foreign { found });
    }
    let salt = hex::decode(salt.as_bytes()).ok_or(Damage::Salt);
    if !fields.iter().all(|names| names.is_sorted_by(|a, b| a < b)) {
        return Err(damaged(Damage::FieldOrder));
    }
    let origins = origins.into_iter().map(|row| {
        Arc::new(Origin {
            time: row.time,
            commit: row.commit.map(Into::into),
        })
    });
    let names = |names: Vec<String>| names.into_iter().map(Arc::from).collect();
    Ok(Records {
        left: records,
        origins: origins.collect(),
        files: files.into_iter().map(Arc::from).collect(),
        fields: fields.into_iter().map(names).collect(),
        builder: LedgerBuilder::new(salt.map_err(damaged)?),
    })
}

impl Records {
    fn read(&mut self, line: &[u8]) -> Result<(), Damage> {
        let EntryRow {
            kind,
            key,
            id,
            fields,
            hashes,
            file,
            line,
            origin,
            protected,
        } = json(line)?;
        let kind = ObjectKind::named(&kind).ok_or_else(|| Damage::Kind {
            name: kind.into_owned(),
        })?;
        if !key.is_of(kind) {
            return Err(Damage::Key);
        }
        let origin_of = |index| self.origins.get(index).cloned().ok_or(Damage::Reference);
        let file = self.files.get(file).ok_or(Damage::Reference)?;
        let names = self.fields.get(fields).ok_or(Damage::Reference)?;
        let entry = Entry {
            key: key.into_owned(),
            id: id.map(Into::into),
            fields: self::fields(names, hashes.as_bytes())?,
            protected: protected.map(origin_of).transpose()?,
            declared: Place {
                file: Arc::clone(file),
                line,
            },
            origin: origin_of(origin)?,
        };
        self.left -= 1;
        self.builder.push(kind, entry);
        Ok(())
    }
}

fn fields(names: &FieldNames, hashes: &[u8]) -> Result<Applied, Damage> {
    const DIGITS: usize = 16;
    if hashes.len() != names.len() * DIGITS {
        return Err(Damage::Hashes);
    }
    // Of exactly this capacity: a collected result would have more.
    let mut digests = Vec::with_capacity(names.len());
    for digits in hashes.chunks_exact(DIGITS) {
        digests.push(FieldHash(hex::decode(digits).ok_or(Damage::Hashes)?));
    }
    Ok(Applied::new(Arc::clone(names), digests.into_boxed_slice()))
}

pub(in crate::ledger) fn json<'t, T: Deserialize<'t>>(line: &'t [u8]) -> Result<T, Damage> {
    serde_json::from_slice(line).map_err(|error| Damage::Unreadable {
        message: in_line(&error),
    })
}

/// What is wrong with a line, without the place: that is one in this line alone, and would be taken for one in the whole.
pub(crate) fn in_line(error: &serde_json::Error) -> String {
    let mut message = error.to_string();
    if let Some(place) = message.find(" at line ") {
        message.truncate(place);
    }
    message
}
