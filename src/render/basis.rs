//! What a plan was compared with, where that is not what Marketo has: loud in every output, because no apply accepts such a plan.

use crate::model::Sources;
use crate::plan::file::SavedBasis;
use crate::plan::{Note, UnknownRecord, WhyUnknown};

use super::counting::counted;
use super::escape::escaped;

/// Behind the verdict on a plan: "; as last applied, Marketo was not read".
pub(super) fn behind_verdict(basis: Option<&SavedBasis>, not_known: usize) -> String {
    let basis = match basis {
        None => "",
        Some(SavedBasis::Ledger) => "; as last applied, Marketo was not read",
    };
    basis.to_owned() + &unknown_count(not_known)
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
    let said = match basis? {
        SavedBasis::Ledger => {
            "As last applied: nothing was read from Marketo, and no apply accepts this plan."
        }
    };
    Some(said.to_owned())
}

/// The word of the note that tells it.
pub(super) fn basis_word(basis: &SavedBasis) -> &'static str {
    match basis {
        SavedBasis::Ledger => Note::AsLastApplied.word(),
    }
}

/// That nothing was read for a plan.
pub(super) const AS_LAST_APPLIED: &str = "nothing was read from Marketo: the plan compares the manifests with what the ledger says was last applied. What others changed in Marketo, values before, sensitive fields, the effect on the pipeline and records that others created are not known. A plan to apply: `oppctl plan`";

/// That nothing is planned of a record, and why.
pub(super) fn unknown(record: &UnknownRecord, sources: &Sources) -> String {
    let UnknownRecord {
        kind,
        shown,
        at,
        why,
    } = record;
    let at = at.map(|at| format!(" ({})", escaped(&sources.place(at))));
    let why = match why {
        WhyUnknown::Lead { field, value } => format!(
            "nobody has looked which lead has the {} {}",
            escaped(field),
            escaped(value)
        ),
        WhyUnknown::Claimed => {
            "an earlier apply got no answer, and may or may not have created it".to_owned()
        }
        WhyUnknown::NotAsked => "nobody has asked Marketo about it".to_owned(),
    };
    format!(
        "{} {}{} is not known: {why}. Nothing of it is planned.",
        kind.noun,
        escaped(shown),
        at.unwrap_or_default()
    )
}
