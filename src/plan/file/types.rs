//! The members of a plan file. Their doc comments are the descriptions of `schemas/plan.v2.json`.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::brief::{SavedBrief, SavedNote};
use crate::model::Key;
use crate::plan::Permits;

/// The format that is written.
pub(super) const FORMAT: &str = "2.6";

/// A plan of oppctl, format 2.
///
/// Later versions of format 2 may add members; readers pass over those that they do not know.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "oppctl plan, format 2")]
pub struct PlanFile<C = Vec<SavedChange>> {
    /// `MAJOR.MINOR` of the format; a reader refuses another MAJOR.
    pub format_version: String,
    /// The version of oppctl that made the plan.
    pub oppctl_version: String,
    /// What the plan comes to, in one sentence; null in files of older versions.
    #[serde(default)]
    pub verdict: Option<String>,
    pub instance: InstanceEntry,
    /// The commit of the manifests, where one is known.
    pub commit: Option<String>,
    /// The hash of what the plan does: equal plans have equal digests.
    pub digest: String,
    /// The paths to which the plan is limited, relative to the configuration; empty for all manifests.
    pub paths: Vec<String>,
    /// The keys, or patterns of keys, to which the plan is limited; empty for all records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// What the plan looked at, if it is of the changed records alone; null for all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_since: Option<SavedPart>,
    /// What the plan compares the manifests with; null for what the instance has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<SavedBasis>,
    /// The records of which nothing is planned, because they are not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_known: Vec<SavedUnknown>,
    /// The run that the plan undoes, if it was made from a run and not from manifests.
    #[serde(default)]
    pub undoes: Option<UndoEntry>,
    /// What was allowed on the command line.
    pub permits: Permits,
    /// Whether an apply needs confirmation by the instance's name.
    #[serde(default)]
    pub confirm: bool,
    pub counts: SavedCounts,
    /// What the plan means to people; null in files of older versions.
    #[serde(default)]
    pub brief: Option<SavedBrief>,
    /// The records that the plan changes; records that no manifest declares any more come last.
    pub changes: C,
    /// Records that become owned without a change in Marketo.
    pub adopted: Vec<SavedRecord>,
    /// Records that are no longer managed, without a change in Marketo.
    pub forgotten: Vec<SavedRecord>,
    /// Records that become protected from deletion.
    pub protected: Vec<SavedRecord>,
    /// Records whose protection from deletion ends.
    pub unprotected: Vec<SavedRecord>,
    /// What a person should know, in words; notes change nothing.
    pub notes: Vec<String>,
    /// The same notes with their codes and severities; none in files of older versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noted: Vec<SavedNote>,
    /// Why an apply would be refused, in words; empty if it would not be.
    pub refusals: Vec<String>,
    pub calls: SavedCalls,
    /// A hash of the whole text of the file, with a key that only those have who can read the ledger or, without one, the
    /// configuration. A file that was edited is not applied.
    pub seal: String,
}

/// A Marketo instance.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InstanceEntry {
    /// Its name in the configuration.
    pub name: String,
    /// Its address, or a note that it is the built-in simulator.
    pub place: String,
    /// The fingerprint that identifies the instance.
    pub fingerprint: String,
}

/// What a plan of the changed records alone looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SavedPart {
    /// The revision of git that `--changed-since` named.
    pub revision: String,
    /// The commit that the manifests were compared with.
    pub base: String,
    /// The number of entries that were looked at: those that changed, and those that they need.
    pub looked_at: usize,
    /// The number of records that were not looked at, owned ones that no manifest declares among them.
    pub not_looked_at: usize,
}

/// What a plan compares the manifests with, if that is not what the instance has. No apply accepts such a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SavedBasis {
    /// What the ledger says was last applied. Nothing was read: instead of a value that was replaced, `before` has the text "(not read)".
    Ledger,
    /// What the instance had when a snapshot was made.
    Snapshot {
        /// When the first of it was read, in RFC 3339.
        time: String,
    },
}

