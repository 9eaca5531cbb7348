//! From a file to the plan in it. The plan is shown and compared, but never applied: an apply plans again.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::seal::{SealKey, Sealed};
use super::types::{
    FORMAT, PlanFile, SavedAction, SavedChange, SavedField, SavedMoved, SavedPlace, SavedWhyDelete,
};
use crate::ledger::{Origin, Place};
use crate::misread::Misread;
use crate::model::{DataType, Form, ObjectKind, Value};
use crate::plan::{
    Action, At, Change, FieldChange, LedgerAction, Moved, RecordPlans, Stamp, Stamps, WhyDelete,
    record_plans,
};

/// A plan that was read from a file.
#[derive(Debug)]
pub struct SavedPlan {
    /// The members of the file, without its changes.
    pub file: PlanFile,
    pub changes: Vec<Change>,
    stamps: Vec<Stamp>,
    sealed: Option<Sealed>,
}

impl SavedPlan {
    /// Whether the whole file is as it was sealed with this key.
    #[must_use]
    pub fn is_sealed_by(&self, key: &SealKey) -> bool {
        self.sealed.as_ref().is_some_and(|sealed| sealed.is_by(key))
    }

    /// Whether it can be compared part by part. Older versions did not write what that needs.
    #[must_use]
    pub fn is_in_parts(&self) -> bool {
        self.file.format_version != "2.0"
    }

    /// What it does to each record. `change` makes of each of its changes the one to compare.
    #[must_use]
    pub fn records(&self, change: impl Fn(&Change) -> Change) -> RecordPlans {
        let mut stamps: Stamps = self
            .changes
            .iter()
            .zip(&self.stamps)
            .map(|(change, stamp)| ((change.kind, change.key.folded()), stamp.clone()))
            .collect();
        let PlanFile {
            adopted,
            forgotten,
            protected,
            unprotected,
            ..
        } = &self.file;
        let lists = [
            (LedgerAction::Adopt, adopted),
            (LedgerAction::Forget, forgotten),
            (LedgerAction::Protect, protected),
            (LedgerAction::Unprotect, unprotected),
        ];
        let records = lists
            .into_iter()
            .flat_map(|(action, records)| records.iter().map(move |record| (action, record)));
        let mut actions = Vec::new();
        for (action, record) in records {
            let Some(kind) = ObjectKind::named(&record.kind) else {
                continue;
            };
            let key = (kind, record.key.folded());
            let touched = record.touched.as_deref().and_then(|time| time.parse().ok());
            if touched.is_some() {
                stamps.entry(key.clone()).or_default().touched = touched;
            }
            actions.push((key, action));
        }
        record_plans(self.changes.iter().map(change), actions, stamps)
    }
}

