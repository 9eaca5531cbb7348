//! What a call does once it is admitted.

use std::sync::{Arc, PoisonError};

use super::state::App;
use crate::simulator::faults::effects::{Skip, alter, lose};
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
use crate::simulator::store::lookup::Cursor;
use crate::simulator::wire::call_log::Operation;
use crate::simulator::wire::codes::{Failure, Reason};
use crate::simulator::wire::reply::Reply;
use crate::simulator::wire::request::{Call, Params};
use crate::simulator::wire::routes::Endpoint;

/// Executes a call.
pub(in crate::simulator) async fn execute(
    app: &Arc<App>,
    user: &User,
    endpoint: Endpoint<'_>,
    operation: Operation,
    call: Call,
    fault: Option<&FaultKind>,
) -> Result<Reply, Failure> {
    let answers = &app.answers;
    let mut reply = match endpoint {
        Endpoint::Describe(object) => {
            let schema = app.schemas.of(object);
            Reply::of(vec![schema.describe(answers, app.instance.crm)])
        }
        Endpoint::SchemaFields => schema_fields(app, &call.params)?,
        Endpoint::SchemaField(name) => {
            let field = app.schemas.opportunity().field(name)?;
            Reply::of(vec![schema_row(field)])
        }
        Endpoint::Partitions => Reply::of(app.instance.partitions(|id| user.sees(id))),
        Endpoint::Usage(told, span) => {
            let today = app.meter.day(app.clock.now());
            Reply::of(app.meter.history().rows(answers, told, span, today))
        }
        Endpoint::Records(object) | Endpoint::Delete(object) => {
            let (of, user, fault) = (Arc::clone(app), user.clone(), fault.cloned());
            let work = move || records(&of, &user, object, operation, &call, fault.as_ref());
            #[cfg(test)]
            let inline = app.inline;
            #[cfg(not(test))]
            let inline = false;
            if inline {
                work()?
            } else {
                let done = tokio::task::spawn_blocking(work).await;
                done.map_err(|_| Failure::code("611"))??
            }
        }
        Endpoint::Identity => return Err(Failure::code("610")),
    };
    if let Some(FaultKind::Alter(alteration)) = fault {
        alter(&mut reply, *alteration);
    }
    Ok(reply)
}

/// Refuses the endpoints that native CRM sync takes away.
pub(in crate::simulator) fn check_exposed(
    app: &App,
    endpoint: Endpoint<'_>,
) -> Result<(), Failure> {
    match endpoint {
        Endpoint::Records(object) | Endpoint::Describe(object) | Endpoint::Delete(object)
            if app.instance.crm.is_on() && object.under_crm == UnderCrm::NotExposed =>
        {
            Err(Reason::of(app.answers.crm_roles.value()).into())
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

/// The operations on the store.
fn records(
    app: &App,
    user: &User,
    object: &'static Object,
    operation: Operation,
    call: &Call,
    fault: Option<&FaultKind>,
) -> Result<Reply, Failure> {
    let guard = app.store.read().unwrap_or_else(PoisonError::into_inner);
    // Only while the simulator shuts down.
    let store = guard.as_ref().ok_or_else(|| Failure::code("608"))?;
    let rules = Rules {
        answers: &app.answers,
        schema: app.schemas.of(object),
        instance: &app.instance,
        user,
        now: app.clock.now(),
    };
    let history = app.meter.history();
    let skip = Skip::of(fault);
    let skip = skip.as_ref();
    match operation {
        Operation::Query => Query::parse(rules, call)?.answer(rules, store),
        Operation::Sync if object.name == LEAD.name => {
            let sync = LeadSync::parse(rules, call.body.json()?)?;
            store.write(&history, |writer| sync.apply(rules, writer, skip))
        }
        Operation::Sync => {
            let mut sync = Sync::parse(rules.answers, call.body.json()?)?;
            lose(fault, sync.input());
            store.write(&history, |writer| sync.apply(rules, writer, skip))
        }
        Operation::Delete => {
            let delete = Delete::parse(rules.answers, call.body.json()?)?;
            store.write(&history, |writer| delete.apply(rules, writer, skip))
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
fn schema_fields(app: &App, params: &Params) -> Result<Reply, Failure> {
    let (answers, now) = (&app.answers, app.clock.now());
    let size = paging::size(answers, params.get("batchSize").as_deref())?;
    let token = params.get("nextPageToken");
    let from = paging::cursor(answers, &"schema", token.as_deref(), now)?;
    let fields = app.schemas.opportunity().browse();
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
