//! Commands in messages, written so that they can be pasted into a shell.

use crate::journal::RunId;

/// A word for a shell.
#[must_use]
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('-') {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The command that undoes a run of an instance, which may need a confirmation.
#[must_use]
pub fn undo_command(run: &RunId, instance: &str, confirm: bool) -> String {
    let instance = quoted(instance);
    let mut command = format!("oppctl undo {run} --instance {instance}");
    if confirm {
        command.extend([" --confirm ", &instance]);
    }
    command
}
