//! A simulator without sockets, files and threads, for tests in which a seed decides everything.
//!
//! It answers as the server does, from the check of the path to the faults; what it lacks is HTTP itself. Beside that, records can be
//! written past all limits and faults, as by somebody else, and looked at.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{Method, Request, Response};
use serde_json::{Map, Value};

use super::admitted_call::AdmittedCall;
use super::handler::handle;
use super::state::ServerState;
use crate::simulator::error::SimulatorError;
use crate::simulator::faults::fault::Faults;
use crate::simulator::instance::users::ApiUser;
use crate::simulator::objects::table::{OPPORTUNITY, ROLE};
use crate::simulator::options::{Credentials, Options};
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record_store::in_memory;
use crate::simulator::wire::call_log::LoggedCall;
use crate::simulator::wire::connection::ConnectionHandle;
use crate::simulator::wire::reply;
use crate::simulator::wire::request;
use crate::simulator::wire::routes;

/// A simulator in memory.
pub(crate) struct InProcess {
    state: Arc<ServerState>,
}

/// A record, by its key in the form in which keys compare.
pub(crate) struct HeldRecord {
    pub(crate) key: Vec<String>,
    pub(crate) record: Map<String, Value>,
}

impl InProcess {
    /// Starts one; of the options those count that are not about a place.
    pub(crate) fn start(options: Options) -> Result<Self, SimulatorError> {
        let mut state = ServerState::open(options, in_memory()?)?;
        state.inline = true;
        let state = Arc::new(state);
        Ok(Self { state })
    }

    /// What tells this instance from every other.
    pub(crate) fn id(&self) -> &str {
        &self.state.id
    }

    /// The faults that wait for calls.
    pub(crate) fn faults(&self) -> &Faults {
        &self.state.faults
    }

    /// The calls that were answered, in that order.
    pub(crate) fn calls(&self) -> Vec<LoggedCall> {
        self.state.calls.all()
    }

    /// Answers a call; nothing if the connection is cut.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Option<Response<Vec<u8>>> {
        let line = ConnectionHandle::imagined();
        let state = State(Arc::clone(&self.state));
        let (parts, body) = handle(state, ConnectInfo(line.clone()), request)
            .await
            .into_parts();
        if line.is_cut() {
            return None;
        }
        Some(Response::from_parts(parts, bytes(body).await))
    }

    /// Posts JSON past limits, faults and the list of calls: the rows of the answer.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let endpoint = routes::find(path).expect("there is such a path");
        let operation = endpoint.operation(&Method::POST).expect("it can be posted");
        let request = Request::post(path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("it is well-formed");
        let (parts, body) = request.into_parts();
        let request = request::read(&parts, body).await.expect("it can be read");
        let call = Arc::new(AdmittedCall {
            state: Arc::clone(&self.state),
            user: ApiUser::unlimited(Credentials::default()),
            endpoint,
            operation,
            request,
            fault: None,
        });
        let reply = call.execute().await;
        let reply = reply.expect("it is accepted");
        let response = reply::success(&self.state.answers, "past", &reply);
        let text = bytes(response.into_body()).await;
        let mut answer: Value = serde_json::from_slice(&text).expect("an answer is JSON");
        answer["result"].take()
    }

    /// All opportunities and roles.
    pub(crate) fn records(&self) -> Vec<HeldRecord> {
        let store = self.state.store.read().expect("nothing has panicked");
        let store = store.as_ref().expect("it is open");
        let mut all = Vec::new();
        store
            .read(|reader| -> Result<(), StoreError> {
                for object in [&OPPORTUNITY, &ROLE] {
                    for found in reader.scan(object, "")? {
                        let (key, record) = found?;
                        let value = |json: &str| serde_json::from_str(json).expect("it is JSON");
                        let members = record
                            .into_iter()
                            .map(|(name, json)| (name, value(json.get())));
                        all.push(HeldRecord {
                            key: key.split('\0').map(str::to_owned).collect(),
                            record: members.collect(),
                        });
                    }
                }
                Ok(())
            })
            .expect("the store reads");
        all
    }
}

async fn bytes(body: Body) -> Vec<u8> {
    let bytes = to_bytes(body, usize::MAX).await;
    bytes.expect("a body in memory ends").into()
}
