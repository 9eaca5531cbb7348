//! Runs that are narrowed to some records: each pattern has to match one, and has one meaning.

use super::error::RunError;
use crate::ledger::Ledger;
use crate::model::{Declared, Desired, KeyPattern, Sources};

/// Gives the patterns their meanings, now that all records are known, and narrows the run to those that they match.
///
/// # Errors
/// A pattern matches no record, or is the text of several keys.
pub(super) fn settle(
    desired: &mut Desired,
    sources: &Sources,
    ledger: Option<&Ledger>,
) -> Result<(), RunError> {
    if desired.patterns().is_empty() {
        return Ok(());
    }
    let records = || {
        let declared = desired.records.iter().map(Declared::written_key);
        let owned = ledger.into_iter().flat_map(Ledger::iter);
        declared.chain(owned.map(|(kind, folded, _)| (kind, folded.clone())))
    };
    let settled = desired.patterns().iter().map(|pattern| {
        let text = || pattern.text().into();
        let settled = pattern.settled(records()).map_err(|meant| {
            let meant = meant.iter().map(|(kind, key)| (*kind, key.as_key(kind)));
            RunError::SeveralMeant {
                pattern: text(),
                records: meant.collect(),
            }
        })?;
        if records().any(|record| settled.matches(&record)) {
            Ok(settled)
        } else {
            Err(RunError::NothingMatches { pattern: text() })
        }
    });
    let settled: Vec<KeyPattern> = settled.collect::<Result<_, _>>()?;
    desired.narrow_to(settled, sources);
    Ok(())
}
