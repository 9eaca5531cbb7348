//! Checks the references of a written record, and the single primary record of a group.

use std::borrow::Cow;

use super::refusal::RecordRefusal;
use super::rules::Rules;
use super::values::{NamedBy, Values};
use super::write::WritePass;
use crate::simulator::answers::SecondPrimary;
use crate::simulator::objects::object_type::{MissingTarget, ObjectType, Reference};
use crate::simulator::objects::table::LEAD;
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record::KeyFolding;
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::json::text;

/// Refuses a record with an invalid reference.
pub(in crate::simulator) fn check(
    pass: &WritePass<'_, '_>,
    by: NamedBy,
    key: Option<&str>,
    values: &Values<'_>,
) -> Result<(), RecordRefusal> {
    let (rules, store) = (pass.rules, &*pass.store);
    check_references(rules, by, values, store)?;
    if rules.answers.second_primary == SecondPrimary::Invalid
        && let Some(key) = key
        && has_other(rules, key, values, store)?
    {
        return Err(CodedReason::invalid("There is a primary record already").into());
    }
    Ok(())
}

/// Refuses a record that refers to one that does not exist.
pub(in crate::simulator) fn check_references(
    rules: Rules<'_>,
    by: NamedBy,
    values: &Values<'_>,
    store: &StoreWriter<'_>,
) -> Result<(), RecordRefusal> {
    let object = rules.schema.object;
    for reference in object.references {
        // A record that is identified by its id already exists, and its key does not change.
        if by == NamedBy::Id && object.key.contains(&reference.field) {
            continue;
        }
        if let Some(named) = value(values, reference.field) {
            check_reference(rules, reference, &named, store)?;
        }
    }
    Ok(())
}

fn check_reference(
    rules: Rules<'_>,
    reference: &Reference,
    named: &str,
    store: &StoreWriter<'_>,
) -> Result<(), RecordRefusal> {
    let target = reference.to;
    if !store.knows_some(target)? {
        return Ok(());
    }
    match store.tables.get(target, &key_of(rules, target, named))? {
        Some(record) if rules.shows(target, &record) => Ok(()),
        Some(_) if target.name == LEAD.name => {
            Err(CodedReason::of(rules.answers.role_hidden_lead.value()).into())
        }
        Some(_) | None => missing(rules, reference),
    }
}

/// The folded key that a reference names.
pub(in crate::simulator) fn key_of(rules: Rules<'_>, target: &ObjectType, named: &str) -> String {
    let folding = KeyFolding::of(rules.answers);
    let [field] = target.key else {
        return String::new();
    };
    folding.value(target, field, named)
}

/// The answer to a reference to a record that does not exist.
fn missing(rules: Rules<'_>, reference: &Reference) -> Result<(), RecordRefusal> {
    match (reference.missing)(rules.answers) {
        MissingTarget::Skips(code) => Err(CodedReason::of(code).into()),
        MissingTarget::Refuses(code) => Err(RecordRefusal::Call(CallFailure::code(code))),
        MissingTarget::Stored => Ok(()),
    }
}

/// Whether the record sets the flag although another record of its group already has it.
fn has_other(
    rules: Rules<'_>,
    key: &str,
    values: &Values<'_>,
    store: &StoreWriter<'_>,
) -> Result<bool, StoreError> {
    let object = rules.schema.object;
    let Some((flag, group)) = object.single else {
        return Ok(false);
    };
    if value(values, flag).as_deref() != Some("true") {
        return Ok(false);
    }
    // A record that is identified by its id does not name its group; the stored record does.
    let group_value = match store.tables.get(object, key)? {
        Some(record) => store.tables.folded(object, &record, group),
        None => None,
    };
    let sent_group = value(values, group);
    let folding = KeyFolding::of(rules.answers);
    let Some(group_value) =
        group_value.or_else(|| Some(folding.value(object, group, &sent_group?)))
    else {
        return Ok(false);
    };
    for found in store.tables.keys_where(object, group, &group_value, "")? {
        let other = found?;
        let record = store.tables.get(object, &other)?;
        let is_set = record
            .as_ref()
            .and_then(|record| record.get(flag))
            .is_some_and(|value| value.get() == "true");
        if other != key && is_set {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The text of a sent value.
fn value(values: &Values<'_>, name: &str) -> Option<String> {
    let sent = values.get(name)?.1.as_deref()?;
    text(sent).map(Cow::into_owned)
}
