//! What sync, delete and the sync of leads share: one record after the other, each with a row of
//! its own.

use std::collections::HashSet;

use super::refusal::Refusal;
use super::rules::Rules;
use super::values::{By, Values, identity};
use crate::simulator::answers::RepeatedKey;
use crate::simulator::faults::effects::Skip;
use crate::simulator::objects::table::Object;
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record::Record;
use crate::simulator::store::tables::Writer;
use crate::simulator::wire::codes::{Failure, Reason};
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::{Reply, Row};
use crate::simulator::wire::request::Members;

/// One pass over the records of a call.
pub(in crate::simulator) struct WritePass<'c, 't> {
    pub rules: Rules<'c>,
    pub store: &'c mut Writer<'t>,
    /// The record that a fault skips.
    skip: Option<&'c Skip>,
    /// The keys or ids that earlier records of the call have named.
    seen: HashSet<String>,
}

impl<'c, 't> WritePass<'c, 't> {
    /// A pass that has seen no record yet.
    pub(in crate::simulator) fn new(
        rules: Rules<'c>,
        store: &'c mut Writer<'t>,
        skip: Option<&'c Skip>,
    ) -> Self {
        Self {
            rules,
            store,
            skip,
            seen: HashSet::new(),
        }
    }

    /// Applies the records in their order and answers one row for each.
    pub(in crate::simulator) fn rows(
        &mut self,
        input: &[Members],
        apply: impl Fn(&mut Self, &Members) -> Result<Row, Refusal>,
    ) -> Result<Vec<Row>, Failure> {
        let mut rows = Vec::with_capacity(input.len());
        for (index, record) in input.iter().enumerate() {
            let outcome = match Skip::at(self.skip, index) {
                Some(reason) => Err(Refusal::Skip(reason)),
                None => self.apply_one(record, &apply),
            };
            rows.push(row(outcome)?);
        }
        Ok(rows)
    }

    /// The same with the index of its record in each row, which rows of leads do not have.
    pub(in crate::simulator) fn numbered_rows(
        &mut self,
        input: &[Members],
        apply: impl Fn(&mut Self, &Members) -> Result<Row, Refusal>,
    ) -> Result<Reply, Failure> {
        let rows = self.rows(input, apply)?;
        let numbered = rows.into_iter().enumerate();
        Ok(Reply::of(
            numbered.map(|(seq, row)| row.numbered(seq)).collect(),
        ))
    }

    fn apply_one(
        &mut self,
        record: &Members,
        apply: impl Fn(&mut Self, &Members) -> Result<Row, Refusal>,
    ) -> Result<Row, Refusal> {
        self.rules.check_crm()?;
        apply(self, record)
    }

    /// The store's key of the record that is named, if there is one. A record that the call has
    /// named before is refused.
    pub(in crate::simulator) fn key(
        &mut self,
        by: By,
        values: &Values<'_>,
    ) -> Result<Option<String>, Refusal> {
        let name = identity(self.rules, by, values)?;
        let repeated = !self.seen.insert(name.clone());
        if repeated && self.rules.answers.repeated_key == RepeatedKey::Duplicate {
            return Err(Reason::of("1036").into());
        }
        match by {
            By::Key => Ok(Some(name)),
            By::Id => Ok(self.store.tables.key_of(self.rules.schema.object, &name)?),
        }
    }

    /// The stored record with this key.
    pub(in crate::simulator) fn stored(
        &self,
        key: Option<&str>,
    ) -> Result<Option<Record>, StoreError> {
        match key {
            Some(key) => self.store.tables.get(self.rules.schema.object, key),
            None => Ok(None),
        }
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
pub(in crate::simulator) fn done(status: &str, object: &Object, record: &Record) -> Row {
    let id = record.get(object.id).cloned();
    Row::done(status, object.id, id.unwrap_or_else(|| raw(())))
}
