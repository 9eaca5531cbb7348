//! Fields that a record has from another one: a lead has those of its company.
//!
//! Source: Adobe REST documentation, "Companies": a lead that has joined a company has its values as though they were its own,
//! and leaves it only for another one. "Error codes": 1021 is for a sync of leads that would change a company.

use std::borrow::Cow;

use redb::ReadableTable;

use super::references::key_of;
use super::refusal::RecordRefusal;
use super::rules::Rules;
use super::values::Values;
use crate::simulator::answers::{LeadCompanyFields, LeadLeavesCompany};
use crate::simulator::objects::object_type::{Inherited, ObjectType};
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record::StoredRecord;
use crate::simulator::store::tables::{Bytes, IndexKey, RecordKey, StoreTables, StoreWriter};
use crate::simulator::wire::codes::CodedReason;
use crate::simulator::wire::json::{instant, text};

/// The record from which another one has fields.
struct Origin {
    inherited: Inherited,
    object: &'static ObjectType,
    key: String,
    record: StoredRecord,
}

/// Gives a stored record the values that it has from another one.
pub(in crate::simulator) fn inherit<R, I, X>(
    rules: Rules<'_>,
    tables: &StoreTables<R, I, X>,
    record: &mut StoredRecord,
) -> Result<(), StoreError>
where
    R: ReadableTable<RecordKey, Bytes>,
    I: ReadableTable<RecordKey, &'static str>,
    X: ReadableTable<IndexKey, ()>,
{
    let named = rules.schema.object.inherits.and_then(|inherited| {
        let named = record.get(inherited.through)?;
        Some(text(named)?.into_owned())
    });
    let Some(origin) = origin(rules, tables, named.as_deref())? else {
        return Ok(());
    };
    for field in origin.inherited.fields {
        match origin.record.get(*field) {
            Some(value) => record.insert((*field).to_owned(), value.clone()),
            None => record.remove(*field),
        };
    }
    Ok(())
}

/// Takes what a write may not store in the record itself out of its values, or refuses it. `old` is the record as it is stored.
pub(in crate::simulator) fn write(
    rules: Rules<'_>,
    store: &mut StoreWriter<'_>,
    old: Option<&StoredRecord>,
    values: &mut Values<'_>,
) -> Result<(), RecordRefusal> {
    let Some(inherited) = rules.schema.object.inherits else {
        return Ok(());
    };
    let before = old.and_then(|old| text(old.get(inherited.through)?));
    let leaves = matches!(values.get(inherited.through), Some((_, None)));
    if leaves && before.is_some() {
        match rules.answers.lead_leaves_company {
            LeadLeavesCompany::Invalid => {
                let message = format!("'{}' cannot be cleared", inherited.through);
                return Err(CodedReason::invalid(message).into());
            }
            LeadLeavesCompany::Ignored => drop(values.remove(inherited.through)),
        }
    }
    let sent = values
        .get(inherited.through)
        .and_then(|(_, value)| text(value.as_deref()?));
    let named = sent.or(before).map(Cow::into_owned);
    let Some(origin) = origin(rules, &store.tables, named.as_deref())? else {
        return Ok(());
    };
    let is_inherited = |name: &str| inherited.fields.contains(&name);
    if !values.keys().any(|name| is_inherited(name)) {
        return Ok(());
    }
    match rules.answers.lead_company_fields {
        LeadCompanyFields::Refused => Err(CodedReason::of("1021").into()),
        LeadCompanyFields::Company => {
            let mut changed = origin.record.clone();
            for (name, (_, value)) in values.iter().filter(|(name, _)| is_inherited(name)) {
                match value {
                    Some(value) => changed.insert((*name).to_owned(), value.clone()),
                    None => changed.remove(*name),
                };
            }
            changed.insert("updatedAt".to_owned(), instant(rules.now));
            store.replace(origin.object, &origin.key, &origin.record, &changed)?;
            values.retain(|name, _| !is_inherited(name));
            Ok(())
        }
    }
}

/// The record from which one that names it has fields.
fn origin<R, I, X>(
    rules: Rules<'_>,
    tables: &StoreTables<R, I, X>,
    named: Option<&str>,
) -> Result<Option<Origin>, StoreError>
where
    R: ReadableTable<RecordKey, Bytes>,
    I: ReadableTable<RecordKey, &'static str>,
    X: ReadableTable<IndexKey, ()>,
{
    let object = rules.schema.object;
    let (Some(inherited), Some(named)) = (object.inherits, named) else {
        return Ok(None);
    };
    let mut references = object.references.iter();
    let Some(reference) = references.find(|reference| reference.field == inherited.through) else {
        return Ok(None);
    };
    let key = key_of(rules, reference.to, named);
    let found = tables.get(reference.to, &key)?;
    Ok(found.map(|record| Origin {
        inherited,
        object: reference.to,
        key,
        record,
    }))
}
