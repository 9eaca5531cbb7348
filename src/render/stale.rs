//! What a plan that is not the reviewed one is told with: which side moved, and the way out.

use crate::model::shell_word;
use crate::run::Stale;

use super::checkout::{lagging, lagging_hint};
use super::moved::moved;

/// Why nothing was sent, which side moved since the review, and the way out.
#[must_use]
pub fn stale(stale: &Stale) -> (String, Vec<String>, Option<String>) {
    let message = match stale {
        Stale::Behind { lag } => lagging(lag),
        Stale::OtherFile { .. }
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
        Stale::OtherPlan { moves: None, .. }
        | Stale::Behind { .. }
        | Stale::OtherFile { .. }
        | Stale::Several { .. }
        | Stale::Apart
        | Stale::Edited
        | Stale::Altered
        | Stale::OtherInstance { .. } => Vec::new(),
    };
    (format!("{message}; nothing was sent"), sides, hint(stale))
}

fn hint(stale: &Stale) -> Option<String> {
    let hint = match stale {
        Stale::OtherFile { .. } => return None,
        Stale::Behind { lag } => lagging_hint(lag),
        Stale::Several { .. } => {
            "leave --expect out: the plan files say what was reviewed".to_owned()
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
            "the reviewed plan was applied already, by the run {run}, and others have changed its records since: review a new plan with `oppctl plan`; do not run the job of an old commit again"
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
            ..
        } => "review a new plan with `oppctl plan`; in CI, make the plan again in the pull request"
            .to_owned(),
        Stale::OtherPlan {
            applied: None,
            moves: None,
            ..
        } => "a digest does not tell whether Marketo, the manifests, the ledger or flags such as --allow-deletes differ: with the reviewed plan, `oppctl apply --plan plan.json`, the difference is shown; else review a new plan with `oppctl plan`"
            .to_owned(),
    };
    Some(hint)
}
