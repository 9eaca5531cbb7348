//! The throttle: limits the number of calls in *any* 20 seconds, and the number of simultaneous calls.
//!
//! A call counts until 20 s after its *reply*. The server counted the call before it replied, so no window of 20 s at the
//! server ever has more calls than allowed. To count from the time of sending would not be enough: a call that arrives late is
//! counted together with later ones.
//!
//! If Marketo refuses a call because of a limit, which other integrations use up too, all calls pause, and then go on at the
//! [`Share`] that the others leave.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::disposition::Limit;
use super::settings::Why;
use super::share::{Place, Room, Share};

/// The window of Marketo's rate limit: 100 calls in 20 s per instance. Page "REST API", "Limits".
const WINDOW: Duration = Duration::from_secs(20);

/// How much the server's 20 s and the client's may differ: NTP changes the speed of a clock by up to 500 ppm.
const MARGIN: Duration = Duration::from_millis(10);

/// Lets calls through as the limits allow, first come, first served.
#[derive(Debug)]
pub(super) struct Throttle {
    /// Locked by the caller whose turn it is. The others queue behind it.
    turn: tokio::sync::Mutex<()>,
    changed: Notify,
    state: Mutex<ThrottleState>,
}

/// The right to make one call. Drop it when the reply has arrived, or when the call is abandoned.
#[derive(Debug)]
#[must_use]
pub(super) struct CallSlot<'a> {
    throttle: &'a Throttle,
    rate: Place,
    concurrency: Place,
    fate: Fate,
}

/// What became of a call, for the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Abandoned, or not known.
    Unknown,
    Passed,
    Refused,
}

#[derive(Debug)]
struct ThrottleState {
    rate: Share,
    concurrency: Share,
    in_flight: usize,
    /// The calls that have ended in the last window, the oldest first.
    ended: VecDeque<EndedCall>,
    /// How many of them no limit refused.
    admitted: usize,
    pause: Option<(Instant, Limit)>,
    /// The number of calls that no limit refused.
    passed: u64,
}

/// A call that has ended and still counts.
#[derive(Clone, Copy, Debug)]
struct EndedCall {
    at: Instant,
    was_refused: bool,
}

/// Whether one more call may go, or how long it must wait.
enum Admission {
    Go(Place, Place),
    Until(Instant, Why),
    WhenCallEnds,
}

impl Throttle {
    pub(super) fn new(calls_per_20s: usize, concurrency: usize) -> Self {
        Self {
            turn: tokio::sync::Mutex::new(()),
            changed: Notify::new(),
            state: Mutex::new(ThrottleState {
                rate: Share::new(calls_per_20s),
                concurrency: Share::new(concurrency),
                in_flight: 0,
                ended: VecDeque::new(),
                admitted: 0,
                pause: None,
                passed: 0,
            }),
        }
    }

