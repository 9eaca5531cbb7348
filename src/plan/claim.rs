//! Claims: entries of the ledger without an id. An apply was about to create the record, and its outcome is not known.
//!
//! A claim alone is no proof: somebody else may have created a record with that key, with other values or later. So a record is
//! taken for the project's only if it is as it was to be, and was created within that apply.

use jiff::SignedDuration;

use crate::ledger::{Entry, Ledger};
use crate::model::{Instant, Record, Value};

/// The field with the time at which Marketo created a record. Source: REST documentation, pages "Opportunities" and "Opportunity
/// Roles".
pub(super) const CREATED_AT: &str = "createdAt";

/// How far the clocks of an instance and of a runner may differ. Marketo also cuts its times to seconds.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// How long an apply may take. At 50 calls in 20 seconds that is enough for 2.7 million records.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// Whether a record is the one that the apply of a claim was about to create. Needs its `createdAt` and the fields of the entry.
pub(super) fn is_shown(entry: &Entry, record: &Record, ledger: &Ledger) -> bool {
    let Value::Datetime(created) = record.fields.get(CREATED_AT) else {
        return false;
    };
    let began = entry.origin.time;
    let at = |shift: SignedDuration| began.saturating_add(shift).ok().map(Instant::from);
    let (from, to) = (at(-SKEW), at(LONGEST));
    let is_within = from.is_some_and(|from| from <= created) && to.is_some_and(|to| created <= to);
    is_within
        && entry.fields.iter().all(|(name, hash)| {
            // Of a sensitive field the ledger has no hash: then nothing is shown.
            hash.is_some_and(|hash| ledger.is_as_applied(name, hash, &record.fields.get(name)))
        })
}
