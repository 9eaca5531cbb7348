//! Delete: records named by their key or id, and by nothing else.
//!
//! Source: Adobe REST documentation, "Opportunities" and "Opportunity Roles", section "Delete".
//! An opportunity that still has roles is 1022: the documentation only says that they go first.

use std::collections::HashSet;

use super::codes::{Failure, Reason};
use super::faults::Skip;
use super::kinds::Object;
use super::reply::{Reply, Row};
use super::request::{Members, input, members};
use super::schema::Schema;
use super::store::StoreError;
use super::sync::{By, Refusal, Values, done, each, named, numbered, typed};
use super::tables::Writer;

/// A delete call that keeps to the rules as a whole.
pub(super) struct Delete {
    by: By,
    input: Vec<Members>,
}

impl Delete {
    /// Reads a delete call.
    pub(super) fn parse(json: &[u8]) -> Result<Self, Failure> {
        let body = members(json)?;
        Ok(Self {
            by: By::parse(&body, "deleteBy")?,
            input: input(&body)?,
        })
    }

    /// Deletes the records, but not those that a fault skips.
    pub(super) fn apply(
        &self,
        schema: &Schema,
        store: &mut Writer<'_>,
        skip: Option<&Skip>,
    ) -> Result<Reply, Failure> {
        let mut seen = HashSet::new();
        let rows = each(&self.input, skip, |record| {
            self.record(schema, store, record, &mut seen)
        })?;
        Ok(Reply::of(numbered(rows)))
    }

    fn record(
        &self,
        schema: &Schema,
        store: &mut Writer<'_>,
        sent: &Members,
        seen: &mut HashSet<String>,
    ) -> Result<Row, Refusal> {
        let object = schema.object;
        let values = typed(schema, sent)?;
        only_names(object, self.by, &values)?;
        let Some(key) = named(object, self.by, &values, store, seen)? else {
            return Err(Reason::of("1013").into());
        };
        let Some(record) = store.tables.get(object, &key)? else {
            return Err(Reason::of("1013").into());
        };
        if in_use(object, &key, store)? {
            return Err(Reason::of("1022").into());
        }
        store.remove(object, &key, &record)?;
        Ok(done("deleted", object, &record))
    }
}

/// A record with members beside its key or id is skipped, as on a live instance's custom objects.
fn only_names(object: &Object, by: By, values: &Values<'_>) -> Result<(), Refusal> {
    let names = match by {
        By::Key => object.key,
        By::Id => std::slice::from_ref(&object.id),
    };
    match values.keys().find(|name| !names.contains(name)) {
        Some(extra) => {
            let message = format!("Field '{extra}' is not allowed in a delete");
            Err(Reason::invalid(message).into())
        }
        None => Ok(()),
    }
}

fn in_use(object: &Object, key: &str, store: &Writer<'_>) -> Result<bool, StoreError> {
    for dependent in object.dependents {
        let mut found = store
            .tables
            .keys_where(dependent.object, dependent.field, key, "")?;
        if found.next().transpose()?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
