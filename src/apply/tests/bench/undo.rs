//! From a journal to the plan that takes its run back, and what an undo leaves.

use pretty_assertions::assert_eq;

use super::{Bench, Planned, Run};
use crate::journal;
use crate::plan::{self, WhyNotUndone};
use crate::run::UndoRequest;
use crate::simulator::{Breakdown, CallOperation, Fault, FaultKind, Moment};

impl Bench {
    /// Applies, and neither the answers of the writes nor the looks afterwards arrive.
    pub(crate) async fn apply_unheard(&self, declared: &str, when: Moment) -> Run {
        let planned = self.plan(declared).await;
        for operation in [
            CallOperation::Sync,
            CallOperation::Delete,
            CallOperation::Query,
        ] {
            let how = Breakdown::Disconnect;
            let lost = Fault::new(FaultKind::Break { how, when });
            self.fault(lost.on(operation).times(u32::MAX));
        }
        let run = self.execute(planned, |_, _| {}).await;
        self.simulator.faults().clear();
        run
    }

    /// Plans to take a run back; fields of `forced` names in any case.
    pub(crate) async fn plan_undo(&self, run: &journal::Run, forced: &[&str]) -> Planned {
        self.plan_undo_before(run, forced, &[]).await
    }

    /// The same, where these runs were later ones.
    pub(crate) async fn plan_undo_before(
        &self,
        run: &journal::Run,
        forced: &[&str],
        later: &[&journal::Run],
    ) -> Planned {
        let forced = forced.iter().map(|&name| name.to_owned()).collect();
        let mut runs = vec![run];
        runs.extend(later);
        let undone = UndoRequest::of(run.clone(), forced);
        self.plan_for(undone.into(), "decade", &runs).await.unwrap()
    }

    /// Takes a run back as far as it goes, and asserts that a second undo finds nothing more to do.
    pub(crate) async fn undo(&self, run: &journal::Run) -> Run {
        let planned = self.plan_undo(run, &[]).await;
        let left = planned.left();
        let undone = self.execute(planned, |_, _| {}).await;
        assert!(undone.report.is_complete(), "{:#?}", undone.lines());
        let again = self.plan_undo(run, &[]).await;
        assert_eq!(again.lines(), Vec::<String>::new());
        assert_eq!(again.left(), left);
        undone
    }
}

impl Planned {
    /// What an undo leaves as it is, a line for each.
    pub(crate) fn left(&self) -> Vec<String> {
        let lines = self.plan.not_undone().map(|left| {
            let fields = |fields: &[plan::FieldChange]| {
                let fields = fields
                    .iter()
                    .map(|field| format!(" {} {}→{}", field.name, field.before, field.after));
                fields.collect::<String>()
            };
            let why = match &left.why {
                WhyNotUndone::Changed(changed) => format!("changed{}", fields(changed)),
                WhyNotUndone::Edited(edited) => format!("edited{}", fields(edited)),
                WhyNotUndone::PerhapsEdited(names) => {
                    format!("perhaps edited {}", names.join(" "))
                }
                WhyNotUndone::NotOwned => "not owned".to_owned(),
                WhyNotUndone::Doubled { ids } => format!("doubled {}", ids.len()),
                WhyNotUndone::Gone => "gone".to_owned(),
                WhyNotUndone::Remade => "remade".to_owned(),
                WhyNotUndone::CreatedBy { run } => format!("created by {run}"),
                WhyNotUndone::DeletedBy { run } => format!("deleted by {run}"),
                WhyNotUndone::Taken => "taken".to_owned(),
                WhyNotUndone::NoReferred { kind } => format!("no {}", kind.name),
                WhyNotUndone::OtherReferred { kind } => format!("another {}", kind.name),
                WhyNotUndone::Required(names) => format!("required {}", names.join(" ")),
                WhyNotUndone::RecreatedWithout(names) => format!("without {}", names.join(" ")),
                WhyNotUndone::NotStored(names) => format!("not stored {}", names.join(" ")),
                WhyNotUndone::RequiredNotStored(names) => {
                    format!("required, not stored {}", names.join(" "))
                }
                WhyNotUndone::Unwritable(names) => format!("unwritable {}", names.join(" ")),
            };
            format!("{} {}: {why}", left.kind.name, left.shown)
        });
        lines.collect()
    }
}
