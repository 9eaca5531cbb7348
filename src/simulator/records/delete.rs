//! Delete: removes records that are identified by their key or id only.
//!
//! The table of objects says what happens to a record that others refer to. Source: Adobe REST
//! documentation, "Opportunities" and "Opportunity Roles", section "Delete".

use super::envelope::CallKind;
use super::refusal::RecordRefusal;
use super::rules::Rules;
use super::values::{NamedBy, Values, typed};
use super::write::{WriteCall, WritePass, done};
use crate::simulator::answers::{Answers, DeleteExtraMembers};
use crate::simulator::objects::object_type::{Dependent, DependentRecords, ObjectType, UponDelete};
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record::KeyFolding;
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::ignored::IgnoredMembers;
use crate::simulator::wire::json::text;
use crate::simulator::wire::reply::ResultRow;
use crate::simulator::wire::request::{JsonMembers, ReceivedCall, input, members};

/// A delete call whose call-level checks have passed.
pub(in crate::simulator) struct DeleteCall {
    by: NamedBy,
    input: Vec<JsonMembers>,
}

impl DeleteCall {
    /// Reads a delete call.
    pub(in crate::simulator) fn parse(
        answers: &Answers,
        call: &ReceivedCall,
        ignored: &IgnoredMembers,
    ) -> Result<Self, CallFailure> {
        let body = members(call.body.json()?)?;
        CallKind::Delete.check(answers, call, Some(&body), ignored)?;
        Ok(Self {
            by: NamedBy::parse(&body, "deleteBy")?,
            input: input(answers, &body)?,
        })
    }
}

impl WriteCall for DeleteCall {
    fn input(&self) -> &[JsonMembers] {
        &self.input
    }

    fn write(
        &self,
        pass: &mut WritePass<'_, '_>,
        sent: &JsonMembers,
    ) -> Result<ResultRow, RecordRefusal> {
        let rules = pass.rules;
        let object = rules.schema.object;
        let values = typed(rules, sent)?;
        only_names(rules.answers, object, self.by, &values)?;
        let key = pass.key(self.by, &values)?;
        let stored = pass.stored(key.as_deref())?;
        let (Some(key), Some(record)) = (key, stored) else {
            return Err(missing(rules).into());
        };
        dependents(rules, &key, pass.store)?;
        pass.store.remove(object, &key, &record)?;
        Ok(done("deleted", object, &record))
    }
}

/// Refuses a record with members besides its key or id, as a live instance does for custom objects.
fn only_names(
    answers: &Answers,
    object: &ObjectType,
    by: NamedBy,
    values: &Values<'_>,
) -> Result<(), CodedReason> {
    let names = match by {
        NamedBy::Key => object.key,
        NamedBy::Id => std::slice::from_ref(&object.id),
    };
    let Some(extra) = values.keys().find(|name| !names.contains(name)) else {
        return Ok(());
    };
    match answers.delete_extra_members {
        DeleteExtraMembers::Ignored => Ok(()),
        DeleteExtraMembers::Invalid | DeleteExtraMembers::Field => {
            let message = format!("Field '{extra}' is not allowed in a delete");
            Err(CodedReason::new(
                answers.delete_extra_members.value(),
                message,
            ))
        }
    }
}

fn missing(rules: Rules<'_>) -> CodedReason {
    let message = (rules.schema.object.missing_record)(rules.answers);
    CodedReason::new("1013", message)
}

/// Refuses, keeps or deletes the records that depend on a record to delete, as the table of objects says.
fn dependents(
    rules: Rules<'_>,
    key: &str,
    store: &mut StoreWriter<'_>,
) -> Result<(), RecordRefusal> {
    for dependent in rules.schema.object.dependents {
        let found = dependent_keys(rules, dependent, key, store)?;
        if found.is_empty() {
            continue;
        }
        match (dependent.upon_delete)(rules.answers) {
            UponDelete::Refused => return Err(CodedReason::of("1022").into()),
            UponDelete::Kept => {}
            UponDelete::Deleted => {
                for key in found {
                    if let Some(record) = store.tables.get(dependent.object, &key)? {
                        store.remove(dependent.object, &key, &record)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// The keys of the records that refer to the record with this key; the ids of deleted ones.
fn dependent_keys(
    rules: Rules<'_>,
    dependent: &Dependent,
    key: &str,
    store: &StoreWriter<'_>,
) -> Result<Vec<String>, StoreError> {
    let (object, field) = (dependent.object, dependent.field);
    let folding = KeyFolding::of(rules.answers);
    let name = match dependent.records {
        DependentRecords::Stored => object.name,
        DependentRecords::Deleted => object.remembered.unwrap_or(object.name),
    };
    let value = folding.value(object, field, key);
    let found = store.tables.keys_of(name, field, &value, "")?;
    let found = found.collect::<Result<Vec<_>, StoreError>>()?;
    if dependent.records == DependentRecords::Deleted {
        return Ok(found);
    }
    // An index ignores letter case, and keys may not.
    let mut exact = Vec::with_capacity(found.len());
    for other in found {
        let record = store.tables.get(object, &other)?;
        let named = record.as_ref().and_then(|record| record.get(field));
        let named = named.and_then(|named| text(named));
        let [own] = rules.schema.object.key else {
            continue;
        };
        if named.is_some_and(|named| folding.value(rules.schema.object, own, &named) == key) {
            exact.push(other);
        }
    }
    Ok(exact)
}
