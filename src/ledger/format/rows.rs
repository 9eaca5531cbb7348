//! The lines as serde writes and reads them. They have their own types, so the ledger in memory can change without them.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ledger::shared_rows::OriginRow;
use crate::model::Key;

/// The version that is written, and the newest one that is read.
pub const VERSION: u64 = 1;

/// What stands for a value without a hash. Older versions take it for the hash of some other value.
pub(super) const NO_HASH: [u8; 8] = [0; 8];

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
    #[serde(borrow, default, skip_serializing_if = "PastRow::is_empty")]
    pub(super) past: PastRow<'a>,
}

/// What the ledger remembers beside its records. Readers that do not know it pass over it.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct PastRow<'a> {
    /// The project that the ledger is of.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<Cow<'a, str>>,
    /// The last apply of manifests whose commit was known.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<OriginRow<'a>>,
    /// The plans that were applied, the newest last.
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) plans: Vec<PlanRow<'a>>,
    /// Records that are owned no more.
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) gone: Vec<GoneRow<'a>>,
    /// No record that `gone` leaves out was touched later than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) floor: Option<Timestamp>,
}

impl PastRow<'_> {
    fn is_empty(&self) -> bool {
        let Self {
            project,
            last,
            plans,
            gone,
            floor,
        } = self;
        let is_bare = project.is_none() && last.is_none() && floor.is_none();
        is_bare && plans.is_empty() && gone.is_empty()
    }
}

/// A plan that was applied.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct PlanRow<'a> {
    #[serde(borrow)]
    pub(super) digest: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) run: Cow<'a, str>,
    pub(super) time: Timestamp,
}

/// A record that is owned no more.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct GoneRow<'a> {
    #[serde(borrow)]
    pub(super) kind: Cow<'a, str>,
    pub(super) key: Cow<'a, Key>,
    pub(super) time: Timestamp,
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
    /// The hashes of the fields, one after the other; zeros for a sensitive field.
    #[serde(borrow)]
    pub(super) hashes: Cow<'a, str>,
    /// When the last write of the record was answered, in milliseconds after the time of the origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) written: Option<i64>,
    /// The hashes of what the last write of each field replaced; zeros where that is not known, and an empty text for a record that was
    /// new then.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) replaced: Option<Cow<'a, str>>,
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
