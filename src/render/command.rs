//! Commands in messages, written so that they can be pasted into a shell.

use crate::journal::RunId;
use crate::model::{Invocation, shell_word};

/// The command that shows a run of an instance.
pub(super) fn history_command(invocation: &Invocation, run: &RunId, instance: &str) -> String {
    let instance = shell_word(instance);
    invocation.command(&format!("oppctl history {run} --instance {instance}"))
}

/// The command that undoes a run of an instance, which may need a confirmation.
pub(super) fn undo_command(
    invocation: &Invocation,
    run: &RunId,
    instance: &str,
    confirm: bool,
) -> String {
    let instance = shell_word(instance);
    let mut command = format!("oppctl undo {run} --instance {instance}");
    if confirm {
        command.extend([" --confirm ", &instance]);
    }
    invocation.command(&command)
}
