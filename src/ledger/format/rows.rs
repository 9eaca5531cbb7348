//! The lines as serde writes and reads them. Types of their own: the ledger in memory can change without them.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};

/// The version that is written, and the newest that is read.
pub(in crate::ledger) const VERSION: u64 = 1;

/// What every version begins with.
#[derive(Debug, DeriveDeserialize, Serialize)]
pub(in crate::ledger) struct Head<'a> {
    /// What the object is: "ledger" or "lock".
    #[serde(borrow)]
    pub(in crate::ledger) oppctl: Cow<'a, str>,
    pub(in crate::ledger) version: u64,
}

/// The first line, after [`Head`].
#[derive(Debug, DeriveDeserialize, Serialize)]
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
#[derive(Debug, DeriveDeserialize, Serialize)]
pub(super) struct OriginRow<'a> {
    pub(super) time: Timestamp,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<Cow<'a, str>>,
}

/// A record.
#[derive(Debug, DeriveDeserialize, Serialize)]
pub(super) struct Row<'a> {
    #[serde(borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) key: Vec<Part<'a>>,
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

/// A part of a key: text, or the id of a lead as a number.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Part<'a> {
    Text(Cow<'a, str>),
    Lead(i64),
}

/// The last line.
#[derive(Debug, DeriveDeserialize, Serialize)]
pub(super) struct Trailer<'a> {
    /// The hash of all lines before.
    #[serde(borrow)]
    pub(super) sha256: Cow<'a, str>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Part<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartVisitor)
    }
}

// Faster than serde's untagged enums, which copy what they read.
struct PartVisitor;

impl<'de> Visitor<'de> for PartVisitor {
    type Value = Part<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or the id of a lead")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Part::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Part::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E: Error>(self, id: i64) -> Result<Self::Value, E> {
        Ok(Part::Lead(id))
    }

    fn visit_u64<E: Error>(self, id: u64) -> Result<Self::Value, E> {
        let id = i64::try_from(id).map_err(|_| E::custom("an id of a lead that is too large"))?;
        Ok(Part::Lead(id))
    }
}
