//! What a plan would write references to in fields, and what of that has to be looked for.

use std::collections::HashSet;

use crate::manifest::is_declarable;
use crate::model::{Key, ObjectKind, RecordKey, Verb};

use super::observed::Observed;
use super::plan_value::Plan;
use super::question::{Question, QuestionDrafts};
use super::referring::Named;

/// What has to be looked for, because a plan would write references to it.
#[derive(Debug)]
pub struct ReferredQuestions {
    pub questions: Vec<Question>,
    /// The records whose keys no query can name.
    pub unaskable: Vec<(&'static ObjectKind, Key)>,
}

/// The questions for what a plan would write references to in fields, unless the plan creates it or it was read anyway. What the keys of
/// records name is read with them.
#[must_use]
pub fn referred_questions(plan: &Plan, observed: &Observed) -> ReferredQuestions {
    let mut created: Option<HashSet<RecordKey>> = None;
    let mut drafts = QuestionDrafts::new();
    let mut unaskable = Vec::new();
    for change in &plan.changes {
        for (_, Named { kind, key }) in change.written_references() {
            let created = created.get_or_insert_with(|| creations(plan));
            let is_known = observed.get(kind, &key).is_some();
            if is_known || created.contains(&(kind, key.folded())) {
                continue;
            }
            if is_declarable(kind, &key) {
                drafts.entry(kind).or_default().add_key(&key);
            } else {
                unaskable.push((kind, key));
            }
        }
    }
    let drafts = drafts.into_iter();
    let questions = drafts.map(|(kind, draft)| draft.only_keys(kind));
    ReferredQuestions {
        questions: questions.collect(),
        unaskable,
    }
}

fn creations(plan: &Plan) -> HashSet<RecordKey> {
    let created = plan.changes.iter();
    let created = created.filter(|change| change.verb() == Verb::Create);
    created
        .map(|change| (change.kind, change.key.folded()))
        .collect()
}
