//! What the ledger says of the last write of a record: when it was answered, and what it replaced.

use jiff::{SignedDuration, Timestamp};

use crate::ledger::{Applied, Entry, FieldHash, Ledger, Replaced};
use crate::model::{Instant, Record, Value};

use super::field_changes::FieldChanges;

/// The field with the time at which a record was last written. Source: REST documentation, pages "Opportunities" and "Opportunity
/// Roles".
pub const UPDATED_AT: &str = "updatedAt";

/// How much later than its answer a write may be dated: the clocks of an instance and of a runner differ. An edit within this time
/// after an answer is taken for our write.
const SKEW: SignedDuration = SignedDuration::from_secs(1);

/// When a record was last written, if that was asked for.
#[must_use]
pub fn updated(record: &Record) -> Option<Instant> {
    match record.fields.get(UPDATED_AT) {
        Value::Datetime(instant) => Some(instant),
        Value::Null
        | Value::Text(_)
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_) => None,
    }
}

/// Whether nobody has written a record since the write that its entry tells of. Needs its `updatedAt`.
#[must_use]
pub fn is_last_writer(entry: &Entry, record: &Record) -> bool {
    let (Some(written), Some(updated)) = (entry.written, updated(record)) else {
        return false;
    };
    let latest = written.saturating_add(SKEW).unwrap_or(Timestamp::MAX);
    updated <= Instant::from(latest)
}

/// Whether Marketo stores a field of a record otherwise than it was sent: the last write sent another value than it replaced, what the
/// record has `now` is neither of them, and nobody has written since.
pub(super) fn is_stored_otherwise(
    entry: &Entry,
    record: &Record,
    name: &str,
    now: FieldHash,
    ledger: &Ledger,
) -> bool {
    let nothing = ledger.digest_unless(false, name, &Value::Null);
    let replaced = nothing.and_then(|nothing| entry.replaced(name, nothing));
    let (Some(sent), Some(replaced)) = (entry.fields.get(name), replaced) else {
        return false;
    };
    sent != now && replaced != now && sent != replaced && is_last_writer(entry, record)
}

/// What a write of these `changed` fields replaces in a record that is there. `old` is its entry and what the record has now, if it is
/// owned, and `fields` are those that are managed from then on.
///
/// Of a field that the write does not send nothing is known any more: whoever edits it just before is not told apart by the time. But
/// what is stored otherwise stays so.
pub(super) fn replaced(
    old: Option<(&Entry, Option<&Record>)>,
    fields: &Applied,
    changed: &FieldChanges,
    ledger: &Ledger,
) -> Replaced {
    if changed.is_empty()
        && let Some((old, _)) = old
        && old.fields.names() == fields.names()
    {
        return old.replaced.clone();
    }
    let kept = |name: &str| -> Option<FieldHash> {
        let (entry, record) = old?;
        let nothing = ledger.digest_unless(false, name, &Value::Null)?;
        let replaced = entry.replaced(name, nothing)?;
        let stays = changed.is_empty()
            || record.is_some_and(|record| {
                let now = ledger.digest_unless(false, name, &record.fields.get(name));
                now.is_some_and(|now| is_stored_otherwise(entry, record, name, now, ledger))
            });
        stays.then_some(replaced)
    };
    let hash = |name: &str| -> Option<FieldHash> {
        let change = changed.get(name);
        match change {
            Some(change) => ledger.digest_unless(change.sensitive, name, &change.before),
            None => kept(name),
        }
    };
    let hashes: Box<[_]> = fields.names().iter().map(|name| hash(name)).collect();
    if hashes.iter().all(Option::is_none) {
        Replaced::Unknown
    } else {
        Replaced::Values(hashes)
    }
}
