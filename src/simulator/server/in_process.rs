//! A simulator without sockets, files and threads, for tests that a seed makes repeatable.
//!
//! It answers like the server, with all checks and faults, but without HTTP. Tests can also write
//! records without limits and faults, as another user would, and read them.

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
use crate::simulator::objects::object_type::ObjectType;
use crate::simulator::objects::table::{LEAD, OBJECTS};
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

/// A stored record with the folded parts of its key.
pub(crate) struct HeldRecord {
    /// The path of its object below `/rest/v1/`.
    pub(crate) object: &'static str,
    pub(crate) key: Vec<String>,
    pub(crate) record: Map<String, Value>,
}

impl InProcess {
    /// Starts a simulator; the options for the data folder and the address are ignored.
    pub(crate) fn start(options: Options) -> Result<Self, SimulatorError> {
        let mut state = ServerState::open(options, in_memory()?)?;
        state.inline = true;
        let state = Arc::new(state);
        Ok(Self { state })
    }

    /// The id of this instance.
    pub(crate) fn id(&self) -> &str {
        &self.state.id
    }

    /// The waiting faults.
    pub(crate) fn faults(&self) -> &Faults {
        &self.state.faults
    }

    /// The answered calls, in the order of their answers.
    pub(crate) fn calls(&self) -> Vec<LoggedCall> {
        self.state.calls.all()
    }

    /// Answers a call; `None` if the connection is cut.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Option<Response<Vec<u8>>> {
        let connection = ConnectionHandle::unconnected();
        let state = State(Arc::clone(&self.state));
        let (parts, body) = handle(state, ConnectInfo(connection.clone()), request)
            .await
            .into_parts();
        if connection.is_cut() {
            return None;
        }
        Some(Response::from_parts(parts, bytes(body).await))
    }

    /// Posts JSON without limits, faults and an entry in the log of calls. Returns the rows.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let endpoint = routes::find(path).expect("there is such a path");
        let operation = endpoint.operation(&Method::POST).expect("it can be posted");
        let (parts, body) = Request::post(path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("the request is well-formed")
            .into_parts();
        let request = request::read(&parts, body)
            .await
            .expect("the body can be read");
        let call = Arc::new(AdmittedCall {
            state: Arc::clone(&self.state),
            user: ApiUser::unlimited(Credentials::default()),
            endpoint,
            operation,
            request,
            fault: None,
        });
        let reply = call.execute().await.expect("the call is accepted");
        let response = reply::success(&self.state.answers, "in-process", &reply);
        let text = bytes(response.into_body()).await;
        let mut answer: Value = serde_json::from_slice(&text).expect("an answer is JSON");
        answer["result"].take()
    }

    /// All records but leads.
    pub(crate) fn records(&self) -> Vec<HeldRecord> {
        let mut objects = OBJECTS.to_vec();
        objects.retain(|object| object.name != LEAD.name);
        self.scan(&objects)
    }

    /// All leads.
    pub(crate) fn leads(&self) -> Vec<HeldRecord> {
        self.scan(&[&LEAD])
    }

    fn scan(&self, objects: &[&'static ObjectType]) -> Vec<HeldRecord> {
        let guard = self.state.store.read().expect("no call has panicked");
        let store = guard.as_ref().expect("the store is open");
        let mut all = Vec::new();
        store
            .read(|reader| -> Result<(), StoreError> {
                for object in objects {
                    for found in reader.scan(object, "")? {
                        let (key, record) = found?;
                        all.push(HeldRecord {
                            object: object.path,
                            key: key.split('\0').map(str::to_owned).collect(),
                            record: record
                                .into_iter()
                                .map(|(name, json)| (name, parsed(json.get())))
                                .collect(),
                        });
                    }
                }
                Ok(())
            })
            .expect("the store can be read");
        all
    }
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).expect("stored values are JSON")
}

async fn bytes(body: Body) -> Vec<u8> {
    let bytes = to_bytes(body, usize::MAX).await;
    bytes.expect("a body in memory ends").into()
}
