//! From a file to the plan that it holds, good for showing and comparing. It is never applied: an apply plans anew.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::types::{ActionEntry, ChangeEntry, FieldEntry, MovedEntry, PlanFile, WhyEntry};
use super::write::FORMAT;
use crate::ledger::{Origin, Place};
use crate::model::{DataType, Form, ObjectKind, Value};
use crate::plan::{Action, At, Change, FieldChange, Moved, WhyDelete};

/// A plan that was read from a file.
#[derive(Debug)]
pub struct Saved {
    /// As it stands in the file, without its changes.
    pub file: PlanFile,
    pub changes: Vec<Change>,
}

/// Why a file is no plan.
#[derive(Debug, Error)]
pub enum PlanFileError {
    #[error("it is no plan of oppctl")]
    NotAPlan(#[source] serde_json::Error),
    #[error("it has format {found}, and this oppctl knows {FORMAT}")]
    Version { found: String },
    #[error("its change {number} has {what}")]
    Change { number: usize, what: &'static str },
}

/// Reads a plan file.
///
/// # Errors
/// It is none, or one of another major version.
pub fn read(text: &str) -> Result<Saved, PlanFileError> {
    #[derive(Deserialize)]
    struct Version {
        format_version: String,
    }
    let Version { format_version } = serde_json::from_str(text).map_err(PlanFileError::NotAPlan)?;
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    if major(&format_version) != major(FORMAT) {
        return Err(PlanFileError::Version {
            found: format_version,
        });
    }
    let mut file: PlanFile = serde_json::from_str(text).map_err(PlanFileError::NotAPlan)?;
    let entries = std::mem::take(&mut file.changes);
    let changes = (1..).zip(entries).map(|(number, entry)| {
        change(entry).map_err(|what| PlanFileError::Change { number, what })
    });
    let changes = changes.collect::<Result<_, _>>()?;
    Ok(Saved { file, changes })
}

fn change(entry: ChangeEntry) -> Result<Change, &'static str> {
    let ChangeEntry {
        kind,
        key,
        shown,
        label,
        action,
        why,
        id,
        place,
        fields,
    } = entry;
    let kind = ObjectKind::named(&kind).ok_or("an unknown kind")?;
    let at = match place.applied {
        None => At::Saved {
            file: place.file.into(),
            line: place.line,
            column: place.column.unwrap_or(1),
        },
        Some(applied) => At::Before {
            place: Place {
                file: place.file.into(),
                line: u32::try_from(place.line).map_err(|_| "a line beyond all lines")?,
            },
            origin: Arc::new(Origin {
                time: applied.parse().map_err(|_| "a time that is none")?,
                commit: place.commit.map(Into::into),
            }),
        },
    };
    let fields = fields.into_iter().map(field).collect();
    if !key.is_of(kind) {
        return Err("a key that is none of its kind");
    }
    let id = || id.map(Box::from).ok_or("no id");
    let action = match action {
        ActionEntry::Create => Action::Create { fields },
        ActionEntry::Adopt => Action::Adopt { id: id()?, fields },
        ActionEntry::Update => Action::Update { id: id()?, fields },
        ActionEntry::Delete => Action::Delete {
            id: id()?,
            why: match why.ok_or("no reason for a deletion")? {
                WhyEntry::Tombstone => WhyDelete::Tombstone,
                WhyEntry::NotListed => WhyDelete::NotListed,
                WhyEntry::Removed => WhyDelete::Removed,
                WhyEntry::WithParent => WhyDelete::WithParent,
                WhyEntry::Undone => WhyDelete::Undone,
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

fn field(entry: FieldEntry) -> FieldChange {
    let FieldEntry {
        name,
        data_type,
        sensitive,
        before,
        after,
        moved,
    } = entry;
    let data_type = DataType::named(&data_type);
    let side = |raw: &RawValue| value(raw, &data_type);
    FieldChange {
        name: name.into(),
        before: side(&before),
        after: side(&after),
        sensitive,
        moved: moved.map(|moved| match moved {
            MovedEntry::You => Moved::You,
            MovedEntry::Marketo => Moved::Marketo,
            MovedEntry::Both => Moved::Both,
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
