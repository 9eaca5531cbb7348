//! A run that is taken back, and what has to hold after that.

use serde_json::Value;

use super::checks::{
    assert_lets_be, assert_none_of_others, assert_undone, family, key_of, stored_otherwise,
};
use super::disk::told;
use super::marketo::Effect;
use super::naming::outliving;
use super::run::{End, Wanted};
use super::story::{Episode, Lived, Story, is_done};
use crate::apply::Outcome;
use crate::apply::tests::bench::Records;
use crate::apply::tests::case::{is_account, kind_of};
use crate::journal;
use crate::model::{ObjectKind, Verb};
use crate::plan::{Action, Change, OtherRuns};

impl Story {
    /// Takes a run back, in some histories with a first try that does not end well.
    pub(super) async fn undo(&mut self, run: &journal::Run, last: &Episode) {
        let Lived { process, from, .. } = &last.lived;
        self.edit(1..4).await;
        let others = self.others(run);
        let goal = Wanted::Undone(&run.head.id);
        let owned = self.owned().await;
        let mut undo = Vec::new();
        if self.random.u8(..3) == 0 {
            let lived = self.troubled(goal, None).await;
            self.check_undo(&lived[0]);
            undo.push(lived[0].process.number);
        }
        let lived = self.sound(goal).await;
        self.check_undo(&lived);
        undo.push(lived.process.number);
        self.undoing.extend(&undo);
        let effects = self.scene.marketo.effects(*from);
        if matches!(lived.end, Some(End::Refused(_))) {
            let is_ours = |by: usize| by == process.number || undo.contains(&by);
            let is_disturbed = effects.iter().any(|effect| !effect.by.is_some_and(is_ours));
            let mut used = self.scene.marketo.named_by_leads();
            // What goes on counting once it is deleted too.
            let records = self.scene.marketo.records();
            let outliving = { records.iter() }.flat_map(|(key, it)| outliving(kind_of(key), it));
            used.extend(outliving);
            let mut accounts = run.changes.iter().filter(|change| is_account(change.kind));
            let may_be_used =
                accounts.any(|change| !self.tells_leads || used.contains(&key_of(change)));
            let is_plain = is_disturbed || may_be_used;
            assert!(is_plain, "an undo is refused: {:?}", lived.end);
            self.tally.count("undos refused", 1);
            return;
        }
        let mut accounts = run.changes.iter().filter(|change| is_account(change.kind));
        let unseen = self.scene.marketo.named_unseen();
        let may_be_in_use = self.refuses_used
            && accounts.any(|change| {
                let name = key_of(change);
                self.allowed.contains(&name) || unseen.contains(&name)
            });
        if may_be_in_use && !is_done(lived.end.as_ref()) {
            self.tally.count("undos that delete what is in use", 1);
            return;
        }
        assert!(is_done(lived.end.as_ref()), "an undo: {:?}", lived.end);
        let after = self.scene.marketo.records();
        let with_undeclared = self.scene.permits.with_undeclared;
        // After a lost answer two runs may both say that they created a record; an undo leaves it, and says whose it may be.
        let is_claimed = |key: &str, record: &serde_json::Map<String, Value>| {
            let (kind, id) = (kind_of(key), record["marketoGUID"].as_str());
            let is_it = |of: &ObjectKind, created: &str| Some(created) == id && of == kind;
            let mut created = others.created.keys();
            created.any(|(of, created)| is_it(of, created))
        };
        let mut unclaimed = after.clone();
        unclaimed.retain(|key, record| last.before.contains_key(key) || !is_claimed(key, record));
        // What Marketo has stored otherwise is not as the run has left it, and an undo leaves it and says so.
        let otherwise = stored_otherwise(run, process.number, &undo, &effects);
        let is_judged = |key: &str| !otherwise.contains(family(key));
        let judged = |records: &Records| {
            let mut records = records.clone();
            records.retain(|key, _| is_judged(key));
            records
        };
        let mut of_judged = effects.clone();
        of_judged.retain(|effect| is_judged(&effect.key));
        assert_undone(
            &judged(&last.before),
            &judged(&unclaimed),
            &of_judged,
            process.number,
            &undo,
            with_undeclared,
            run,
        );
        assert_none_of_others(&effects, &undo, run, &others, with_undeclared);
        if let (Some(before), Some(now)) = (&owned, &self.owned().await) {
            assert_lets_be(run, [before, now], &effects, &undo, &after);
        }
        let again = self.sound(goal).await;
        assert!(
            matches!(again.end, Some(End::Idle)),
            "undone twice: {:?}",
            again.end
        );
        self.tally.count("undos", 1);
    }

