//! What a hard world tries: a lead that is lost, old jobs that run again, checkouts that are behind, and another project in the same place.

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;

use super::checks::family;
use super::converging::SoundApply;
use super::marketo::Effect;
use super::oracle::Owned;
use super::run::{End, From, Orders, Wanted};
use super::story::{AppliedReview, Lived, Story, is_complete, is_done};
use crate::apply::tests::case::{Case, LEADS, Wish, Wishes};
use crate::apply::tests::world::contents;
use crate::plan::Plan;

/// The opportunity, the lead and the role that a key names; nothing for an opportunity.
fn parts(key: &str) -> Option<[&str; 3]> {
    let parts: Vec<&str> = key.split(" / ").collect();
    parts.try_into().ok()
}

impl Story {
    /// Keeps a reviewed plan that was applied whole, to try it once more later.
    pub(super) fn remember(
        &mut self,
        lived: &Lived,
        manifest: &str,
        review: Option<&(String, Plan)>,
    ) {
        let (Some((plan, _)), Some(commits)) = (review, &self.scene.commits) else {
            return;
        };
        let effects = self.effects_of(lived);
        let is_whole = matches!(&lived.end, Some(End::Sent(sent)) if is_complete(sent));
        if is_whole && !effects.is_empty() && self.scene.objects.is_some() {
            self.applied.push(AppliedReview {
                plan: plan.clone(),
                manifest: manifest.to_owned(),
                commit: commits.head(),
                effects,
            });
        }
    }

    fn effects_of(&self, lived: &Lived) -> Vec<Effect> {
        let mut effects = self.scene.marketo.effects(lived.from);
        effects.retain(|effect| effect.by == Some(lived.process.number));
        effects
    }

    /// A run while a lead is lost: what names it waits or is a mistake, and everything else goes on. Then the lead is there again.
    pub(super) async fn without_a_lead(&mut self, manifest: &str, wishes: &Wishes) {
        let lead = self.random.usize(1..=LEADS);
        self.scene.marketo.lose(lead).await;
        self.edit(0..3).await;
        let SoundApply {
            owned,
            is_unsure,
            expected,
            held: by_references,
            lived,
            ..
        } = self.sound_apply(manifest, wishes).await;
        let number = lead.to_string();
        let named = wishes.records.iter();
        let named = named.filter_map(|(key, wish)| Some((parts(key)?, wish)));
        let named: Vec<_> = named.filter(|([_, lead, _], _)| *lead == number).collect();
        let declared = named
            .iter()
            .filter(|(_, wish)| matches!(wish, Wish::Present(_)));
        let waiting: Vec<[&str; 3]> = declared.map(|(key, _)| *key).collect();
        for effect in self.effects_of(&lived) {
            assert_waits(&effect, &waiting, wishes, owned.as_ref());
        }
        self.scene.marketo.bring_back();
        self.tally.count("lost leads", 1);
        let is_refused = matches!(lived.end, Some(End::Refused(_) | End::Empty));
        let is_in_use = by_references.is_in_use && !is_done(lived.end.as_ref());
        if is_refused || is_unsure || is_in_use {
            return;
        }
        assert!(
            is_done(lived.end.as_ref()),
            "without a lead: {:?}",
            lived.end
        );
        // A tombstone may name any role of its name, as long as nothing tells whose address it has.
        let held: BTreeSet<&str> = { named.iter().map(|([family, ..], _)| *family) }
            .chain(by_references.waiting.iter().map(String::as_str))
            .collect();
        let (mut expected, mut after) = (expected, contents(&self.scene.marketo.records()));
        self.allow_otherwise(&lived, &mut expected);
        expected.retain(|key, _| !held.contains(family(key)));
        after.retain(|key, _| !held.contains(family(key)));
        assert_eq!(after, expected, "{wishes:?} {owned:?}");
        let counted = if waiting.is_empty() {
            "lost leads that nothing names"
        } else {
            "lost leads that something waits for"
        };
        self.tally.count(counted, 1);
    }

