//! The way out of each refusal of a plan.

use crate::model::shell_word;
use crate::plan::{MASK, Protection, Refusal, SetBy, Threshold, UpdateThreshold, WhyDelete};

use super::escape::escaped;
use super::flags::{force_flags, with_undeclared_flag};

/// What can be done about a refusal.
#[expect(clippy::too_many_lines, reason = "one arm for each refusal")]
pub(super) fn hint(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Unread {
            file,
            is_of_other_instance,
            ..
        } => unread(&escaped(file), *is_of_other_instance),
        Refusal::TooManyDeletes {
            threshold: Threshold::PolicyCount(_) | Threshold::PolicyPercent { .. },
            ..
        } => fewer("delete"),
        Refusal::TooManyDeletes { deletes, .. } => {
            format!("if these deletions are right, allow this count: --allow-deletes {deletes}")
        }
        Refusal::TooManyUpdates { updates, threshold } => match threshold {
            UpdateThreshold::Count(limit) => match limit.by {
                SetBy::Configuration => raise("these updates are", "maxUpdates", *updates),
                SetBy::Policy => fewer("update"),
            },
            UpdateThreshold::Percent { limit, .. } => match limit.by {
                SetBy::Configuration => {
                    "if these updates are right, raise guards.maxUpdatePercent in oppctl.yaml"
                        .to_owned()
                }
                SetBy::Policy => fewer("update"),
            },
        },
        Refusal::TooManyCalls { made, needed, .. } => {
            format!("if these calls are right, allow them: --max-calls {}", made + needed)
        }
        Refusal::OverQuota { .. } => {
            "run it again then. To send what today's calls allow, and the rest with a later run: --allow-over-quota. If the subscription has more calls a day, correct limits.dailyCalls in oppctl.yaml"
                .to_owned()
        }
        Refusal::TooManyCreates { creates, limit } => match limit.by {
            SetBy::Configuration => raise("these new records are", "maxCreates", *creates),
            SetBy::Policy => fewer("create"),
        },
        Refusal::AmountFactor { limit, .. } => match limit.by {
            SetBy::Configuration => {
                "correct the amounts; if they are right, raise guards.maxAmountFactor in oppctl.yaml"
            }
            SetBy::Policy => "correct the amounts; only the owner of the policy can raise its limit",
        }
        .to_owned(),
        Refusal::PipelineMoved { limit, .. } => match limit.by {
            SetBy::Configuration => {
                "if the new sum is right, raise guards.maxPipelineChange in oppctl.yaml"
            }
            SetBy::Policy => {
                "change the pipeline in smaller steps; only the owner of the policy can raise its limit"
            }
        }
        .to_owned(),
        Refusal::BlindGuard { guard, by, .. } => {
            let or = match by {
                SetBy::Configuration => format!(", or remove guards.{guard}"),
                SetBy::Policy => String::new(),
            };
            format!("name the field with `impact: {{ amount: FIELD }}` in oppctl.yaml{or}")
        }
        Refusal::Protected { by, .. } => protected(by).to_owned(),
        Refusal::Foreign { owner, deletes, .. } => {
            if *deletes {
                "leave these records to that owner: stop managing them with `ensure: forgotten`"
                    .to_owned()
            } else if **owner == *MASK {
                "if these records are to become this project's own: read the owner in Marketo, and name it with `--adopt-foreign OWNER`"
                    .to_owned()
            } else {
                format!(
                    "if these records are to become this project's own: `--adopt-foreign {}`",
                    shell_word(&escaped(owner))
                )
            }
        }
        Refusal::Raised { word, count, .. } => format!(
            "correct {}; if nothing is wrong, allow this count: --allow-finding {word}={count}",
            if *count == 1 { "it" } else { "them" }
        ),
        Refusal::LostValues {
            from, to, fields, ..
        } => format!(
            "if the run renamed it, rename it back: write its old key {} into its entry, with `renamedFrom: {}`, and apply. That takes all values from Marketo. To undo all the same and lose them: `{}`",
            escaped(from),
            escaped(to),
            force_flags(fields)
        ),
        Refusal::Used { is_final: true, .. } => {
            "first let them name something else, or nothing with `null`, and apply that: Marketo goes on counting a record that named it when it was deleted"
                .to_owned()
        }
        Refusal::Used { kind, key, .. } => format!(
            "let them name something else first; if it is to go all the same: --allow-used {}={}",
            kind.name,
            shell_word(&escaped(&key.to_string()))
        ),
        Refusal::DoubledChildren { .. } => {
            "delete the wrong ones in Marketo, and run again".to_owned()
        }
        Refusal::UndeclaredChildren {
            why: WhyDelete::Undone,
            ..
        } => format!(
            "another run has created them: undo that run first, or delete them too: --{}",
            with_undeclared_flag()
        ),
        Refusal::UndeclaredChildren { .. } => {
            format!(
                "declare them, or delete them too: --{}",
                with_undeclared_flag()
            )
        }
    }
}

fn unread(file: &str, is_of_other_instance: bool) -> String {
    let flag = format!("pass `--allow-unread {}`", shell_word(file));
    if is_of_other_instance {
        format!(
            "if they are to stay in this instance too, move {file} back to the common manifests; if they are to be deleted from it, write their entries with `ensure: absent` into a manifest of this instance, or {flag}"
        )
    } else {
        format!(
            "rename or move {file}, or add it to `manifests`; if its records are to be deleted, write it under `ignore` in oppctl.yaml, or {flag}"
        )
    }
}

fn protected(by: &Protection) -> &'static str {
    match by {
        Protection::Since(_) => {
            "to end a protection, apply the entry with `lifecycle: { protect: false }`; after that it can be removed, and in a protected instance it can get `ensure: absent`"
        }
        Protection::Instance => {
            "to delete a record of a protected instance, write its entry with `ensure: absent` and `lifecycle: { protect: false }`; for roles beside a complete list, write `lifecycle: { protect: false }` at their opportunity"
        }
    }
}

/// The way out of a guard that no flag lifts.
fn raise(these: &str, guard: &str, count: usize) -> String {
    format!("if {these} right, set guards.{guard} to {count} in oppctl.yaml")
}

/// The way out of a number that the policy limits.
fn fewer(verb: &str) -> String {
    format!("{verb} fewer records in one run: no flag lifts the policy")
}
