//! The lines as serde writes and reads them. They have their own types, so the ledger in memory can change without them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::ledger::shared_rows::OriginRow;
use crate::model::Key;

/// The version that is written, and the newest one that is read.
pub(in crate::ledger) const VERSION: u64 = 1;

/// The first line.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Header<'a> {
    #[serde(borrow)]
    pub(super) oppctl: Cow<'a, str>,
    pub(super) version: u64,
    /// Random. If two runs write the same number at once, it shows which of them wrote the object.
    #[serde(borrow)]
    pub(super) write: Cow<'a, str>,
    /// The fingerprint of the instance.
    #[serde(borrow)]
    pub(super) instance: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) salt: Cow<'a, str>,
    /// The number of lines of records that follow.
    pub(super) records: u64,
    /// The applies that records refer to.
    #[serde(borrow)]
    pub(super) origins: Vec<OriginRow<'a>>,
    /// The files that records refer to.
    pub(super) files: Vec<String>,
    /// The lists of field names that records refer to.
    pub(super) fields: Vec<Vec<String>>,
}

/// The line of a record.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct EntryRow<'a> {
    #[serde(borrow)]
    pub(super) kind: Cow<'a, str>,
    pub(super) key: Cow<'a, Key>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Cow<'a, str>>,
    /// Which list of field names the record has.
    pub(super) fields: usize,
    /// The hashes of the fields, one after the other.
    #[serde(borrow)]
    pub(super) hashes: Cow<'a, str>,
    pub(super) file: usize,
    pub(super) line: u32,
    pub(super) origin: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) protected: Option<usize>,
}

/// The last line.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Trailer<'a> {
    /// The hash of all lines before.
    #[serde(borrow)]
    pub(super) sha256: Cow<'a, str>,
}
