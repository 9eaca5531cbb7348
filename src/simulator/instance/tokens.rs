//! Access tokens: each custom service has one token at a time, which stays the same until it
//! expires.
//!
//! Source: Adobe REST documentation, "Authentication" and "Error codes". The answer to the
//! first use of an expired token is 602, to each later one 601.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::users::ApiUser;
use crate::simulator::answers::{Answers, BadGrantType, IdentityForm, QueryToken, UnknownClient};
use crate::simulator::guid::secret_guid;
use crate::simulator::wire::codes::CallFailure;
use crate::simulator::wire::reply::json_response;
use crate::simulator::wire::request::Params;

/// Issues and checks the tokens of all custom services of the instance.
pub(in crate::simulator) struct TokenIssuer {
    users: Vec<ApiUser>,
    life: Duration,
    state: Mutex<TokenState>,
}

#[derive(Default)]
struct TokenState {
    /// The current tokens, by the index of the user.
    current: HashMap<usize, IssuedToken>,
    /// Expired tokens for which 602 was not yet answered.
    expired: HashSet<String>,
}

struct IssuedToken {
    text: String,
    expires: Timestamp,
}

impl TokenIssuer {
    /// An issuer that has issued no token yet.
    pub(in crate::simulator) fn new(users: Vec<ApiUser>, life: Duration) -> Self {
        Self {
            users,
            life,
            state: Mutex::default(),
        }
    }

    /// Answers the identity endpoint. `all` also has the parameters of a form.
    pub(in crate::simulator) fn grant(
        &self,
        answers: &Answers,
        url: &Params,
        all: &Params,
        now: Timestamp,
    ) -> Result<Response, CallFailure> {
        let params = match answers.identity_form {
            IdentityForm::Read => all,
            IdentityForm::Ignored => url,
        };
        let index = self.client(answers, params)?;
        let mut state = self.lock();
        state.expire(now);
        let life = SignedDuration::try_from(self.life).unwrap_or(SignedDuration::MAX);
        let token = state.current.entry(index).or_insert_with(|| IssuedToken {
            text: format!("{}:sim", secret_guid()),
            expires: now.checked_add(life).unwrap_or(Timestamp::MAX),
        });
        let left = now.duration_until(token.expires).as_secs();
        let mut response = json_response(
            StatusCode::OK,
            &json!({
                "access_token": token.text,
                "token_type": "bearer",
                "expires_in": left,
                "scope": self.users[index].name,
            }),
        );
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        Ok(response)
    }

    /// The user of a valid token.
    pub(in crate::simulator) fn check(
        &self,
        answers: &Answers,
        headers: &HeaderMap,
        url: &Params,
        now: Timestamp,
    ) -> Result<&ApiUser, CallFailure> {
        let in_query = url.get("access_token");
        let sent = match (bearer(headers), in_query.as_deref()) {
            (Some(token), _) => token,
            (None, Some(token)) => match answers.query_token {
                QueryToken::Accepted => token,
                QueryToken::Denied | QueryToken::Invalid | QueryToken::Missing => {
                    return Err(CallFailure::code(answers.query_token.value()));
                }
            },
            (None, None) => return Err(CallFailure::code(answers.missing_token.value())),
        };
        let mut state = self.lock();
        state.expire(now);
        if state.expired.remove(sent) {
            return Err(CallFailure::code("602"));
        }
        let found = state.current.iter().find(|(_, token)| token.text == sent);
        let (index, _) = found.ok_or_else(|| CallFailure::code("601"))?;
        Ok(&self.users[*index])
    }

    /// Makes the current tokens invalid, as if they had never been issued.
    pub(in crate::simulator) fn revoke(&self) {
        *self.lock() = TokenState::default();
    }

    /// Makes the current tokens expire.
    pub(in crate::simulator) fn expire(&self) {
        self.lock().expire(Timestamp::MAX);
    }

    /// The index of the user whose credentials the parameters contain.
    fn client(&self, answers: &Answers, params: &Params) -> Result<usize, CallFailure> {
        check_grant_type(answers, params)?;
        let id = params.get("client_id").unwrap_or_default();
        let secret = params.get("client_secret").unwrap_or_default();
        let mut users = self.users.iter();
        let found = users.position(|user| user.credentials.client_id == id);
        if let Some(index) = found
            && self.users[index].credentials.client_secret == secret
        {
            return Ok(index);
        }
        Err(CallFailure::Identity {
            status: 401,
            error: answers.bad_credentials.value(),
            description: match (found, answers.unknown_client) {
                (None, UnknownClient::Named) => format!("No client with requested id: {id}"),
                (Some(_), _) | (None, UnknownClient::Vague) => "Bad client credentials".to_owned(),
            },
        })
    }

    fn lock(&self) -> MutexGuard<'_, TokenState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenState {
    fn expire(&mut self, now: Timestamp) {
        let expired = self.current.extract_if(|_, token| token.expires <= now);
        self.expired.extend(expired.map(|(_, token)| token.text));
    }
}

/// Refuses a grant type other than `client_credentials`.
fn check_grant_type(answers: &Answers, params: &Params) -> Result<(), CallFailure> {
    let status = match answers.bad_grant_type {
        BadGrantType::BadRequest => 400,
        BadGrantType::Unauthorized => 401,
    };
    let (error, description) = match params.get("grant_type").as_deref() {
        Some("client_credentials") => return Ok(()),
        None | Some("") => ("invalid_request", "Missing grant type".to_owned()),
        Some(other) => (
            "unsupported_grant_type",
            format!("Unsupported grant type: {other}"),
        ),
    };
    Err(CallFailure::Identity {
        status,
        error,
        description,
    })
}

/// The token of the header, if there is one.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
