//! The planner of an undo: takes each change of the run back. It is total and deterministic, like the planner of an apply.

use std::collections::HashSet;

use crate::model::{FoldedKey, ObjectKind, Record, RecordKeys, Verb, is_same_id};
use crate::plan::bind::Schemas;
use crate::plan::change::{Action, Change, WhyDelete};
use crate::plan::deletion::DeletionPlanner;
use crate::plan::field_change::FieldChange;
use crate::plan::field_changes::FieldChanges;
use crate::plan::label::label_field;
use crate::plan::ledger_changes::{EntryUpdate, ForgottenEntry, WhyForgotten};
use crate::plan::not_undone::WhyNotUndone;
use crate::plan::note::Note;
use crate::plan::observed::Observed;
use crate::plan::ownership::Ownership;
use crate::plan::plan_value::Plan;
use crate::plan::referring::{Named, in_fields};
use crate::plan::refusal::{Refusal, refused_owner};

use super::fields::{UndoneFields, edited, perhaps_edited};
use super::ledger::UndoneLedger;
use super::lost;
use super::run::{RunChange, RunToUndo};

/// What must change so that the records of a run are as they were before it.
pub fn undo(
    run: &RunToUndo<'_>,
    schemas: &Schemas,
    observed: &Observed,
    ownership: &Ownership<'_>,
) -> Plan {
    let deletions = DeletionPlanner {
        ownership,
        schemas,
        observed,
    };
    let mut planner = UndoPlanner {
        run,
        deletions,
        ledger: UndoneLedger { run, ownership },
        recreated: HashSet::new(),
        created: { run.changes.iter() }
            .filter(|change| change.change.verb() == Verb::Create)
            .map(|change| (change.change.kind, change.change.key.folded()))
            .collect(),
        taken: taken(run, observed),
        unsure: 0,
        plan: Plan {
            owned: ownership.ledger.map(|owning| owning.ledger.len()),
            ..Plan::default()
        },
    };
    planner.find_recreated();
    for change in &run.changes {
        planner.undo(change);
    }
    let UndoPlanner {
        ledger,
        unsure,
        mut plan,
        ..
    } = planner;
    plan.ledger_changes
        .forgotten
        .extend(ledger.forgotten_adoptions());
    plan.ledger_changes
        .updates
        .extend(ledger.owned_again(observed));
    let protections = ledger.protections(&plan);
    plan.ledger_changes.updates.extend(protections);
    // An undo reads no manifests, so no child counts as declared: only children that the run created are deleted with their parent.
    deletions.undeclared_children(|_, _| false, &mut plan);
    let lost = lost::refusals(run, observed, &plan);
    plan.refusals.extend(lost);
    let records = plan.counts().create;
    if records > 0 {
        plan.notes.push(Note::Recreated { records });
    }
    if unsure > 0 {
        plan.notes.push(Note::Unsure { records: unsure });
    }
    plan
}

/// The records that the run deleted and whose keys other records have now. Children of a deleted record must not be created below
/// the new record with its key.
fn taken<'r>(run: &RunToUndo<'r>, observed: &Observed) -> HashSet<(&'r ObjectKind, FoldedKey)> {
    run.changes
        .iter()
        .map(|change| change.change)
        .filter(|change| match &change.action {
            Action::Delete { id, .. } => {
                let record = observed.get(change.kind, &change.key);
                record.is_some_and(|record| *record.id != **id && !change.is_before(record))
            }
            Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => false,
        })
        .map(|change| (change.kind, change.key.folded()))
        .collect()
}

