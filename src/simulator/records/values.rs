//! The values of a sent record by the schema, and the key or id that it is named by.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::accept::accept;
use super::refusal::Refusal;
use super::rules::Rules;
use crate::simulator::answers::UnknownField;
use crate::simulator::objects::field::Field;
use crate::simulator::store::record::{Folding, record_key};
use crate::simulator::wire::codes::{Failure, Reason};
use crate::simulator::wire::json::text;
use crate::simulator::wire::request::{Members, text_member};

/// How a call names its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum By {
    Key,
    Id,
}

/// Typed values by canonical name; `None` is null.
pub(in crate::simulator) type Values<'s> = BTreeMap<&'s str, (&'s Field, Option<Box<RawValue>>)>;

impl By {
    /// Reads `dedupeBy` or `deleteBy`.
    pub(in crate::simulator) fn parse(body: &Members, member: &str) -> Result<Self, Failure> {
        match text_member(body, member)?.as_deref() {
            None | Some("dedupeFields") => Ok(Self::Key),
            Some("idField") => Ok(Self::Id),
            Some(other) => Err(Failure::invalid(format!(
                "Invalid {member} '{other}' value"
            ))),
        }
    }
}

/// The values of a record, by the schema.
pub(in crate::simulator) fn typed<'s>(
    rules: Rules<'s>,
    sent: &Members,
) -> Result<Values<'s>, Refusal> {
    let mut known = Vec::with_capacity(sent.len());
    for (name, value) in sent {
        match (rules.schema.field(name), rules.answers.unknown_field) {
            (Ok(field), _) => known.push((field, value)),
            (Err(reason), UnknownField::Record) => return Err(reason.into()),
            (Err(reason), UnknownField::Response) => return Err(Refusal::Call(reason.into())),
            (Err(_), UnknownField::Ignored) => {}
        }
    }
    Ok(accepted(rules, known)?)
}

/// The parts of a key; other members do not matter.
pub(in crate::simulator) fn typed_key<'s>(
    rules: Rules<'s>,
    sent: &Members,
) -> Result<Values<'s>, Reason> {
    let known = sent.iter().filter_map(|(name, value)| {
        let field = rules.schema.field(name).ok()?;
        let part = rules.schema.object.key.contains(&field.name.as_ref());
        part.then_some((field, value))
    });
    accepted(rules, known)
}

fn accepted<'s, 'm>(
    rules: Rules<'s>,
    sent: impl IntoIterator<Item = (&'s Field, &'m Box<RawValue>)>,
) -> Result<Values<'s>, Reason> {
    let mut values = Values::new();
    for (field, value) in sent {
        let value = accept(rules.answers, field, value)?;
        values.insert(field.name.as_ref(), (field, value));
    }
    Ok(values)
}

/// The folded key or id that a record names itself by.
pub(in crate::simulator) fn identity(
    rules: Rules<'_>,
    by: By,
    values: &Values<'_>,
) -> Result<String, Reason> {
    let object = rules.schema.object;
    let folding = Folding::of(rules.answers);
    let names = match by {
        By::Key => object.key,
        By::Id => std::slice::from_ref(&object.id),
    };
    let mut parts = Vec::with_capacity(names.len());
    for name in names {
        let value = values.get(name).and_then(|(_, value)| value.as_deref());
        match value.and_then(text).filter(|part| !part.trim().is_empty()) {
            Some(part) => parts.push(folding.value(object, name, &part)),
            None => {
                let message = format!("{name} not specified");
                return Err(Reason::new(rules.answers.missing_key.value(), message));
            }
        }
    }
    Ok(record_key(&parts))
}
