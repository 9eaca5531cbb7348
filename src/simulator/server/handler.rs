//! A call from its arrival to its answer, with the order of the checks that can refuse it.
//!
//! Path (610), method (605), size (414, 413), token (600 to 602), permission (603), daily quota
//! (607), rate (606), calls at once (615), native CRM sync, content type (612), JSON (609), and then
//! the rules of the operation. All answers except those for size have HTTP status 200. Source:
//! Adobe REST documentation, "Error codes"; the order itself is inferred.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, Version};
use axum::response::Response;

use super::admitted_call::AdmittedCall;
use super::state::ServerState;
use crate::simulator::answers::{CheckOrder, RefusedCalls};
use crate::simulator::faults::effects::{after, before, delay, garbled, reword};
use crate::simulator::faults::fault::{FaultKind, TokenLoss};
use crate::simulator::instance::users::ApiUser;
use crate::simulator::wire::call_log::{CallOperation, CallOutcome, LoggedCall};
use crate::simulator::wire::codes::CallFailure;
use crate::simulator::wire::connection::ConnectionHandle;
use crate::simulator::wire::request::{Params, ReceivedCall, effective_method};
use crate::simulator::wire::routes::Endpoint;
use crate::simulator::wire::{reply, request, routes};

/// Answers one call.
pub(in crate::simulator) async fn handle(
    State(state): State<Arc<ServerState>>,
    ConnectInfo(connection): ConnectInfo<ConnectionHandle>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut arrival = Arrival {
        url: Params::of_query(parts.uri.query()),
        request_id: state.request_id(),
        operation: CallOperation::Unknown,
        state: &state,
        parts: &parts,
    };
    let outcome = arrival.answer(body).await;
    if let Err(CallFailure::Refused(reason)) = &outcome {
        state.meter.note_error(&reason.code, state.clock.now());
    }
    state.calls.push(LoggedCall {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        protocol: protocol(parts.version),
        operation: arrival.operation,
        answer: call_outcome(&outcome),
    });
    outcome.unwrap_or_else(|failure| {
        if failure == CallFailure::Cut {
            connection.cut();
        }
        reply::failure(&state.answers, &arrival.request_id, &failure)
    })
}

/// A call as it arrives, before it is admitted.
struct Arrival<'a> {
    state: &'a Arc<ServerState>,
    parts: &'a Parts,
    /// The parameters of the URL.
    url: Params,
    request_id: String,
    /// The operation of the call, once it is known.
    operation: CallOperation,
}

impl Arrival<'_> {
    /// Applies the checks before limits, and answers the call.
    async fn answer(&mut self, body: Body) -> Result<Response, CallFailure> {
        let found = routes::find(self.parts.uri.path());
        let identity = matches!(found, Some(Endpoint::Identity));
        if self.state.answers.check_order == CheckOrder::TokenFirst && !identity {
            self.user()?;
        }
        let endpoint = found.ok_or_else(|| CallFailure::code("610"))?;
        let method = effective_method(&self.parts.method, &self.url)?;
        self.operation = operation(&endpoint, &method)?;
        let call = request::read(self.parts, body).await?;
        let _running = self.state.running.read().await;
        // A form can contain `_method` too.
        self.operation = operation(&endpoint, &call.method)?;
        if self.operation == CallOperation::Identity {
            return self.identify(&call).await;
        }
        let user = self.user()?.clone();
        if !user.may(&self.state.answers, &endpoint, self.operation) {
            return Err(CallFailure::code("603"));
        }
        self.count(user, endpoint, call).await
    }

    /// The user whose token the call has.
    fn user(&self) -> Result<&ApiUser, CallFailure> {
        let state = self.state;
        state.tokens.check(
            &state.answers,
            &self.parts.headers,
            &self.url,
            state.clock.now(),
        )
    }

    /// Counts the call for the limits, and answers it if they allow it.
    async fn count(
        &self,
        user: ApiUser,
        endpoint: Endpoint,
        request: ReceivedCall,
    ) -> Result<Response, CallFailure> {
        let state = self.state;
        let slot = state.meter.admit(&user.name, state.clock.now())?;
        let path = self.parts.uri.path();
        let fault = state.faults.take(path, self.operation, &request);
        let call = Arc::new(AdmittedCall {
            state: Arc::clone(state),
            user,
            endpoint,
            operation: self.operation,
            request,
            fault,
        });
        let fault = call.fault.as_ref();
        let mut outcome = match fault {
            Some(FaultKind::Token(loss)) => {
                end_tokens(state, *loss);
                // The token of this call has ended too.
                self.user().and(Err(CallFailure::code("601")))
            }
            _ => call.run().await,
        };
        if let Some(FaultKind::Reword) = fault {
            outcome = reword(outcome);
        }
        if let Err(CallFailure::Refused(_)) = outcome
            && state.answers.refused_calls == RefusedCalls::Free
        {
            slot.refund();
        }
        let response = reply::success(&state.answers, &self.request_id, &outcome?);
        Ok(garbled(fault, response).await)
    }

    /// Answers the identity endpoint, to which no limits apply.
    async fn identify(&self, call: &ReceivedCall) -> Result<Response, CallFailure> {
        let state = self.state;
        let path = self.parts.uri.path();
        let fault = state.faults.take(path, CallOperation::Identity, call);
        let fault = fault.as_ref();
        if let Some(FaultKind::Token(loss)) = fault {
            end_tokens(state, *loss);
        }
        state.pause(state.latency + delay(fault)).await;
        before(fault)?;
        let now = state.clock.now();
        let granted = state
            .tokens
            .grant(&state.answers, &call.url, &call.params, now);
        let response = after(fault, granted)?;
        Ok(garbled(fault, response).await)
    }
}

/// The operation of a method at an endpoint; 605 if it has no such method.
fn operation(endpoint: &Endpoint, method: &Method) -> Result<CallOperation, CallFailure> {
    let found = endpoint.operation(method);
    found.ok_or_else(|| CallFailure::method(method.as_str()))
}

fn end_tokens(state: &ServerState, loss: TokenLoss) {
    match loss {
        TokenLoss::Expire => state.tokens.expire(),
        TokenLoss::Revoke => state.tokens.revoke(),
    }
}

fn call_outcome<T>(outcome: &Result<T, CallFailure>) -> CallOutcome {
    match outcome {
        Ok(_) => CallOutcome::Ok,
        Err(CallFailure::Refused(reason)) => CallOutcome::Code(reason.code.to_string()),
        Err(CallFailure::Gateway(status) | CallFailure::Identity { status, .. }) => {
            CallOutcome::Http(*status)
        }
        Err(CallFailure::Cut) => CallOutcome::Cut,
    }
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}