    /// Waits until the limits allow one more call. `on_wait` hears of each wait whose end is known.
    pub(super) async fn slot(&self, on_wait: impl Fn(Duration, Why)) -> CallSlot<'_> {
        let _turn = self.turn.lock().await;
        let mut told = None;
        loop {
            let now = Instant::now();
            // A separate statement, so that the lock on the state ends before the await.
            let admission = self.state().admit(now);
            match admission {
                Admission::Go(rate, concurrency) => {
                    return CallSlot {
                        throttle: self,
                        rate,
                        concurrency,
                        fate: Fate::Unknown,
                    };
                }
                Admission::Until(at, why) => {
                    if told.replace(at) != Some(at) {
                        on_wait(at - now, why);
                    }
                    // A call that ends may show that there is room at once.
                    tokio::select! {
                        () = sleep_until(at) => {}
                        () = self.changed.notified() => {}
                    }
                }
                Admission::WhenCallEnds => self.changed.notified().await,
            }
        }
    }

    /// Holds back all calls for this time, because the instance refused one.
    pub(super) fn pause(&self, wait: Duration, limit: Limit) {
        let now = Instant::now();
        let until = now + wait;
        let mut state = self.state();
        match limit {
            Limit::Rate => state.rate.hold(now, wait),
            Limit::Concurrency => state.concurrency.hold(now, wait),
        }
        if state.pause.is_none_or(|(other, _)| other < until) {
            state.pause = Some((until, limit));
        }
    }

    /// The number of calls that Marketo's limits let through so far. If it grows, the instance has room.
    pub(super) fn passed(&self) -> u64 {
        self.state().passed
    }

    fn state(&self) -> MutexGuard<'_, ThrottleState> {
        // A panic cannot leave the state half changed, so a poisoned lock is still usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallSlot<'_> {
    /// Notes that no limit refused this call.
    pub(super) fn passed(&mut self) {
        self.fate = Fate::Passed;
    }

    /// Notes that Marketo refused this call because of a limit.
    pub(super) fn refused(&mut self, limit: Limit) {
        self.fate = Fate::Refused;
        let mut state = self.throttle.state();
        let others_in_flight = state.in_flight - 1;
        match limit {
            Limit::Rate => {
                let others = others_in_flight + state.admitted;
                state.rate.refused(self.rate, others);
            }
            Limit::Concurrency => state
                .concurrency
                .refused(self.concurrency, others_in_flight),
        }
    }
}

impl Drop for CallSlot<'_> {
    fn drop(&mut self) {
        let mut state = self.throttle.state();
        state.in_flight -= 1;
        let was_refused = self.fate == Fate::Refused;
        state.admitted += usize::from(!was_refused);
        state.ended.push_back(EndedCall {
            at: Instant::now(),
            was_refused,
        });
        state.rate.leave(self.rate);
        state.concurrency.leave(self.concurrency);
        if self.fate == Fate::Passed {
            state.passed += 1;
            state.rate.passed(self.rate);
            state.concurrency.passed(self.concurrency);
        }
        drop(state);
        self.throttle.changed.notify_one();
    }
}

impl ThrottleState {
    fn admit(&mut self, now: Instant) -> Admission {
        if let Some((until, limit)) = self.pause {
            if now < until {
                return Admission::Until(until, Why::Refused(limit));
            }
            self.pause = None;
        }
        while self.next_expiry().is_some_and(|at| at <= now) {
            let ended = self.ended.pop_front();
            self.admitted -= usize::from(ended.is_some_and(|ended| !ended.was_refused));
        }
        let simultaneous = self.concurrency.room(self.in_flight, now);
        if let Room::Full(until) = simultaneous {
            return until.map_or(Admission::WhenCallEnds, |at| {
                Admission::Until(at, Why::Refused(Limit::Concurrency))
            });
        }
        // Whether Marketo counts the calls that it refuses is not certain: for the settings they count, for the share they do not.
        let is_full = self.in_flight + self.ended.len() >= self.rate.max();
        let in_window = match self.rate.room(self.in_flight + self.admitted, now) {
            Room::Within | Room::Beyond if is_full => Room::Full(None),
            room @ (Room::Within | Room::Beyond | Room::Full(_)) => room,
        };
        if let Room::Full(until) = in_window {
            let expiry = self.next_expiry();
            let at = until.into_iter().chain(expiry).min();
            let why = if self.rate.is_reduced() {
                Why::Refused(Limit::Rate)
            } else {
                Why::Pace
            };
            return at.map_or(Admission::WhenCallEnds, |at| Admission::Until(at, why));
        }
        self.in_flight += 1;
        Admission::Go(
            self.rate.take(in_window == Room::Beyond),
            self.concurrency.take(simultaneous == Room::Beyond),
        )
    }

    /// When the oldest call no longer counts.
    fn next_expiry(&self) -> Option<Instant> {
        self.ended.front().map(|ended| ended.at + WINDOW + MARGIN)
    }
}

#[cfg(test)]
mod tests;
