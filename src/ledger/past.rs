//! What a ledger remembers beside its entries: which project it is of, the last apply, the plans that were applied, and when records
//! that are owned no more were last touched.
//!
//! All of it is bounded. With the time of the last touch in its digest, a reviewed change is good only once.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{FoldedKey, Key, ObjectKind};

use super::entry::Origin;

/// What a ledger remembers beside its entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// The project that the ledger is of, if it has been named.
    pub project: Option<Box<str>>,
    /// The last apply of manifests whose commit was known.
    pub last: Option<Arc<Origin>>,
    /// The plans that were applied, the newest last.
    pub(super) plans: Vec<AppliedPlan>,
    /// Records that are owned no more.
    pub(super) gone: BTreeMap<(&'static ObjectKind, FoldedKey), Tombstone>,
    /// No later than this the records were touched that have neither an entry nor a tombstone any more.
    pub(super) floor: Option<Timestamp>,
}

/// A plan that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedPlan {
    pub digest: Box<str>,
    /// The name of the run.
    pub run: Box<str>,
    pub time: Timestamp,
}

/// A record that is owned no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tombstone {
    pub(super) key: Key,
    /// When the apply began that deleted the record or stopped managing it.
    pub(super) time: Timestamp,
}

/// The most plans that are remembered.
const MOST_PLANS: usize = 100;

/// The most records that are remembered after they are gone. The older half goes together, so that it goes rarely.
const MOST_GONE: usize = 10_000;

impl Past {
    /// Remembers that a plan was applied.
    pub fn add_plan(&mut self, plan: AppliedPlan) {
        self.plans.retain(|known| known.digest != plan.digest);
        self.plans.push(plan);
        let surplus = self.plans.len().saturating_sub(MOST_PLANS);
        self.plans.drain(..surplus);
    }

    /// The plan that was applied last, if one is remembered.
    #[must_use]
    pub fn newest_plan(&self) -> Option<&AppliedPlan> {
        self.plans.last()
    }

    /// The last run that applied the plan with this digest, if it is remembered.
    #[must_use]
    pub fn plan(&self, digest: &str) -> Option<&AppliedPlan> {
        self.plans.iter().find(|plan| *plan.digest == *digest)
    }

    /// How many other reviewed plans the run of this one has applied with it. The last plan of a run is what they came to together.
    #[must_use]
    pub fn others_with(&self, plan: &AppliedPlan) -> usize {
        let of_run = self.plans.iter().filter(|known| known.run == plan.run);
        let digests: Vec<&str> = of_run.map(|known| &*known.digest).collect();
        let reviewed = digests.split_last().map_or(&[][..], |(_, before)| before);
        reviewed.iter().filter(|it| ***it != *plan.digest).count()
    }

    /// Whether the run that began at this time is among those that are remembered.
    #[must_use]
    pub fn has_run(&self, time: Timestamp) -> bool {
        self.plans.iter().any(|plan| plan.time == time)
    }

    /// Remembers that an apply which began at this time has deleted a record or stopped managing it.
    pub fn bury(&mut self, kind: &'static ObjectKind, key: &Key, time: Timestamp) {
        let tombstone = Tombstone {
            key: key.clone(),
            time,
        };
        self.gone.insert((kind, key.folded()), tombstone);
        if self.gone.len() > MOST_GONE {
            self.forget_older_half();
        }
    }

    /// Whether an apply is remembered that has deleted a record or stopped managing it. What is not remembered may have been all the
    /// same: a ledger that was lost and begun again remembers nothing.
    #[must_use]
    pub fn is_buried(&self, kind: &'static ObjectKind, key: &FoldedKey) -> bool {
        self.gone.contains_key(&(kind, key.clone()))
    }

    /// When a record without an entry was last touched, as far as that is remembered.
    pub(super) fn touched(&self, kind: &'static ObjectKind, key: &FoldedKey) -> Option<Timestamp> {
        let tombstone = self.gone.get(&(kind, key.clone()));
        tombstone.map(|tombstone| tombstone.time).or(self.floor)
    }

    /// The latest time in it.
    pub(super) fn latest(&self) -> Option<Timestamp> {
        let tombstones = self.gone.values().map(|tombstone| tombstone.time);
        let plans = self.plans.iter().map(|plan| plan.time);
        let last = self.last.iter().map(|origin| origin.time);
        tombstones.chain(plans).chain(last).chain(self.floor).max()
    }

    fn forget_older_half(&mut self) {
        let mut times: Vec<Timestamp> = self.gone.values().map(|gone| gone.time).collect();
        times.sort_unstable();
        let floor = times[times.len() / 2];
        self.gone.retain(|_, gone| gone.time > floor);
        self.floor = self.floor.max(Some(floor));
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::KeyValue;
    use crate::model::kind::OPPORTUNITY;

    fn key(number: usize) -> Key {
        Key::new(vec![KeyValue::Text(format!("A-{number}").into())])
    }

    fn at(second: usize) -> Timestamp {
        Timestamp::from_second(second as i64).expect("a time")
    }

    #[test]
    fn a_touch_is_never_taken_for_an_earlier_one() {
        let mut past = Past::default();
        let touched = |past: &Past, number| past.touched(&OPPORTUNITY, &key(number).folded());
        assert_eq!(touched(&past, 1), None);
        for number in 1..=MOST_GONE + 1 {
            past.bury(&OPPORTUNITY, &key(number), at(number));
        }
        let kept = past.gone.len();
        assert!(kept <= MOST_GONE, "{kept}");
        assert_eq!(touched(&past, MOST_GONE), Some(at(MOST_GONE)));
        let oldest = touched(&past, 1).expect("it was touched");
        assert!(oldest >= at(1), "{oldest}");
        // What was never touched cannot be told from what is forgotten, and so it counts as touched.
        assert_eq!(touched(&past, MOST_GONE * 2), Some(oldest));
        assert_eq!(past.latest(), Some(at(MOST_GONE + 1)));
    }

    #[test]
    fn the_last_plans_are_remembered() {
        let mut past = Past::default();
        let plan = |number: usize, run: &str| AppliedPlan {
            digest: number.to_string().into(),
            run: run.into(),
            time: at(number),
        };
        for number in 0..MOST_PLANS {
            past.add_plan(plan(number, "first"));
        }
        past.add_plan(plan(0, "second"));
        past.add_plan(plan(MOST_PLANS, "first"));
        let run = |digest: &str| past.plan(digest).map(|plan| &*plan.run);
        assert_eq!(
            [run("0"), run("1"), run("2")],
            [Some("second"), None, Some("first")]
        );
    }
}
