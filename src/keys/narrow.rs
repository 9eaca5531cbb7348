//! Some keys of a project as all that a run acts on.

use std::collections::HashSet;

use super::find::{NotMeant, meant};
use crate::ledger::Ledger;
use crate::model::{Declared, Desired, OnlyRecords, Sources, Span};

/// Leaves out what these keys do not name: a record comes with its children. Returns the places of their entries.
///
/// # Errors
/// A key means none, or several, or a record that no manifest declares.
pub fn narrow(
    desired: &mut Desired,
    sources: &Sources,
    keys: &[&str],
    ledger: Option<&Ledger>,
    hidden: &[Box<str>],
) -> Result<HashSet<Span>, NotMeant> {
    let mut named = HashSet::new();
    let mut parents = HashSet::new();
    for key in keys {
        let record = meant(key, (desired, sources), ledger, hidden)?;
        let Some(declared) = record.declared else {
            return Err(NotMeant::Undeclared((*key).to_owned()));
        };
        let own = declared.full_key();
        let own = own.map(|key| (declared.kind, key.folded()));
        named.insert(declared.at);
        parents.extend(declared.parent());
        let children = desired.records.iter();
        let children = children.filter(|child| own.is_some() && child.parent() == own);
        named.extend(children.map(|child| child.at));
    }
    // Files that were named too.
    if let Some(narrowed) = &desired.narrowed {
        let own = desired.records.iter();
        let own = own.filter(|it| narrowed.files.contains(&it.at.file));
        named.extend(own.map(|declared| declared.at));
    }
    let is_kept = |declared: &&Declared| {
        let key = declared.full_key();
        let key = key.map(|key| (declared.kind, key.folded()));
        named.contains(&declared.at) || key.is_some_and(|key| parents.contains(&key))
    };
    let entries = desired.records.iter().filter(is_kept);
    let entries = entries.map(|declared| declared.at).collect();
    desired.keep(OnlyRecords {
        entries,
        ..OnlyRecords::default()
    });
    Ok(named)
}
