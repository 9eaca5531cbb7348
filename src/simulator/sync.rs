//! Sync: create and update records, each on its own, in one transaction.
//!
//! A record is checked for known fields, then types and lengths, its key, duplicates within the
//! call, the records it refers to, and last for what the action means. The first that fails skips
//! the record and no other. Source: Adobe REST documentation, "Opportunities", section "Create and
//! update"; the codes of cases that no page names follow those of sibling objects.

use std::collections::{BTreeMap, HashSet};

use serde_json::value::RawValue;

use super::accept::accept;
use super::alter::Skip;
use super::answers::{
    Answers, IdFieldWithCreateOnly, IdFieldWithUpsert, MissingName, NoopUpdate, NullName,
    RepeatedKey, UnknownField,
};
use super::codes::{Failure, Reason};
use super::kinds::{Field, Object};
use super::references;
use super::reply::{Reply, Row};
use super::request::{Members, action, input, members, text_member};
use super::rules::Rules;
use super::store::StoreError;
use super::tables::{Writer, record_key};
use super::value::{Folding, Record, instant, raw, text};

/// A sync call that keeps to the rules as a whole.
pub(super) struct Sync {
    action: Action,
    by: By,
    /// Why every record is skipped, if it is.
    refused: Option<Reason>,
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
    /// The whole call is refused for it.
    Call(Failure),
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
    pub(super) fn parse(answers: &Answers, json: &[u8]) -> Result<Self, Failure> {
        let body = members(json)?;
        let action = action(answers, &body, ACTIONS)?;
        let by = By::parse(&body, "dedupeBy")?;
        Ok(Self {
            action,
            by,
            refused: pairing(answers, action, by)?,
            input: input(answers, &body)?,
        })
    }

    /// The records as they were sent.
    pub(super) fn input(&mut self) -> &mut [Members] {
        &mut self.input
    }

    /// Applies the records, but not those that a fault skips.
    pub(super) fn apply(
        &self,
        rules: Rules<'_>,
        store: &mut Writer<'_>,
        skip: Option<&Skip>,
    ) -> Result<Reply, Failure> {
        let mut seen = HashSet::new();
        let rows = each(rules, &self.input, skip, |record| {
            self.record(rules, store, record, &mut seen)
        })?;
        Ok(Reply::of(numbered(rows)))
    }

    fn record(
        &self,
        rules: Rules<'_>,
        store: &mut Writer<'_>,
        sent: &Members,
        seen: &mut HashSet<String>,
    ) -> Result<Row, Refusal> {
        let object = rules.schema.object;
        if let Some(reason) = &self.refused {
            return Err(reason.clone().into());
        }
        let values = writable(rules, self.by, typed(rules, sent)?)?;
        let key = named(rules, self.by, &values, store, seen)?;
        references::check(rules, self.by, key.as_deref(), &values, store)?;
        let stored = match &key {
            Some(key) => store.tables.get(object, key)?,
            None => None,
        };
        match (self.action, key, stored) {
            (Action::CreateOnly, _, Some(_)) => {
                Err(Reason::of(rules.answers.create_existing.value()).into())
            }
            (Action::CreateOrUpdate | Action::UpdateOnly, Some(key), Some(old)) => {
                let new = merged(rules, &old, values)?;
                store.replace(object, &key, &old, &new)?;
                Ok(done("updated", object, &new))
            }
            (Action::CreateOnly | Action::CreateOrUpdate, Some(key), None)
                if self.by == By::Key =>
            {
                let new = created(rules, values)?;
                store.insert(object, &key, &new)?;
                Ok(done("created", object, &new))
            }
            (_, None, _) | (_, _, None) => {
                Err(Reason::of(rules.answers.update_missing.value()).into())
            }
        }
    }
}

const ACTIONS: &[(&str, Action)] = &[
    ("createOrUpdate", Action::CreateOrUpdate),
    ("createOnly", Action::CreateOnly),
    ("updateOnly", Action::UpdateOnly),
];

/// Whether an action goes with a way to name records: why not for each record, or for the call.
fn pairing(answers: &Answers, action: Action, by: By) -> Result<Option<Reason>, Failure> {
    let reason = || Reason::invalid("Invalid dedupeBy 'idField' value for this action");
    match (by, action) {
        (By::Key, _) | (By::Id, Action::UpdateOnly) => Ok(None),
        (By::Id, Action::CreateOnly) => match answers.id_field_with_create_only {
            IdFieldWithCreateOnly::Response => Err(reason().into()),
            IdFieldWithCreateOnly::Record => Ok(Some(reason())),
        },
        (By::Id, Action::CreateOrUpdate) => match answers.id_field_with_upsert {
            IdFieldWithUpsert::Response => Err(reason().into()),
            IdFieldWithUpsert::Record => Ok(Some(reason())),
            IdFieldWithUpsert::Updates => Ok(None),
        },
    }
}

