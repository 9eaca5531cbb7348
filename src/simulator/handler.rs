//! One call from its arrival to its answer: the order in which it can be refused.
//!
//! Path (610), method (605), size (414, 413), token (600 to 602), daily quota (607), rate (606),
//! calls at once (615), content type (612), JSON (609), and then the rules of the operation. All
//! but the sizes are answered with HTTP 200. Source: Adobe REST documentation, "Error codes"; the
//! order itself is inferred.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Version;
use axum::http::request::Parts;
use axum::response::Response;

use super::Clock;
use super::calls::{Answer, Call as Logged, Calls, Operation};
use super::codes::Failure;
use super::connection::Line;
use super::delete::Delete;
use super::faults::{FaultKind, Faults, Moment, Skip, alter, answer};
use super::kinds::{LEAD, Object};
use super::leads::LeadSync;
use super::limits::Meter;
use super::lookup::Cursor;
use super::paging;
use super::query::Query;
use super::reply::{self, Reply};
use super::request::{self, Call, Params, effective_method};
use super::routes::{self, Endpoint};
use super::schema::{Schemas, schema_row};
use super::store::Store;
use super::sync::Sync;
use super::tokens::Tokens;

/// All that the calls share.
pub(super) struct App {
    /// Taken out at shutdown.
    pub store: RwLock<Option<Store>>,
    /// Shared by the calls that run; the shutdown takes it alone, and so waits for them.
    pub running: tokio::sync::RwLock<()>,
    pub schemas: Schemas,
    pub tokens: Tokens,
    pub meter: Arc<Meter>,
    pub faults: Faults,
    pub calls: Calls,
    pub clock: Clock,
    pub latency: Duration,
    /// The number of the next request.
    pub requests: AtomicU64,
}

/// Answers one call.
pub(super) async fn handle(
    State(app): State<Arc<App>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = app.request_id();
    let mut operation = Operation::Unknown;
    let outcome = respond(&app, &parts, body, &request_id, &mut operation).await;
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
        reply::failure(&request_id, &failure)
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
    let endpoint = routes::find(path).ok_or_else(|| Failure::code("610"))?;
    let method = effective_method(&parts.method, &Params::of_query(parts.uri.query()))?;
    let named = |method| {
        let found = endpoint.operation(method);
        found.ok_or_else(|| Failure::method(method.as_str()))
    };
    *operation = named(&method)?;
    let call = request::read(parts, body).await?;
    let _running = app.running.read().await;
    // A form may hold `_method` too.
    *operation = named(&call.method)?;
    if *operation == Operation::Identity {
        let fault = app.faults.take(path, *operation, &call);
        gate(app, fault.as_ref()).await?;
        let granted = app.tokens.grant(&call.params, app.clock.now());
        return after(fault.as_ref(), granted);
    }
    app.tokens
        .check(&parts.headers, &call.params, app.clock.now())?;
    let slot = app.meter.admit(app.clock.now())?;
    let fault = app.faults.take(path, *operation, &call);
    let outcome = match gate(app, fault.as_ref()).await {
        Ok(()) => {
            let done = execute(app, endpoint, *operation, call, fault.as_ref()).await;
            after(fault.as_ref(), done)
        }
        Err(failure) => Err(failure),
    };
    if let Err(Failure::Refused(_)) = outcome {
        slot.refund();
    }
    outcome.map(|done| reply::success(request_id, &done))
}

/// The latency, and the faults that strike before anything is executed.
async fn gate(app: &App, fault: Option<&FaultKind>) -> Result<(), Failure> {
    let mut pause = app.latency;
    let stop = match fault {
        Some(FaultKind::Answer { code, message }) => Some(answer(code, message.as_deref())),
        Some(FaultKind::Break {
            how,
            when: Moment::BeforeCommit,
        }) => Some(how.failure()),
        Some(FaultKind::Delay(more)) => {
            pause += *more;
            None
        }
        Some(FaultKind::Break { .. } | FaultKind::SkipRecord { .. } | FaultKind::Alter(_))
        | None => None,
    };
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    stop.map_or(Ok(()), Err)
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

async fn execute(
    app: &Arc<App>,
    endpoint: Endpoint<'_>,
    operation: Operation,
    call: Call,
    fault: Option<&FaultKind>,
) -> Result<Reply, Failure> {
    let mut reply = match endpoint {
        Endpoint::Describe(object) => Reply::of(vec![app.schemas.of(object).describe()]),
        Endpoint::SchemaFields => schema_fields(app, &call.params)?,
        Endpoint::SchemaField(name) => {
            let field = app.schemas.opportunity().field(name)?;
            Reply::of(vec![schema_row(field)])
        }
        Endpoint::Records(object) | Endpoint::Delete(object) => {
            let (app, skip) = (Arc::clone(app), Skip::of(fault));
            let work = move || records(&app, object, operation, &call, skip.as_ref());
            let done = tokio::task::spawn_blocking(work).await;
            done.map_err(|_| Failure::code("611"))??
        }
        Endpoint::Identity => return Err(Failure::code("610")),
    };
    if let Some(FaultKind::Alter(alteration)) = fault {
        alter(&mut reply, *alteration);
    }
    Ok(reply)
}

/// The operations on the store.
fn records(
    app: &App,
    object: &'static Object,
    operation: Operation,
    call: &Call,
    skip: Option<&Skip>,
) -> Result<Reply, Failure> {
    let guard = app.store.read().unwrap_or_else(PoisonError::into_inner);
    // Only while the simulator shuts down.
    let store = guard.as_ref().ok_or_else(|| Failure::code("608"))?;
    let schema = app.schemas.of(object);
    let (usage, now) = (app.meter.usage(), app.clock.now());
    match operation {
        Operation::Query => Query::parse(schema, call)?.answer(schema, store),
        Operation::Sync if object.name == LEAD.name => {
            let sync = LeadSync::parse(schema, call.body.json()?)?;
            store.write(usage, |writer| sync.apply(schema, writer, now, skip))
        }
        Operation::Sync => {
            let sync = Sync::parse(call.body.json()?)?;
            store.write(usage, |writer| sync.apply(schema, writer, now, skip))
        }
        Operation::Delete => {
            let delete = Delete::parse(call.body.json()?)?;
            store.write(usage, |writer| delete.apply(schema, writer, skip))
        }
        Operation::Identity | Operation::Describe | Operation::Schema | Operation::Unknown => {
            Err(Failure::code("610"))
        }
    }
}

/// A page of the schema endpoint.
fn schema_fields(app: &App, params: &Params) -> Result<Reply, Failure> {
    let size = paging::size(params.get("batchSize").as_deref())?;
    let from = paging::cursor(&"schema", params.get("nextPageToken").as_deref())?;
    let fields = app.schemas.opportunity().browse();
    let (start, end) = (from.step as usize, from.step as usize + size);
    let rows = fields.iter().skip(start).take(size);
    let next = (end < fields.len()).then(|| Cursor {
        step: u32::try_from(end).unwrap_or(u32::MAX),
        key: String::new(),
    });
    Ok(Reply {
        rows: rows.map(|field| schema_row(field)).collect(),
        next: next.map(|next| paging::token(&"schema", &next)),
        says_last: true,
    })
}

impl App {
    /// Two hexadecimal numbers, as on the documentation's samples; the first is never the same.
    fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{number:x}#{:x}", self.clock.now().as_millisecond())
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
