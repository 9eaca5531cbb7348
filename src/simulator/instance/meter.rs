//! The limits of an instance: calls in a day, in 20 seconds, and at the same time.
//!
//! Source: Adobe REST documentation, "REST API", section "API limits". Every admitted call is counted. [`CallSlot::refund`]
//! subtracts it again if the switch `refusedCalls` says that calls answered with a code do not count.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::simulator::clock::central;
use crate::simulator::options::CallLimits;
use crate::simulator::store::usage::UsageHistory;
use crate::simulator::wire::codes::{CallFailure, CodedReason};

const WINDOW: SignedDuration = SignedDuration::from_secs(20);

/// Counts calls and enforces the limits.
pub(in crate::simulator) struct Meter {
    limits: CallLimits,
    zone: TimeZone,
    state: Mutex<MeterState>,
}

struct MeterState {
    /// The times at which the calls of the last 20 seconds were admitted.
    window: VecDeque<Timestamp>,
    running: u32,
    peak: u32,
    history: UsageHistory,
}

/// A running call within the limits; dropping it ends the call.
pub(in crate::simulator) struct CallSlot {
    meter: Arc<Meter>,
    user: String,
    at: Timestamp,
}

impl Meter {
    /// A meter that continues the counts of `history`.
    pub(in crate::simulator) fn new(limits: CallLimits, history: UsageHistory) -> Arc<Self> {
        Arc::new(Self {
            limits,
            zone: central(),
            state: Mutex::new(MeterState {
                window: VecDeque::new(),
                running: 0,
                peak: 0,
                history,
            }),
        })
    }

    /// Admits a call, or answers the first limit that it exceeds.
    pub(in crate::simulator) fn admit(
        self: &Arc<Self>,
        user: &str,
        now: Timestamp,
    ) -> Result<CallSlot, CallFailure> {
        let today = self.day(now);
        let mut state = self.lock();
        while state
            .window
            .front()
            .is_some_and(|&at| now.duration_since(at) >= WINDOW)
        {
            state.window.pop_front();
        }
        let CallLimits {
            calls_per_window,
            concurrency,
            daily,
        } = self.limits;
        if daily.is_some_and(|most| state.history.calls(today) >= most) {
            return Err(CallFailure::code("607"));
        }
        if let Some(most) = calls_per_window
            && state.window.len() >= most as usize
        {
            let seconds = WINDOW.as_secs();
            let message = format!("Max rate limit '{most}' exceeded with in '{seconds}' secs");
            return Err(CodedReason::new("606", message).into());
        }
        if concurrency.is_some_and(|most| state.running >= most) {
            return Err(CallFailure::code("615"));
        }
        if calls_per_window.is_some() {
            state.window.push_back(now);
        }
        state.history.add_call(today, user);
        state.running += 1;
        state.peak = state.peak.max(state.running);
        Ok(CallSlot {
            meter: Arc::clone(self),
            user: user.to_owned(),
            at: now,
        })
    }

    /// Counts an error.
    pub(in crate::simulator) fn note_error(&self, code: &str, now: Timestamp) {
        let today = self.day(now);
        self.lock().history.add_error(today, code);
    }

    /// The counts so far.
    pub(in crate::simulator) fn history(&self) -> UsageHistory {
        self.lock().history.clone()
    }

    /// The day of an instant.
    pub(in crate::simulator) fn day(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone.clone()).date()
    }

    /// The most calls that have run at the same time.
    pub(in crate::simulator) fn peak(&self) -> u32 {
        self.lock().peak
    }

    fn lock(&self) -> MutexGuard<'_, MeterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallSlot {
    /// Subtracts the call from the 20-second window and from the daily quota.
    pub(in crate::simulator) fn refund(&self) {
        let mut state = self.meter.lock();
        if let Some(index) = state.window.iter().rposition(|&at| at == self.at) {
            state.window.remove(index);
        }
        let day = self.meter.day(self.at);
        state.history.take_call(day, &self.user);
    }
}

impl Drop for CallSlot {
    fn drop(&mut self) {
        self.meter.lock().running -= 1;
    }
}
