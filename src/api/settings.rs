//! The settings of a client, with defaults that suit Marketo's limits, and the notices that it sends while it works.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::call::{Call, Operation};
use super::disposition::Limit;
use super::error::ApiError;
use super::source::Source;

/// How long reads may lag behind writes, if nothing else is configured. Marketo documents no limit; reads of other services of this
/// kind were seen to be 15 seconds old.
pub const READ_LAG: Duration = Duration::from_secs(20);

/// The settings of a [`super::Client`].
#[derive(Clone)]
pub struct ClientSettings {
    /// The endpoint of the instance, with or without `/rest` at its end.
    pub base_url: String,
    pub client_id: SecretString,
    pub client_secret: SecretString,
    /// The maximum number of calls in any 20 seconds.
    pub calls_per_20s: usize,
    /// The maximum number of simultaneous calls.
    pub concurrency: usize,
    /// The maximum number of calls altogether.
    pub max_calls: Option<u64>,
    pub retry: Retry,
    pub timeouts: Timeouts,
    /// How long after a write a read may still show what was there before.
    pub read_lag: Duration,
    /// Where the answers come from.
    pub source: Source,
    /// Hears of waits, retries and warnings.
    pub listener: Option<NoticeListener>,
    /// Answers the calls instead of a network.
    #[cfg(test)]
    pub(crate) carrier: Option<Carrier>,
}

/// Carries a call to an instance and the answer back, in tests that control each step. `None` is a lost connection.
#[cfg(test)]
pub(crate) type Carrier = Arc<
    dyn Fn(reqwest::Request) -> futures_util::future::BoxFuture<'static, Option<reqwest::Response>>
        + Send
        + Sync,
>;

/// A function that receives the notices of a client. It must not block.
pub type NoticeListener = Arc<dyn Fn(&Notice<'_>) + Send + Sync>;

/// What a client reports to people who wait for it.
#[derive(Debug)]
pub enum Notice<'a> {
    /// The client waits for `wait` before it sends more calls.
    Waiting { wait: Duration, why: Why },
    /// A call failed, and the client repeats it after `wait`.
    Retrying { error: &'a ApiError, wait: Duration },
    /// So many queries of records or leads will be sent next.
    Reading { queries: usize },
    /// One of them is answered.
    Read { records: usize },
    /// A call succeeded with a warning.
    Warning { call: Call, message: &'a str },
}

/// Why the client waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It has made as many calls in 20 seconds as the settings allow.
    Pace,
    /// Marketo refused a call because of this limit.
    Refused(Limit),
    /// A read may not show yet what was written.
    ReadLag,
}

/// How often and how soon a failed call is repeated.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// The maximum of the first delay. It doubles with every further try.
    pub base: Duration,
    /// The maximum of every delay.
    pub cap: Duration,
    pub tries: MaxTries,
}

/// The maximum number of tries of one call, for each kind of failure. The call fails when one of them is used up.
#[derive(Clone, Copy, Debug)]
pub struct MaxTries {
    /// The token was refused.
    pub renew: u32,
    /// The instance refused the call because of a limit, and let no other call through meanwhile.
    pub slow_down: u32,
    /// The call certainly was not executed.
    pub unexecuted: u32,
    /// The call may have been executed. This is for reads: a write is never repeated.
    pub ambiguous: u32,
}

/// The maximum durations of calls. They are longer than the server's limits, so that the client does not give up on calls that
/// would succeed.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    /// Describe, fields, query and usage.
    pub read: Duration,
    /// Queries of leads, and requests for a token.
    pub leads: Duration,
    /// Create, update and delete.
    pub write: Duration,
}

impl ClientSettings {
    /// Default settings for an instance.
    #[must_use]
    pub fn new(base_url: String, client_id: SecretString, client_secret: SecretString) -> Self {
        Self {
            base_url,
            client_id,
            client_secret,
            // Half of the limits of an instance, which are 100 calls in 20 s and 10 at the same time. Page "Integration best practices".
            calls_per_20s: 50,
            concurrency: 5,
            max_calls: None,
            retry: Retry::default(),
            timeouts: Timeouts::default(),
            read_lag: READ_LAG,
            source: Source::Instance,
            listener: None,
            #[cfg(test)]
            carrier: None,
        }
    }
}

impl Retry {
    /// Only a refused token is renewed: for a person who wants to know at once.
    pub const ONCE: Self = Self {
        base: Duration::ZERO,
        cap: Duration::ZERO,
        tries: MaxTries {
            renew: 2,
            slow_down: 1,
            unexecuted: 1,
            ambiguous: 1,
        },
    };
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            base: Duration::from_secs(1),
            // The window of the rate limit: after 20 s Marketo no longer counts a call.
            cap: Duration::from_secs(20),
            tries: MaxTries {
                renew: 3,
                slow_down: 10,
                unexecuted: 5,
                ambiguous: 4,
            },
        }
    }
}

impl Default for Timeouts {
    /// The server's limits are 30 s, and 60 s for sync and delete (pages "Opportunities" and "Opportunity Roles") and for leads
    /// (page "Leads").
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(40),
            leads: Duration::from_secs(70),
            write: Duration::from_secs(70),
        }
    }
}

impl Timeouts {
    /// The maximum duration of this call.
    pub(super) fn of(&self, call: Call) -> Duration {
        match call.operation {
            Operation::Describe | Operation::Fields | Operation::Query | Operation::Usage => {
                self.read
            }
            Operation::Identity | Operation::Leads => self.leads,
            Operation::Create | Operation::Update | Operation::Delete => self.write,
        }
    }
}

impl fmt::Debug for ClientSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the base URL, which may contain a password.
        f.debug_struct("ClientSettings")
            .field("calls_per_20s", &self.calls_per_20s)
            .field("concurrency", &self.concurrency)
            .field("max_calls", &self.max_calls)
            .field("retry", &self.retry)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
