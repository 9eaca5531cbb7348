//! The planner of an undo: each change of the run, the other way round. Total and deterministic, like the planner of an apply.

use std::collections::HashSet;

use crate::model::{FoldedKey, ObjectKind, Record, Verb};
use crate::plan::bind::Schemas;
use crate::plan::change::{Action, Change, WhyDelete};
use crate::plan::deletion;
use crate::plan::keeping::WhyDropped;
use crate::plan::not_undone::WhyLeft;
use crate::plan::note::Note;
use crate::plan::observed::Observed;
use crate::plan::ownership::Ownership;
use crate::plan::parent::parent_of;
use crate::plan::plan_value::Plan;
use crate::plan::refusal::Refusal;

use super::back::{Back, edited};
use super::keep;
use super::undoing::{Made, Undoing};

/// What must change so that the records of a run are as they were before it.
pub fn undo(
    undoing: &Undoing<'_>,
    schemas: &Schemas,
    observed: &Observed,
    ownership: &Ownership<'_>,
) -> Plan {
    let mut planner = Planner {
        undoing,
        schemas,
        observed,
        ownership,
        returning: returning(undoing, observed),
        taken: taken(undoing, observed),
        unsure: 0,
        plan: Plan {
            owned: ownership.ledger.map(|owning| owning.ledger.len()),
            ..Plan::default()
        },
    };
    for made in &undoing.made {
        planner.reverse(made);
    }
    keep::untaken(undoing, ownership, &mut planner.plan);
    let mut plan = planner.plan;
    // What nobody declares is nothing to ask the manifests about: whatever the run has not created is a stranger.
    deletion::children(ownership, schemas, observed, &HashSet::new(), &mut plan);
    let records = plan.counts().create;
    if records > 0 {
        plan.notes.push(Note::Recreated { records });
    }
    if planner.unsure > 0 {
        let records = planner.unsure;
        plan.notes.push(Note::Unsure { records });
    }
    plan
}

/// The records that are to be created again, by which their children find them.
fn returning<'r>(
    undoing: &Undoing<'r>,
    observed: &Observed,
) -> HashSet<(&'r ObjectKind, FoldedKey)> {
    let returns = undoing.made.iter().filter(|made| {
        made.change.verb() == Verb::Delete
            && observed.get(made.change.kind, &made.change.key).is_none()
            && undoing.deleted_by(made).is_none()
    });
    returns
        .map(|made| (made.change.kind, made.change.key.folded()))
        .collect()
}

/// The records that the run deleted and whose keys others have by now: what hung on those does not hang on these.
fn taken<'r>(undoing: &Undoing<'r>, observed: &Observed) -> HashSet<(&'r ObjectKind, FoldedKey)> {
    let changes = undoing.made.iter().map(|made| made.change);
    let taken = changes.filter(|change| match &change.action {
        Action::Delete { id, .. } => {
            let record = observed.get(change.kind, &change.key);
            record.is_some_and(|record| *record.id != **id && !is_as_before(change, record))
        }
        Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => false,
    });
    taken
        .map(|change| (change.kind, change.key.folded()))
        .collect()
}

/// Whether a record is what a change found.
fn is_as_before(change: &Change, record: &Record) -> bool {
    let mut fields = change.fields().iter();
    fields.all(|field| *record.fields.get(&field.name) == field.before)
}

