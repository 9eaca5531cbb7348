//! The records that entries name, and that are not there.

use std::collections::HashSet;

use crate::manifest::is_declarable;
use crate::model::{Key, ObjectKind, RecordKey, RecordKeys, Verb};

use super::observed::Observed;
use super::plan_value::Plan;
use super::question::{Question, QuestionDrafts};
use super::referring::Named;

/// What was looked for because entries name it, and is not there.
#[derive(Clone, Debug, Default)]
pub struct Missing {
    records: RecordKeys,
    /// The kinds that could not be read, and why.
    pub unread: Vec<(&'static ObjectKind, Box<str>)>,
}

impl Missing {
    /// Keys that no query can name cannot be looked for.
    pub fn leave(&mut self, keys: &[(&'static ObjectKind, Key)]) {
        for (kind, key) in keys {
            let why = format!("no query can name {key}");
            self.unread.push((kind, why.into()));
        }
    }

    /// The records that were asked for and that nobody has answered.
    pub fn add(&mut self, questions: &[Question], answered: &Observed) {
        for question in questions {
            let keys = question.keys.iter();
            let missing = keys.filter(|key| answered.get(question.kind, key).is_none());
            let missing = missing.map(|key| (question.kind, key.folded()));
            self.records.extend(missing);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(super) fn has(&self, named: &Named) -> bool {
        !self.is_empty() && self.records.contains(&(named.kind, named.key.folded()))
    }
}

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
