//! A plan in the form of saved plans.

use crate::plan::file::{
    About, InstanceEntry, PlanFile, SavedCalls, UndoEntry, WrittenChanges, write,
};
use crate::run::Planned;

use super::plan_facts::{Costs, PlanFacts};

/// The file of a plan.
#[must_use]
pub fn plan_file(planned: &Planned) -> PlanFile<WrittenChanges<'_>> {
    let PlanFacts {
        digest: _,
        commit: _,
        paths,
        only,
        part: _,
        basis: _,
        not_known: _,
        undoes,
        permits,
        confirm,
        unchanged: _,
        ledger: _,
        notes,
        noted,
        refusals,
        costs:
            Costs {
                planning,
                apply,
                daily,
                left,
            },
        brief,
        links: _,
    } = PlanFacts::of(planned);
    let instance = &planned.instance;
    let about = About {
        instance: InstanceEntry {
            name: instance.name.clone(),
            place: instance.place.clone(),
            fingerprint: instance.fingerprint.to_string(),
        },
        commit: planned.commit.as_deref(),
        digest: &planned.digest,
        paths,
        only,
        undoes: undoes.map(|undone| UndoEntry {
            run: undone.run,
            forced: undone.forced,
        }),
        permits,
        confirm,
        brief,
        notes,
        noted,
        refusals,
        calls: SavedCalls {
            plan: planning,
            apply,
            daily,
            left,
        },
        stamps: &planned.stamps,
    };
    write(&planned.plan, &planned.sources, about)
}
