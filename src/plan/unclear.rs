//! Entries of which it is not known, or not clear, which record they mean: nothing is known of it, several have its key, or the one that
//! came for it has another key.

use crate::model::{Diagnostic, Problem};

use super::bind::DesiredRecord;
use super::note::Note;
use super::observed::Observed;
use super::unknown::UnknownRecord;

/// What is told of such an entry.
pub(super) enum Unclear {
    Note(Note),
    Problem(Diagnostic),
}

/// Why it is not known, or not clear, which record an entry means; nothing if it is.
pub(super) fn unclear(desired: &DesiredRecord<'_>, observed: &Observed) -> Option<Unclear> {
    let declared = desired.declared;
    let kind = declared.kind;
    if let Some(why) = observed.unknown(kind, &desired.key) {
        let unknown = UnknownRecord::of(declared, why.clone());
        return Some(Unclear::Note(Note::Unknown(unknown)));
    }
    if let Some(ids) = observed.doubled(kind, &desired.key) {
        return Some(Unclear::Note(Note::Doubled {
            kind,
            shown: declared.shown_key().into(),
            ids: ids.iter().cloned().collect(),
        }));
    }
    let other = observed.respelled(kind, &desired.key)?;
    let problem = Problem::OtherSpelling {
        kind,
        key: desired.key.to_string(),
        answered: other.key.to_string(),
    };
    Some(Unclear::Problem(Diagnostic::new(problem, declared.at)))
}
