//! What is to be known of the files around the manifests, and of what the configuration lets pass in them.

use crate::model::{Desired, Diagnostic, Problem};

use super::note::Note;

/// What is to be known of the files around the manifests.
pub(super) fn notes(desired: &Desired) -> Vec<Note> {
    let strays = desired.strays_beside().map(|stray| Note::Stray {
        file: stray.path.as_str().into(),
    });
    let idle = desired.idle_patterns.iter().map(|pattern| {
        let pattern = pattern.as_str().into();
        Note::IdlePattern { pattern }
    });
    let lowered = desired.lowered.iter().filter_map(lowered);
    strays.chain(idle).chain(lowered).collect()
}

/// The note for a problem that the configuration has lowered. Only this one can be.
fn lowered(diagnostic: &Diagnostic) -> Option<Note> {
    let Problem::IgnoresUnwritten { name, .. } = &diagnostic.problem else {
        return None;
    };
    Some(Note::IgnoresUnwritten {
        name: name.as_str().into(),
        at: diagnostic.at,
    })
}