/// Applies records one after the other, but not those that a fault skips.
pub(super) fn each(
    rules: Rules<'_>,
    input: &[Members],
    skip: Option<&Skip>,
    mut apply: impl FnMut(&Members) -> Result<Row, Refusal>,
) -> Result<Vec<Row>, Failure> {
    let outcome = |(index, record)| match Skip::at(skip, index) {
        Some(reason) => row(Err(Refusal::Skip(reason))),
        None => row(rules.check_crm().and_then(|()| apply(record))),
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
    rules: Rules<'_>,
    by: By,
    values: &Values<'_>,
    store: &Writer<'_>,
    seen: &mut HashSet<String>,
) -> Result<Option<String>, Refusal> {
    let name = identity(rules, by, values)?;
    if !seen.insert(name.clone()) && rules.answers.repeated_key == RepeatedKey::Duplicate {
        return Err(Reason::of("1036").into());
    }
    match by {
        By::Key => Ok(Some(name)),
        By::Id => Ok(store.tables.key_of(rules.schema.object, &name)?),
    }
}

/// The row of an outcome; only the store's failure fails the call.
fn row(outcome: Result<Row, Refusal>) -> Result<Row, Failure> {
    match outcome {
        Ok(row) => Ok(row),
        Err(Refusal::Skip(reason)) => Ok(Row::skipped(&reason)),
        Err(Refusal::Call(failure)) => Err(failure),
        Err(Refusal::Store(error)) => Err(error.into()),
    }
}

/// The row of a record that was applied.
pub(super) fn done(status: &str, object: &Object, record: &Record) -> Row {
    let id = record.get(object.id).cloned();
    Row::done(status, object.id, id.unwrap_or_else(|| raw(())))
}

/// The values of a record, by the schema.
pub(super) fn typed<'s>(rules: Rules<'s>, sent: &Members) -> Result<Values<'s>, Refusal> {
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
pub(super) fn typed_key<'s>(rules: Rules<'s>, sent: &Members) -> Result<Values<'s>, Reason> {
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
pub(super) fn identity(rules: Rules<'_>, by: By, values: &Values<'_>) -> Result<String, Reason> {
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

/// The values that may be written: Marketo writes its own fields itself, and required ones may not be cleared.
fn writable<'s>(rules: Rules<'_>, by: By, values: Values<'s>) -> Result<Values<'s>, Reason> {
    let object = rules.schema.object;
    let mut kept = Values::new();
    for (name, (field, value)) in values {
        let names_record = by == By::Id && name == object.id;
        if field.system && !names_record {
            rules.read_only(name)?;
            continue;
        }
        if value.is_none() && object.required.contains(&name) {
            null_name(rules.answers, name)?;
        }
        kept.insert(name, (field, value));
    }
    Ok(kept)
}

fn null_name(answers: &Answers, name: &str) -> Result<(), Reason> {
    match answers.null_name {
        NullName::Accepted => Ok(()),
        NullName::Invalid | NullName::Blank => {
            let message = format!("{name} cannot be blank");
            Err(Reason::new(answers.null_name.value(), message))
        }
    }
}

/// A new record with Marketo's own fields.
fn created(rules: Rules<'_>, values: Values<'_>) -> Result<Record, Reason> {
    let object = rules.schema.object;
    let absent = object
        .required
        .iter()
        .find(|name| !values.contains_key(*name));
    if let Some(name) = absent
        && rules.answers.missing_name == MissingName::Invalid
    {
        return Err(Reason::invalid(format!("{name} not specified")));
    }
    let mut record = Record::new();
    for (name, (_, value)) in values {
        if let Some(value) = value {
            record.insert(name.to_owned(), value);
        }
    }
    record.insert(object.id.to_owned(), raw(new_guid()));
    record.insert("createdAt".to_owned(), instant(rules.now));
    record.insert("updatedAt".to_owned(), instant(rules.now));
    Ok(record)
}

/// The stored record with the values that were sent; others keep theirs.
fn merged(rules: Rules<'_>, old: &Record, values: Values<'_>) -> Result<Record, Reason> {
    let object = rules.schema.object;
    let folding = Folding::of(rules.answers);
    let mut record = old.clone();
    for (name, (field, value)) in values {
        if !field.updateable {
            let folded = |value: &RawValue| Some(folding.value(object, name, &text(value)?));
            let stored = old.get(name).and_then(|stored| folded(stored));
            if value.as_deref().and_then(folded) != stored {
                rules.read_only(name)?;
            }
            continue;
        }
        match value {
            Some(value) => record.insert(name.to_owned(), value),
            None => record.remove(name),
        };
    }
    let changed = record.iter().map(|(name, value)| (name, value.get()));
    let unchanged = changed.eq(old.iter().map(|(name, value)| (name, value.get())));
    if !unchanged || rules.answers.noop_update == NoopUpdate::Touched {
        record.insert("updatedAt".to_owned(), instant(rules.now));
    }
    Ok(record)
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
