//! Sync: creates and updates records in one transaction.
//!
//! Each record is checked in this order: known fields, types and lengths, key, duplicates within the
//! call, references, action. The first check that fails skips only this record. Source: Adobe REST
//! documentation, "Opportunities", section "Create and update"; where no page states a code, it is
//! the code of similar objects.

use super::envelope::CallKind;
use super::ids::new_id;
use super::references;
use super::refusal::RecordRefusal;
use super::rules::Rules;
use super::values::{NamedBy, Values, typed};
use super::write::{WriteCall, WritePass, done};
use crate::simulator::answers::{
    Answers, IdFieldWithCreateOnly, IdFieldWithUpsert, MissingName, NoopUpdate, NullName,
};
use crate::simulator::store::record::{KeyFolding, StoredRecord};
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::ignored::IgnoredMembers;
use crate::simulator::wire::json::{instant, text};
use crate::simulator::wire::reply::ResultRow;
use crate::simulator::wire::request::{JsonMembers, ReceivedCall, action, input, members};

/// A sync call whose call-level checks have passed.
pub(in crate::simulator) struct SyncCall {
    action: SyncAction,
    by: NamedBy,
    /// The reason for skipping every record, if there is one.
    refused: Option<CodedReason>,
    input: Vec<JsonMembers>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SyncAction {
    CreateOnly,
    UpdateOnly,
    CreateOrUpdate,
}

impl SyncCall {
    /// Reads a sync call.
    pub(in crate::simulator) fn parse(
        answers: &Answers,
        call: &ReceivedCall,
        ignored: &IgnoredMembers,
    ) -> Result<Self, CallFailure> {
        let body = members(call.body.json()?)?;
        CallKind::Sync.check(answers, call, Some(&body), ignored)?;
        let action = action(answers, &body, ACTIONS)?;
        let by = NamedBy::parse(&body, "dedupeBy")?;
        Ok(Self {
            action,
            by,
            refused: pairing(answers, action, by)?,
            input: input(answers, &body)?,
        })
    }

    /// A call that only creates records.
    pub(in crate::simulator) fn creating(input: Vec<JsonMembers>) -> Self {
        Self {
            action: SyncAction::CreateOnly,
            by: NamedBy::Key,
            refused: None,
            input,
        }
    }

    /// The sent records, for a fault that changes them.
    pub(in crate::simulator) fn input_mut(&mut self) -> &mut [JsonMembers] {
        &mut self.input
    }
}

impl WriteCall for SyncCall {
    fn input(&self) -> &[JsonMembers] {
        &self.input
    }

    fn write(
        &self,
        pass: &mut WritePass<'_, '_>,
        sent: &JsonMembers,
    ) -> Result<ResultRow, RecordRefusal> {
        if let Some(reason) = &self.refused {
            return Err(reason.clone().into());
        }
        let rules = pass.rules;
        let object = rules.schema.object;
        let values = writable(rules, self.by, typed(rules, sent)?)?;
        let key = pass.key(self.by, &values)?;
        references::check(pass, self.by, key.as_deref(), &values)?;
        let stored = pass.stored(key.as_deref())?;
        match (self.action, key, stored) {
            (SyncAction::CreateOnly, _, Some(_)) => {
                Err(CodedReason::of(rules.answers.create_existing.value()).into())
            }
            (SyncAction::CreateOrUpdate | SyncAction::UpdateOnly, Some(key), Some(old)) => {
                let new = merged(rules, &old, values)?;
                pass.store.replace(object, &key, &old, &new)?;
                Ok(done("updated", object, &new))
            }
            (SyncAction::CreateOnly | SyncAction::CreateOrUpdate, Some(key), None)
                if self.by == NamedBy::Key =>
            {
                let new = created(rules, pass.store, values)?;
                pass.store.insert(object, &key, &new)?;
                Ok(done("created", object, &new))
            }
            (_, None, _) | (_, _, None) => {
                Err(CodedReason::of(rules.answers.update_missing.value()).into())
            }
        }
    }
}

const ACTIONS: &[(&str, SyncAction)] = &[
    ("createOrUpdate", SyncAction::CreateOrUpdate),
    ("createOnly", SyncAction::CreateOnly),
    ("updateOnly", SyncAction::UpdateOnly),
];

/// Checks whether an action can be combined with a way to identify records. If not, the reason is
/// for each record or an error for the call.
fn pairing(
    answers: &Answers,
    action: SyncAction,
    by: NamedBy,
) -> Result<Option<CodedReason>, CallFailure> {
    let reason = CodedReason::invalid("Invalid dedupeBy 'idField' value for this action");
    match (by, action) {
        (NamedBy::Key, _) | (NamedBy::Id, SyncAction::UpdateOnly) => Ok(None),
        (NamedBy::Id, SyncAction::CreateOnly) => match answers.id_field_with_create_only {
            IdFieldWithCreateOnly::Response => Err(reason.into()),
            IdFieldWithCreateOnly::Record => Ok(Some(reason)),
        },
        (NamedBy::Id, SyncAction::CreateOrUpdate) => match answers.id_field_with_upsert {
            IdFieldWithUpsert::Response => Err(reason.into()),
            IdFieldWithUpsert::Record => Ok(Some(reason)),
            IdFieldWithUpsert::Updates => Ok(None),
        },
    }
}

/// The values that are written, without fields that only Marketo writes. Refuses null for a required
/// field.
fn writable<'s>(
    rules: Rules<'_>,
    by: NamedBy,
    values: Values<'s>,
) -> Result<Values<'s>, CodedReason> {
    let object = rules.schema.object;
    let mut kept = Values::new();
    for (name, (field, value)) in values {
        let names_record = by == NamedBy::Id && name == object.id;
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

fn null_name(answers: &Answers, name: &str) -> Result<(), CodedReason> {
    match answers.null_name {
        NullName::Accepted => Ok(()),
        NullName::Invalid | NullName::Blank => {
            let message = format!("{name} cannot be blank");
            Err(CodedReason::new(answers.null_name.value(), message))
        }
    }
}

/// A new record with its id and times.
fn created(
    rules: Rules<'_>,
    store: &mut StoreWriter<'_>,
    values: Values<'_>,
) -> Result<StoredRecord, RecordRefusal> {
    let object = rules.schema.object;
    let absent = object
        .required
        .iter()
        .find(|name| !values.contains_key(*name));
    if let Some(name) = absent
        && rules.answers.missing_name == MissingName::Invalid
    {
        return Err(CodedReason::invalid(format!("{name} not specified")).into());
    }
    let mut record = StoredRecord::new();
    for (name, (_, value)) in values {
        if let Some(value) = value {
            record.insert(name.to_owned(), value);
        }
    }
    record.insert(object.id.to_owned(), new_id(object, store)?);
    record.insert("createdAt".to_owned(), instant(rules.now));
    record.insert("updatedAt".to_owned(), instant(rules.now));
    Ok(record)
}

/// The stored record, updated with the sent values.
fn merged(
    rules: Rules<'_>,
    old: &StoredRecord,
    values: Values<'_>,
) -> Result<StoredRecord, CodedReason> {
    let object = rules.schema.object;
    let folding = KeyFolding::of(rules.answers);
    let mut record = old.clone();
    for (name, (field, value)) in values {
        // Describe calls the key of roles updateable, but a key that changes would be another record.
        if !field.updateable || object.key.contains(&name) {
            let stored = old.get(name).and_then(|value| text(value));
            let sent = value.as_deref().and_then(text);
            if folding.differ(object, name, sent.as_deref(), stored.as_deref()) {
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
