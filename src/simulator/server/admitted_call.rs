//! What a call does once it is admitted.

use std::sync::{Arc, PoisonError};

use super::state::App;
use crate::simulator::answers::{Answers, ServerTimeOut, TimedOutWrite};
use crate::simulator::faults::effects::{Skip, after, alter, before, delay, lose};
use crate::simulator::faults::fault::FaultKind;
use crate::simulator::instance::schema::schema_row;
use crate::simulator::instance::users::User;
use crate::simulator::objects::crm::UnderCrm;
use crate::simulator::objects::table::{LEAD, Object};
use crate::simulator::records::delete::Delete;
use crate::simulator::records::leads::LeadSync;
use crate::simulator::records::paging;
use crate::simulator::records::query::Query;
use crate::simulator::records::rules::Rules;
use crate::simulator::records::sync::Sync;
use crate::simulator::records::write::WritePass;
use crate::simulator::store::lookup::Cursor;
use crate::simulator::wire::call_log::Operation;
use crate::simulator::wire::codes::{Failure, Reason};
use crate::simulator::wire::reply::Reply;
use crate::simulator::wire::request::Call;
use crate::simulator::wire::routes::Endpoint;

/// A call that has passed the checks of token, permission and limits.
pub(in crate::simulator) struct AdmittedCall {
    pub app: Arc<App>,
    /// Whose token it brings.
    pub user: User,
    pub endpoint: Endpoint,
    pub operation: Operation,
    pub request: Call,
    /// The fault that it meets.
    pub fault: Option<FaultKind>,
}

impl AdmittedCall {
    /// Executes the call within the time that the server gives it.
    pub(in crate::simulator) async fn run(self: &Arc<Self>) -> Result<Reply, Failure> {
        let (app, fault) = (&self.app, self.fault.as_ref());
        let pause = app.latency + delay(fault);
        let limit = app.time_outs.of(&self.endpoint, self.operation);
        app.pause(pause.min(limit)).await;
        before(fault)?;
        let overdue = pause >= limit;
        if overdue && app.answers.timed_out_write == TimedOutWrite::Discarded {
            return Err(overrun(&app.answers));
        }
        self.check_exposed()?;
        let done = self.execute().await;
        if overdue {
            return Err(overrun(&app.answers));
        }
        let mut reply = after(fault, done)?;
        if let Some(FaultKind::Warn(message)) = fault {
            reply.warning = Some(message.clone());
        }
        Ok(reply)
    }

    /// Executes the call.
    pub(in crate::simulator) async fn execute(self: &Arc<Self>) -> Result<Reply, Failure> {
        let app = &self.app;
        let mut reply = match &self.endpoint {
            Endpoint::Describe(object) => {
                let schema = app.schemas.of(object);
                Reply::of(vec![schema.describe(&app.answers, app.instance.crm)])
            }
            Endpoint::SchemaFields => self.schema_fields()?,
            Endpoint::SchemaField(name) => {
                let field = app.schemas.opportunity().field(name)?;
                Reply::of(vec![schema_row(field)])
            }
            Endpoint::Partitions => Reply::of(app.instance.partitions(|id| self.user.sees(id))),
            Endpoint::Usage(told, span) => {
                let today = app.meter.day(app.clock.now());
                let history = app.meter.history();
                Reply::of(history.rows(&app.answers, *told, *span, today))
            }
            Endpoint::Records(object) | Endpoint::Delete(object) => self.on_store(object).await?,
            Endpoint::Identity => return Err(Failure::code("610")),
        };
        if let Some(FaultKind::Alter(alteration)) = self.fault {
            alter(&mut reply, alteration);
        }
        Ok(reply)
    }

    /// Refuses the endpoints that native CRM sync takes away.
    fn check_exposed(&self) -> Result<(), Failure> {
        match self.endpoint {
            Endpoint::Records(object) | Endpoint::Describe(object) | Endpoint::Delete(object)
                if self.app.instance.crm.is_on() && object.under_crm == UnderCrm::NotExposed =>
            {
                Err(Reason::of(self.app.answers.crm_roles.value()).into())
            }
            Endpoint::Identity
            | Endpoint::Describe(_)
            | Endpoint::Records(_)
            | Endpoint::Delete(_)
            | Endpoint::SchemaFields
            | Endpoint::SchemaField(_)
            | Endpoint::Partitions
            | Endpoint::Usage(..) => Ok(()),
        }
    }

    /// Runs an operation on the store, on a thread that may block.
    async fn on_store(self: &Arc<Self>, object: &'static Object) -> Result<Reply, Failure> {
        if self.app.inline {
            return self.records(object);
        }
        let call = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || call.records(object)).await;
        done.map_err(|_| Failure::code("611"))?
    }

    /// The operations on the store.
    fn records(&self, object: &'static Object) -> Result<Reply, Failure> {
        let app = &self.app;
        let guard = app.store.read().unwrap_or_else(PoisonError::into_inner);
        // Only while the simulator shuts down.
        let store = guard.as_ref().ok_or_else(|| Failure::code("608"))?;
        let rules = Rules {
            answers: &app.answers,
            schema: app.schemas.of(object),
            instance: &app.instance,
            user: &self.user,
            now: app.clock.now(),
        };
        let history = app.meter.history();
        let skip = Skip::of(self.fault.as_ref());
        let skip = skip.as_ref();
        let body = &self.request.body;
        match self.operation {
            Operation::Query => Query::parse(rules, &self.request)?.answer(rules, store),
            Operation::Sync if object.name == LEAD.name => {
                let sync = LeadSync::parse(rules, body.json()?)?;
                store.write(&history, |writer| {
                    sync.apply(WritePass::new(rules, writer, skip))
                })
            }
            Operation::Sync => {
                let mut sync = Sync::parse(rules.answers, body.json()?)?;
                lose(self.fault.as_ref(), sync.input());
                store.write(&history, |writer| {
                    sync.apply(WritePass::new(rules, writer, skip))
                })
            }
            Operation::Delete => {
                let delete = Delete::parse(rules.answers, body.json()?)?;
                store.write(&history, |writer| {
                    delete.apply(WritePass::new(rules, writer, skip))
                })
            }
            Operation::Identity
            | Operation::Describe
            | Operation::Schema
            | Operation::Partitions
            | Operation::Usage
            | Operation::Unknown => Err(Failure::code("610")),
        }
    }

    /// A page of the schema endpoint.
    fn schema_fields(&self) -> Result<Reply, Failure> {
        let (answers, now) = (&self.app.answers, self.app.clock.now());
        let params = &self.request.params;
        let size = paging::size(answers, params.get("batchSize").as_deref())?;
        let token = params.get("nextPageToken");
        let from = paging::cursor(answers, &"schema", token.as_deref(), now)?;
        let fields = self.app.schemas.opportunity().browse();
        let (start, end) = (from.step as usize, from.step as usize + size);
        let rows = fields.iter().skip(start).take(size);
        let next = (end < fields.len()).then(|| Cursor {
            step: u32::try_from(end).unwrap_or(u32::MAX),
            key: String::new(),
        });
        Ok(Reply {
            rows: rows.map(|field| schema_row(field)).collect(),
            next: next.map(|next| paging::token(&"schema", &next, now)),
            says_last: true,
            warning: None,
        })
    }
}

/// The answer to a call that takes too long.
fn overrun(answers: &Answers) -> Failure {
    match answers.server_time_out {
        ServerTimeOut::TimeOut => Failure::code("604"),
        ServerTimeOut::Gateway => Failure::Gateway(502),
    }
}
