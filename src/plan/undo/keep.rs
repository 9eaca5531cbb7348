//! What an undo means for the ledger: what the run took over is let go of, what it deleted is the project's own again if it was.

use std::sync::Arc;

use crate::ledger::{Applied, Entry};
use crate::model::{Key, ObjectKind, Record};
use crate::plan::change::{At, FieldChange};
use crate::plan::keeping::{Dropped, Kept, WhyDropped};
use crate::plan::ownership::{Ownership, Owning, Standing};
use crate::plan::plan_value::Plan;
use crate::plan::track::dropped;

use super::undoing::{Made, Undoing};

/// Keeps what a ledger has of a record whose fields go back; the change is the plan's next one.
pub(super) fn reverted(
    made: &Made<'_>,
    record: &Record,
    fields: &[FieldChange],
    ownership: &Ownership<'_>,
    plan: &mut Plan,
) {
    let kind = made.change.kind;
    let (Some(owning), Standing::Own(entry)) = (ownership.ledger, ownership.standing(kind, record))
    else {
        return;
    };
    let mut entry = entry.clone();
    entry.fields.update(|name| {
        let field = fields.iter().find(|field| *field.name == *name)?;
        Some(owning.ledger.digest(name, &field.after))
    });
    entry.origin = Arc::clone(owning.origin);
    keep(kind, entry, plan);
}

/// Keeps a record that is created again, if it was the project's own; the change is the plan's next one.
pub(super) fn recreated(
    made: &Made<'_>,
    fields: &[FieldChange],
    ownership: &Ownership<'_>,
    plan: &mut Plan,
) {
    let (Some(owning), true, At::Before { place, .. }) =
        (ownership.ledger, made.owned, &made.change.at)
    else {
        return;
    };
    let entry = Entry {
        key: made.change.key.clone(),
        id: None,
        fields: applied(fields, owning),
        protected: None,
        declared: place.clone(),
        origin: Arc::clone(owning.origin),
    };
    keep(made.change.kind, entry, plan);
}

fn keep(kind: &'static ObjectKind, entry: Entry, plan: &mut Plan) {
    plan.keeping.kept.push(Kept {
        kind,
        entry,
        change: Some(plan.changes.len()),
        adopts: false,
        is_claimed: false,
    });
}

fn applied(fields: &[FieldChange], owning: Owning<'_>) -> Applied {
    let digest = |field: &FieldChange| {
        let digest = owning.ledger.digest(&field.name, &field.after);
        (Arc::clone(&field.name), digest)
    };
    fields.iter().map(digest).collect()
}

/// Lets go of a record that the run took over, or that is not there any more; `id` is that of the record in question.
pub(super) fn released(
    made: &Made<'_>,
    id: Option<&str>,
    why: WhyDropped,
    undoing: &Undoing<'_>,
    ownership: &Ownership<'_>,
    plan: &mut Plan,
) {
    let kind = made.change.kind;
    let entry = ownership.entry(kind, &made.change.key);
    let entry = entry.filter(|entry| is_of(entry, id, undoing));
    plan.keeping
        .dropped
        .extend(entry.map(|entry| dropped(kind, entry, why)));
}

/// Lets go of what the run took over without a change.
pub(super) fn untaken(undoing: &Undoing<'_>, ownership: &Ownership<'_>, plan: &mut Plan) {
    for taken in &undoing.adopted {
        let entry = ownership.entry(taken.kind, taken.key);
        if entry.is_some_and(|entry| is_of(entry, taken.id, undoing) && undoing.took(entry)) {
            let key: &Key = taken.key;
            plan.keeping.dropped.push(Dropped {
                kind: taken.kind,
                key: key.clone(),
                place: taken.place.clone(),
                why: WhyDropped::Undone,
            });
        }
    }
}

/// Whether an entry may be that of the record with this id, and not of one that has been made since with the same key. A claim,
/// which has no id yet, is that of its own run.
fn is_of(entry: &Entry, id: Option<&str>, undoing: &Undoing<'_>) -> bool {
    match (&entry.id, id) {
        (Some(own), Some(id)) => **own == *id,
        (Some(_), None) => true,
        (None, _) => undoing.has_made(entry),
    }
}
