//! Access tokens: one at a time for each custom service, the same until it expires.
//!
//! Source: Adobe REST documentation, "Authentication" and "Error codes". The first use of an
//! expired token is 602, every later one 601.

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
use crate::simulator::guid::new_guid;
use crate::simulator::wire::codes::CallFailure;
use crate::simulator::wire::reply::json_response;
use crate::simulator::wire::request::Params;

/// The tokens of the custom services that the instance has.
pub(in crate::simulator) struct TokenIssuer {
    users: Vec<ApiUser>,
    life: Duration,
    state: Mutex<TokenState>,
}

#[derive(Default)]
struct TokenState {
    /// By the index of the user.
    current: HashMap<usize, IssuedToken>,
    /// Expired and not yet answered with 602.
    expired: HashSet<String>,
}

struct IssuedToken {
    text: String,
    expires: Timestamp,
}

impl TokenIssuer {
    /// No token yet.
    pub(in crate::simulator) fn new(users: Vec<ApiUser>, life: Duration) -> Self {
        Self {
            users,
            life,
            state: Mutex::default(),
        }
    }

    /// Answers the identity endpoint, by the parameters of the URL and of a form.
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
                "scope": self.users[index].name,
            }),
        );
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        Ok(response)
    }

    /// Lets a call with a valid token pass: whose call it is.
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
                QueryToken::Invalid | QueryToken::Missing => {
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
        let index = found.map(|(index, _)| *index);
        index
            .map(|index| &self.users[index])
            .ok_or_else(|| CallFailure::code("601"))
    }

    /// Makes the current tokens invalid, as if they had never been.
    pub(in crate::simulator) fn revoke(&self) {
        *self.lock() = TokenState::default();
    }

    /// Ends the life of the current tokens.
    pub(in crate::simulator) fn expire(&self) {
        self.lock().expire(Timestamp::MAX);
    }

    /// The index of the user that the parameters name.
    fn client(&self, answers: &Answers, params: &Params) -> Result<usize, CallFailure> {
        let refused = |status, error, description: String| CallFailure::Identity {
            status,
            error,
            description,
        };
        let of = |name| params.get(name).unwrap_or_default();
        let grant = of("grant_type");
        if grant != "client_credentials" {
            let status = match answers.bad_grant_type {
                BadGrantType::BadRequest => 400,
                BadGrantType::Unauthorized => 401,
            };
            return Err(if grant.is_empty() {
                refused(status, "invalid_request", "Missing grant type".to_owned())
            } else {
                let description = format!("Unsupported grant type: {grant}");
                refused(status, "unsupported_grant_type", description)
            });
        }
        let (id, secret) = (of("client_id"), of("client_secret"));
        let named = |user: &ApiUser| user.credentials.client_id == id;
        let found = self.users.iter().position(named);
        let right = |index: &usize| self.users[*index].credentials.client_secret == secret;
        found.filter(right).ok_or_else(|| {
            let description = match (found, answers.unknown_client) {
                (None, UnknownClient::Named) => format!("No client with requested id: {id}"),
                (Some(_), _) | (None, UnknownClient::Vague) => "Bad client credentials".to_owned(),
            };
            refused(401, answers.bad_credentials.value(), description)
        })
    }

    fn lock(&self) -> MutexGuard<'_, TokenState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenState {
    fn expire(&mut self, now: Timestamp) {
        let over = self.current.extract_if(|_, token| token.expires <= now);
        self.expired.extend(over.map(|(_, token)| token.text));
    }
}

/// The token of the header; `None` if there is none.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
