//! Entries that go on naming the old keys of their records, and why.

use std::fmt::Write as _;

use crate::import::{EntryPlace, RenameWait, RenamedEntry};
use crate::model::{Invocation, shell_word};

use super::counting::counted_entries;
use super::escape::escaped;
use super::style::{FAINT, Painted};

/// One line for each of these entries and each instance that is not done with it, below a line that counts them. Nothing without any.
#[must_use]
pub fn waiting_renames<'r>(
    entries: impl Iterator<Item = (&'r EntryPlace, &'r RenamedEntry)>,
    invocation: &Invocation,
) -> String {
    let unfailing = "writing to a string cannot fail";
    let mut lines = String::new();
    let mut count = 0;
    for (EntryPlace { file, number: _ }, entry) in entries {
        count += 1;
        let RenamedEntry {
            kind,
            from,
            shown,
            line,
            waits,
        } = entry;
        let place = format!("{}:{line}", file.display());
        let (from, shown) = (escaped(from), escaped(shown));
        let place = Painted(FAINT, escaped(&place));
        for (instance, wait) in waits {
            let why = why(*wait, instance, (&from, &shown), invocation);
            writeln!(lines, "  {} {shown}  {place}   {why}", kind.noun).expect(unfailing);
        }
    }
    match count {
        0 => lines,
        _ => format!(
            "`renamedFrom` stays in {}:\n{lines}",
            counted_entries(count)
        ),
    }
}

fn why(
    wait: RenameWait,
    instance: &str,
    (from, to): (&str, &str),
    invocation: &Invocation,
) -> String {
    let apply = format!("`oppctl apply --instance {}`", shell_word(instance));
    let apply = invocation.completed(&apply);
    let instance = escaped(instance);
    match wait {
        RenameWait::NoLedger => {
            format!("{instance} has no ledger, so it is not known how far it has come")
        }
        RenameWait::OldOwned => format!("{instance} still owns {from}; to rename it: {apply}"),
        RenameWait::NewMissing => {
            format!("{instance} does not own {to} yet; to create it: {apply}")
        }
        RenameWait::OldUnknown => format!(
            "the ledger of {instance} does not know {from}: it never owned that, or it was lost. If it never did, remove the line by hand"
        ),
    }
}
