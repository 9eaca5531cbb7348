//! Commands in messages, written so that they can be pasted into a shell.

use crate::apply::Outcome;
use crate::journal::{RunId, Tally};
use crate::model::{Invocation, shell_word};
use crate::plan::Change;

use super::escape::escaped;

/// The command that shows a run of an instance.
pub(super) fn history_command(invocation: &Invocation, run: &RunId, instance: &str) -> String {
    let instance = shell_word(instance);
    invocation.command(&format!("oppctl history {run} --instance {instance}"))
}

/// So many deletions are never refused by their number.
const UNGUARDED: usize = 2;

/// The most records that a command names.
const NAMED: usize = 10;

/// The command that undoes a run with these changes, which may need a confirmation. It allows as many deletions as it needs, and by name
/// those of records that others may name.
pub(super) fn undo_command(
    invocation: &Invocation,
    run: &RunId,
    instance: &str,
    confirm: bool,
    (changes, outcomes): (&[Change], &[Outcome]),
) -> String {
    let instance = shell_word(instance);
    let mut command = format!("oppctl undo {run} --instance {instance}");
    if confirm {
        command.extend([" --confirm ", &instance]);
    }
    let deletes = Tally::undone_creations(changes, outcomes).count();
    if deletes > UNGUARDED {
        command.extend([" --allow-deletes ", &deletes.to_string()]);
    }
    let created = Tally::undone_creations(changes, outcomes);
    let named: Vec<String> = created
        .filter(|change| change.kind.lead_field.is_some())
        .map(|change| format!("{}={}", change.kind.name, change.key))
        .collect();
    // Of more, the refusal says what to do.
    if named.len() <= NAMED {
        for record in named {
            command.extend([" --allow-used ", &shell_word(&escaped(&record))]);
        }
    }
    invocation.command(&command)
}
