//! The limits of an instance: a daily quota, calls within 20 seconds, calls at once.
//!
//! Source: Adobe REST documentation, "REST API", section "API limits". A call that is answered
//! with a response-level code gives its place back ("Error codes", the note above the table).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Limits;
use super::codes::{Failure, Reason};
use super::store::Usage;

const WINDOW: SignedDuration = SignedDuration::from_secs(20);
/// US Central, where the daily quota is reset at midnight; no time-zone database is needed for it.
const CENTRAL: &str = "CST6CDT,M3.2.0,M11.1.0";

/// What is used up of the limits.
pub(super) struct Meter {
    limits: Limits,
    zone: TimeZone,
    state: Mutex<State>,
}

struct State {
    /// When the calls of the last 20 seconds were admitted.
    window: VecDeque<Timestamp>,
    running: u32,
    peak: u32,
    usage: Usage,
}

/// The place of a running call; dropping it ends the call.
pub(super) struct Slot {
    meter: Arc<Meter>,
    at: Timestamp,
}

impl Meter {
    /// A meter that goes on from the stored usage.
    pub(super) fn new(limits: Limits, stored: Option<Usage>, now: Timestamp) -> Arc<Self> {
        let zone = TimeZone::posix(CENTRAL).expect("the rule is that of POSIX");
        let today = now.to_zoned(zone.clone()).date();
        let fresh = Usage {
            day: today,
            calls: 0,
        };
        let usage = stored.filter(|stored| stored.day == today).unwrap_or(fresh);
        Arc::new(Self {
            limits,
            zone,
            state: Mutex::new(State {
                window: VecDeque::new(),
                running: 0,
                peak: 0,
                usage,
            }),
        })
    }

    /// Admits a call, or says which limit it meets first.
    pub(super) fn admit(self: &Arc<Self>, now: Timestamp) -> Result<Slot, Failure> {
        let mut state = self.lock();
        self.turn_day(&mut state, now);
        while state
            .window
            .front()
            .is_some_and(|&at| now.duration_since(at) >= WINDOW)
        {
            state.window.pop_front();
        }
        let Limits {
            calls_per_window,
            concurrency,
            daily,
        } = self.limits;
        if daily.is_some_and(|most| state.usage.calls >= most) {
            return Err(Failure::code("607"));
        }
        if let Some(most) = calls_per_window
            && state.window.len() >= most as usize
        {
            let seconds = WINDOW.as_secs();
            let message = format!("Max rate limit '{most}' exceeded with in '{seconds}' secs");
            return Err(Reason::new("606", message).into());
        }
        if concurrency.is_some_and(|most| state.running >= most) {
            return Err(Failure::code("615"));
        }
        if calls_per_window.is_some() {
            state.window.push_back(now);
        }
        state.usage.calls += 1;
        state.running += 1;
        state.peak = state.peak.max(state.running);
        Ok(Slot {
            meter: Arc::clone(self),
            at: now,
        })
    }

    /// The calls counted today.
    pub(super) fn usage(&self) -> Usage {
        self.lock().usage
    }

    /// The most calls that ran at once.
    pub(super) fn peak(&self) -> u32 {
        self.lock().peak
    }

    fn turn_day(&self, state: &mut State, now: Timestamp) {
        let day = now.to_zoned(self.zone.clone()).date();
        if day != state.usage.day {
            state.usage = Usage { day, calls: 0 };
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Takes the call out of the window and of the quota.
    pub(super) fn refund(&self) {
        let mut state = self.meter.lock();
        if let Some(index) = state.window.iter().rposition(|&at| at == self.at) {
            state.window.remove(index);
        }
        state.usage.calls = state.usage.calls.saturating_sub(1);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.meter.lock().running -= 1;
    }
}
