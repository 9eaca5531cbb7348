//! What a plan was compared with, where that is not what Marketo has: loud in every output, because no apply accepts such a plan.

use std::path::Path;

use jiff::Timestamp;

use crate::model::{Sources, shell_word};
use crate::plan::file::SavedBasis;
use crate::plan::{Note, PlanBasis, UnknownRecord, WhyUnknown};

use crate::run::Planned;

use super::counting::{counted, in_calls};
use super::escape::escaped;

/// Behind the verdict on a plan: "; as last applied, Marketo was not read".
pub(super) fn behind_verdict(basis: Option<&SavedBasis>, not_known: usize) -> String {
    let basis = match basis {
        None => String::new(),
        Some(SavedBasis::Ledger) => "; as last applied, Marketo was not read".to_owned(),
        Some(SavedBasis::Snapshot { time }) => format!("; as of {}, by a snapshot", minute(time)),
    };
    basis + &unknown_count(not_known)
}

/// "; 3 records are not known".
pub(super) fn unknown_count(not_known: usize) -> String {
    match not_known {
        0 => String::new(),
        1 => "; 1 record is not known".to_owned(),
        _ => format!("; {} are not known", counted(not_known, "record")),
    }
}

/// What a reader has to know before the changes, in a sentence or two; nothing if Marketo was read.
pub(super) fn loudly(basis: Option<&SavedBasis>) -> Option<String> {
    Some(match basis? {
        SavedBasis::Ledger => {
            "As last applied: nothing was read from Marketo, and no apply accepts this plan."
                .to_owned()
        }
        SavedBasis::Snapshot { time } => format!(
            "As of {}, by a snapshot: Marketo was not read since, and no apply accepts this plan.",
            minute(time)
        ),
    })
}

/// The word of the note that tells it.
pub(super) fn basis_word(basis: &SavedBasis) -> &'static str {
    match basis {
        SavedBasis::Ledger => Note::AsLastApplied.word(),
        SavedBasis::Snapshot { .. } => AS_OF,
    }
}

/// The word of the note that a plan is made from a snapshot.
const AS_OF: &str = "as-of";

/// "2026-11-30 18:04Z", of a time as files have it.
fn minute(time: &str) -> String {
    let parsed = time.parse::<Timestamp>();
    let shown = parsed.map(|time| time.strftime("%F %H:%MZ").to_string());
    shown.unwrap_or_else(|_| escaped(time).into_owned())
}

/// That a plan is made from a snapshot.
pub(super) fn as_of(time: Timestamp) -> String {
    format!(
        "Marketo was not read: the plan compares the manifests with a snapshot of {}. What was changed in Marketo since is not known. A plan to apply: `oppctl plan`",
        minute(&time.to_string())
    )
}

/// That a snapshot was written, and of what.
#[must_use]
pub fn snapshot_written(path: &Path, planned: &Planned, time: Timestamp) -> String {
    let read = planned.read.iter();
    let read: Vec<String> = read.map(|(kind, count)| kind.counted(*count)).collect();
    let read = match read.is_empty() {
        true => "no record".to_owned(),
        false => read.join(", "),
    };
    format!(
        "{} was written, encrypted: {read} of {} as of {}, {}.\nTo plan from it: `oppctl plan --against {} --identity KEYFILE`",
        escaped(&path.display().to_string()),
        escaped(&planned.instance.name),
        minute(&time.to_string()),
        in_calls(planned.calls.counted()),
        shell_word(&path.display().to_string())
    )
}

/// That nothing was read for a plan.
pub(super) const AS_LAST_APPLIED: &str = "nothing was read from Marketo: the plan compares the manifests with what the ledger says was last applied. What others changed in Marketo, values before, sensitive fields, the effect on the pipeline and records that others created are not known. A plan to apply: `oppctl plan`";

/// That nothing is planned of a record, and why.
pub(super) fn unknown(record: &UnknownRecord, basis: &PlanBasis, sources: &Sources) -> String {
    let UnknownRecord {
        kind,
        shown,
        at,
        why,
    } = record;
    let is_of_snapshot = matches!(basis, PlanBasis::Snapshot { .. });
    let at = at.map(|at| format!(" ({})", escaped(&sources.place(at))));
    let why = match why {
        WhyUnknown::Lead { field, value } => format!(
            "{} which lead has the {} {}",
            if is_of_snapshot {
                "the snapshot does not tell"
            } else {
                "Marketo was not asked"
            },
            escaped(field),
            escaped(value)
        ),
        WhyUnknown::Claimed => {
            "an earlier apply got no answer, and may or may not have created it".to_owned()
        }
        WhyUnknown::NotAsked => match is_of_snapshot {
            true => "it is not in the snapshot".to_owned(),
            false => "Marketo was not asked about it".to_owned(),
        },
        WhyUnknown::Renamed => "it goes on under another key, of which nothing is known".to_owned(),
        WhyUnknown::AppliedSince => "an apply has written it since the snapshot".to_owned(),
    };
    format!(
        "{} {}{} is not known: {why}. Nothing of it is planned.",
        kind.noun,
        escaped(shown),
        at.unwrap_or_default()
    )
}
