//! Flags whose names come from the table of kinds, so that messages and arguments spell them alike.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::kind::KINDS;
use crate::model::shell_word;

use super::escape::escaped;

/// The flag of `import` that takes children along: `with-`, and the plurals of the kinds that have a parent.
#[must_use]
pub fn with_children_flag() -> String {
    format!("with-{}", children())
}

/// The flag that deletes undeclared children together with their parents.
#[must_use]
pub fn with_undeclared_flag() -> String {
    format!("with-undeclared-{}", children())
}

/// "--force-field name --force-field stage": the flags of an undo that restores these fields in any case.
pub(super) fn force_flags<'n>(names: impl IntoIterator<Item = &'n Arc<str>>) -> String {
    let names: BTreeSet<&str> = names.into_iter().map(|name| &**name).collect();
    let flags = names
        .into_iter()
        .map(|name| format!("--force-field {}", shell_word(&escaped(name))));
    flags.collect::<Vec<_>>().join(" ")
}

/// What to write instead of a flag that other tools have.
#[must_use]
pub fn flag_tip(flag: &str) -> Option<String> {
    let tip = match flag {
        "--dry-run" | "--dryrun" => {
            "a dry run is a command of its own: `oppctl plan` shows what an apply would change"
                .to_owned()
        }
        "--force" => format!(
            "no flag lifts everything; each of these lifts one guard: --allow-deletes COUNT, --{}, --adopt-foreign OWNER, --allow-unread FILE, --allow-used KIND=KEY, --allow-behind, --allow-over-quota, and with undo --force-field NAME",
            with_undeclared_flag()
        ),
        "--auto-approve" | "--approve" | "-y" => {
            "to send without a question: `oppctl apply --yes`".to_owned()
        }
        "--detailed-exitcode" | "--detailed-exit-code" => {
            "to end with 2 where changes are pending: `oppctl plan --exit-code`".to_owned()
        }
        "--target" | "--filter" | "--select" => {
            "to act on some records only: `oppctl plan --only A-1`, or name manifests: `oppctl plan pipeline/emea.yaml`".to_owned()
        }
        "--changed-since" => {
            "an apply plans everything, and checks the plan of the changed records against that: `oppctl apply --plan FILE`, or `--expect changed-DIGITS`".to_owned()
        }
        "--refresh-only" => {
            "to see what others changed in Marketo: `oppctl plan --drift`".to_owned()
        }
        _ => return None,
    };
    Some(tip)
}

/// What to write instead of a command that other tools have.
#[must_use]
pub fn command_tip(word: &str) -> Option<&'static str> {
    let tip = match word {
        "diff" | "preview" | "dry-run" => "`oppctl plan` shows what an apply would change",
        "up" | "deploy" | "sync" | "push" => {
            "`oppctl apply` changes the instance to match the manifests"
        }
        "rollback" | "revert" => {
            "`oppctl undo RUN` takes an earlier run back; `oppctl history` lists the runs"
        }
        "destroy" | "delete" | "rm" => {
            "no command deletes all records. To delete one, write `ensure: absent` in its entry, or remove the entry if the project has a ledger; then `oppctl apply`"
        }
        "state" => "`oppctl ledger list` shows which records this project owns",
        "refresh" | "drift" => "`oppctl plan --drift` shows what others changed in Marketo",
        "lint" | "check" | "test" => "`oppctl validate` checks the manifests without an instance",
        "format" | "tidy" | "prettier" => "`oppctl fmt` writes manifests in their canonical layout",
        "log" | "logs" | "runs" => "`oppctl history` lists earlier runs",
        "export" | "dump" => "`oppctl import` writes manifests for existing records",
        "new" | "create" => "`oppctl init` writes the files of a new project",
        "output" | "list" | "ls" => {
            "`oppctl get KIND KEY` shows records of the instance, `oppctl ledger list` those that this project owns"
        }
        _ => return None,
    };
    Some(tip)
}

fn children() -> String {
    let children = KINDS.into_iter().filter(|kind| kind.parent().is_some());
    let plurals: Vec<&str> = children.map(|kind| kind.plural).collect();
    plurals.join("-and-")
}
