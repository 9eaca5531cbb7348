//! The execution of a call after its checks.

use std::sync::{Arc, PoisonError};

use super::state::ServerState;
use crate::simulator::answers::{Answers, ServerTimeOut, TimedOutWrite};
use crate::simulator::faults::effects::{SkippedRecord, after, alter, before, delay, lose};
use crate::simulator::faults::fault::FaultKind;
use crate::simulator::instance::schema::schema_row;
use crate::simulator::instance::users::ApiUser;
use crate::simulator::objects::crm::UnderCrm;
use crate::simulator::objects::object_type::ObjectType;
use crate::simulator::objects::table::LEAD;
use crate::simulator::records::delete::DeleteCall;
use crate::simulator::records::leads::LeadSyncCall;
use crate::simulator::records::paging;
use crate::simulator::records::query::QueryCall;
use crate::simulator::records::rules::Rules;
use crate::simulator::records::sync::SyncCall;
use crate::simulator::records::write::{WriteCall, WritePass};
use crate::simulator::store::lookup::Cursor;
use crate::simulator::store::record_store::RecordStore;
use crate::simulator::wire::call_log::CallOperation;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::reply::ResultPage;
use crate::simulator::wire::request::ReceivedCall;
use crate::simulator::wire::routes::Endpoint;

/// A call that has passed the checks of token, permission and limits.
pub(in crate::simulator) struct AdmittedCall {
    pub state: Arc<ServerState>,
    /// The user whose token the call has.
    pub user: ApiUser,
    pub endpoint: Endpoint,
    pub operation: CallOperation,
    pub request: ReceivedCall,
    /// The fault that hits the call.
    pub fault: Option<FaultKind>,
}

impl AdmittedCall {
    /// Executes the call within the server's time limit.
    pub(in crate::simulator) async fn run(self: &Arc<Self>) -> Result<ResultPage, CallFailure> {
        let (state, fault) = (&self.state, self.fault.as_ref());
        let pause = state.latency + delay(fault);
        let limit = state.time_outs.of(&self.endpoint, self.operation);
        state.pause(pause.min(limit)).await;
        before(fault)?;
        let overdue = pause >= limit;
        if overdue && state.answers.timed_out_write == TimedOutWrite::Discarded {
            return Err(overrun(&state.answers));
        }
        self.check_exposed()?;
        let done = self.execute().await;
        if overdue {
            return Err(overrun(&state.answers));
        }
        let mut reply = after(fault, done)?;
        if let Some(FaultKind::Warn(message)) = fault {
            reply.warning = Some(message.clone());
        }
        Ok(reply)
    }

    /// Executes the call.
    pub(in crate::simulator) async fn execute(self: &Arc<Self>) -> Result<ResultPage, CallFailure> {
        let state = &self.state;
        let mut reply = match &self.endpoint {
            Endpoint::Describe(object) => {
                let schema = state.schemas.of(object);
                let described = schema.describe(&state.answers, state.instance.crm);
                ResultPage::of(described.into_iter().collect())
            }
            Endpoint::SchemaFields(object) => self.schema_fields(object)?,
            Endpoint::SchemaField(object, name) => {
                let field = state.schemas.of(object).field(name)?;
                ResultPage::of(vec![schema_row(field)])
            }
            Endpoint::Partitions => {
                ResultPage::of(state.instance.partitions(|id| self.user.sees(id)))
            }
            Endpoint::Usage(topic, span) => {
                let today = state.meter.day(state.clock.now());
                let history = state.meter.history();
                ResultPage::of(history.rows(&state.answers, *topic, *span, today))
            }
            Endpoint::Records(object) | Endpoint::Delete(object) => self.on_store(object).await?,
            Endpoint::Identity => return Err(CallFailure::code("610")),
        };
        if let Some(FaultKind::Alter(alteration)) = self.fault {
            alter(&mut reply, alteration);
        }
        Ok(reply)
    }

