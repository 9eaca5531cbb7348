//! The members of a snapshot, as its file has them before it is encrypted.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Key;
use crate::value_row::ValueRow;

/// The format that is written.
pub(super) const FORMAT: &str = "1.0";
/// What such a file says that it is.
pub(super) const KIND: &str = "snapshot";

/// What tells a snapshot from other files, and its format.
#[derive(Deserialize)]
pub(super) struct HeadRow {
    pub(super) oppctl: String,
    pub(super) format_version: String,
}

#[derive(Deserialize, Serialize)]
pub(super) struct SnapshotRow<'a> {
    pub(super) oppctl: Cow<'a, str>,
    pub(super) format_version: Cow<'a, str>,
    pub(super) oppctl_version: Cow<'a, str>,
    pub(super) instance: InstanceRow<'a>,
    /// When the first of it was asked.
    pub(super) time: Timestamp,
    pub(super) kinds: Vec<KindRow<'a>>,
    pub(super) leads: Vec<LeadsRow<'a>>,
    pub(super) lead_values: Vec<LeadValueRow<'a>>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct InstanceRow<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) place: Cow<'a, str>,
    pub(super) fingerprint: Cow<'a, str>,
}

/// Names of fields, each with whether it is sensitive.
pub(super) type ListedRow<'a> = Vec<(Cow<'a, str>, bool)>;

#[derive(Deserialize, Serialize)]
pub(super) struct KindRow<'a> {
    pub(super) kind: Cow<'a, str>,
    /// Null for what was not asked.
    pub(super) described: Option<ToldRow<Vec<FieldRow<'a>>>>,
    pub(super) listed: Option<ToldRow<ListedRow<'a>>>,
    /// The lists of fields that records were asked for.
    pub(super) lists: Vec<Vec<Cow<'a, str>>>,
    pub(super) records: Vec<RecordRow<'a>>,
    /// The keys that were asked for, each with the places of its records in the list.
    pub(super) keys: Vec<(Cow<'a, Key>, Vec<usize>)>,
    /// The parents of which all children were asked for.
    pub(super) children: Vec<(Cow<'a, Key>, Vec<usize>)>,
    /// Other fields, with the values that were asked for.
    pub(super) values: Vec<(Cow<'a, str>, Cow<'a, str>, Vec<usize>)>,
}

/// An answer, or a refusal.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToldRow<T> {
    Answer(T),
    Refused { code: String, message: String },
}

#[derive(Deserialize, Serialize)]
pub(super) struct FieldRow<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) data_type: Cow<'a, str>,
    pub(super) length: Option<u32>,
    pub(super) updateable: bool,
}

#[derive(Deserialize, Serialize)]
pub(super) struct RecordRow<'a> {
    pub(super) id: Cow<'a, str>,
    pub(super) key: Cow<'a, Key>,
    /// The place of its list of fields.
    pub(super) list: usize,
    /// A value for each of them.
    pub(super) values: Vec<ValueRow<'a>>,
}

/// The leads with a value of a field: their ids, and the value as each has it.
#[derive(Deserialize, Serialize)]
pub(super) struct LeadsRow<'a> {
    pub(super) field: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    pub(super) found: ToldRow<Vec<(i64, Cow<'a, str>)>>,
}

#[derive(Deserialize, Serialize)]
pub(super) struct LeadValueRow<'a> {
    pub(super) field: Cow<'a, str>,
    pub(super) id: i64,
    pub(super) value: Option<Cow<'a, str>>,
}
