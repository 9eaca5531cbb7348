//! What all writes share: one record after the other, each with a row of its own.

use std::collections::HashSet;

use super::refusal::Refusal;
use super::rules::Rules;
use super::values::{By, Values, identity};
use crate::simulator::answers::RepeatedKey;
use crate::simulator::faults::effects::Skip;
use crate::simulator::objects::table::Object;
use crate::simulator::store::record::Record;
use crate::simulator::store::tables::Writer;
use crate::simulator::wire::codes::{Failure, Reason};
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::Row;
use crate::simulator::wire::request::Members;

/// Applies records one after the other, but not those that a fault skips.
pub(in crate::simulator) fn each(
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
pub(in crate::simulator) fn numbered(rows: Vec<Row>) -> Vec<Row> {
    let numbers = 0..rows.len();
    let rows = rows.into_iter().zip(numbers);
    rows.map(|(row, seq)| row.numbered(seq)).collect()
}

/// The store's key of the record that is named, if there is one; a record that the call has named before is refused.
pub(in crate::simulator) fn named(
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
pub(in crate::simulator) fn done(status: &str, object: &Object, record: &Record) -> Row {
    let id = record.get(object.id).cloned();
    Row::done(status, object.id, id.unwrap_or_else(|| raw(())))
}
