//! The only loop that makes calls, waits and repeats them.
//!
//! Nothing else in the client retries: reqwest's own retries are off, and each try asks for the token once. A delay is random
//! between half and all of its maximum. So clients do not retry at the same moment, and the delays of all tries together are
//! still longer than the window of the rate limit.

use std::time::Duration;

use tokio::time::sleep;

use super::call::CallBudget;
use super::disposition::Disposition;
use super::error::ApiError;
use super::reply::SuccessReply;
use super::settings::{Notice, NoticeListener, Retry};
use super::source::Source;
use super::throttle::Throttle;
use super::token::TokenCache;
use super::transport::{Request, Transport};

/// Decides whether a call may still be sent.
pub type SendPermit<'a> = &'a (dyn Fn() -> bool + Send + Sync);

/// What all calls of a client share.
pub(super) struct Core {
    /// The maximum number of simultaneous calls.
    pub(super) concurrency: usize,
    pub(super) transport: Transport,
    pub(super) budget: CallBudget,
    pub(super) throttle: Throttle,
    pub(super) tokens: TokenCache,
    pub(super) retry: Retry,
    pub(super) read_lag: Duration,
    pub(super) source: Source,
    pub(super) listener: Option<NoticeListener>,
}

/// The tries that one call has used, for each kind of failure.
struct RetryBudget<'a> {
    retry: &'a Retry,
    renewals: u32,
    /// Starts from zero again when the instance has let another call of this client through: bad luck must not use up the tries.
    slow_downs: u32,
    /// The number of calls that had been let through when this one was last refused.
    passed: u64,
    unexecuted: u32,
    ambiguous: u32,
}

impl Core {
    /// Makes a call until it succeeds, or until another try would be useless or unsafe.
    pub(super) async fn execute(&self, request: &Request<'_>) -> Result<SuccessReply, ApiError> {
        self.execute_while(&|| true, request).await.0
    }

    /// The same, and the call is not repeated.
    pub(super) async fn once(&self, request: &Request<'_>) -> Result<SuccessReply, ApiError> {
        self.attempt(&|| true, request).await
    }

    /// Like [`execute`](Self::execute), but asks `may` immediately before each try whether the call may still be sent. Tells too
    /// whether an earlier try than the last may have been executed, whatever code it was refused with.
    pub(super) async fn execute_while(
        &self,
        may: SendPermit<'_>,
        request: &Request<'_>,
    ) -> (Result<SuccessReply, ApiError>, bool) {
        let mut budget = RetryBudget::new(&self.retry);
        let mut earlier = Earlier::default();
        loop {
            let error = match self.attempt(may, request).await {
                Ok(reply) => return (Ok(reply), earlier.may_be_done(None)),
                Err(error) => error,
            };
            let Some(wait) = budget.wait(&error, self.throttle.passed()) else {
                let may_be_done = earlier.may_be_done(Some(&error));
                return (Err(error), may_be_done);
            };
            earlier.add(&error);
            self.notify(&Notice::Retrying {
                error: &error,
                wait,
            });
            if let Disposition::SlowDown(limit) = error.disposition() {
                self.throttle.pause(wait, limit);
            } else {
                sleep(wait).await;
            }
        }
    }

    /// One try. It checks the token and the permit last, because both may end while the call waits for its slot.
    async fn attempt(
        &self,
        may: SendPermit<'_>,
        request: &Request<'_>,
    ) -> Result<SuccessReply, ApiError> {
        if !self.source.is_instance() {
            return Err(ApiError::NotAsked { call: request.call });
        }
        let used_up = |limit| ApiError::CallLimit {
            call: request.call,
            limit,
        };
        if let Some(limit) = self.budget.used_up() {
            return Err(used_up(limit));
        }
        let mut slot = self
            .throttle
            .slot(|wait, why| self.notify(&Notice::Waiting { wait, why }))
            .await;
        let token = self.tokens.current(&self.transport).await?;
        if !may() {
            return Err(ApiError::CalledOff { call: request.call });
        }
        self.budget.take().map_err(used_up)?;
        let result = self.transport.send(request, &token.header).await;
        match &result {
            Ok(reply) => {
                slot.passed();
                for message in &reply.warnings {
                    self.notify(&Notice::Warning {
                        call: request.call,
                        message,
                    });
                }
            }
            Err(error) => {
                if let Disposition::SlowDown(limit) = error.disposition() {
                    slot.refused(limit);
                } else if error.refusal().is_some() {
                    slot.passed();
                }
                if error.disposition() == Disposition::Renew {
                    self.tokens.discard(&token).await;
                }
            }
        }
        result
    }

    pub(super) fn notify(&self, notice: &Notice<'_>) {
        if let Some(listener) = &self.listener {
            listener(notice);
        }
    }
}

/// The tries of a call before its last one.
#[derive(Debug, Default)]
struct Earlier {
    sent: u32,
    /// Whether one of them was not certainly refused because of its token.
    has_doubt: bool,
}

impl Earlier {
    fn add(&mut self, error: &ApiError) {
        if error.was_sent() {
            self.sent += 1;
            // The documentation is clear of 601 and 602, and nothing else than the next try can contradict them. A status 401 may be that of
            // a gateway.
            self.has_doubt |= !matches!(error, ApiError::Token { .. }) || error.is_doubtful();
        }
    }

    /// Whether one of them may have been executed. `last` is how the last try failed, if it did.
    fn may_be_done(&self, last: Option<&ApiError>) -> bool {
        match last {
            Some(error) if !error.was_sent() => self.has_doubt || self.sent > 1,
            Some(_) | None => self.sent > 0,
        }
    }
}

impl<'a> RetryBudget<'a> {
    fn new(retry: &'a Retry) -> Self {
        Self {
            retry,
            renewals: 0,
            slow_downs: 0,
            passed: 0,
            unexecuted: 0,
            ambiguous: 0,
        }
    }

    /// How long to wait before the next try, or `None` if there is no further try.
    fn wait(&mut self, error: &ApiError, passed: u64) -> Option<Duration> {
        let tries = &self.retry.tries;
        if self.passed != passed {
            self.passed = passed;
            self.slow_downs = 0;
        }
        let (used, allowed) = match error.disposition() {
            Disposition::Renew => (&mut self.renewals, tries.renew),
            Disposition::SlowDown(_) => (&mut self.slow_downs, tries.slow_down),
            Disposition::Unexecuted => (&mut self.unexecuted, tries.unexecuted),
            Disposition::Ambiguous if error.is_ambiguous() => return None,
            Disposition::Ambiguous => (&mut self.ambiguous, tries.ambiguous),
            Disposition::Quota
            | Disposition::Denied
            | Disposition::NativeCrm
            | Disposition::NoData
            | Disposition::Content
            | Disposition::Fatal => return None,
        };
        *used += 1;
        if *used >= allowed {
            return None;
        }
        if error.disposition() == Disposition::Renew {
            return Some(Duration::ZERO);
        }
        let delay = self.retry.delay(*used);
        Some(delay.max(retry_after(error).min(self.retry.cap)))
    }
}

impl Retry {
    /// The pause after so many tries.
    pub(super) fn delay(&self, tries: u32) -> Duration {
        let longest = self
            .base
            .saturating_mul(1 << tries.saturating_sub(1).min(16));
        let fraction = f64::midpoint(1.0, fastrand::f64());
        longest.min(self.cap).mul_f64(fraction)
    }
}

/// The wait that the server asks for.
fn retry_after(error: &ApiError) -> Duration {
    if let ApiError::Gateway {
        retry_after: Some(wait),
        ..
    } = error
    {
        *wait
    } else {
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests;