struct Planner<'p> {
    undoing: &'p Undoing<'p>,
    schemas: &'p Schemas,
    observed: &'p Observed,
    ownership: &'p Ownership<'p>,
    returning: HashSet<(&'p ObjectKind, FoldedKey)>,
    taken: HashSet<(&'p ObjectKind, FoldedKey)>,
    /// How many records are deleted that the run may have created.
    unsure: usize,
    plan: Plan,
}

impl Planner<'_> {
    fn reverse(&mut self, made: &Made<'_>) {
        let change = made.change;
        let record = self.observed.get(change.kind, &change.key);
        match &change.action {
            Action::Create { .. } => self.uncreate(made, record),
            Action::Adopt { id, .. } => {
                // What an earlier run had claimed was the project's own before it was adopted.
                if !made.owned && self.took(made) {
                    let why = match record {
                        Some(_) => WhyDropped::Undone,
                        None => WhyDropped::Gone,
                    };
                    keep::released(
                        made,
                        Some(id),
                        why,
                        self.undoing,
                        self.ownership,
                        &mut self.plan,
                    );
                }
                self.revert(made, id, record);
            }
            Action::Update { id, .. } => self.revert(made, id, record),
            Action::Delete { id, .. } => self.recreate(made, id, record),
        }
    }

    /// Whether the ledger's entry of a record comes from the run, if it has one.
    fn took(&self, made: &Made<'_>) -> bool {
        let entry = self.ownership.entry(made.change.kind, &made.change.key);
        let undoing = self.undoing;
        // What is not known to be adopted is in the ledger by another run, unless by the end of a dead one.
        entry.is_none_or(|entry| match made.is_unknown {
            true => undoing.has_made(entry),
            false => undoing.took(entry),
        })
    }

    /// Deletes a record that the run created, unless somebody has made it their own by now.
    fn uncreate(&mut self, made: &Made<'_>, record: Option<&Record>) {
        let kind = made.change.kind;
        let Some(record) = record else {
            let gone = WhyDropped::Gone;
            keep::released(
                made,
                made.created,
                gone,
                self.undoing,
                self.ownership,
                &mut self.plan,
            );
            return self.unchanged(kind);
        };
        if made.created.is_some_and(|id| *id != *record.id) {
            return self.leave(made, WhyLeft::Remade);
        }
        if let Some(run) = self.undoing.created_by(made, record) {
            let run = run.into();
            return self.leave(made, WhyLeft::CreatedBy { run });
        }
        let Some(schema) = self.schemas.get(kind) else {
            return;
        };
        let edited = edited(made, record, schema, self.undoing);
        if !edited.is_empty() {
            return self.leave(made, WhyLeft::Edited(edited));
        }
        self.unsure += usize::from(made.created.is_none());
        let at = made.change.at.clone();
        let mut change = deletion::delete(kind, record, WhyDelete::Undone, at, self.schemas);
        change.shown.clone_from(&made.change.shown);
        deletion::push(change, record, self.ownership, &mut self.plan);
    }

    /// Takes the fields of a record back that are as the run has left them.
    fn revert(&mut self, made: &Made<'_>, id: &str, record: Option<&Record>) {
        let kind = made.change.kind;
        let Some(record) = record else {
            return self.leave(made, WhyLeft::Gone);
        };
        if *record.id != *id {
            return self.leave(made, WhyLeft::Remade);
        }
        let Some(schema) = self.schemas.get(kind) else {
            return;
        };
        let mut back = Back::of(made, Some(record), schema, self.undoing);
        back.note(made, &mut self.plan);
        let Back {
            restored, changed, ..
        } = back;
        let is_left = !changed.is_empty();
        if is_left {
            self.leave(made, WhyLeft::Changed(changed));
        }
        if restored.is_empty() {
            if !is_left {
                self.unchanged(kind);
            }
            return;
        }
        self.refuse_foreign(made, record);
        keep::reverted(made, record, &restored, self.ownership, &mut self.plan);
        let id = record.id.clone();
        let fields = restored;
        self.push(made, Action::Update { id, fields });
    }

    /// Creates a record again that the run deleted, unless its key is taken or its parent is not there.
    fn recreate(&mut self, made: &Made<'_>, id: &str, record: Option<&Record>) {
        let change = made.change;
        if let Some(record) = record {
            if *record.id == *id || is_as_before(change, record) {
                return self.unchanged(change.kind);
            }
            return self.leave(made, WhyLeft::Taken);
        }
        if let Some(run) = self.undoing.deleted_by(made) {
            let run = run.into();
            return self.leave(made, WhyLeft::DeletedBy { run });
        }
        if let Some((parent, key)) = parent_of(change.kind, &change.key) {
            let is_there = self.observed.get(parent, &key).is_some();
            let of_parent = (parent, key.folded());
            if !is_there && !self.returning.contains(&of_parent) {
                return self.leave(made, WhyLeft::NoParent { parent });
            }
            if self.taken.contains(&of_parent) {
                return self.leave(made, WhyLeft::OtherParent { parent });
            }
        }
        let Some(schema) = self.schemas.get(change.kind) else {
            return;
        };
        let mut back = Back::of(made, None, schema, self.undoing);
        back.note(made, &mut self.plan);
        let fields = back.restored;
        keep::recreated(made, &fields, self.ownership, &mut self.plan);
        self.push(made, Action::Create { fields });
    }

    /// A record that another owner has marked since is theirs.
    fn refuse_foreign(&mut self, made: &Made<'_>, record: &Record) {
        let change = made.change;
        let Some(owner) = self.ownership.foreign(change.kind, record) else {
            return;
        };
        let owner = owner.to_string();
        if self.ownership.permits.adopt_foreign != Some(owner.as_str()) {
            self.plan.refusals.push(Refusal::Foreign {
                kind: change.kind,
                shown: change.shown.clone(),
                owner: owner.into(),
                at: change.at.clone(),
                deletes: false,
            });
        }
    }

    /// Notes that a record is left, or some of its fields.
    fn leave(&mut self, made: &Made<'_>, why: WhyLeft) {
        self.plan.notes.push(made.left(why));
    }

    fn push(&mut self, made: &Made<'_>, action: Action) {
        let change = made.change;
        self.plan.changes.push(Change {
            kind: change.kind,
            key: change.key.clone(),
            shown: change.shown.clone(),
            label: change.label.clone(),
            action,
            at: change.at.clone(),
        });
    }

    fn unchanged(&mut self, kind: &'static ObjectKind) {
        *self.plan.unchanged.entry(kind).or_default() += 1;
    }
}