    /// Jobs that must change nothing: those of old commits, of plans that were applied, and of another project. At last a late undo.
    pub(super) async fn old_jobs(&mut self, case: &Case) {
        if self.scene.objects.is_none() {
            return;
        }
        if self.scene.project.is_some() && self.is_named().await {
            let theirs = case.manifest("their-");
            self.barred(Orders {
                from: From::Project("theirs"),
                ..Orders::of(Wanted::Declared(&theirs))
            })
            .await;
        }
        if let Some(index) = self.any_of(self.applied.len()) {
            let old = self.applied.swap_remove(index);
            self.replay(&old).await;
        }
        self.go_back().await;
        self.undo_late().await;
    }

    fn any_of(&mut self, count: usize) -> Option<usize> {
        (count > 0).then(|| self.random.usize(..count))
    }

    async fn is_named(&self) -> bool {
        let ledger = self.scene.ledger().await;
        ledger.is_some_and(|ledger| ledger.past.project.is_some())
    }

    /// A job that must not write, neither to Marketo nor to the ledger.
    async fn barred(&mut self, orders: Orders<'_>) {
        let owned = self.owned().await;
        let lived = self.quiet(orders).await;
        assert_eq!(
            self.effects_of(&lived).len(),
            0,
            "{orders:?}: {:?}",
            lived.end
        );
        let is_over = matches!(lived.end, Some(End::Idle | End::Empty | End::Refused(_)));
        let is_barred = matches!(
            lived.end,
            Some(End::Stale | End::Behind | End::OtherProject)
        );
        assert!(is_over || is_barred, "{orders:?}: {:?}", lived.end);
        assert_eq!(self.owned().await, owned, "{orders:?}");
        self.tally.count("old jobs that changed nothing", 1);
    }

    /// The job of a plan that was applied runs again, where somebody has brought all values back that its run had changed.
    async fn replay(&mut self, old: &AppliedReview) {
        if self.random.bool() {
            for effect in old.effects.iter().rev() {
                self.scene.marketo.revert(effect).await;
            }
        }
        let expects = self.random.bool();
        self.barred(Orders {
            reviewed: Some(&old.plan),
            expects,
            from: From::Shallow(&old.commit),
            ..Orders::of(Wanted::Declared(&old.manifest))
        })
        .await;
    }

    /// The job of an older commit than that of the last apply.
    async fn go_back(&mut self) {
        let Some(commits) = self.scene.commits.clone() else {
            return;
        };
        let ledger = self.scene.ledger().await;
        let last = ledger.and_then(|ledger| ledger.past.last.clone());
        let Some(last) = last.and_then(|last| last.commit.clone()) else {
            return;
        };
        let mut older = commits.older();
        older.retain(|(name, _)| **name < *last);
        if let Some((name, manifest)) = self.random.choice(&older) {
            self.barred(Orders {
                from: From::Commit(name),
                ..Orders::of(Wanted::Declared(manifest))
            })
            .await;
        }
    }
}

/// What waits for a lost lead is not written, and nothing that may be another form of it is deleted: neither its opportunity nor a role of
/// that name on it, nor what a complete list of its opportunity leaves out.
fn assert_waits(effect: &Effect, waiting: &[[&str; 3]], wishes: &Wishes, owned: Option<&Owned>) {
    let key = effect.key.as_str();
    let is_tombstone = matches!(wishes.records.get(key), Some(Wish::Absent));
    for [of, lead, role] in waiting {
        let is_it = parts(key) == Some([of, lead, role]);
        // What is owned and not declared goes whatever a list says.
        let is_owned = owned.is_some_and(|owned| owned.contains_key(key));
        let is_complete = wishes.complete.contains(*of) && !is_owned;
        let is_like_it = parts(key)
            .is_some_and(|[family, _, name]| family == *of && (is_complete || name == *role));
        let is_deleted = effect.after.is_none() && !is_tombstone;
        let is_held = is_it || is_deleted && (key == *of || is_like_it);
        assert!(!is_held, "{effect:?} while {of} / {lead} / {role} waits");
    }
}
