//! One call from its arrival to its answer: the order in which it can be refused.
//!
//! Path (610), method (605), size (414, 413), token (600 to 602), permission (603), daily quota
//! (607), rate (606), calls at once (615), native CRM sync, content type (612), JSON (609), and then
//! the rules of the operation. All but the sizes are answered with HTTP 200. Source: Adobe REST
//! documentation, "Error codes"; the order itself is inferred.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, Version};
use axum::response::Response;

use super::admitted_call::AdmittedCall;
use super::state::App;
use crate::simulator::answers::{CheckOrder, RefusedCalls};
use crate::simulator::faults::effects::{after, before, delay, garbled, reword};
use crate::simulator::faults::fault::{FaultKind, TokenLoss};
use crate::simulator::instance::users::User;
use crate::simulator::wire::call_log::{Answer, Call as Logged, Operation};
use crate::simulator::wire::codes::Failure;
use crate::simulator::wire::connection::Line;
use crate::simulator::wire::request::{Call, Params, effective_method};
use crate::simulator::wire::routes::Endpoint;
use crate::simulator::wire::{reply, request, routes};

/// Answers one call.
pub(in crate::simulator) async fn handle(
    State(app): State<Arc<App>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut arrival = Arrival {
        url: Params::of_query(parts.uri.query()),
        request_id: app.request_id(),
        operation: Operation::Unknown,
        app: &app,
        parts: &parts,
    };
    let outcome = arrival.answer(body).await;
    if let Err(Failure::Refused(reason)) = &outcome {
        app.meter.note_error(&reason.code, app.clock.now());
    }
    app.calls.push(Logged {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        protocol: protocol(parts.version),
        operation: arrival.operation,
        answer: logged(&outcome),
    });
    outcome.unwrap_or_else(|failure| {
        if failure == Failure::Cut {
            line.cut();
        }
        reply::failure(&app.answers, &arrival.request_id, &failure)
    })
}

/// A call as it arrives, before it is admitted.
struct Arrival<'a> {
    app: &'a Arc<App>,
    parts: &'a Parts,
    /// The parameters of the URL.
    url: Params,
    request_id: String,
    /// What the call does, as far as that is known.
    operation: Operation,
}

impl Arrival<'_> {
    /// The checks before the call counts, in their order.
    async fn answer(&mut self, body: Body) -> Result<Response, Failure> {
        let found = routes::find(self.parts.uri.path());
        let identity = matches!(found, Some(Endpoint::Identity));
        if self.app.answers.check_order == CheckOrder::TokenFirst && !identity {
            self.user()?;
        }
        let endpoint = found.ok_or_else(|| Failure::code("610"))?;
        let method = effective_method(&self.parts.method, &self.url)?;
        self.operation = operation(&endpoint, &method)?;
        let call = request::read(self.parts, body).await?;
        let _running = self.app.running.read().await;
        // A form may hold `_method` too.
        self.operation = operation(&endpoint, &call.method)?;
        if self.operation == Operation::Identity {
            return self.identify(&call).await;
        }
        let user = self.user()?.clone();
        if !user.may(&self.app.answers, &endpoint, self.operation) {
            return Err(Failure::code("603"));
        }
        self.count(user, endpoint, call).await
    }

    /// The user whose token the call brings.
    fn user(&self) -> Result<&User, Failure> {
        let app = self.app;
        app.tokens.check(
            &app.answers,
            &self.parts.headers,
            &self.url,
            app.clock.now(),
        )
    }

    /// Admits the call within the limits, and answers it.
    async fn count(
        &self,
        user: User,
        endpoint: Endpoint,
        request: Call,
    ) -> Result<Response, Failure> {
        let app = self.app;
        let slot = app.meter.admit(&user.name, app.clock.now())?;
        let path = self.parts.uri.path();
        let fault = app.faults.take(path, self.operation, &request);
        let call = Arc::new(AdmittedCall {
            app: Arc::clone(app),
            user,
            endpoint,
            operation: self.operation,
            request,
            fault,
        });
        let fault = call.fault.as_ref();
        let mut outcome = match fault {
            Some(FaultKind::Token(loss)) => {
                end_tokens(app, *loss);
                // The call itself has lost its token too.
                self.user().and(Err(Failure::code("601")))
            }
            _ => call.run().await,
        };
        if let Some(FaultKind::Reword) = fault {
            outcome = reword(outcome);
        }
        if let Err(Failure::Refused(_)) = outcome
            && app.answers.refused_calls == RefusedCalls::Free
        {
            slot.refund();
        }
        let response = reply::success(&app.answers, &self.request_id, &outcome?);
        Ok(garbled(fault, response).await)
    }

    /// Answers the identity endpoint, which counts for no limit.
    async fn identify(&self, call: &Call) -> Result<Response, Failure> {
        let app = self.app;
        let path = self.parts.uri.path();
        let fault = app.faults.take(path, Operation::Identity, call);
        let fault = fault.as_ref();
        if let Some(FaultKind::Token(loss)) = fault {
            end_tokens(app, *loss);
        }
        app.pause(app.latency + delay(fault)).await;
        before(fault)?;
        let now = app.clock.now();
        let granted = app.tokens.grant(&app.answers, &call.url, &call.params, now);
        let response = after(fault, granted)?;
        Ok(garbled(fault, response).await)
    }
}

/// What a method does at an endpoint, or 605.
fn operation(endpoint: &Endpoint, method: &Method) -> Result<Operation, Failure> {
    let found = endpoint.operation(method);
    found.ok_or_else(|| Failure::method(method.as_str()))
}

fn end_tokens(app: &App, loss: TokenLoss) {
    match loss {
        TokenLoss::Expire => app.tokens.expire(),
        TokenLoss::Revoke => app.tokens.revoke(),
    }
}

fn logged<T>(outcome: &Result<T, Failure>) -> Answer {
    match outcome {
        Ok(_) => Answer::Ok,
        Err(Failure::Refused(reason)) => Answer::Code(reason.code.to_string()),
        Err(Failure::Gateway(status) | Failure::Identity { status, .. }) => Answer::Http(*status),
        Err(Failure::Cut) => Answer::Cut,
    }
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}
