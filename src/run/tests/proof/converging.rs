//! The end of a history: an apply without any trouble comes to what is declared, and the next plan is empty.

use pretty_assertions::assert_eq;
use serde_json::{Map, Value};

use super::checks::{assert_none_leaked, family};
use super::disk::told;
use super::marketo::Effect;
use super::oracle::{Held, Owned};
use super::process::Otherwise;
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
    /// What references in fields keep from being done.
    pub(super) held: Held,
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
        let oracle = self.oracle(wishes, owned.as_ref());
        let (expected, held) = (oracle.expected(&before), oracle.held(&before));
        let lived = self.sound(Wanted::Declared(manifest)).await;
        let run = told(&lived.sheet);
        self.check(&lived, run.as_ref(), wishes, owned.as_ref());
        SoundApply {
            owned,
            is_unsure,
            before,
            expected,
            held,
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
            held,
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
        let is_refused = matches!(lived.end, Some(End::Refused(_)));
        let has_foreign = before.values().any(|record| {
            let marker = record.get("managedBy").and_then(Value::as_str);
            marker.is_some_and(|marker| marker != OWNER)
        });
        assert!(
            !is_refused || is_blocked || has_foreign || is_unsure || held.is_refused,
            "a rerun is refused: {:?} {wishes:?} {owned:?}",
            lived.end
        );
        self.tally.count(
            "refused by references",
            usize::from(is_refused && held.is_refused),
        );
        self.tally
            .count("records that wait for what they name", held.waiting.len());
        let is_in_use = held.is_in_use && !is_done(lived.end.as_ref());
        self.tally
            .count("deletions of what is in use", usize::from(is_in_use));
        if is_blocked || is_refused || is_in_use {
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
            let waits = |key: &str| held.waiting.contains(family(key));
            let mut is = contents(&after);
            is.retain(|key, _| !waits(key));
            expected.retain(|key, _| !waits(key));
            assert_eq!(is, expected, "{wishes:?} {owned:?}");
            let mut before = before;
            before.retain(|key, _| !waits(key));
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
            let waits = |key: &String, _: &mut _| !held.waiting.contains(family(key));
            let (mut of_judged, mut wanted) = (owned.clone(), wishes.present(&after));
            of_judged.retain(waits);
            wanted.retain(waits);
            assert_eq!(of_judged, wanted);
            let effects = self.scene.marketo.effects(0);
            assert_none_leaked(&effects, &after, &owned, |by, key| {
                self.undoing.contains(&by) || self.released.iter().any(|released| released == key)
            });
        }
        self.tally.count("converged", 1);
    }

    /// Keeps what a plan of a run told as stored otherwise, and asserts that it may be. An edit that somebody made right after a write
    /// of ours that sent the field, before its answer was heard, is dated like ours. So it may be taken for what Marketo made of ours, and stays;
    /// then the plan tells of it.
    pub(super) fn know_otherwise(&mut self, lived: &Lived) {
        let effects = self.scene.marketo.effects(0);
        for told in lived.process.otherwise() {
            let Otherwise {
                key,
                field,
                stored,
                seen,
            } = told;
            let of_record: Vec<&Effect> = effects
                .iter()
                .filter(|effect| effect.key == key && effect.at <= seen)
                .collect();
            let side = |side: &Option<Map<String, Value>>| side.as_ref()?.get(&field).cloned();
            let is_stored = |effect: &&Effect| {
                let after = side(&effect.after).map(|value| match value.as_str() {
                    Some(text) => text.to_owned(),
                    None => value.to_string(),
                });
                (self.is_hard || effect.by.is_none()) && after.as_deref() == Some(&*stored)
            };
            let ours = of_record.iter().rposition(|effect| effect.by.is_some());
            let since = &of_record[ours.unwrap_or(of_record.len())..];
            // Where Marketo stores less than it was sent, a write may leave what it was to change.
            let is_sent = since.first().is_some_and(|ours| {
                side(&ours.before) != side(&ours.after) || self.is_hard && is_stored(ours)
            });
            let is_theirs = is_sent && since.iter().any(is_stored);
            // What was told once stays so, whatever else is written.
            let place = (key, field, stored);
            assert!(
                is_theirs || self.otherwise.contains(&place),
                "nobody stored it otherwise: {place:?}"
            );
            self.otherwise.insert(place);
        }
    }

    /// What a plan has told as stored otherwise stays as it is.
    pub(super) fn allow_otherwise(&mut self, lived: &Lived, expected: &mut Contents) {
        for Otherwise { key, field, .. } in lived.process.otherwise() {
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