    /// Refuses the endpoints that do not exist while native CRM sync is on.
    fn check_exposed(&self) -> Result<(), CallFailure> {
        match self.endpoint {
            Endpoint::Records(object) | Endpoint::Describe(object) | Endpoint::Delete(object)
                if self.state.instance.crm.is_on() && object.under_crm == UnderCrm::NotExposed =>
            {
                Err(CodedReason::of(self.state.answers.crm_roles.value()).into())
            }
            Endpoint::Identity
            | Endpoint::Describe(_)
            | Endpoint::Records(_)
            | Endpoint::Delete(_)
            | Endpoint::SchemaFields(_)
            | Endpoint::SchemaField(..)
            | Endpoint::Partitions
            | Endpoint::Usage(..) => Ok(()),
        }
    }

    /// Runs an operation on the store, on a thread that can block.
    async fn on_store(
        self: &Arc<Self>,
        object: &'static ObjectType,
    ) -> Result<ResultPage, CallFailure> {
        if self.state.inline {
            return self.records(object);
        }
        let call = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || call.records(object)).await;
        done.map_err(|_| CallFailure::code("611"))?
    }

    /// The operations on the store.
    fn records(&self, object: &'static ObjectType) -> Result<ResultPage, CallFailure> {
        let state = &self.state;
        let guard = state.store.read().unwrap_or_else(PoisonError::into_inner);
        // There is no store while the simulator shuts down.
        let store = guard.as_ref().ok_or_else(|| CallFailure::code("608"))?;
        let rules = Rules {
            answers: &state.answers,
            schema: state.schemas.of(object),
            instance: &state.instance,
            user: &self.user,
            now: state.clock.now(),
        };
        let (request, ignored) = (&self.request, &state.ignored);
        match self.operation {
            CallOperation::Query => QueryCall::parse(rules, request, ignored)?.answer(rules, store),
            CallOperation::Sync if object.name == LEAD.name => {
                let sync = LeadSyncCall::parse(rules, request, ignored)?;
                self.write(store, rules, &sync)
            }
            CallOperation::Sync => {
                let mut sync = SyncCall::parse(rules.answers, request, ignored)?;
                lose(self.fault.as_ref(), sync.input_mut());
                self.write(store, rules, &sync)
            }
            CallOperation::Delete => {
                let delete = DeleteCall::parse(rules.answers, request, ignored)?;
                self.write(store, rules, &delete)
            }
            CallOperation::Identity
            | CallOperation::Describe
            | CallOperation::Schema
            | CallOperation::Partitions
            | CallOperation::Usage
            | CallOperation::Unknown => Err(CallFailure::code("610")),
        }
    }

    /// Executes a write as one transaction.
    fn write(
        &self,
        store: &RecordStore,
        rules: Rules<'_>,
        call: &impl WriteCall,
    ) -> Result<ResultPage, CallFailure> {
        let skipped = SkippedRecord::of(self.fault.as_ref());
        store.write(&self.state.meter.history(), |writer| {
            WritePass::new(rules, writer, skipped.as_ref()).run(call)
        })
    }

    /// A page of the schema endpoint.
    fn schema_fields(&self, object: &ObjectType) -> Result<ResultPage, CallFailure> {
        let (answers, now) = (&self.state.answers, self.state.clock.now());
        let params = &self.request.params;
        let size = paging::size(answers, params.get("batchSize").as_deref())?;
        let token = params.get("nextPageToken");
        let query = ("schema", object.name);
        let from = paging::cursor(answers, &query, token.as_deref(), now)?;
        let fields = self.state.schemas.of(object).browse();
        let (start, end) = (from.step as usize, from.step as usize + size);
        let rows = fields.iter().skip(start).take(size);
        let next = (end < fields.len()).then(|| Cursor {
            step: u32::try_from(end).unwrap_or(u32::MAX),
            key: String::new(),
        });
        Ok(ResultPage {
            rows: rows.map(|field| schema_row(field)).collect(),
            next: next.map(|next| paging::token(&query, &next, now)),
            says_last: true,
            warning: None,
        })
    }
}

/// The answer to a call that took too long.
fn overrun(answers: &Answers) -> CallFailure {
    match answers.server_time_out {
        ServerTimeOut::TimeOut => CallFailure::code("604"),
        ServerTimeOut::Gateway => CallFailure::Gateway(502),
    }
}
