//! Why a plan is refused, for a reviewer: the way out is a file that is reviewed, and no flag.

use crate::model::Sources;
use crate::plan::file::SavedRefusal;
use crate::plan::{Refusal, Threshold};
use crate::render::refusal::{hint, message};

/// A refusal with its way out.
pub(super) fn saved(refusal: &Refusal, sources: &Sources) -> SavedRefusal {
    SavedRefusal {
        code: code(refusal).to_owned(),
        text: message(refusal, sources),
        remedy: remedy(refusal),
    }
}

fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::TooManyDeletes { .. } => "too-many-deletes",
        Refusal::TooManyUpdates { .. } => "too-many-updates",
        Refusal::TooManyCreates { .. } => "too-many-creates",
        Refusal::AmountFactor { .. } => "amount-factor",
        Refusal::PipelineMoved { .. } => "pipeline-change",
        Refusal::BlindGuard { .. } => "blind-guard",
        Refusal::Protected { .. } => "protected",
        Refusal::Foreign { .. } => "foreign",
        Refusal::DoubledChildren { .. } => "doubled-children",
        Refusal::UndeclaredChildren { .. } => "undeclared-children",
        Refusal::Unread { .. } => "unread",
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
            Threshold::Count(_) => {
                return format!("{all}, set guards.maxDeletes to {deletes} {reviewed}");
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
    hint(refusal)
}
