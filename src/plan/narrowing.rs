//! What is to be said of a run that leaves records out, and what counts as declared all the same.

use crate::model::{Desired, Ensure, WhyAll};

use super::changed_part::ChangedPart;
use super::note::Note;

/// What is to be said of a run that leaves records out.
pub(super) fn notes(desired: &Desired, undeclared: usize) -> impl Iterator<Item = Note> {
    let narrowed = narrowed(desired, undeclared).into_iter();
    narrowed.chain(changed(desired, undeclared))
}

/// What the run leaves out, if it is narrowed to some records.
fn narrowed(desired: &Desired, undeclared: usize) -> Option<Note> {
    let patterns = desired.patterns().iter();
    let patterns: Vec<Box<str>> = patterns.map(|pattern| pattern.text().into()).collect();
    (!patterns.is_empty()).then(|| Note::Narrowed {
        patterns,
        entries: desired.records.len() - desired.selected().count(),
        undeclared,
    })
}

/// What is to be said of a run that is meant for the changed records.
fn changed(desired: &Desired, undeclared: usize) -> Option<Note> {
    let since = desired.changed_since.as_deref()?;
    let revision = since.revision.clone();
    if let Some(why) = &since.all {
        return Some(Note::AllPlanned {
            revision,
            why: WhyAll::clone(why),
        });
    }
    let entries = desired.selected().count();
    Some(Note::ChangedSince(ChangedPart {
        revision,
        base: since.base.clone(),
        entries,
        gone: desired.gone.len(),
        others: desired.records.len() - entries,
        undeclared,
        unjudged: None,
    }))
}

/// Guards in percent go by all declared records where only the changed ones are planned, as they do when these are applied.
pub(super) fn declared_besides(desired: &Desired) -> usize {
    if !desired.is_of_changes() {
        return 0;
    }
    let others = desired.records.iter();
    let others = others.filter(|declared| !desired.is_selected(declared));
    others
        .filter(|declared| declared.ensure != Ensure::Forgotten)
        .count()
}
