//! What later steps of a workflow of GitHub read of a command: the outputs of its step.
//!
//! Source: docs.github.com, "Workflow commands for GitHub Actions", "Setting an output parameter". A value ends with its line, so none has
//! a line break, and the form for texts of several lines is not needed: the values are numbers, digests, names of runs, and sentences
//! that are made of words of this program.

use crate::plan::Counts;
use crate::render::account::Account;
use crate::render::escape::escaped;
use crate::render::headline::digest;

/// Lines of `name=value` for the file `$GITHUB_OUTPUT`.
#[must_use]
pub fn github_outputs(account: &Account<'_>, verdict: &str, exit: &str) -> String {
    let mut outputs = vec![("verdict", verdict.to_owned()), ("exit", exit.to_owned())];
    if account.plan.is_some() || account.run.is_some() {
        let Counts {
            create,
            adopt,
            update,
            delete,
        } = match account.run {
            Some(_) => account.tally().applied,
            None => Counts::of(account.changes),
        };
        outputs.extend([
            ("creates", create.to_string()),
            ("adopts", adopt.to_string()),
            ("updates", update.to_string()),
            ("deletes", delete.to_string()),
        ]);
    }
    outputs.extend(digest(account).map(|digest| ("digest", digest.to_owned())));
    let run = account.run.map(|run| run.head.id.to_string());
    outputs.extend(run.map(|run| ("run", run)));
    let lines = outputs.iter();
    lines
        .map(|(name, value)| format!("{name}={}\n", escaped(value)))
        .collect()
}
