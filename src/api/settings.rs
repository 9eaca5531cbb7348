//! What a client is made from, with the defaults that Marketo's limits suggest, and what it tells while it works.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::{ApiError, Call, Limit};

/// What a [`super::Client`] needs to know.
#[derive(Clone)]
pub struct Settings {
    /// The instance's endpoint, with or without `/rest` at its end.
    pub base_url: String,
    pub client_id: SecretString,
    pub client_secret: SecretString,
    /// The most calls in any 20 seconds.
    pub calls_per_20s: usize,
    /// The most calls at the same time.
    pub concurrency: usize,
    pub retry: Retry,
    pub timeouts: Timeouts,
    /// Hears of waits, retries and warnings.
    pub listener: Option<NoticeListener>,
    /// Takes the calls in the place of the network.
    #[cfg(test)]
    pub(crate) carrier: Option<Carrier>,
}

/// What brings a call to an instance and the answer back, where a test leaves nothing to chance; nothing is a lost connection.
#[cfg(test)]
pub(crate) type Carrier = Arc<
    dyn Fn(reqwest::Request) -> futures_util::future::BoxFuture<'static, Option<reqwest::Response>>
        + Send
        + Sync,
>;

/// A function that hears of what a client does meanwhile; it must not block.
pub type NoticeListener = Arc<dyn Fn(&Notice<'_>) + Send + Sync>;

/// Something that a person who waits may want to know.
#[derive(Debug)]
pub enum Notice<'a> {
    /// Calls are held back for so long.
    Waiting { wait: Duration, why: Why },
    /// A call failed and is made again after so long.
    Retrying { error: &'a ApiError, wait: Duration },
    /// Marketo did what was asked and remarks on it.
    Warning { call: Call, message: &'a str },
}

/// Why calls are held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The most calls that the settings allow in 20 seconds were made.
    Pace,
    /// Marketo refused a call because of this limit.
    Refused(Limit),
}

/// How often and how fast a failed call is made again.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// The longest first delay; it doubles with every further try.
    pub base: Duration,
    /// The longest delay of all.
    pub cap: Duration,
    pub tries: MaxTries,
}

/// How often a call is sent at most, by what went wrong. One of them ends the call as soon as it is used up.
#[derive(Clone, Copy, Debug)]
pub struct MaxTries {
    /// The token was refused.
    pub renew: u32,
    /// A limit of the instance was reached, and it let no other call through meanwhile.
    pub slow_down: u32,
    /// The call was surely not executed.
    pub unexecuted: u32,
    /// The call may have been executed. Writes have one try, whatever stands here.
    pub ambiguous: u32,
}

/// The longest that a call may take; longer than the server's own limits, or calls are given up that succeed.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    /// Describe and query.
    pub read: Duration,
    /// Look-ups of leads, and the token.
    pub leads: Duration,
    /// Create, update and delete.
    pub write: Duration,
}

impl Settings {
    /// The default settings for an instance.
    #[must_use]
    pub fn new(base_url: String, client_id: SecretString, client_secret: SecretString) -> Self {
        Self {
            base_url,
            client_id,
            client_secret,
            // Page "Integration best practices": half of the instance's 100 calls and 10 at a time.
            calls_per_20s: 50,
            concurrency: 5,
            retry: Retry::default(),
            timeouts: Timeouts::default(),
            listener: None,
            #[cfg(test)]
            carrier: None,
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            base: Duration::from_secs(1),
            // The window of the rate limit: after that long all earlier calls are forgotten.
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
    /// Pages "Opportunities" and "Opportunity Roles": 30 s, sync and delete 60 s; page "Leads": 60 s.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(40),
            leads: Duration::from_secs(70),
            write: Duration::from_secs(70),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the base URL: it may have been written with a password in it.
        f.debug_struct("Settings")
            .field("calls_per_20s", &self.calls_per_20s)
            .field("concurrency", &self.concurrency)
            .field("retry", &self.retry)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
