//! The paths of the API and their methods.

use axum::http::Method;

use super::call_log::CallOperation;
use crate::simulator::objects::table::{LEAD, OPPORTUNITY, ObjectType, ROLE};

/// What a path refers to.
#[derive(Clone)]
pub(in crate::simulator) enum Endpoint {
    Identity,
    Describe(&'static ObjectType),
    Records(&'static ObjectType),
    Delete(&'static ObjectType),
    SchemaFields,
    SchemaField(String),
    /// The partitions of leads.
    Partitions,
    Usage(UsageTopic, UsageSpan),
}

const USAGE: [(&str, UsageTopic, UsageSpan); 4] = [
    ("stats/usage", UsageTopic::Calls, UsageSpan::Today),
    ("stats/usage/last7days", UsageTopic::Calls, UsageSpan::Week),
    ("stats/errors", UsageTopic::Errors, UsageSpan::Today),
    (
        "stats/errors/last7days",
        UsageTopic::Errors,
        UsageSpan::Week,
    ),
];

/// The endpoint of a path.
pub(in crate::simulator) fn find(path: &str) -> Option<Endpoint> {
    if path == "/identity/oauth/token" {
        return Some(Endpoint::Identity);
    }
    find_below_rest(path.strip_prefix("/rest/v1/")?.strip_suffix(".json")?)
}

/// The endpoint of a path below `/rest/v1/`, without `.json`.
fn find_below_rest(path: &str) -> Option<Endpoint> {
    if path == LEAD.path {
        return Some(Endpoint::Records(&LEAD));
    }
    if path == "leads/partitions" {
        return Some(Endpoint::Partitions);
    }
    if let Some((_, topic, span)) = USAGE.iter().find(|(known, ..)| *known == path) {
        return Some(Endpoint::Usage(*topic, *span));
    }
    for object in [&OPPORTUNITY, &ROLE] {
        match path.strip_prefix(object.path) {
            Some("") => return Some(Endpoint::Records(object)),
            Some("/describe") => return Some(Endpoint::Describe(object)),
            Some("/delete") => return Some(Endpoint::Delete(object)),
            _ => {}
        }
    }
    let schema = path
        .strip_prefix(OPPORTUNITY.path)?
        .strip_prefix("/schema/fields")?;
    match schema.strip_prefix('/') {
        Some(name) => Some(Endpoint::SchemaField(name.to_owned())),
        None => schema.is_empty().then_some(Endpoint::SchemaFields),
    }
}

impl Endpoint {
    /// Whether the records of this endpoint are leads.
    pub(in crate::simulator) fn is_of_leads(&self) -> bool {
        matches!(self, Self::Records(object) if object.name == LEAD.name)
    }

    /// The operation of a method; `None` if the endpoint does not have the method.
    pub(in crate::simulator) fn operation(&self, method: &Method) -> Option<CallOperation> {
        let (get, post) = (*method == Method::GET, *method == Method::POST);
        match self {
            Self::Identity => (get || post).then_some(CallOperation::Identity),
            Self::Describe(_) => get.then_some(CallOperation::Describe),
            Self::Records(_) if get => Some(CallOperation::Query),
            Self::Records(_) => post.then_some(CallOperation::Sync),
            Self::Delete(_) => post.then_some(CallOperation::Delete),
            Self::SchemaFields | Self::SchemaField(_) => get.then_some(CallOperation::Schema),
            Self::Partitions => get.then_some(CallOperation::Partitions),
            Self::Usage(..) => get.then_some(CallOperation::Usage),
        }
    }
}

/// What a usage endpoint counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum UsageTopic {
    Calls,
    Errors,
}

/// The days that a usage endpoint lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum UsageSpan {
    Today,
    Week,
}
