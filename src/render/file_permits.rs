//! The way out where the apply of a plan file is refused: it takes most permits from the file, so that they are reviewed.

use crate::model::shell_word;
use crate::plan::{MASK, Permits, Refusal};
use crate::run::Planned;

use super::escape::escaped;
use super::markdown::permit_flags;
use super::refusal::refusals;

/// A message for each refusal of a plan, and what a person can do about them.
#[must_use]
pub fn refusals_of(planned: &Planned) -> (Vec<String>, Vec<String>) {
    let (messages, hints) = refusals(&planned.refusals, &planned.sources);
    match planned.is_of_files() {
        true => (messages, hints_of_files(planned)),
        false => (messages, hints),
    }
}

fn hints_of_files(planned: &Planned) -> Vec<String> {
    let mut permits = planned.permits.clone();
    let (of_file, others): (Vec<Refusal>, Vec<Refusal>) =
        { planned.refusals.iter().cloned() }.partition(|refusal| permit(refusal, &mut permits));
    let (_, mut hints) = refusals(&others, &planned.sources);
    if !of_file.is_empty() {
        hints.push(format!(
            "an apply takes what is permitted from the plan file. If this is right, make a new one that permits it, and review it: `{}`",
            command(planned, &permits)
        ));
    }
    hints
}

/// The command that makes the plan with these permits.
fn command(planned: &Planned, permits: &Permits) -> String {
    let mut words = vec!["oppctl".to_owned()];
    match &planned.undoes {
        None => {
            words.push("plan".to_owned());
            let paths = planned.paths.iter();
            words.extend(paths.map(|path| shell_word(&path.display().to_string())));
            let only = planned.only.iter();
            words.extend(only.map(|key| format!("--only {}", shell_word(key))));
        }
        Some(undone) => {
            words.extend(["undo".to_owned(), undone.id.to_string()]);
            let forced = undone.forced.iter();
            words.extend(forced.map(|name| format!("--force-field {}", shell_word(name))));
        }
    }
    words.extend(permit_flags(permits));
    words.push("--out plan.json".to_owned());
    words.join(" ")
}

/// Whether a flag that no apply of a plan file takes permits this. It is added to the others.
fn permit(refusal: &Refusal, permits: &mut Permits) -> bool {
    match refusal {
        Refusal::Used {
            is_final,
            kind,
            key,
            ..
        } if !is_final => {
            permits
                .allow_used
                .push(escaped(&format!("{}={key}", kind.name)).into_owned());
        }
        Refusal::Foreign { owner, deletes, .. } if !deletes && **owner != *MASK => {
            permits.adopt_foreign = Some(escaped(owner).into_owned());
        }
        Refusal::UndeclaredChildren { .. } => permits.with_undeclared = true,
        Refusal::TooManyDeletes { deletes, .. } => {
            // The apply itself takes that one too.
            permits.allow_deletes = Some(*deletes);
            return false;
        }
        Refusal::Unread { file, .. } => permits.allow_unread.push(escaped(file).into_owned()),
        Refusal::Used { .. }
        | Refusal::Foreign { .. }
        | Refusal::TooManyUpdates { .. }
        | Refusal::TooManyCreates { .. }
        | Refusal::AmountFactor { .. }
        | Refusal::PipelineMoved { .. }
        | Refusal::BlindGuard { .. }
        | Refusal::Protected { .. }
        | Refusal::DoubledChildren { .. }
        | Refusal::LostValues { .. }
        | Refusal::TooManyCalls { .. }
        | Refusal::OverQuota { .. }
        | Refusal::Raised { .. } => return false,
    }
    true
}