    /// Takes any earlier run back, long after. What the ledger does not have any more stays as it is.
    pub(super) async fn undo_late(&mut self) {
        let runs = self.sheets.iter().filter_map(|sheet| told(sheet));
        // A run whose ledger was not saved may have left no entry of what it changed.
        let is_saved =
            |run: &journal::Run| run.end.as_ref().is_some_and(journal::End::is_ledger_saved);
        let runs: Vec<_> = runs.filter(is_saved).collect();
        let (Some(run), Some(owned)) = (self.random.choice(&runs), self.owned().await) else {
            return;
        };
        let lived = self.sound(Wanted::Undone(&run.head.id)).await;
        self.check_undo(&lived);
        let effects = self.scene.marketo.effects(lived.from);
        let own = |effect: &&Effect| effect.by == Some(lived.process.number);
        for effect in effects.iter().filter(own) {
            let Some(before) = &effect.before else {
                continue;
            };
            let id = before["marketoGUID"].as_str();
            let owns = |key: &str| {
                let entry = owned.get(key);
                entry.is_some_and(|own| own.is_none() || own.as_deref() == id)
            };
            // With permission, and in Marketo itself, roles go with their opportunity.
            let goes_along = effect.after.is_none() && effect.key != family(&effect.key);
            let is_unknown = run
                .changes
                .iter()
                .zip(&run.outcomes)
                .any(|(change, outcome)| {
                    key_of(change) == effect.key && matches!(outcome, Outcome::Unknown { .. })
                });
            let is_adopted = !owned.contains_key(&effect.key)
                && run.changes.iter().any(|change| {
                    key_of(change) == effect.key && matches!(change.action, Action::Adopt { .. })
                });
            // An undo brought back what had been deleted without being owned: nobody has owned it since.
            let has_created = |(change, outcome): (&Change, &Outcome)| {
                let created = match outcome {
                    Outcome::Applied { id } => id.as_deref(),
                    Outcome::Rejected { .. }
                    | Outcome::NotAttempted(_)
                    | Outcome::Unknown { .. } => None,
                };
                change.verb() == Verb::Create && key_of(change) == effect.key && created == id
            };
            let mut changes = run.changes.iter().zip(&run.outcomes);
            let is_brought_back = run.head.undoes.is_some()
                && !owned.contains_key(&effect.key)
                && changes.any(has_created);
            assert!(
                owns(&effect.key) || goes_along || is_unknown || is_adopted || is_brought_back,
                "an undo of {} touches what the ledger does not have: {effect:?}",
                run.head.id
            );
        }
        // What the run had adopted is let go of with it.
        let after = self.owned().await.unwrap_or_default();
        let released = owned.into_keys().filter(|key| !after.contains_key(key));
        self.released.extend(released);
        self.tally.count("late undos", 1);
    }

    /// What the journals of other runs tell.
    fn others(&self, run: &journal::Run) -> OtherRuns {
        let mut others = OtherRuns::default();
        let runs = self.sheets.iter().filter_map(|sheet| told(sheet));
        runs.filter(|other| other.head.id != run.head.id)
            .for_each(|other| other.add_to(&mut others));
        others
    }

    fn check_undo(&self, lived: &Lived) {
        let effects = self.scene.marketo.effects(lived.from);
        self.check_journal(lived, told(&lived.sheet).as_ref(), &effects);
    }
}
