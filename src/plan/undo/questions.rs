//! Which records an undo has to read: those of the run, what those name that are to be created or restored, and the children of those
//! to be deleted.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{ObjectKind, Verb};
use crate::plan::bind::Schemas;
use crate::plan::claim::CREATED_AT;
use crate::plan::ownership::Ownership;
use crate::plan::question::{Question, QuestionDrafts};
use crate::plan::referring::Named;
use crate::plan::written::UPDATED_AT;

use super::run::RunToUndo;

/// The questions of an undo: one for each kind of which something has to be read.
#[must_use]
pub fn undo_questions(
    run: &RunToUndo<'_>,
    schemas: &Schemas,
    ownership: &Ownership<'_>,
) -> Vec<Question> {
    let mut drafts = QuestionDrafts::new();
    // The kinds of which all writable fields are read.
    let mut whole: BTreeSet<&'static ObjectKind> = BTreeSet::new();
    for run_change in &run.changes {
        let change = run_change.change;
        let (kind, key) = (change.kind, &change.key);
        let draft = drafts.entry(kind).or_default();
        draft.add_key(key);
        draft.fields.extend(change.fields().names().cloned());
        match change.verb() {
            Verb::Create => {
                // A record stays if others have written any of its fields since.
                whole.insert(kind);
                if !run_change.left_out.is_empty() {
                    draft.fields.extend([CREATED_AT, UPDATED_AT].map(Arc::from));
                }
                for child in kind.children() {
                    let children = drafts.entry(child).or_default();
                    children.children_of.push(key.clone());
                }
            }
            Verb::Update | Verb::Delete => {}
        }
        // What its record named before has to be there again.
        for Named { kind, key } in change.releases() {
            drafts.entry(kind).or_default().add_key(&key);
        }
    }
    if ownership.ledger.is_some() {
        for forgotten in &run.forgotten {
            let draft = drafts.entry(forgotten.kind).or_default();
            draft.add_key(forgotten.key);
        }
    }
    for (kind, draft) in &mut drafts {
        draft.add_marker(ownership.marker(kind));
        if whole.contains(kind)
            && let Some(schema) = schemas.get(kind)
        {
            let names = schema.writable().map(|field| Arc::clone(&field.name));
            draft.fields.extend(names);
        }
    }
    drafts
        .into_iter()
        .map(|(kind, draft)| {
            let mut question = draft.finish(kind);
            // A field that does not exist any more would make the whole call fail.
            question.fields.retain(|name| {
                let schema = schemas.get(kind);
                schema.is_some_and(|schema| schema.field(name).is_some())
            });
            question
        })
        .collect()
}
