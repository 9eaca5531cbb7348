//! The end of a history: an apply without any trouble comes to what is declared, and the next plan is empty.

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::checks::assert_none_leaked;
use super::disk::told;
use super::oracle::Owned;
use super::run::{End, Wanted};
use super::story::{Lived, OWNER, Story, is_done};
use crate::apply::tests::bench::Records;
use crate::apply::tests::case::{Contents, Wishes};
use crate::apply::tests::world::{assert_untouched, contents};
use crate::simulator::CallOperation;

/// An apply of manifests to which nothing happened.
pub(super) struct SoundApply {
    /// What was owned before.
    pub(super) owned: Option<Owned>,
    /// Whether some of it was claimed, and others may have written it.
    pub(super) is_unsure: bool,
    /// The instance before.
    pub(super) before: Records,
    /// What the instance is to hold after it.
    pub(super) expected: Contents,
    pub(super) lived: Lived,
}

impl Story {
    /// Applies manifests without any trouble, and checks what the run did.
    pub(super) async fn sound_apply(&mut self, manifest: &str, wishes: &Wishes) -> SoundApply {
        let owned = self.proven().await;
        let unsure = self.unsure(owned.as_ref());
        let is_unsure = !unsure.is_empty();
        self.released.extend(unsure);
        let before = self.scene.marketo.records();
        let expected = self.oracle(wishes, owned.as_ref()).expected(&before);
        let lived = self.sound(Wanted::Declared(manifest)).await;
        let run = told(&lived.sheet);
        self.check(&lived, run.as_ref(), wishes, owned.as_ref());
        SoundApply {
            owned,
            is_unsure,
            before,
            expected,
            lived,
        }
    }

    /// Applies without any trouble: everything is as declared then, and the next plan is empty.
    pub(super) async fn converge(&mut self, manifest: &str, wishes: &Wishes) {
        let SoundApply {
            owned,
            is_unsure,
            before,
            expected,
            lived,
        } = self.sound_apply(manifest, wishes).await;
        if matches!(lived.end, Some(End::Empty)) {
            // Nothing is a removal then, whatever the ledger has.
            assert_eq!(self.scene.marketo.records(), before);
            self.tally.count("empty manifests", 1);
            return;
        }
        let parent = |key: &str| key.split_once(" / ").map(|(parent, _)| parent.to_owned());
        let mut keys = expected.keys().filter_map(|key| parent(key));
        // Somebody's role stays, and so does not let its opportunity go.
        let is_blocked = keys.any(|parent| !expected.contains_key(&parent));
        let is_refused = matches!(lived.end, Some(End::Refused));
        let has_foreign = before.values().any(|record| {
            let marker = record.get("managedBy").and_then(Value::as_str);
            marker.is_some_and(|marker| marker != OWNER)
        });
        assert!(
            !is_refused || is_blocked || has_foreign || is_unsure,
            "a rerun is refused: {wishes:?} {owned:?}"
        );
        if is_blocked || is_refused {
            self.tally.count("contradictions", 1);
            return;
        }
        assert!(is_done(lived.end.as_ref()), "a rerun: {:?}", lived.end);
        let after = self.scene.marketo.records();
        if is_unsure {
            self.tally.count("unsure claims", 1);
        } else {
            let mut expected = expected;
            self.allow_otherwise(&lived, &mut expected);
            assert_eq!(contents(&after), expected, "{wishes:?} {owned:?}");
            assert_untouched(&before, &after, &expected);
        }
        let writes = self.writes();
        let again = self.sound(Wanted::Declared(manifest)).await;
        assert!(
            matches!(again.end, Some(End::Idle)),
            "the next plan: {:?}",
            again.end
        );
        assert_eq!(self.writes(), writes);
        if let Some(owned) = self.owned().await {
            let wanted = wishes.present(&after);
            assert_eq!(owned, wanted);
            let effects = self.scene.marketo.effects(0);
            assert_none_leaked(&effects, &after, &owned, |by, key| {
                self.undoing.contains(&by) || self.released.iter().any(|released| released == key)
            });
        }
        self.tally.count("converged", 1);
    }

    /// An edit that somebody made right after a write of ours, before its answer was heard, is dated like ours. So it may be taken for what Marketo made of
    /// ours, and stays; then the plan tells of it.
    pub(super) fn allow_otherwise(&mut self, lived: &Lived, expected: &mut Contents) {
        let effects = self.scene.marketo.effects(0);
        for (key, field, stored) in lived.process.otherwise() {
            let of_record = effects.iter().filter(|effect| effect.key == key);
            let ours = of_record.clone().position(|effect| effect.by.is_some());
            let mut after_ours = of_record.skip(ours.unwrap_or(usize::MAX));
            let is_theirs = after_ours.any(|effect| {
                let after = effect.after.as_ref().and_then(|after| after.get(&field));
                let shown = |value: &Value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                };
                let is_stored = after.is_some_and(|value| shown(value) == stored);
                (self.is_hard || effect.by.is_none()) && is_stored
            });
            assert!(is_theirs, "nobody stored {stored} as {field} of {key}");
            let stored = contents(&self.scene.marketo.records())[&key].clone();
            let expected = expected.get_mut(&key).unwrap();
            match stored.get(&field) {
                Some(value) => expected.insert(field, value.clone()),
                None => expected.remove(&field),
            };
            self.tally.count("edits taken for what was stored", 1);
        }
    }

    fn writes(&self) -> usize {
        let calls = self.scene.marketo.simulator.calls();
        let writes = [CallOperation::Sync, CallOperation::Delete];
        calls
            .iter()
            .filter(|call| writes.contains(&call.operation))
            .count()
    }
}
