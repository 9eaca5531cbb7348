//! The control endpoint: faults for calls to come, while the simulator runs.
//!
//! `POST` adds the fault, or the script, of its JSON body; `DELETE` forgets all that wait; each is
//! answered with the number that waits, as is `GET`. It is no part of Marketo's API, needs no token
//! and is off unless it was asked for.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::state::ServerState;
use crate::simulator::faults::script::script_faults;
use crate::simulator::wire::reply::json_response;

/// Its path.
pub(in crate::simulator) const PATH: &str = "/simulator/faults";

/// A script is never larger.
const MOST_BYTES: usize = 1024 * 1024;

/// Answers one call of the endpoint.
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
    // A page in a browser cannot send this type to another origin without being asked first.
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|value| value.starts_with("application/json")) {
        let error = "the content type is not application/json".to_owned();
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    let wrong = |error: String| (StatusCode::BAD_REQUEST, error);
    let bytes = to_bytes(body, MOST_BYTES).await;
    let bytes = bytes.map_err(|_| wrong("the body is too large".to_owned()))?;
    let script = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    let faults = script_faults(script)
        .map_err(|(number, problem)| wrong(format!("fault {number}: {problem}")))?;
    faults
        .into_iter()
        .for_each(|fault| state.faults.push(fault));
    Ok(())
}
