//! The client. It is cheap to clone, and all clones share the limits, the token and the counts.

use std::fmt;
use std::sync::Arc;

use tokio::time::sleep;

use super::call::{CallBudget, Calls};
use super::error::ApiError;
use super::execute::Core;
use super::settings::{ClientSettings, Notice};
use super::throttle::Throttle;
use super::token::TokenCache;
use super::transport::Transport;
use super::words::Withhold;

/// A client of one instance.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Core>);

impl Client {
    /// A client with these settings. Nothing is sent yet.
    ///
    /// # Errors
    /// The base URL cannot be used, or TLS cannot be set up.
    pub fn new(settings: ClientSettings) -> Result<Self, ApiError> {
        let transport = Transport::new(&settings)?;
        let ClientSettings {
            base_url: _,
            client_id,
            client_secret,
            calls_per_20s,
            concurrency,
            max_calls,
            retry,
            timeouts: _,
            read_lag,
            source,
            listener,
            #[cfg(test)]
                carrier: _,
        } = settings;
        Ok(Self(Arc::new(Core {
            concurrency,
            transport,
            budget: CallBudget::new(max_calls),
            throttle: Throttle::new(calls_per_20s, concurrency),
            tokens: TokenCache::new(client_id, client_secret),
            retry,
            read_lag,
            source,
            listener,
        })))
    }

    /// Pauses before a record is sent again, after so many tries: as long as between the tries of a read.
    pub async fn pause(&self, tries: usize) {
        let tries = u32::try_from(tries).unwrap_or(u32::MAX);
        sleep(self.0.retry.delay(tries)).await;
    }

    /// From now on takes something out of what the instance says, wherever it is shown.
    pub fn withhold(&self, withhold: Withhold) {
        self.0.transport.discretion.withhold(withhold);
    }

    /// Tells those who wait for it.
    pub fn notify(&self, notice: &Notice<'_>) {
        self.0.notify(notice);
    }

    /// The number of calls sent so far.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.0.transport.counter.read()
    }

    /// The maximum number of simultaneous calls.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.0.concurrency
    }

    /// The base URL of the instance, without `/rest`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.transport.base.as_str()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.base_url()).finish()
    }
}
