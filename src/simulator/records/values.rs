//! The values of a sent record, typed by the schema, and the key or id that identifies it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::accept::accept;
use super::refusal::RecordRefusal;
use super::rules::Rules;
use crate::simulator::answers::{NullBoolean, UnknownField};
use crate::simulator::objects::field::{FieldType, ObjectField};
use crate::simulator::store::record::{KeyFolding, record_key};
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::json::{raw, text};
use crate::simulator::wire::request::{JsonMembers, text_member};

/// How a call identifies its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum NamedBy {
    Key,
    Id,
}

/// Typed values by canonical field name; `None` is null.
pub(in crate::simulator) type Values<'s> =
    BTreeMap<&'s str, (&'s ObjectField, Option<Box<RawValue>>)>;

impl NamedBy {
    /// Reads `dedupeBy` or `deleteBy`.
    pub(in crate::simulator) fn parse(
        body: &JsonMembers,
        member: &str,
    ) -> Result<Self, CallFailure> {
        match text_member(body, member)?.as_deref() {
            None | Some("dedupeFields") => Ok(Self::Key),
            Some("idField") => Ok(Self::Id),
            Some(other) => Err(CallFailure::invalid(format!(
                "Invalid {member} '{other}' value"
            ))),
        }
    }
}

/// The values of a sent record.
pub(in crate::simulator) fn typed<'s>(
    rules: Rules<'s>,
    sent: &JsonMembers,
) -> Result<Values<'s>, RecordRefusal> {
    let mut known = Vec::with_capacity(sent.len());
    for (name, value) in sent {
        match (rules.schema.field(name), rules.answers.unknown_field) {
            (Ok(field), _) => known.push((field, value)),
            (Err(reason), UnknownField::Record) => return Err(reason.into()),
            (Err(reason), UnknownField::Response) => {
                return Err(RecordRefusal::Call(reason.into()));
            }
            (Err(_), UnknownField::Ignored) => {}
        }
    }
    let mut values = accepted(rules, known)?;
    let booleans = values.values_mut();
    for (_, value) in
        booleans.filter(|(field, value)| field.data_type == FieldType::Boolean && value.is_none())
    {
        match rules.answers.null_boolean {
            NullBoolean::False => *value = Some(raw(false)),
            NullBoolean::Null => {}
            NullBoolean::System => return Err(RecordRefusal::Call(CallFailure::code("611"))),
        }
    }
    Ok(values)
}

/// The key fields of a sent record, without its other members.
pub(in crate::simulator) fn typed_key<'s>(
    rules: Rules<'s>,
    sent: &JsonMembers,
) -> Result<Values<'s>, CodedReason> {
    let known = sent.iter().filter_map(|(name, value)| {
        let field = rules.schema.field(name).ok()?;
        let part = rules.schema.object.key.contains(&field.name.as_ref());
        part.then_some((field, value))
    });
    accepted(rules, known)
}

fn accepted<'s, 'm>(
    rules: Rules<'s>,
    sent: impl IntoIterator<Item = (&'s ObjectField, &'m Box<RawValue>)>,
) -> Result<Values<'s>, CodedReason> {
    let mut values = Values::new();
    for (field, value) in sent {
        let value = accept(rules.answers, field, value)?;
        values.insert(field.name.as_ref(), (field, value));
    }
    Ok(values)
}

/// The folded key or id of a sent record.
pub(in crate::simulator) fn identity(
    rules: Rules<'_>,
    by: NamedBy,
    values: &Values<'_>,
) -> Result<String, CodedReason> {
    let object = rules.schema.object;
    let folding = KeyFolding::of(rules.answers);
    let names = match by {
        NamedBy::Key => object.key,
        NamedBy::Id => std::slice::from_ref(&object.id),
    };
    let mut parts = Vec::with_capacity(names.len());
    for name in names {
        let value = values.get(name).and_then(|(_, value)| value.as_deref());
        match value.and_then(text).filter(|part| !part.trim().is_empty()) {
            Some(part) => parts.push(folding.value(object, name, &part)),
            None => {
                let message = format!("{name} not specified");
                return Err(CodedReason::new(rules.answers.missing_key.value(), message));
            }
        }
    }
    Ok(record_key(&parts))
}
