//! The one loop that makes calls, waits and makes them again.
//!
//! Nothing else in the client retries: reqwest's own retries are off, and the token is asked for once
//! per attempt. A delay is drawn from half to its full length, so that callers do not march in step, and
//! that the delays of all tries together still outlast the window of the rate limit.

use std::time::Duration;

use tokio::time::sleep;

use super::reply::SuccessReply;
use super::throttle::Throttle;
use super::token::TokenCache;
use super::transport::{Request, Transport};
use super::{ApiError, Disposition, Notice, NoticeListener, Retry};

/// Whether a call may still be made.
pub type Permit<'a> = &'a (dyn Fn() -> bool + Send + Sync);

/// Everything that the calls of a client share.
pub(super) struct Core {
    /// The most calls at the same time.
    pub(super) concurrency: usize,
    pub(super) transport: Transport,
    pub(super) throttle: Throttle,
    pub(super) tokens: TokenCache,
    pub(super) retry: Retry,
    pub(super) listener: Option<NoticeListener>,
}

/// The tries that one call has used, by what went wrong.
struct RetryBudget<'a> {
    retry: &'a Retry,
    renewals: u32,
    /// Since a call was last let through, whosever it was: a call that is unlucky is not one that has no chance.
    slow_downs: u32,
    /// How many calls had been let through when this one was last refused.
    passed: u64,
    unexecuted: u32,
    ambiguous: u32,
}

impl Core {
    /// Makes a call until it succeeds, or until the error says that another try is useless or unsafe.
    pub(super) async fn execute(&self, request: &Request<'_>) -> Result<SuccessReply, ApiError> {
        self.execute_while(&|| true, request).await
    }

    /// The same, as long as it may be made: that is asked at the last moment before each try.
    pub(super) async fn execute_while(
        &self,
        may: Permit<'_>,
        request: &Request<'_>,
    ) -> Result<SuccessReply, ApiError> {
        let mut budget = RetryBudget::new(&self.retry);
        loop {
            let error = match self.attempt(may, request).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let Some(wait) = budget.wait(&error, self.throttle.passed()) else {
                return Err(error);
            };
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

    /// One try. The token and the permit are looked at last, because waiting for the place may outlast them.
    async fn attempt(
        &self,
        may: Permit<'_>,
        request: &Request<'_>,
    ) -> Result<SuccessReply, ApiError> {
        let mut slot = self
            .throttle
            .slot(|wait, why| self.notify(&Notice::Waiting { wait, why }))
            .await;
        let token = self.tokens.current(&self.transport).await?;
        if !may() {
            return Err(ApiError::CalledOff { call: request.call });
        }
        let result = self.transport.send(request, &token.header).await;
        match &result {
            Ok(reply) => {
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
                } else if error.disposition() == Disposition::Renew {
                    self.tokens.discard(&token).await;
                }
            }
        }
        result
    }

    fn notify(&self, notice: &Notice<'_>) {
        if let Some(listener) = &self.listener {
            listener(notice);
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

    /// How long to wait before the next try; none if there is none.
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
        let longest = self.retry.base.saturating_mul(1 << (*used - 1).min(16));
        let part = f64::midpoint(1.0, fastrand::f64());
        let drawn = longest.min(self.retry.cap).mul_f64(part);
        Some(drawn.max(asked_for(error).min(self.retry.cap)))
    }
}

/// The least wait that the server asks for.
fn asked_for(error: &ApiError) -> Duration {
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
