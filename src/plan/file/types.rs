//! The members of a plan file. Their doc comments are the descriptions of `schemas/plan.v1.json`.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::Key;

/// A plan of oppctl, format 1.
///
/// Later versions of format 1 may add members; readers pass over those that they do not know.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "oppctl plan, format 1")]
pub struct PlanFile {
    /// `MAJOR.MINOR` of the format; a reader refuses another MAJOR.
    pub format_version: String,
    /// The version of oppctl that made the plan.
    pub oppctl_version: String,
    pub instance: InstanceEntry,
    /// The commit of the manifests, where one is known.
    pub commit: Option<String>,
    /// The hash of what the plan does: the same for every plan that does the same.
    pub digest: String,
    /// The paths that the plan was narrowed to, relative to the configuration; empty for all manifests.
    pub paths: Vec<String>,
    /// The run that the plan takes back, if it is made from one and not from manifests.
    #[serde(default)]
    pub undoes: Option<UndoEntry>,
    /// What was allowed on the command line.
    pub permits: PermitsEntry,
    /// Whether an apply has to be told the instance's name.
    #[serde(default)]
    pub confirm: bool,
    pub counts: SavedCounts,
    /// The records that the plan changes, deletions of what is not declared any more last.
    pub changes: Vec<ChangeEntry>,
    /// Records that become the project's own without a change in Marketo.
    pub adopted: Vec<RecordEntry>,
    /// Records that the ledger lets go of without a change in Marketo.
    pub forgotten: Vec<RecordEntry>,
    /// What is worth knowing and changes nothing, in words.
    pub notes: Vec<String>,
    /// Why an apply would be refused, in words; empty if it would not.
    pub refusals: Vec<String>,
    pub calls: Budget,
}

/// A Marketo instance.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InstanceEntry {
    /// Its name in the configuration.
    pub name: String,
    /// Its address, or that it is the built-in simulator.
    pub place: String,
    /// What tells it from every other instance.
    pub fingerprint: String,
}

/// A run that is taken back.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct UndoEntry {
    /// Its name.
    pub run: String,
    /// The fields that go back whoever has changed them since.
    pub forced: Vec<String>,
}

/// What is refused unless a person allows it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct PermitsEntry {
    /// The marker of another owner whose records may be adopted.
    pub adopt_foreign: Option<String>,
    /// Whether children that nobody declares may be deleted with their parents.
    pub with_undeclared: bool,
    /// How many deletions are allowed, whatever the guards of the configuration say.
    pub allow_deletes: Option<usize>,
}

/// How many records there are of each sort.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedCounts {
    pub create: usize,
    pub adopt: usize,
    pub update: usize,
    pub delete: usize,
    /// Declared, and as they should be.
    pub unchanged: usize,
    /// Entries of the manifests.
    pub declared: usize,
    /// Records of the ledger; null without one.
    pub owned: Option<usize>,
}

/// Calls of Marketo's API.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// Those that the plan took.
    pub plan: u64,
    /// Those that an apply needs.
    pub apply: usize,
    /// Those that the instance has in a day.
    pub daily: usize,
}

/// A record and what becomes of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ChangeEntry {
    pub kind: String,
    /// The parts of the key, in the order of the kind's dedupe fields; a lead is a number.
    pub key: Key,
    /// The key in the words of the manifest, which may name a lead by e-mail.
    pub shown: String,
    /// What a person recognises the record by.
    pub label: Option<String>,
    pub action: ActionEntry,
    /// What asks for a deletion.
    pub why: Option<WhyEntry>,
    /// The id of the record; null for one that is to be created.
    pub id: Option<String>,
    pub place: PlaceEntry,
    pub fields: Vec<FieldEntry>,
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionEntry {
    Create,
    /// It exists, and becomes the project's own.
    Adopt,
    Update,
    Delete,
}

/// What asks for a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyEntry {
    /// `ensure: absent`.
    Tombstone,
    /// A complete list lacks it.
    NotListed,
    /// It is owned, and not declared any more.
    Removed,
    /// Nobody declares it, and its parent is to be deleted.
    WithParent,
    /// The run that is undone created it.
    Undone,
}

/// Where a change comes from.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PlaceEntry {
    /// Relative to the configuration.
    pub file: String,
    pub line: usize,
    /// Null for an entry that is not there any more.
    pub column: Option<usize>,
    /// When an entry that is not there any more was last applied.
    pub applied: Option<String>,
    /// The commit of that apply, where it is known.
    pub commit: Option<String>,
}

/// A field that gets another value.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FieldEntry {
    pub name: String,
    /// The data type that the instance describes.
    pub data_type: String,
    /// The values are left out; that there are some is said by a text in their place.
    pub sensitive: bool,
    /// Null for no value.
    #[schemars(with = "serde_json::Value")]
    pub before: Box<RawValue>,
    #[schemars(with = "serde_json::Value")]
    pub after: Box<RawValue>,
    /// Who has changed it since the last apply, as far as a ledger knows.
    pub moved: Option<MovedEntry>,
}

/// Who has changed a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovedEntry {
    You,
    Marketo,
    Both,
}

/// A record.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RecordEntry {
    pub kind: String,
    pub key: Key,
}

/// The JSON Schema of plan files.
#[must_use]
pub fn plan_schema() -> Schema {
    SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<PlanFile>()
}
