//! One call from its arrival to its answer: the order in which it can be refused.
//!
//! Path (610), method (605), size (414, 413), token (600 to 602), permission (603), daily quota
//! (607), rate (606), calls at once (615), native CRM sync, content type (612), JSON (609), and then
//! the rules of the operation. All but the sizes are answered with HTTP 200. Source: Adobe REST
//! documentation, "Error codes"; the order itself is inferred.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Version;
use axum::http::request::Parts;
use axum::response::Response;

use super::execute::{check_exposed, execute};
use super::state::App;
use crate::simulator::answers::{Answers, CheckOrder, RefusedCalls, ServerTimeOut, TimedOutWrite};
use crate::simulator::faults::effects::{answer, garble, reword};
use crate::simulator::faults::fault::{FaultKind, Moment, TokenLoss};
use crate::simulator::instance::users::User;
use crate::simulator::wire::call_log::{Answer, Call as Logged, Operation};
use crate::simulator::wire::codes::Failure;
use crate::simulator::wire::connection::Line;
use crate::simulator::wire::reply;
use crate::simulator::wire::reply::Reply;
use crate::simulator::wire::request;
use crate::simulator::wire::request::{Call, Params, effective_method};
use crate::simulator::wire::routes;
use crate::simulator::wire::routes::Endpoint;

/// Answers one call.
pub(in crate::simulator) async fn handle(
    State(app): State<Arc<App>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = app.request_id();
    let mut operation = Operation::Unknown;
    let outcome = respond(&app, &parts, body, &request_id, &mut operation).await;
    if let Err(Failure::Refused(reason)) = &outcome {
        app.meter.note_error(&reason.code, app.clock.now());
    }
    app.calls.push(Logged {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        protocol: protocol(parts.version),
        operation,
        answer: logged(&outcome),
    });
    outcome.unwrap_or_else(|failure| {
        if failure == Failure::Cut {
            line.cut();
        }
        reply::failure(&app.answers, &request_id, &failure)
    })
}

/// The checks before the call counts, in their order.
async fn respond(
    app: &Arc<App>,
    parts: &Parts,
    body: Body,
    request_id: &str,
    operation: &mut Operation,
) -> Result<Response, Failure> {
    let path = parts.uri.path();
    let found = routes::find(path);
    let url = Params::of_query(parts.uri.query());
    let check = || {
        let now = app.clock.now();
        app.tokens.check(&app.answers, &parts.headers, &url, now)
    };
    let identity = matches!(found, Some(Endpoint::Identity));
    if app.answers.check_order == CheckOrder::TokenFirst && !identity {
        check()?;
    }
    let endpoint = found.ok_or_else(|| Failure::code("610"))?;
    let named = |method| {
        let found = endpoint.operation(method);
        found.ok_or_else(|| Failure::method(method.as_str()))
    };
    let method = effective_method(&parts.method, &url)?;
    *operation = named(&method)?;
    let call = request::read(parts, body).await?;
    let _running = app.running.read().await;
    // A form may hold `_method` too.
    *operation = named(&call.method)?;
    if *operation == Operation::Identity {
        return identify(app, path, &call).await;
    }
    let user = check()?;
    if !user.may(&app.answers, endpoint, *operation) {
        return Err(Failure::code("603"));
    }
    let slot = app.meter.admit(&user.name, app.clock.now())?;
    let fault = app.faults.take(path, *operation, &call);
    let outcome = match &fault {
        Some(FaultKind::Token(loss)) => {
            end_tokens(app, *loss);
            // The call meets what it has just lost.
            check().and(Err(Failure::code("601")))
        }
        fault => run(app, user, endpoint, *operation, call, fault.as_ref()).await,
    };
    let outcome = match fault {
        Some(FaultKind::Reword) => reword(outcome),
        _ => outcome,
    };
    if let Err(Failure::Refused(_)) = outcome
        && app.answers.refused_calls == RefusedCalls::Free
    {
        slot.refund();
    }
    let response = reply::success(&app.answers, request_id, &outcome?);
    Ok(match fault {
        Some(FaultKind::Garble(garbling)) => garble(response, garbling).await,
        _ => response,
    })
}

/// Answers the identity endpoint, which counts for no limit.
async fn identify(app: &App, path: &str, call: &Call) -> Result<Response, Failure> {
    let fault = app.faults.take(path, Operation::Identity, call);
    if let Some(FaultKind::Token(loss)) = &fault {
        end_tokens(app, *loss);
    }
    let pause = app.latency + delay(fault.as_ref());
    gate(pause, fault.as_ref()).await?;
    let now = app.clock.now();
    let granted = app.tokens.grant(&app.answers, &call.url, &call.params, now);
    let response = after(fault.as_ref(), granted)?;
    Ok(match fault {
        Some(FaultKind::Garble(garbling)) => garble(response, garbling).await,
        _ => response,
    })
}

fn end_tokens(app: &App, loss: TokenLoss) {
    match loss {
        TokenLoss::Expire => app.tokens.expire(),
        TokenLoss::Revoke => app.tokens.revoke(),
    }
}

/// Executes a call within the time that the server gives it.
async fn run(
    app: &Arc<App>,
    user: &User,
    endpoint: Endpoint<'_>,
    operation: Operation,
    call: Call,
    fault: Option<&FaultKind>,
) -> Result<Reply, Failure> {
    let pause = app.latency + delay(fault);
    let limit = app.time_outs.of(endpoint, operation);
    gate(pause.min(limit), fault).await?;
    let overdue = pause >= limit;
    if overdue && app.answers.timed_out_write == TimedOutWrite::Discarded {
        return Err(overrun(&app.answers));
    }
    check_exposed(app, endpoint)?;
    let done = execute(app, user, endpoint, operation, call, fault).await;
    if overdue {
        return Err(overrun(&app.answers));
    }
    let mut reply = after(fault, done)?;
    if let Some(FaultKind::Warn(message)) = fault {
        reply.warning = Some(message.clone());
    }
    Ok(reply)
}

fn overrun(answers: &Answers) -> Failure {
    match answers.server_time_out {
        ServerTimeOut::TimeOut => Failure::code("604"),
        ServerTimeOut::Gateway => Failure::Gateway(502),
    }
}

/// How much longer a fault makes a call.
fn delay(fault: Option<&FaultKind>) -> Duration {
    match fault {
        Some(FaultKind::Delay(more)) => *more,
        _ => Duration::ZERO,
    }
}

/// The latency, and the faults that strike before anything is executed.
async fn gate(pause: Duration, fault: Option<&FaultKind>) -> Result<(), Failure> {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    match fault {
        Some(FaultKind::Answer { code, message }) => Err(answer(code, message.as_deref())),
        Some(FaultKind::Break {
            how,
            when: Moment::BeforeCommit,
        }) => Err(how.failure()),
        Some(
            FaultKind::Break {
                when: Moment::AfterCommit,
                ..
            }
            | FaultKind::Delay(_)
            | FaultKind::Token(_)
            | FaultKind::SkipRecord { .. }
            | FaultKind::Lose { .. }
            | FaultKind::Alter(_)
            | FaultKind::Reword
            | FaultKind::Warn(_)
            | FaultKind::Garble(_),
        )
        | None => Ok(()),
    }
}

/// The faults that strike when all is done.
fn after<T>(fault: Option<&FaultKind>, done: Result<T, Failure>) -> Result<T, Failure> {
    match fault {
        Some(FaultKind::Break {
            how,
            when: Moment::AfterCommit,
        }) => Err(how.failure()),
        _ => done,
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
