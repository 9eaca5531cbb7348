//! Why a plan is refused, in words, each with the way out.

use crate::model::{Key, ObjectKind, Sources, shell_word};
use crate::plan::{MASK, PercentBase, Refusal, Threshold, WhyDelete, most_by_percent};

use super::counting::counted;
use super::escape::escaped;
use super::flags::with_undeclared_flag;
use super::place::{place, since};
use super::shortened::first;

/// The most children of one record that are named; the rest is counted.
const NAMED: usize = 10;

/// A message for each refusal, and what a person can do about them.
#[must_use]
pub fn refusals(refusals: &[Refusal], sources: &Sources) -> (Vec<String>, Vec<String>) {
    let messages = refusals.iter().map(|refusal| message(refusal, sources));
    let mut hints: Vec<String> = Vec::new();
    for hint in refusals.iter().map(hint) {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    (messages.collect(), hints)
}

fn message(refusal: &Refusal, sources: &Sources) -> String {
    let named = |kind: &ObjectKind, shown: &str| format!("{} {}", kind.name, escaped(shown));
    match refusal {
        Refusal::TooManyDeletes {
            deletes,
            children,
            threshold,
        } => {
            let share = |limit, of| share(*deletes, limit, of);
            let limit = match threshold {
                Threshold::Count(limit) => format!("guards.maxDeletes is {limit}"),
                Threshold::Percent { limit, of } => {
                    format!(
                        "guards.maxDeletePercent is {limit}, and {}",
                        share(*limit, *of)
                    )
                }
                Threshold::PolicyCount(limit) => format!("maxDeletes of the policy is {limit}"),
                Threshold::PolicyPercent { limit, of } => format!(
                    "maxDeletePercent of the policy is {limit}, and {}",
                    share(*limit, *of)
                ),
                Threshold::NothingDeclared => "no manifest declares a record any more".to_owned(),
                Threshold::Allowed(limit) => format!("--allow-deletes {limit} allows fewer"),
            };
            let children = match children {
                0 => String::new(),
                count => format!(", with {count} that no manifest declares"),
            };
            format!(
                "the plan deletes {}{children}: {limit}",
                counted(*deletes, "record")
            )
        }
        Refusal::Protected {
            kind,
            shown,
            since: origin,
            at,
        } => format!(
            "{}: {} has been protected since the apply {}, and would be deleted",
            place(at, sources),
            named(kind, shown),
            since(origin)
        ),
        Refusal::Foreign {
            kind,
            shown,
            owner,
            at,
            deletes,
        } => {
            let would = if *deletes { "deleted" } else { "changed" };
            format!(
                "{}: {} has the marker of another owner, \"{}\", and would be {would}",
                place(at, sources),
                named(kind, shown),
                escaped(owner)
            )
        }
        Refusal::UndeclaredChildren {
            parent,
            shown,
            kind,
            children,
            why,
            at,
        } => {
            let these = match why {
                WhyDelete::Undone => "the run that is undone did not create",
                WhyDelete::Tombstone
                | WhyDelete::NotListed
                | WhyDelete::Removed
                | WhyDelete::WithParent => "no manifest declares",
            };
            let them = match children.len() {
                1 => kind.name.to_owned(),
                count => format!("{}:", kind.counted(count)),
            };
            format!(
                "{}: {} would be deleted, and {these} its {them} {}",
                place(at, sources),
                named(parent, shown),
                named_keys(children)
            )
        }
        Refusal::Unread {
            file,
            kind,
            records,
        } => format!(
            "{}: no pattern of `manifests` matches this file, so {} that it declares would be deleted: {}",
            escaped(file),
            kind.counted(records.len()),
            named_keys(records)
        ),
    }
}

/// "this is 67 % of the 6 declared records; 2 are allowed".
fn share(deletes: usize, limit: usize, of: PercentBase) -> String {
    let (count, which) = match of {
        PercentBase::Owned(count) => (count, "owned"),
        PercentBase::Declared(count) => (count, "declared"),
    };
    let percent = (deletes * 100).div_ceil(count.max(1));
    let most = most_by_percent(limit, of);
    format!("this is {percent} % of the {count} {which} records; {most} are allowed")
}

/// The first keys, and how many more there are.
fn named_keys(keys: &[Key]) -> String {
    let (named, more) = first(keys, NAMED);
    let mut names: Vec<String> = named
        .iter()
        .map(|key| escaped(&key.to_string()).to_string())
        .collect();
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}

fn hint(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Unread { file, .. } => format!(
            "rename {} or add it to `manifests`; if its records are to be deleted, write it under `ignore` in oppctl.yaml, or pass `--allow-unread {}`",
            escaped(file),
            shell_word(&escaped(file))
        ),
        Refusal::TooManyDeletes {
            threshold: Threshold::PolicyCount(_) | Threshold::PolicyPercent { .. },
            ..
        } => "delete fewer records in one run: no flag lifts the policy".to_owned(),
        Refusal::TooManyDeletes { deletes, .. } => {
            format!("if these deletions are right, allow this count: --allow-deletes {deletes}")
        }
        Refusal::Protected { .. } => {
            "to end a protection, apply the entry without `protect`; after that it can be removed"
                .to_owned()
        }
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
        Refusal::UndeclaredChildren {
            why: WhyDelete::Undone,
            ..
        } => format!("delete them too: --{}", with_undeclared_flag()),
        Refusal::UndeclaredChildren { .. } => {
            format!(
                "declare them, or delete them too: --{}",
                with_undeclared_flag()
            )
        }
    }
}
