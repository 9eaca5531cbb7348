//! The member `brief` of a plan file. Its doc comments are descriptions of `schemas/plan.v2.json`.

use std::borrow::Cow;
use std::collections::HashMap;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::Level;

/// What the plan means to people. Changes are named by their index in `changes`, from 0. Sensitive values are in none of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SavedBrief {
    /// What the plan comes to, in one sentence.
    pub verdict: String,
    /// What to look at first, the gravest first.
    pub look_first: Vec<SavedFinding>,
    /// What the configuration has lowered to `info`: it is only told. None in files of older versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_seen: Vec<SavedFinding>,
    /// Why an apply would be refused, each with the way out that a reviewer has.
    pub refusals: Vec<SavedRefusal>,
    pub impact: SavedImpact,
    /// The records that are created, the largest amounts first. Children that are created with their parents are counted there.
    pub created: Vec<SavedDeal>,
    /// The records that are deleted, in the same way.
    pub deleted: Vec<SavedDeal>,
    /// The changes of records that exist, the largest amounts first.
    pub updated: Vec<usize>,
    /// What is known of these records, as the plan leaves them; without children, and none in files of older versions.
    #[serde(default)]
    pub updated_deals: Vec<SavedDeal>,
    /// The shapes of all of these changes: each changed field of each record is in one of them.
    pub patterns: Vec<SavedPattern>,
}

/// How grave something is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is sent before it is resolved.
    Error,
    /// It is worth a look.
    #[default]
    Warning,
    /// It is only told.
    Info,
}

impl Severity {
    /// That of a level; none of one that is told nowhere.
    #[must_use]
    pub fn of(level: Level) -> Option<Self> {
        match level {
            Level::Error => Some(Self::Error),
            Level::Warning => Some(Self::Warning),
            Level::Info => Some(Self::Info),
            Level::Off => None,
        }
    }
}

/// A note, and how grave it is in this configuration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedNote {
    /// A stable word, such as `orphan`.
    pub code: String,
    pub severity: Severity,
    pub text: String,
}

/// Something to look at first.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedFinding {
    /// A stable word, such as `amount-factor`.
    pub code: String,
    /// How grave it is in this configuration.
    #[serde(default)]
    pub severity: Severity,
    /// How many fields, records or entries it is about.
    pub count: usize,
    /// The sum of the differences of the amounts, or of the amounts.
    pub amount: Option<Exact>,
    /// The finding in words.
    pub text: String,
    pub changes: Vec<SavedFindingPlace>,
}

/// A record that a finding is about, with all of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRecord<'f> {
    pub change: usize,
    pub fields: Vec<&'f str>,
    pub day: Option<&'f str>,
}

impl SavedFinding {
    /// The records, each once, in the order of the finding.
    #[must_use]
    pub fn records(&self) -> Vec<FoundRecord<'_>> {
        let mut records: Vec<FoundRecord<'_>> = Vec::new();
        let mut places: HashMap<usize, usize> = HashMap::new();
        for SavedFindingPlace { change, field, day } in &self.changes {
            let index = *places.entry(*change).or_insert_with(|| {
                records.push(FoundRecord {
                    change: *change,
                    fields: Vec::new(),
                    day: day.as_deref(),
                });
                records.len() - 1
            });
            records[index].fields.extend(field.as_deref());
        }
        records
    }

    /// Whether its fields have to be named: its words name those of amounts.
    #[must_use]
    pub fn names_fields(&self) -> bool {
        self.code != "amount-factor"
    }
}

/// A change that a finding is about.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedFindingPlace {
    pub change: usize,
    /// The changed field that it is about; null for the whole record.
    pub field: Option<String>,
    /// The day on which the record was last written in Marketo, where that matters.
    pub day: Option<String>,
}

/// Why an apply would be refused.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedRefusal {
    /// A stable word, such as `too-many-deletes`.
    pub code: String,
    pub text: String,
    /// What a reviewer can do about it.
    pub remedy: String,
    /// The entry of a manifest that it is about, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<SavedPlace>,
}

/// A line of a manifest.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedPlace {
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// What the plan does to the pipeline: to the declared records, and to those that it deletes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SavedImpact {
    pub currency: Option<String>,
    /// Whether amounts are known; otherwise every sum is null.
    pub has_amounts: bool,
    /// Whether it is known which records are closed; otherwise all count as open.
    pub knows_closed: bool,
    /// Whether it is of the records that a plan of the changed ones looked at, and not of all that are declared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_of_part: bool,
    /// The open records by stage, in the order of the configuration; the name is empty for those without a stage.
    pub stages: Vec<SavedSides>,
    pub open: SavedSides,
    pub won: SavedSides,
    pub lost: SavedSides,
    /// The open records by owner.
    pub owners: Vec<SavedSides>,
}

/// Some records before and after the plan.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SavedSides {
    /// The stage or the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub before: SavedSum,
    pub after: SavedSum,
}

impl SavedImpact {
    /// Whether the plan moves the pipeline.
    #[must_use]
    pub fn is_moved(&self) -> bool {
        let whole = [&self.open, &self.won, &self.lost];
        self.stages.iter().chain(whole).any(SavedSides::is_moved)
    }
}

impl SavedSides {
    /// Whether the two sides differ.
    #[must_use]
    pub fn is_moved(&self) -> bool {
        self.before.count != self.after.count || self.before.amount != self.after.amount
    }

    /// How much the amount changes, if it is known and does.
    #[must_use]
    pub fn moved_by(&self) -> Option<Decimal> {
        let (before, after) = self.before.amount.zip(self.after.amount)?;
        let change = after.0.checked_sub(before.0)?;
        (!change.is_zero()).then_some(change)
    }
}

/// How many records there are, and the sum of their amounts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SavedSum {
    pub count: usize,
    /// Null if amounts are not known, or if the sum has too many digits.
    pub amount: Option<Exact>,
}

/// A record that is changed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SavedDeal {
    pub change: usize,
    pub stage: Option<String>,
    pub amount: Option<Exact>,
    pub owner: Option<String>,
    /// The day on which it closes.
    pub closes: Option<String>,
    /// How many of its children are created or deleted with it.
    pub children: usize,
}

/// Equal changes of one field.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedPattern {
    pub kind: String,
    pub field: String,
    /// A stable word, such as `divided` or `from-to`.
    pub shape: String,
    /// The shape in words.
    pub text: String,
    /// How many records change so.
    pub count: usize,
    /// The changes of these records; none in files of older versions.
    #[serde(default)]
    pub changes: Vec<usize>,
    /// The sum of the differences, of a number that is not sensitive.
    pub amount: Option<Exact>,
}

/// A decimal number with its own digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact(pub Decimal);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = RawValue::from_string(self.0.normalize().to_string());
        raw.expect("a decimal is a number of JSON")
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        raw.get().parse().map(Self).map_err(D::Error::custom)
    }
}

impl JsonSchema for Exact {
    fn schema_name() -> Cow<'static, str> {
        "Exact".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "number" })
    }
}
