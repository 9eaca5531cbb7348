//! Entries that would write a reference to something that is missing. Where the project owns the record of such an entry, what it names
//! was lost in Marketo: the entry waits, and everything else goes on. Otherwise it is a mistake of the entry.

use crate::model::{Diagnostic, Ensure, Problem, Record, RecordKeys};

use super::bind::{Bound, DesiredRecord};
use super::field_change::FieldChange;
use super::observed::Observed;
use super::reference::BlockedEntry;
use super::referring::Named;

/// The entries of a run that wait.
pub(super) struct Waiting<'b> {
    bound: &'b Bound<'b>,
    /// The records that are not there, and that wait for something that they name. What would name them waits with them.
    absent: RecordKeys,
}

impl<'b> Waiting<'b> {
    pub(super) fn of(bound: &'b Bound<'b>, observed: &Observed) -> Self {
        let mut waiting = Self {
            bound,
            absent: RecordKeys::new(),
        };
        if bound.missing.is_empty() {
            return waiting;
        }
        let present = bound.records.iter().filter(|desired| {
            let (kind, key) = (desired.declared.kind, &desired.key);
            let is_present = desired.selected && desired.declared.ensure == Ensure::Present;
            is_present && observed.get(kind, key).is_none()
        });
        let mut open: Vec<&DesiredRecord<'_>> = present.collect();
        // What names a record that waits, and is not there itself, waits too.
        loop {
            let (found, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|desired| {
                let mut named = desired.named();
                named.any(|(_, _, named)| {
                    waiting.is_absent(&named)
                        || (bound.missing.has(&named) && waits(bound, desired))
                })
            });
            if found.is_empty() {
                return waiting;
            }
            let absent = found.iter().map(|it| (it.declared.kind, it.key.folded()));
            waiting.absent.extend(absent.collect::<Vec<_>>());
            open = rest;
        }
    }

    /// The entry as one that waits, or its mistakes, if these fields would name something that is missing.
    pub(super) fn look(
        &self,
        desired: &DesiredRecord<'_>,
        record: Option<&Record>,
        fields: &[FieldChange],
    ) -> (Option<BlockedEntry>, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        if self.bound.missing.is_empty() {
            return (None, problems);
        }
        for (field, at, named) in desired.named() {
            let is_written = fields.iter().any(|written| *written.name == *field);
            let is_missing = is_written && self.bound.missing.has(&named);
            // The parent of a record that is not there, or what a field would name.
            let would_wait = (is_written || record.is_none()) && self.is_absent(&named);
            if would_wait || (is_missing && waits(self.bound, desired)) {
                let entry = BlockedEntry::naming(desired.declared, field, &named);
                return (Some(entry), Vec::new());
            }
            if is_missing {
                let problem = Problem::UnknownReference {
                    to: named.kind,
                    key: named.key.to_string(),
                    field,
                };
                let record = (named.kind, named.key.folded());
                let problem = Diagnostic::new(problem, at);
                problems.push(self.bound.pointed(problem, &record));
            }
        }
        (None, problems)
    }

    fn is_absent(&self, named: &Named) -> bool {
        self.absent.contains(&(named.kind, named.key.folded()))
    }
}

/// Whether an entry whose reference is missing waits for it: the project owns its record, or the configuration asks for that.
fn waits(bound: &Bound<'_>, desired: &DesiredRecord<'_>) -> bool {
    let ownership = &bound.ownership;
    match ownership.ledger {
        Some(_) => ownership
            .entry(desired.declared.kind, &desired.key)
            .is_some(),
        None => ownership.skips_missing,
    }
}
