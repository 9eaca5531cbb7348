//! Delete: records named by their key or id, and by nothing else.
//!
//! Source: Adobe REST documentation, "Opportunities" and "Opportunity Roles", section "Delete".
//! What becomes of an opportunity that still has roles is a switch.

use super::refusal::Refusal;
use super::values::{By, Values, typed};
use super::write::{WritePass, done};
use crate::simulator::answers::{
    Answers, DeleteExtraMembers, DeleteMissing, DeleteOpportunityWithRoles,
};
use crate::simulator::objects::table::Object;
use crate::simulator::store::error::StoreError;
use crate::simulator::store::tables::Writer;
use crate::simulator::wire::codes::{Failure, Reason};
use crate::simulator::wire::reply::{Reply, Row};
use crate::simulator::wire::request::{Members, input, members};

/// A delete call that keeps to the rules as a whole.
pub(in crate::simulator) struct Delete {
    by: By,
    input: Vec<Members>,
}

impl Delete {
    /// Reads a delete call.
    pub(in crate::simulator) fn parse(answers: &Answers, json: &[u8]) -> Result<Self, Failure> {
        let body = members(json)?;
        Ok(Self {
            by: By::parse(&body, "deleteBy")?,
            input: input(answers, &body)?,
        })
    }

    /// Deletes the records, but not those that a fault skips.
    pub(in crate::simulator) fn apply(
        &self,
        mut pass: WritePass<'_, '_>,
    ) -> Result<Reply, Failure> {
        pass.numbered_rows(&self.input, |pass, record| self.record(pass, record))
    }

    fn record(&self, pass: &mut WritePass<'_, '_>, sent: &Members) -> Result<Row, Refusal> {
        let rules = pass.rules;
        let object = rules.schema.object;
        let values = typed(rules, sent)?;
        only_names(rules.answers, object, self.by, &values)?;
        let key = pass.key(self.by, &values)?;
        let stored = pass.stored(key.as_deref())?;
        let (Some(key), Some(record)) = (key, stored) else {
            return Err(missing(rules.answers).into());
        };
        dependents(rules.answers, object, &key, pass.store)?;
        pass.store.remove(object, &key, &record)?;
        Ok(done("deleted", object, &record))
    }
}

/// A record with members beside its key or id is skipped, as on a live instance's custom objects.
fn only_names(
    answers: &Answers,
    object: &Object,
    by: By,
    values: &Values<'_>,
) -> Result<(), Reason> {
    let names = match by {
        By::Key => object.key,
        By::Id => std::slice::from_ref(&object.id),
    };
    let Some(extra) = values.keys().find(|name| !names.contains(name)) else {
        return Ok(());
    };
    match answers.delete_extra_members {
        DeleteExtraMembers::Ignored => Ok(()),
        DeleteExtraMembers::Invalid | DeleteExtraMembers::Field => {
            let message = format!("Field '{extra}' is not allowed in a delete");
            Err(Reason::new(answers.delete_extra_members.value(), message))
        }
    }
}

fn missing(answers: &Answers) -> Reason {
    let message = match answers.delete_missing {
        DeleteMissing::Object => "Object not found",
        DeleteMissing::Record => "Record not found",
    };
    Reason::new("1013", message)
}

/// What happens to the records that depend on one that is to be deleted.
fn dependents(
    answers: &Answers,
    object: &Object,
    key: &str,
    store: &mut Writer<'_>,
) -> Result<(), Refusal> {
    for dependent in object.dependents {
        let found = store
            .tables
            .keys_where(dependent.object, dependent.field, key, "")?
            .collect::<Result<Vec<_>, StoreError>>()?;
        if found.is_empty() {
            continue;
        }
        match answers.delete_opportunity_with_roles {
            DeleteOpportunityWithRoles::InUse => return Err(Reason::of("1022").into()),
            DeleteOpportunityWithRoles::Orphan => {}
            DeleteOpportunityWithRoles::Cascade => {
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