/// Why a file is not a plan that can be read.
#[derive(Debug, Error)]
pub enum PlanFileError {
    #[error("it is not a plan file of oppctl")]
    NotAPlan(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("it has format {found}, but this oppctl reads {FORMAT}")]
    Version { found: String },
    #[error("its change {number} has {what}")]
    Change { number: usize, what: &'static str },
}

fn not_a_plan(error: &serde_json::Error) -> PlanFileError {
    PlanFileError::NotAPlan(Misread::of_json(error).into())
}

/// Reads a plan file.
///
/// # Errors
/// The file is not a plan file, or it has another major version.
pub fn read(text: &str) -> Result<SavedPlan, PlanFileError> {
    #[derive(Deserialize)]
    struct Version {
        format_version: String,
    }
    let Version { format_version } =
        serde_json::from_str(text).map_err(|error| not_a_plan(&error))?;
    if major(&format_version) != major(FORMAT) {
        return Err(PlanFileError::Version {
            found: format_version,
        });
    }
    let mut file: PlanFile = serde_json::from_str(text).map_err(|error| not_a_plan(&error))?;
    let entries = std::mem::take(&mut file.changes);
    let (mut changes, mut stamps) = (Vec::new(), Vec::new());
    for (number, entry) in (1..).zip(entries) {
        let wrong = |what| PlanFileError::Change { number, what };
        let touched = entry.touched.as_deref().map(str::parse).transpose();
        stamps.push(Stamp {
            touched: touched.map_err(|_| wrong("a time that is not valid"))?,
            hidden: entry.hidden.as_deref().map(Into::into),
        });
        changes.push(change(entry).map_err(wrong)?);
    }
    Ok(SavedPlan {
        file,
        changes,
        stamps,
        sealed: Sealed::of(text),
    })
}

/// Whether this is a plan file, of this version of the format or of another one.
#[must_use]
pub fn is_plan(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Names {
        #[serde(rename = "format_version")]
        _format_version: String,
        #[serde(rename = "oppctl_version")]
        _oppctl_version: String,
    }
    serde_json::from_str::<Names>(text).is_ok()
}

/// The part of a version that decides whether a file can be read.
fn major(version: &str) -> Option<&str> {
    version.split('.').next()
}

fn change(entry: SavedChange) -> Result<Change, &'static str> {
    let SavedChange {
        kind,
        key,
        shown,
        label,
        action,
        why,
        id,
        place,
        fields,
        touched: _,
        hidden: _,
    } = entry;
    let kind = ObjectKind::named(&kind).ok_or("an unknown kind")?;
    let at = at(place)?;
    let fields = fields.into_iter().map(field).collect();
    if !key.is_of(kind) {
        return Err("a key that does not fit its kind");
    }
    let id = id.map(Box::from).ok_or("no id");
    let action = match action {
        SavedAction::Create => Action::Create { fields },
        SavedAction::Adopt => Action::Adopt { id: id?, fields },
        SavedAction::Update => Action::Update { id: id?, fields },
        SavedAction::Delete => Action::Delete {
            id: id?,
            why: match why.ok_or("no reason for a deletion")? {
                SavedWhyDelete::Tombstone => WhyDelete::Tombstone,
                SavedWhyDelete::NotListed => WhyDelete::NotListed,
                SavedWhyDelete::Removed => WhyDelete::Removed,
                SavedWhyDelete::WithParent => WhyDelete::WithParent,
                SavedWhyDelete::Undone => WhyDelete::Undone,
            },
            fields,
        },
    };
    Ok(Change {
        kind,
        key,
        shown: shown.into(),
        label: label.map(Into::into),
        action,
        at,
    })
}

fn at(place: SavedPlace) -> Result<At, &'static str> {
    let SavedPlace {
        file,
        line,
        column,
        applied,
        commit,
    } = place;
    let file = file.into();
    Ok(match applied {
        None => At::Saved {
            file,
            line,
            column: column.unwrap_or(1),
        },
        Some(applied) => At::Before {
            place: Place {
                file,
                line: u32::try_from(line).map_err(|_| "a line number that is too large")?,
            },
            origin: Arc::new(Origin {
                time: applied.parse().map_err(|_| "a time that is not valid")?,
                commit: commit.map(Into::into),
            }),
        },
    })
}

fn field(entry: SavedField) -> FieldChange {
    let SavedField {
        name,
        data_type,
        sensitive,
        before,
        after,
        moved,
    } = entry;
    let data_type = DataType::named(&data_type);
    FieldChange {
        name: name.into(),
        before: value(&before, &data_type),
        after: value(&after, &data_type),
        sensitive,
        moved: moved.map(|moved| match moved {
            SavedMoved::You => Moved::You,
            SavedMoved::Marketo => Moved::Marketo,
            SavedMoved::Both => Moved::Both,
            SavedMoved::NotKnown => Moved::Hidden,
        }),
        at: None,
        data_type,
    }
}

/// The value that was written for a field of this type.
fn value(raw: &RawValue, data_type: &DataType) -> Value {
    let text = raw.get();
    if let Ok(text) = serde_json::from_str::<String>(text) {
        return Value::observed(Form::Text, &text, data_type);
    }
    let form = match text {
        "null" => Form::Null,
        "true" | "false" => Form::Boolean,
        _ => Form::Number,
    };
    Value::observed(form, text, data_type)
}
