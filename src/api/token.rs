//! The token: fetched once for all who wait for it, checked before every attempt, dropped by the generation that was refused.
//!
//! Asking early is useless: until a token runs out, identity answers with the same one. So it is used to
//! its end, and a call that meets the end is told so (601, 602) without being executed.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::ApiError;
use super::transport::{Grant, Transport};

/// The token of one client.
pub(super) struct Tokens {
    client_id: SecretString,
    client_secret: SecretString,
    cache: Mutex<Cache>,
}

/// A token as a header, and which one it is.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    generation: u64,
}

#[derive(Default)]
struct Cache {
    current: Option<(Token, Instant)>,
    generation: u64,
    /// Why identity refused the credentials. They cannot change, so nobody asks again.
    refused: Option<Box<str>>,
}

impl Tokens {
    pub(super) fn new(client_id: SecretString, client_secret: SecretString) -> Self {
        Self {
            client_id,
            client_secret,
            cache: Mutex::default(),
        }
    }

    /// A token that is good by our clock, fetched if need be while the others who ask wait for it.
    pub(super) async fn current(&self, transport: &Transport) -> Result<Token, ApiError> {
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
        let token = Token {
            header,
            generation: cache.generation,
        };
        cache.current = Some((token.clone(), asked + expires_in));
        Ok(token)
    }

    /// Drops the token that was refused, unless another caller has replaced it already.
    pub(super) async fn discard(&self, token: &Token) {
        let mut cache = self.cache.lock().await;
        if cache.generation == token.generation {
            cache.current = None;
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}
