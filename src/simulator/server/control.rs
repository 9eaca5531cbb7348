//! The control endpoints: one adds and removes faults while the simulator runs, one lists the members of calls that it ignored.
//!
//! For faults, `POST` adds the fault or the script in its JSON body, `DELETE` removes all waiting faults. The
//! answer to each, and to `GET`, is the number of waiting faults. The endpoints are not part of
//! Marketo's API, need no token, and exist only if `Options::control` is set.

use std::fmt::Display;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::state::ServerState;
use crate::simulator::faults::script::script_faults;
use crate::simulator::wire::ignored::IgnoredMember;
use crate::simulator::wire::reply::json_response;

/// The path of the endpoint for faults.
pub(in crate::simulator) const PATH: &str = "/simulator/faults";
/// The path of the list of ignored members.
pub(in crate::simulator) const IGNORED_PATH: &str = "/simulator/ignored";

/// The most bytes of a script.
const MOST_BYTES: usize = 1024 * 1024;

/// Lists the unknown members that calls had and that were ignored.
pub(in crate::simulator) async fn ignored(State(state): State<Arc<ServerState>>) -> Response {
    let all = state.ignored.all().into_iter();
    let rows: Vec<_> = all
        .map(|(ignored, calls)| {
            let IgnoredMember {
                path,
                operation,
                member,
            } = ignored;
            json!({ "path": path, "operation": operation, "member": member, "calls": calls })
        })
        .collect();
    json_response(StatusCode::OK, &json!({ "ignored": rows }))
}

/// Answers one call of the endpoint for faults.
pub(in crate::simulator) async fn handle(
    State(state): State<Arc<ServerState>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let done = match parts.method {
        Method::GET => Ok(()),
        Method::DELETE => {
            state.faults.clear();
            Ok(())
        }
        Method::POST => add(&state, &parts.headers, body).await,
        _ => Err((
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET, POST and DELETE".to_owned(),
        )),
    };
    match done {
        Ok(()) => {
            let waiting = state.faults.waiting().len();
            json_response(StatusCode::OK, &json!({ "waiting": waiting }))
        }
        Err((status, error)) => json_response(status, &json!({ "error": error })),
    }
}

async fn add(
    state: &ServerState,
    headers: &HeaderMap,
    body: Body,
) -> Result<(), (StatusCode, String)> {
    // A browser sends this type to another origin only after asking the server for permission.
    if !is_json(headers) {
        let error = "the content type is not application/json".to_owned();
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    let Ok(bytes) = to_bytes(body, MOST_BYTES).await else {
        return Err(bad_request(&"the body is too large"));
    };
    let script = serde_json::from_slice(&bytes).map_err(|error| bad_request(&error))?;
    let faults = script_faults(script)
        .map_err(|(number, problem)| bad_request(&format!("fault {number}: {problem}")))?;
    faults
        .into_iter()
        .for_each(|fault| state.faults.push(fault));
    Ok(())
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"))
}

fn bad_request(error: &dyn Display) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, error.to_string())
}
