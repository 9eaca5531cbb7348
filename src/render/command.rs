//! Commands in messages, written so that they can be pasted into a shell.

use crate::journal::RunId;
use crate::model::{Invocation, shell_word};

/// The command that shows a run of an instance.
pub(super) fn history_command(invocation: &Invocation, run: &RunId, instance: &str) -> String {
    let instance = shell_word(instance);
    invocation.command(&format!("oppctl history {run} --instance {instance}"))
}

/// So many deletions are never refused by their number.
const UNGUARDED: usize = 2;

/// The command that undoes a run of an instance, which may need a confirmation, and deletes at most this many records.
pub(super) fn undo_command(
    invocation: &Invocation,
    run: &RunId,
    instance: &str,
    confirm: bool,
    deletes: usize,
) -> String {
    let instance = shell_word(instance);
    let mut command = format!("oppctl undo {run} --instance {instance}");
    if confirm {
        command.extend([" --confirm ", &instance]);
    }
    if deletes > UNGUARDED {
        command.extend([" --allow-deletes ", &deletes.to_string()]);
    }
    invocation.command(&command)
}
