//! The access token. It is fetched once for all calls that wait for it, and checked before every try.
//!
//! To ask for a new token early is useless: identity returns the same token until it expires. So the client uses a token to its
//! end. A call with an expired token is refused (601, 602) without being executed.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::error::ApiError;
use super::identity::Grant;
use super::transport::Transport;

/// The token of a client.
pub(super) struct TokenCache {
    client_id: SecretString,
    client_secret: SecretString,
    cache: Mutex<CachedToken>,
}

/// A token as a header, and its number.
#[derive(Clone)]
pub(super) struct AccessToken {
    pub(super) header: HeaderValue,
    generation: u64,
}

#[derive(Default)]
struct CachedToken {
    current: Option<(AccessToken, Instant)>,
    generation: u64,
    /// Why identity refused the credentials. They cannot change, so the client does not ask again.
    refused: Option<Box<str>>,
}

impl TokenCache {
    pub(super) fn new(client_id: SecretString, client_secret: SecretString) -> Self {
        Self {
            client_id,
            client_secret,
            cache: Mutex::default(),
        }
    }

    /// A token that is valid by the client's clock. If there is none, one caller fetches it and the others wait.
    pub(super) async fn current(&self, transport: &Transport) -> Result<AccessToken, ApiError> {
        let mut cache = self.cache.lock().await;
        if let Some((token, ends)) = &cache.current
            && Instant::now() < *ends
        {
            return Ok(token.clone());
        }
        if let Some(description) = cache.refused.clone() {
            return Err(ApiError::Credentials { description });
        }
        let asked = Instant::now();
        let (id, secret) = (
            self.client_id.expose_secret(),
            self.client_secret.expose_secret(),
        );
        let Grant { header, expires_in } = match transport.identity(id, secret).await {
            Ok(grant) => grant,
            Err(error) => {
                if let ApiError::Credentials { description } = &error {
                    cache.refused = Some(description.clone());
                }
                return Err(error);
            }
        };
        if expires_in == Duration::ZERO {
            return Err(ApiError::TokenRunsOut);
        }
        cache.generation += 1;
        let token = AccessToken {
            header,
            generation: cache.generation,
        };
        cache.current = Some((token.clone(), asked + expires_in));
        Ok(token)
    }

    /// Drops a token that was refused, unless another caller has already replaced it.
    pub(super) async fn discard(&self, token: &AccessToken) {
        let mut cache = self.cache.lock().await;
        if cache.generation == token.generation {
            cache.current = None;
        }
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::api::ClientSettings;
    use crate::simulator::{self, CallLimits, Options};

    #[tokio::test]
    async fn one_is_fetched_for_all_who_wait_and_a_late_refusal_does_not_drop_its_successor() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let options = Options {
            limits: CallLimits::none(),
            ..Options::new(directory.path())
        };
        let simulator = simulator::start(options).await.expect("a simulator");
        let settings =
            || ClientSettings::new(simulator.url(), "simulator".into(), "simulator".into());
        let transport = Transport::new(&settings()).expect("a transport");
        let tokens = TokenCache::new(settings().client_id, settings().client_secret);
        let fetched = || transport.counter.read().identity;

        let waiting = (0..5).map(|_| tokens.current(&transport));
        let first = futures_util::future::try_join_all(waiting)
            .await
            .expect("a token");
        assert_eq!(fetched(), 1);
        simulator.revoke_tokens();
        tokens.discard(&first[0]).await;
        let second = tokens.current(&transport).await.expect("a token");
        assert_ne!(second.header, first[0].header);
        // Four calls went out with the first token too, and are told of it only now.
        for token in &first[1..] {
            tokens.discard(token).await;
            let current = tokens.current(&transport).await.expect("a token");
            assert_eq!(current.generation, second.generation);
        }
        assert_eq!(fetched(), 2);
    }
}
