//! The share of a limit that the other callers of an instance leave to this client.
//!
//! A refusal says exactly how large the share is: as many calls as the limit counts for this client at that moment. More than that is
//! only tried, and each refused try doubles the wait before the next. While tries pass, they follow one another without a wait. So a full instance refuses a few calls in 20 seconds, and one that others have left is used fully after some round trips.

use std::time::Duration;

use tokio::time::Instant;

/// The longest wait between two tries: four a window of the rate limit.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The most tries at the same time: as many calls as an instance that is full may refuse at once.
const MOST_TRIES: usize = 3;

/// After this many refused tries the waits are the longest anyway.
const MOST_REFUSALS: u32 = 5;

/// The share of one limit.
#[derive(Debug)]
pub(super) struct Share {
    /// How many calls the instance certainly has room for. At least one, because only a call can show that there is room again.
    now: usize,
    max: usize,
    /// The number of reductions. Of several calls refused at the same time, the first one measures the share.
    epoch: u64,
    /// How many calls beyond the share may be tried at the same time.
    width: usize,
    /// How many of them are in flight.
    trying: usize,
    /// How many tries were refused, less those that have passed.
    refusals: u32,
    /// No try before this.
    wait: Option<Instant>,
}

/// What a share says of one more call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    Within,
    /// Beyond the share, as a try.
    Beyond,
    /// None, before a call no longer counts, or before this.
    Full(Option<Instant>),
}

/// What a call needs to report to its share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    epoch: u64,
    is_try: bool,
}

impl Share {
    pub(super) fn new(max: usize) -> Self {
        let at_least_one = max.max(1);
        Self {
            now: at_least_one,
            max: at_least_one,
            epoch: 0,
            width: 1,
            trying: 0,
            refusals: 0,
            wait: None,
        }
    }

    /// The most that the settings allow.
    pub(super) fn max(&self) -> usize {
        self.max
    }

    /// Whether others use so much of the limit that this client has less than its settings allow.
    pub(super) fn is_reduced(&self) -> bool {
        self.now < self.max
    }

    /// Whether there is room for one more call, if `used` of this client count.
    pub(super) fn room(&self, used: usize, now: Instant) -> Room {
        if used < self.now {
            Room::Within
        } else if used >= self.max || self.trying >= self.width {
            Room::Full(None)
        } else {
            match self.wait {
                Some(wait) if now < wait => Room::Full(Some(wait)),
                Some(_) | None => Room::Beyond,
            }
        }
    }

    pub(super) fn take(&mut self, is_try: bool) -> Place {
        self.trying += usize::from(is_try);
        Place {
            epoch: self.epoch,
            is_try,
        }
    }

    /// Marketo let this call through.
    pub(super) fn passed(&mut self, place: Place) {
        if place.is_try {
            self.now = (self.now + 1).min(self.max);
            self.width = (self.width + 1).min(MOST_TRIES);
            self.refusals = self.refusals.saturating_sub(1);
        }
    }

    /// Marketo refused this call, while `others` of this client counted.
    pub(super) fn refused(&mut self, place: Place, others: usize) {
        self.width = 1;
        if place.is_try {
            self.refusals = (self.refusals + 1).min(MOST_REFUSALS);
        }
        if place.epoch == self.epoch {
            self.epoch += 1;
            self.now = self.now.min(others).max(1);
        } else {
            // The first refusal took this call for one that has passed.
            self.now = (self.now - 1).max(1);
        }
    }

    /// Waits after a refusal, before the next try.
    pub(super) fn hold(&mut self, now: Instant, wait: Duration) {
        let doubled = wait.saturating_mul(1 << self.refusals.saturating_sub(1));
        self.wait = Some(now + doubled.min(LONGEST_WAIT.max(wait)));
    }

    /// The call has ended.
    pub(super) fn leave(&mut self, place: Place) {
        self.trying -= usize::from(place.is_try);
    }
}
