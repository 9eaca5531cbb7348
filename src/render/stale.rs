//! What a plan that is not the reviewed one is told with: which side moved, and the way out.

use crate::model::{grouped, shell_word};
use crate::plan::{Difference, DigestKind};
use crate::run::{PlannedRecord, Stale};

use super::checkout::{lagging, lagging_hint};
use super::counting::counted;
use super::moved::moved;
use super::shortened::first;

/// The most records of a plan that are named.
const NAMED: usize = 5;

/// Why nothing was sent, which side moved since the review, and the way out.
#[must_use]
pub fn stale(stale: &Stale) -> (String, Vec<String>, Option<String>) {
    let message = match stale {
        Stale::Behind { lag } => lagging(lag),
        Stale::OtherFile { .. }
        | Stale::NotApplicable { .. }
        | Stale::Several { .. }
        | Stale::Apart
        | Stale::Edited
        | Stale::Altered
        | Stale::OtherInstance { .. }
        | Stale::OtherPlan { .. } => stale.to_string(),
    };
    let sides = match stale {
        Stale::OtherPlan {
            moves: Some(moves), ..
        } => moved(moves),
        Stale::OtherPlan {
            moves: None,
            planned,
            ..
        } => planned_today(planned),
        Stale::Behind { .. }
        | Stale::NotApplicable { .. }
        | Stale::OtherFile { .. }
        | Stale::Several { .. }
        | Stale::Apart
        | Stale::Edited
        | Stale::Altered
        | Stale::OtherInstance { .. } => Vec::new(),
    };
    (format!("{message}; nothing was sent"), sides, hint(stale))
}

/// What a plan of everything changes, where a plan of the changed records alone was reviewed.
fn planned_today(planned: &[PlannedRecord]) -> Vec<String> {
    let (shown, more) = first(planned, NAMED);
    if shown.is_empty() {
        return Vec::new();
    }
    let mut named: Vec<String> = shown
        .iter()
        .map(|record| {
            let drifted = if record.has_drifted {
                ", which others have changed in Marketo"
            } else {
                ""
            };
            format!("{} {}{drifted}", record.kind.noun, record.shown)
        })
        .collect();
    if more > 0 {
        named.push(format!("and {} more", grouped(more)));
    }
    vec![format!(
        "a plan of everything changes {} ({})",
        counted(planned.len(), "record"),
        named.join("; ")
    )]
}

fn hint(stale: &Stale) -> Option<String> {
    let hint = match stale {
        Stale::OtherPlan {
            reviewed,
            applied: None,
            ..
        } if is_of_changes(reviewed) => {
            "the reviewed plan looked at the changed records alone, and an apply sends it only if a plan of everything finds nothing else to do: review that one, `oppctl plan`. To keep what others have changed in Marketo, take it into the manifests: `oppctl pull --drift`"
                .to_owned()
        }
        Stale::OtherFile { .. } => return None,
        Stale::Behind { lag } => lagging_hint(lag),
        Stale::NotApplicable { .. } => {
            "make a plan from what Marketo has, and review it: `oppctl plan --out FILE`".to_owned()
        }
        Stale::Several { .. } => {
            "leave --expect out: each plan file has its digest under a seal, and nothing is sent that none of them has. `oppctl show FILE` shows the digest"
                .to_owned()
        }
        Stale::Apart => "apply them one after the other: `oppctl apply --plan FILE`".to_owned(),
        Stale::Edited | Stale::Altered => {
            "make a new plan file and review it: `oppctl plan --out FILE`".to_owned()
        }
        Stale::OtherInstance { name, .. } => format!(
            "the plan's instance was called {name} then: add --instance {}",
            shell_word(name)
        ),
        Stale::OtherPlan {
            applied: Some(run), ..
        } => format!(
            "the reviewed plan was applied already, by the run {run}, and what is planned now is not that: review a new plan with `oppctl plan`; do not run the job of an old commit again"
        ),
        Stale::OtherPlan {
            applied: None,
            moves: Some(moves),
            ..
        } if !moves.instance.is_empty() => {
            "a new plan sets back what others have changed in Marketo. To keep that, write it in the manifests. Then review a new plan: `oppctl plan`, or in CI the plan of a new pull request"
                .to_owned()
        }
        Stale::OtherPlan {
            applied: None,
            moves: Some(_),
            difference,
            ..
        } if !has_more(difference.as_ref()) => {
            "review a new plan with `oppctl plan`; in CI, make the plan again in the pull request"
                .to_owned()
        }
        Stale::OtherPlan {
            applied: None,
            moves: Some(_),
            ..
        } => "if several pull requests were merged, apply their plans together: `oppctl apply --plan one.json --plan two.json`; else review a new plan with `oppctl plan`; in CI, make the plan again in the pull request"
            .to_owned(),
        Stale::OtherPlan {
            applied: None,
            moves: None,
            ..
        } => "a digest does not tell whether Marketo, the manifests, the ledger or flags such as --allow-deletes differ: with the reviewed plan, `oppctl apply --plan plan.json`, the difference is shown. If several pull requests were merged, their plans are applied together: `oppctl apply --plan one.json --plan two.json`. Else review a new plan with `oppctl plan`"
            .to_owned(),
    };
    Some(hint)
}

/// Whether today's plan changes records that none of the reviewed plans has.
fn has_more(difference: Option<&Difference>) -> bool {
    let mut records = difference.into_iter().flat_map(|it| &it.records);
    records.any(|record| record.reviewed.is_none())
}

/// Whether a plan of the changed records alone was reviewed.
fn is_of_changes(reviewed: &[Box<str>]) -> bool {
    let mut kinds = reviewed
        .iter()
        .filter_map(|digest| DigestKind::parse(digest));
    kinds.any(|(kind, _)| kind == DigestKind::Changed)
}
