//! Why a plan is refused, for a reviewer: the way out is a file that is reviewed, and no flag.

use crate::model::Sources;
use crate::plan::file::{SavedPlace, SavedRefusal};
use crate::plan::{At, Refusal, Threshold};
use crate::render::refusal::{is_explained, message};
use crate::render::refusal_hint::hint;

/// A refusal with its way out.
pub(super) fn saved(refusal: &Refusal, refusals: &[Refusal], sources: &Sources) -> SavedRefusal {
    SavedRefusal {
        code: refusal.code().to_owned(),
        text: message(refusal, sources),
        remedy: if is_explained(refusal, refusals) {
            "first see to the file that no pattern matches".to_owned()
        } else {
            remedy(refusal)
        },
        place: place(refusal, sources),
    }
}

/// The entry that a refusal is about, if one is there.
fn place(refusal: &Refusal, sources: &Sources) -> Option<SavedPlace> {
    let of = |at: &At| match at {
        At::Here(_) | At::Saved { .. } => Some(SavedPlace {
            file: at.file(sources).display().to_string(),
            line: at.line(sources),
        }),
        // Its line is somebody else's by now.
        At::Before { .. } => None,
    };
    match refusal {
        Refusal::AmountFactor { jumps, .. } => of(&jumps.first()?.at),
        Refusal::Protected { at, .. }
        | Refusal::Foreign { at, .. }
        | Refusal::DoubledChildren { at, .. }
        | Refusal::LostValues { at, .. }
        | Refusal::Used { at, .. }
        | Refusal::UndeclaredChildren { at, .. } => of(at),
        Refusal::Unread { file, .. } => Some(SavedPlace {
            file: file.to_string(),
            line: 1,
        }),
        Refusal::TooManyDeletes { .. }
        | Refusal::TooManyUpdates { .. }
        | Refusal::TooManyCreates { .. }
        | Refusal::PipelineMoved { .. }
        | Refusal::BlindGuard { .. }
        | Refusal::TooManyCalls { .. }
        | Refusal::OverQuota { .. }
        | Refusal::Raised { .. } => None,
    }
}

fn remedy(refusal: &Refusal) -> String {
    if let Refusal::TooManyDeletes {
        deletes, threshold, ..
    } = refusal
    {
        let all = "if all of them should go";
        let reviewed = "in oppctl.yaml in this change, so that the limit is reviewed too";
        match threshold {
            Threshold::Count { percent, .. } => {
                let too = match percent {
                    Some(_) => " and raise guards.maxDeletePercent",
                    None => "",
                };
                return format!("{all}, set guards.maxDeletes to {deletes}{too} {reviewed}");
            }
            Threshold::Percent { .. } => {
                return format!("{all}, raise guards.maxDeletePercent {reviewed}");
            }
            Threshold::Allowed(_)
            | Threshold::PolicyCount(_)
            | Threshold::PolicyPercent { .. }
            | Threshold::NothingDeclared => {}
        }
    }
    if let Refusal::Raised { word, .. } = refusal {
        return format!(
            "correct them; if they are right, change severity.{word} in oppctl.yaml in this change, so that it is reviewed too"
        );
    }
    hint(refusal)
}
