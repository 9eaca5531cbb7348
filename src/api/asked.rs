//! Whether a row answers its question. An instance, or whatever stands before it, that answers with rows nobody asked for must not be
//! believed: an import would write them, and a plan would take others for absent.

use std::collections::HashSet;

use super::call::Call;
use super::error::ApiError;
use super::filter::Filter;
use super::text::shown;
use crate::model::{Key, KeyValue, ObjectKind, Record, SoughtKeys, is_alike};

/// The most values of a question that an error names.
const NAMED: usize = 3;

/// What a query asks for, for checking its rows.
pub(super) enum Asked<'a> {
    Keys(SoughtKeys<'a>),
    /// Records with one of these values in a column; those of the id are compared without case, as all are.
    Values {
        name: &'a str,
        values: &'a [String],
        folded: HashSet<String>,
    },
}

impl<'a> Asked<'a> {
    pub(super) fn of(filter: &'a Filter<'a>) -> Self {
        match filter {
            Filter::Keys(keys) => Self::Keys(SoughtKeys::new(keys)),
            Filter::Field { name, values } => Self::Values {
                name,
                values,
                folded: values.iter().map(|value| fold(value)).collect(),
            },
        }
    }

    /// Checks a row. A record whose key was asked for in another spelling passes: the caller has to see that it has another key.
    pub(super) fn check(
        &self,
        call: Call,
        kind: &ObjectKind,
        record: &Record,
    ) -> Result<(), ApiError> {
        let is_asked = match self {
            Self::Keys(keys) => {
                keys.find(&record.key).is_some() || respelled(keys.all(), &record.key).is_some()
            }
            Self::Values {
                name,
                values,
                folded,
            } => match column(kind, record, name) {
                None => true,
                Some(value) => {
                    folded.contains(&fold(&value))
                        || values.iter().any(|asked| is_alike(asked, &value))
                }
            },
        };
        if is_asked {
            return Ok(());
        }
        Err(ApiError::Unasked {
            call,
            asked: shown(&self.named()),
            answered: shown(&record.key.to_string()),
        })
    }

    /// The first values of the question, and how many more there are.
    fn named(&self) -> String {
        let (of, mut named, count): (_, Vec<String>, _) = match self {
            Self::Keys(keys) => {
                let named = keys.all().iter().take(NAMED);
                let named = named.map(ToString::to_string).collect();
                (String::new(), named, keys.all().len())
            }
            Self::Values { name, values, .. } => (
                format!("{name} "),
                values.iter().take(NAMED).cloned().collect(),
                values.len(),
            ),
        };
        if count > named.len() {
            named.push(format!("{} more", count - named.len()));
        }
        format!("{of}{}", named.join(", "))
    }
}

/// The key among these of which the other is a further spelling, if it is none of them.
#[must_use]
pub fn respelled<'k>(asked: &[&'k Key], answered: &Key) -> Option<&'k Key> {
    let is_spelling = |key: &&&Key| {
        let mut parts = key.parts().iter().zip(answered.parts());
        parts.all(|(asked, answered)| match (asked, answered) {
            (KeyValue::Text(asked), KeyValue::Text(answered)) => is_alike(asked, answered),
            (KeyValue::Lead(asked), KeyValue::Lead(answered)) => asked == answered,
            (KeyValue::Text(_), KeyValue::Lead(_)) | (KeyValue::Lead(_), KeyValue::Text(_)) => {
                false
            }
        })
    };
    asked.iter().find(is_spelling).copied()
}

/// The value of a record by which it was searched; nothing where the row does not tell it.
fn column(kind: &ObjectKind, record: &Record, name: &str) -> Option<String> {
    if name.eq_ignore_ascii_case(kind.id_field) {
        return Some(record.id.to_string());
    }
    let mut parts = kind.key.iter().zip(record.key.parts());
    if let Some((_, part)) = parts.find(|(part, _)| part.field.eq_ignore_ascii_case(name)) {
        return Some(part.to_string());
    }
    let mut fields = record.fields.iter();
    let (_, value) = fields.find(|(field, _)| field.eq_ignore_ascii_case(name))?;
    Some(value.to_string())
}

/// A value as instances compare values: without case, without blanks around it.
fn fold(value: &str) -> String {
    value.trim().to_lowercase()
}
