//! Sync: create and update records, each on its own, in one transaction.
//!
//! A record is checked for known fields, then types and lengths, its key, duplicates within the
//! call, the records it refers to, and last for what the action means. The first that fails skips
//! the record and no other. Source: Adobe REST documentation, "Opportunities", section "Create and
//! update"; the codes of cases that no page names follow those of sibling objects.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::codes::{Failure, Reason};
use super::faults::Skip;
use super::kinds::{Field, Object};
use super::reply::{Reply, Row};
use super::request::{Members, input, members, text_member};
use super::schema::Schema;
use super::store::StoreError;
use super::tables::{Writer, folded, record_key};
use super::value::{Record, accept, fold, instant, raw, text};

/// A sync call that keeps to the rules as a whole.
pub(super) struct Sync {
    action: Action,
    by: By,
    input: Vec<Members>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    CreateOnly,
    UpdateOnly,
    CreateOrUpdate,
}

/// How a call names its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Key,
    Id,
}

/// Why a record was not applied.
pub(super) enum Refusal {
    Skip(Reason),
    Store(StoreError),
}

/// Typed values by canonical name; `None` is null.
pub(super) type Values<'s> = BTreeMap<&'s str, (&'s Field, Option<Box<RawValue>>)>;

impl By {
    /// Reads `dedupeBy` or `deleteBy`.
    pub(super) fn parse(body: &Members, member: &str) -> Result<Self, Failure> {
        match text_member(body, member)?.as_deref() {
            None | Some("dedupeFields") => Ok(Self::Key),
            Some("idField") => Ok(Self::Id),
            Some(other) => Err(Failure::invalid(format!(
                "Invalid {member} '{other}' value"
            ))),
        }
    }
}

impl Sync {
    /// Reads a sync call.
    pub(super) fn parse(json: &[u8]) -> Result<Self, Failure> {
        let body = members(json)?;
        let action = match text_member(&body, "action")?.as_deref() {
            None | Some("createOrUpdate") => Action::CreateOrUpdate,
            Some("createOnly") => Action::CreateOnly,
            Some("updateOnly") => Action::UpdateOnly,
            Some(other) => return Err(Failure::invalid(format!("Invalid action '{other}'"))),
        };
        let by = By::parse(&body, "dedupeBy")?;
        if by == By::Id && action != Action::UpdateOnly {
            return Err(Failure::invalid(
                "Invalid dedupeBy 'idField' value for this action",
            ));
        }
        Ok(Self {
            action,
            by,
            input: input(&body)?,
        })
    }

    /// Applies the records, but not those that a fault skips.
    pub(super) fn apply(
        &self,
        schema: &Schema,
        store: &mut Writer<'_>,
        now: Timestamp,
        skip: Option<&Skip>,
    ) -> Result<Reply, Failure> {
        let mut seen = HashSet::new();
        let rows = each(&self.input, skip, |record| {
            self.record(schema, store, now, record, &mut seen)
        })?;
        Ok(Reply::of(numbered(rows)))
    }

    fn record(
        &self,
        schema: &Schema,
        store: &mut Writer<'_>,
        now: Timestamp,
        sent: &Members,
        seen: &mut HashSet<String>,
    ) -> Result<Row, Refusal> {
        let object = schema.object;
        let values = typed(schema, sent)?;
        writable(object, self.by, &values)?;
        let key = named(object, self.by, &values, store, seen)?;
        if self.by == By::Key {
            references(object, &values, store)?;
        }
        let stored = match &key {
            Some(key) => store.tables.get(object, key)?,
            None => None,
        };
        match (self.action, key, stored) {
            (Action::CreateOnly, _, Some(_)) => Err(Reason::of("1017").into()),
            (Action::CreateOrUpdate | Action::UpdateOnly, Some(key), Some(old)) => {
                let new = merged(&old, values, now)?;
                store.replace(object, &key, &old, &new)?;
                Ok(done("updated", object, &new))
            }
            (Action::CreateOnly | Action::CreateOrUpdate, Some(key), None) => {
                let new = created(object, values, now);
                store.insert(object, &key, &new)?;
                Ok(done("created", object, &new))
            }
            (_, None, _) | (Action::UpdateOnly, _, None) => Err(Reason::of("1013").into()),
        }
    }
}

/// Applies records one after the other, but not those that a fault skips.
pub(super) fn each(
    input: &[Members],
    skip: Option<&Skip>,
    mut apply: impl FnMut(&Members) -> Result<Row, Refusal>,
) -> Result<Vec<Row>, Failure> {
    let outcome = |(index, record)| match Skip::at(skip, index) {
        Some(reason) => row(Err(Refusal::Skip(reason))),
        None => row(apply(record)),
    };
    input.iter().enumerate().map(outcome).collect()
}

/// Rows with the index of their record, as leads' rows are not.
pub(super) fn numbered(rows: Vec<Row>) -> Vec<Row> {
    let numbers = 0..rows.len();
    let rows = rows.into_iter().zip(numbers);
    rows.map(|(row, seq)| row.numbered(seq)).collect()
}

/// The store's key of the record that is named, if there is one; a record that the call has named before is refused.
pub(super) fn named(
    object: &Object,
    by: By,
    values: &Values<'_>,
    store: &Writer<'_>,
    seen: &mut HashSet<String>,
) -> Result<Option<String>, Refusal> {
    let name = identity(object, by, values)?;
    if !seen.insert(name.clone()) {
        return Err(Reason::of("1036").into());
    }
    match by {
        By::Key => Ok(Some(name)),
        By::Id => Ok(store.tables.key_of(object, &name)?),
    }
}

/// The row of an outcome; only the store's failure fails the call.
fn row(outcome: Result<Row, Refusal>) -> Result<Row, Failure> {
    match outcome {
        Ok(row) => Ok(row),
        Err(Refusal::Skip(reason)) => Ok(Row::skipped(&reason)),
        Err(Refusal::Store(error)) => Err(error.into()),
    }
}

/// The row of a record that was applied.
pub(super) fn done(status: &str, object: &Object, record: &Record) -> Row {
    let id = record.get(object.id).cloned();
    Row::done(status, object.id, id.unwrap_or_else(|| raw(())))
}

/// The values of a record, by the schema. Field names count in any letter case.
pub(super) fn typed<'s>(schema: &'s Schema, sent: &Members) -> Result<Values<'s>, Refusal> {
    let mut known = Vec::with_capacity(sent.len());
    for (name, value) in sent {
        known.push((schema.field(name)?, value));
    }
    let mut values = Values::new();
    for (field, value) in known {
        let value = accept(field, value).map_err(Reason::invalid)?;
        values.insert(field.name.as_ref(), (field, value));
    }
    Ok(values)
}