/// A record of which nothing is planned, because it is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SavedUnknown {
    pub kind: String,
    /// The key, in the words of the manifest if one declares it.
    pub shown: String,
    /// Where it is declared; null for a record that no manifest declares any more.
    pub place: Option<SavedPlace>,
    pub why: SavedWhyUnknown,
}

/// Why a record is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SavedWhyUnknown {
    /// Its entry names a lead by a field, and that lead was not looked up.
    Lead,
    /// An apply ended before it knew whether the record was created.
    Claimed,
    /// Nobody has asked about it.
    NotAsked,
    /// It goes on under another key of which nothing is known.
    Renamed,
    /// An apply has written it since the snapshot was made.
    AppliedSince,
}

/// A run to undo.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct UndoEntry {
    /// Its name.
    pub run: String,
    /// The fields that are restored even if others have changed them since.
    pub forced: Vec<String>,
}

/// The number of records of each sort.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedCounts {
    pub create: usize,
    pub adopt: usize,
    pub update: usize,
    pub delete: usize,
    /// Declared records that are as declared.
    pub unchanged: usize,
    /// Entries of the manifests.
    pub declared: usize,
    /// Records of the ledger; null without one.
    pub owned: Option<usize>,
}

/// Calls of Marketo's API.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedCalls {
    /// The number of calls that the plan took.
    pub plan: u64,
    /// The number of calls that an apply needs.
    pub apply: usize,
    /// The number of calls that the instance allows in a day.
    pub daily: usize,
    /// The number of calls that this day had left when the plan was made, if the apply makes any and the instance told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<usize>,
}

/// A record and what is done to it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedChange {
    pub kind: String,
    /// The parts of the key, in the order of the kind's dedupe fields; a lead is a number.
    pub key: Key,
    /// The key in the words of the manifest, which may name a lead by e-mail.
    pub shown: String,
    /// What people recognise the record by.
    pub label: Option<String>,
    pub action: SavedAction,
    /// What asks for a deletion.
    pub why: Option<SavedWhyDelete>,
    /// The id of the record; null for one that is to be created.
    pub id: Option<String>,
    pub place: SavedPlace,
    pub fields: Vec<SavedField>,
    /// The time by which the ledger knows the last apply that touched the record, if one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched: Option<String>,
    /// A hash of the change, if some of its values are masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<String>,
}

/// What is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SavedAction {
    Create,
    /// It exists, and becomes owned.
    Adopt,
    Update,
    Delete,
}

/// What asks for a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SavedWhyDelete {
    /// `ensure: absent`.
    Tombstone,
    /// It is missing in a complete list.
    NotListed,
    /// It is owned, and no manifest declares it any more.
    Removed,
    /// No manifest declares it, and its parent is to be deleted.
    WithParent,
    /// The run to undo created it.
    Undone,
}

/// Where a change comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SavedPlace {
    /// Relative to the configuration.
    pub file: String,
    pub line: usize,
    /// Null for an entry that does not exist any more.
    pub column: Option<usize>,
    /// When an entry that does not exist any more was last applied.
    pub applied: Option<String>,
    /// The commit of that apply, where it is known.
    pub commit: Option<String>,
}

/// A field that gets another value.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedField {
    pub name: String,
    /// The data type that the instance describes.
    pub data_type: String,
    /// Whether the values are masked: each value that is not null is replaced by the text "(sensitive)".
    pub sensitive: bool,
    /// Null for no value.
    #[schemars(with = "serde_json::Value")]
    pub before: Box<RawValue>,
    #[schemars(with = "serde_json::Value")]
    pub after: Box<RawValue>,
    /// Who changed the field since the last apply, as far as a ledger knows.
    pub moved: Option<SavedMoved>,
}

/// Who changed a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SavedMoved {
    You,
    Marketo,
    Both,
    /// It is not known: the field is sensitive, and the ledger has no hash of it.
    NotKnown,
}

/// A record.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedRecord {
    pub kind: String,
    pub key: Key,
    /// The time by which the ledger knows the last apply that touched the record, if one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touched: Option<String>,
}

/// The JSON Schema of plan files.
#[must_use]
pub fn plan_schema() -> Schema {
    SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<PlanFile>()
}