struct UndoPlanner<'p> {
    run: &'p RunToUndo<'p>,
    deletions: DeletionPlanner<'p>,
    ledger: UndoneLedger<'p>,
    /// The records that the run created, or may have created.
    created: RecordKeys,
    /// The records that are to be created again. Others can name them.
    recreated: HashSet<(&'p ObjectKind, FoldedKey)>,
    /// See [`taken`].
    taken: HashSet<(&'p ObjectKind, FoldedKey)>,
    /// The number of records to delete that the run may or may not have created.
    unsure: usize,
    plan: Plan,
}

impl<'p> UndoPlanner<'p> {
    /// Finds the records that are to be created again. What names one that is not there, and does not come back, does not come back either.
    fn find_recreated(&mut self) {
        let (run, observed) = (self.run, self.deletions.observed);
        let may_be = |change: &&RunChange<'p>| {
            let Change { kind, key, .. } = change.change;
            change.change.verb() == Verb::Delete
                && change.required_not_stored().is_empty()
                && observed.get(kind, key).is_none()
                && run.deleted_by(change).is_none()
        };
        let mut changes: Vec<_> = run.changes.iter().filter(may_be).collect();
        // Each after what it names.
        changes.sort_by_key(|change| change.change.kind);
        for change in changes {
            let change = change.change;
            let mut named = change.releases();
            if named.all(|named| self.is_missing(&named).is_none()) {
                self.recreated.insert((change.kind, change.key.folded()));
            }
        }
    }

    fn undo(&mut self, change: &RunChange<'_>) {
        let Change {
            kind, key, action, ..
        } = change.change;
        let observed = self.deletions.observed;
        if let Some(ids) = observed.doubled(kind, key) {
            let ids = ids.iter().cloned().collect();
            return self.leave(change, WhyNotUndone::Doubled { ids });
        }
        let record = observed.get(kind, key);
        match action {
            Action::Create { .. } => self.delete_created(change, record),
            Action::Adopt { id, .. } => {
                self.forget_adopted(change, id, record);
                self.restore(change, id, record);
            }
            Action::Update { id, .. } => self.restore(change, id, record),
            Action::Delete { id, .. } => self.recreate(change, id, record),
        }
    }

    /// Stops managing a record that the run adopted.
    fn forget_adopted(&mut self, change: &RunChange<'_>, id: &str, record: Option<&Record>) {
        // What an earlier run had claimed was owned before this run adopted it.
        if change.owned || !self.ledger.is_from_adoption(change) {
            return;
        }
        let why = match record {
            Some(_) => WhyForgotten::Undone,
            None => WhyForgotten::Gone,
        };
        let forgotten = self.ledger.forgotten(change, Some(id), why);
        self.forget(forgotten);
    }

    /// Deletes a record that the run created, unless others have changed it since.
    fn delete_created(&mut self, change: &RunChange<'_>, record: Option<&Record>) {
        let kind = change.change.kind;
        let Some(record) = record else {
            let gone = WhyForgotten::Gone;
            let forgotten = self.ledger.forgotten(change, change.answered_id, gone);
            self.forget(forgotten);
            return self.count_unchanged(kind);
        };
        if change.answered_id.is_some_and(|id| *id != *record.id) {
            return self.leave(change, WhyNotUndone::Remade);
        }
        if let Some(run) = self.run.created_by(change, record) {
            let run = run.into();
            return self.leave(change, WhyNotUndone::CreatedBy { run });
        }
        let Some(schema) = self.deletions.schemas.get(kind) else {
            return;
        };
        let is_ours = self.ledger.is_owned(change, record)
            || self.run.has_moved(change, record)
            || self.ledger.was_never_owned(change, record);
        if !is_ours {
            return self.leave(change, WhyNotUndone::NotOwned);
        }
        let edited = edited(change, record, schema, self.run);
        if !edited.is_empty() {
            return self.leave(change, WhyNotUndone::Edited(edited));
        }
        let perhaps = perhaps_edited(change, record, self.run);
        if !perhaps.is_empty() {
            return self.leave(change, WhyNotUndone::PerhapsEdited(perhaps));
        }
        if change.answered_id.is_none() {
            self.unsure += 1;
        }
        let at = change.change.at.clone();
        let deletion = Change {
            shown: change.change.shown.clone(),
            ..self.deletions.deletion(kind, record, WhyDelete::Undone, at)
        };
        self.deletions.add(deletion, record, false, &mut self.plan);
    }

    /// Restores the fields of a record that were not changed after the run.
    fn restore(&mut self, change: &RunChange<'_>, id: &str, record: Option<&Record>) {
        let kind = change.change.kind;
        let Some(record) = record else {
            return self.leave(change, WhyNotUndone::Gone);
        };
        if *record.id != *id {
            return self.leave(change, WhyNotUndone::Remade);
        }
        let Some(fields) = self.fields(change, Some(record)) else {
            return;
        };
        let UndoneFields {
            restored, changed, ..
        } = fields;
        let restored = self.without_missing(change, restored.into());
        if !restored.is_empty() && !self.ledger.is_owned(change, record) {
            return self.leave(change, WhyNotUndone::NotOwned);
        }
        let is_left = !changed.is_empty();
        if is_left {
            self.leave(change, WhyNotUndone::Changed(changed));
        }
        if restored.is_empty() {
            if !is_left {
                self.count_unchanged(kind);
            }
            return;
        }
        self.refuse_foreign(change, record);
        let index = self.plan.changes.len();
        let update = self.ledger.restored(change, record, &restored, index);
        self.update_ledger(update);
        let id = record.id.clone();
        let fields = restored;
        self.add(change, Action::Update { id, fields });
    }

    /// Creates a record again that the run deleted, unless its key is taken or its parent is missing.
    fn recreate(&mut self, change: &RunChange<'_>, id: &str, record: Option<&Record>) {
        let kind = change.change.kind;
        if let Some(record) = record {
            if is_same_id(&record.id, id) || change.change.is_before(record) {
                return self.count_unchanged(kind);
            }
            return self.leave(change, WhyNotUndone::Taken);
        }
        if let Some(run) = self.run.deleted_by(change) {
            let run = run.into();
            return self.leave(change, WhyNotUndone::DeletedBy { run });
        }
        let mut named = change.change.releases();
        if let Some(why) = named.find_map(|named| self.is_missing(&named)) {
            return self.leave(change, why);
        }
        let required = change.required_not_stored();
        if !required.is_empty() {
            return self.leave(change, WhyNotUndone::RequiredNotStored(required));
        }
        let Some(fields) = self.fields(change, None) else {
            return;
        };
        let fields = FieldChanges::from(fields.restored);
        let index = self.plan.changes.len();
        let update = self.ledger.recreated(change, &fields, index);
        self.update_ledger(update);
        self.add(change, Action::Create { fields });
    }

    /// The fields without those that would name records which are not there; notes those.
    fn without_missing(&mut self, change: &RunChange<'_>, fields: FieldChanges) -> FieldChanges {
        let named = in_fields(change.change.kind, &fields, |field| &field.after);
        let missing = named.filter_map(|(field, named)| {
            let why = self.is_missing(&named)?;
            Some((field.name, why))
        });
        let (missing, whys): (Vec<_>, Vec<_>) = missing.unzip();
        if missing.is_empty() {
            return fields;
        }
        for why in whys {
            self.leave(change, why);
        }
        let named = |field: &FieldChange| !missing.contains(&field.name);
        fields.iter().filter(named).collect()
    }

    /// Why a record cannot name another one again, its parent or one in a field, if it cannot.
    fn is_missing(&self, Named { kind, key }: &Named) -> Option<WhyNotUndone> {
        let folded = (*kind, key.folded());
        // What the run created goes with the undo.
        let exists =
            self.deletions.observed.get(kind, key).is_some() && !self.created.contains(&folded);
        if !exists && !self.recreated.contains(&folded) {
            return Some(WhyNotUndone::NoReferred { kind });
        }
        if self.taken.contains(&folded) {
            return Some(WhyNotUndone::OtherReferred { kind });
        }
        None
    }

    /// What becomes of the fields of a change; notes those that cannot be restored. Nothing if the instance does not describe the kind.
    fn fields(&mut self, change: &RunChange<'_>, record: Option<&Record>) -> Option<UndoneFields> {
        let schema = self.deletions.schemas.get(change.change.kind)?;
        let fields = UndoneFields::of(change, record, schema, self.run);
        for why in fields.impossible() {
            self.leave(change, why);
        }
        Some(fields)
    }

    /// Refuses the plan if another owner has marked the record since.
    fn refuse_foreign(&mut self, change: &RunChange<'_>, record: &Record) {
        let change = change.change;
        if let Some(owner) = refused_owner(
            self.deletions.ownership,
            self.deletions.schemas,
            change.kind,
            record,
        ) {
            self.plan.refusals.push(Refusal::Foreign {
                kind: change.kind,
                shown: change.shown.clone(),
                owner,
                at: change.at.clone(),
                deletes: false,
            });
        }
    }

    /// Notes that a record, or some of its fields, stay as they are.
    fn leave(&mut self, change: &RunChange<'_>, why: WhyNotUndone) {
        self.plan.notes.push(change.not_undone(why));
    }

    fn forget(&mut self, forgotten: Option<ForgottenEntry>) {
        self.plan.ledger_changes.forgotten.extend(forgotten);
    }

    fn update_ledger(&mut self, update: Option<EntryUpdate>) {
        self.plan.ledger_changes.updates.extend(update);
    }

    fn count_unchanged(&mut self, kind: &'static ObjectKind) {
        *self.plan.unchanged.entry(kind).or_default() += 1;
    }

    /// Adds a change of the same record to the plan.
    fn add(&mut self, change: &RunChange<'_>, action: Action) {
        let change = change.change;
        self.plan.changes.push(Change {
            kind: change.kind,
            key: change.key.clone(),
            shown: change.shown.clone(),
            // The instance may have marked its field as sensitive since.
            label: label_field(change.kind, self.deletions.schemas).and(change.label.clone()),
            action,
            at: change.at.clone(),
        });
    }
}