/// The folded key or id that a record names itself by.
fn identity(object: &Object, by: By, values: &Values<'_>) -> Result<String, Refusal> {
    let names = match by {
        By::Key => object.key,
        By::Id => std::slice::from_ref(&object.id),
    };
    let mut parts = Vec::with_capacity(names.len());
    for name in names {
        let value = values.get(name).and_then(|(_, value)| value.as_deref());
        let part = value.and_then(text).map(|part| fold(&part));
        match part.filter(|part| !part.is_empty()) {
            Some(part) => parts.push(part),
            None => return Err(Reason::invalid(format!("{name} not specified")).into()),
        }
    }
    Ok(record_key(parts.iter().map(String::as_str)))
}

/// Marketo writes its own fields itself, and required ones may not be cleared.
fn writable(object: &Object, by: By, values: &Values<'_>) -> Result<(), Refusal> {
    for (name, (field, value)) in values {
        let names_record = by == By::Id && *name == object.id;
        if field.system && !names_record {
            return Err(read_only(name));
        }
        // A record without the member is accepted: live calls that leave it out succeed.
        if value.is_none() && object.required.contains(name) {
            return Err(Reason::invalid(format!("{name} cannot be null")).into());
        }
    }
    Ok(())
}

fn references(object: &Object, values: &Values<'_>, store: &Writer<'_>) -> Result<(), Refusal> {
    for reference in object.references {
        let value = values
            .get(reference.field)
            .and_then(|(_, value)| value.as_deref());
        let Some(named) = value.and_then(text) else {
            continue;
        };
        if !store.tables.contains(reference.object, &fold(&named))? {
            return Err(Reason::of(reference.missing).into());
        }
    }
    Ok(())
}

/// A new record with Marketo's own fields.
fn created(object: &Object, values: Values<'_>, now: Timestamp) -> Record {
    let mut record = Record::new();
    for (name, (_, value)) in values {
        if let Some(value) = value {
            record.insert(name.to_owned(), value);
        }
    }
    record.insert(object.id.to_owned(), raw(new_guid()));
    record.insert("createdAt".to_owned(), instant(now));
    record.insert("updatedAt".to_owned(), instant(now));
    record
}

/// The stored record with the values that were sent; others keep theirs.
fn merged(old: &Record, values: Values<'_>, now: Timestamp) -> Result<Record, Refusal> {
    let mut record = old.clone();
    for (name, (field, value)) in values {
        if !field.updateable {
            let sent = value.as_deref().and_then(text).map(|sent| fold(&sent));
            if sent != folded(old, name) {
                return Err(read_only(name));
            }
            continue;
        }
        match value {
            Some(value) => record.insert(name.to_owned(), value),
            None => record.remove(name),
        };
    }
    record.insert("updatedAt".to_owned(), instant(now));
    Ok(record)
}

fn read_only(name: &str) -> Refusal {
    Reason::invalid(format!("Field '{name}' is not updateable")).into()
}

/// A random UUID, version 4.
pub(super) fn new_guid() -> String {
    let bits = fastrand::u128(..);
    let bits = bits & !(0xf << 76) | (4 << 76);
    let bits = bits & !(0x3 << 62) | (2 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        (bits >> 80) & 0xffff,
        (bits >> 64) & 0xffff,
        (bits >> 48) & 0xffff,
        bits & 0xffff_ffff_ffff
    )
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::Skip(reason)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
