//! Access tokens: one at a time, the same until it expires.
//!
//! Source: Adobe REST documentation, "Authentication" and "Error codes". The first use of an
//! expired token is 602, every later one 601.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Credentials;
use super::codes::Failure;
use super::reply::json_response;
use super::request::Params;
use super::sync::new_guid;

/// The tokens of the one custom service that the instance has.
pub(super) struct Tokens {
    credentials: Credentials,
    life: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Token>,
    /// Expired and not yet answered with 602.
    expired: HashSet<String>,
}

struct Token {
    text: String,
    expires: Timestamp,
}

impl Tokens {
    /// No token yet.
    pub(super) fn new(credentials: Credentials, life: Duration) -> Self {
        Self {
            credentials,
            life,
            state: Mutex::default(),
        }
    }

    /// Answers the identity endpoint.
    pub(super) fn grant(&self, params: &Params, now: Timestamp) -> Result<Response, Failure> {
        self.check_client(params)?;
        let mut state = self.lock();
        state.expire(now);
        let life = SignedDuration::try_from(self.life).unwrap_or(SignedDuration::MAX);
        let token = state.current.get_or_insert_with(|| Token {
            text: format!("{}:sim", new_guid()),
            expires: now.checked_add(life).unwrap_or(Timestamp::MAX),
        });
        let left = now.duration_until(token.expires).as_secs();
        let mut response = json_response(
            StatusCode::OK,
            &json!({
                "access_token": token.text,
                "token_type": "bearer",
                "expires_in": left,
                "scope": "api@simulator.example",
            }),
        );
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        Ok(response)
    }

    /// Lets a call with a valid token pass.
    pub(super) fn check(
        &self,
        headers: &HeaderMap,
        params: &Params,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(sent) = bearer(headers) else {
            // The query parameter is no longer taken.
            let code = match params.get("access_token") {
                Some(_) => "601",
                None => "600",
            };
            return Err(Failure::code(code));
        };
        let mut state = self.lock();
        state.expire(now);
        if state.expired.remove(sent) {
            return Err(Failure::code("602"));
        }
        match &state.current {
            Some(token) if token.text == sent => Ok(()),
            _ => Err(Failure::code("601")),
        }
    }

    /// Makes the current token invalid, as if it had never been.
    pub(super) fn revoke(&self) {
        *self.lock() = State::default();
    }

    /// Ends the life of the current token.
    pub(super) fn expire(&self) {
        self.lock().expire(Timestamp::MAX);
    }

    fn check_client(&self, params: &Params) -> Result<(), Failure> {
        let refused = |status, error, description: String| {
            Err(Failure::Identity {
                status,
                error,
                description,
            })
        };
        let of = |name| params.get(name).unwrap_or_default();
        match of("grant_type").as_str() {
            "client_credentials" => {}
            "" => return refused(400, "invalid_request", "Missing grant type".to_owned()),
            other => {
                let description = format!("Unsupported grant type: {other}");
                return refused(400, "unsupported_grant_type", description);
            }
        }
        let id = of("client_id");
        if id != self.credentials.client_id {
            let description = format!("No client with requested id: {id}");
            return refused(401, "invalid_client", description);
        }
        if of("client_secret") != self.credentials.client_secret {
            let description = "Bad client credentials".to_owned();
            return refused(401, "invalid_client", description);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn expire(&mut self, now: Timestamp) {
        if let Some(token) = self.current.take_if(|token| token.expires <= now) {
            self.expired.insert(token.text);
        }
    }
}

/// The token of the header; `None` if there is none.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
