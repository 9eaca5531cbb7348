//! The loop that sync, delete and the sync of leads share: it applies one record after the other and
//! returns a row for each.

use std::collections::HashSet;

use super::refusal::RecordRefusal;
use super::rules::Rules;
use super::values::{NamedBy, Values, identity};
use crate::simulator::answers::RepeatedKey;
use crate::simulator::faults::effects::SkippedRecord;
use crate::simulator::objects::object_type::{ObjectType, RowStyle};
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record::StoredRecord;
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::{ResultPage, ResultRow};
use crate::simulator::wire::request::JsonMembers;

/// A call that writes records.
pub(in crate::simulator) trait WriteCall {
    /// The sent records.
    fn input(&self) -> &[JsonMembers];

    /// Writes one of them and returns its row.
    fn write(
        &self,
        pass: &mut WritePass<'_, '_>,
        sent: &JsonMembers,
    ) -> Result<ResultRow, RecordRefusal>;
}

/// One pass over the records of a call.
pub(in crate::simulator) struct WritePass<'c, 't> {
    pub rules: Rules<'c>,
    pub store: &'c mut StoreWriter<'t>,
    /// The record that a fault skips.
    skip: Option<&'c SkippedRecord>,
    /// The keys or ids of the earlier records of the call.
    seen: HashSet<String>,
}

impl<'c, 't> WritePass<'c, 't> {
    /// A pass before its first record.
    pub(in crate::simulator) fn new(
        rules: Rules<'c>,
        store: &'c mut StoreWriter<'t>,
        skip: Option<&'c SkippedRecord>,
    ) -> Self {
        Self {
            rules,
            store,
            skip,
            seen: HashSet::new(),
        }
    }

    /// Writes the records in their order and returns a row for each. Rows of leads have no index.
    pub(in crate::simulator) fn run(
        &mut self,
        call: &impl WriteCall,
    ) -> Result<ResultPage, CallFailure> {
        let is_numbered = matches!(self.rules.schema.object.rows, RowStyle::Numbered);
        let mut rows = Vec::with_capacity(call.input().len());
        for (index, record) in call.input().iter().enumerate() {
            let row = row(self.one(call, index, record))?;
            rows.push(if is_numbered {
                row.numbered(index)
            } else {
                row
            });
        }
        Ok(ResultPage::of(rows))
    }

    fn one(
        &mut self,
        call: &impl WriteCall,
        index: usize,
        record: &JsonMembers,
    ) -> Result<ResultRow, RecordRefusal> {
        if let Some(reason) = SkippedRecord::at(self.skip, index) {
            return Err(RecordRefusal::Skip(reason));
        }
        self.rules.check_crm()?;
        call.write(self, record)
    }

    /// The stored key of a sent record; `None` if it has an unknown id. Refuses a record that the call
    /// has contained before.
    pub(in crate::simulator) fn key(
        &mut self,
        by: NamedBy,
        values: &Values<'_>,
    ) -> Result<Option<String>, RecordRefusal> {
        let name = identity(self.rules, by, values)?;
        let repeated = !self.seen.insert(name.clone());
        if repeated && self.rules.answers.repeated_key == RepeatedKey::Duplicate {
            return Err(CodedReason::of("1036").into());
        }
        match by {
            NamedBy::Key => Ok(Some(name)),
            NamedBy::Id => Ok(self.store.tables.key_of(self.rules.schema.object, &name)?),
        }
    }

    /// The stored record with this key.
    pub(in crate::simulator) fn stored(
        &self,
        key: Option<&str>,
    ) -> Result<Option<StoredRecord>, StoreError> {
        match key {
            Some(key) => self.store.tables.get(self.rules.schema.object, key),
            None => Ok(None),
        }
    }
}

/// The row of an applied or skipped record.
fn row(outcome: Result<ResultRow, RecordRefusal>) -> Result<ResultRow, CallFailure> {
    match outcome {
        Ok(row) => Ok(row),
        Err(RecordRefusal::Skip(reason)) => Ok(ResultRow::skipped(&reason)),
        Err(RecordRefusal::Call(failure)) => Err(failure),
        Err(RecordRefusal::Store(error)) => Err(error.into()),
    }
}

/// The row of an applied record.
pub(in crate::simulator) fn done(
    status: &str,
    object: &ObjectType,
    record: &StoredRecord,
) -> ResultRow {
    let id = record.get(object.id).cloned();
    ResultRow::done(status, object.id, id.unwrap_or_else(|| raw(())))
}
