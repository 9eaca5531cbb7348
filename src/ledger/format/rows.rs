//! The lines as serde writes and reads them. Types of their own: the ledger in memory can change without them.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Key;

/// The version that is written, and the newest that is read.
pub(in crate::ledger) const VERSION: u64 = 1;

/// What every version begins with.
#[derive(Debug, Deserialize, Serialize)]
pub(in crate::ledger) struct Head<'a> {
    /// What the object is: "ledger" or "lock".
    #[serde(borrow)]
    pub(in crate::ledger) oppctl: Cow<'a, str>,
    pub(in crate::ledger) version: u64,
}

/// The first line, after [`Head`].
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Header<'a> {
    #[serde(borrow)]
    pub(super) oppctl: Cow<'a, str>,
    pub(super) version: u64,
    /// Tells this write from every other: of two that raced for one number, it says whose object it is.
    #[serde(borrow)]
    pub(super) write: Cow<'a, str>,
    /// The fingerprint of the instance.
    #[serde(borrow)]
    pub(super) instance: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) salt: Cow<'a, str>,
    /// How many lines of records follow.
    pub(super) records: u64,
    /// The applies that records refer to.
    #[serde(borrow)]
    pub(super) origins: Vec<OriginRow<'a>>,
    /// The files that records refer to.
    pub(super) files: Vec<String>,
    /// The lists of field names that records refer to.
    pub(super) fields: Vec<Vec<String>>,
}

/// An apply.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct OriginRow<'a> {
    pub(super) time: Timestamp,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<Cow<'a, str>>,
}

/// A record.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct EntryRow<'a> {
    #[serde(borrow)]
    pub(super) kind: Cow<'a, str>,
    pub(super) key: Cow<'a, Key>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Cow<'a, str>>,
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
