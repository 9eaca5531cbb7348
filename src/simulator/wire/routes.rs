//! The paths of the API and their methods.

use axum::http::Method;

use super::call_log::CallOperation;
use crate::simulator::objects::object_type::ObjectType;
use crate::simulator::objects::table::{LEAD, OBJECTS};

/// What a path refers to.
#[derive(Clone)]
pub(in crate::simulator) enum Endpoint {
    Identity,
    Describe(&'static ObjectType),
    Records(&'static ObjectType),
    Delete(&'static ObjectType),
    SchemaFields(&'static ObjectType),
    SchemaField(&'static ObjectType, String),
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
    if path == "leads/partitions" {
        return Some(Endpoint::Partitions);
    }
    if let Some((_, topic, span)) = USAGE.iter().find(|(known, ..)| *known == path) {
        return Some(Endpoint::Usage(*topic, *span));
    }
    OBJECTS.into_iter().find_map(|object| {
        let below = path.strip_prefix(object.path)?;
        match below {
            "" => Some(Endpoint::Records(object)),
            "/describe" if object.describe.is_some() => Some(Endpoint::Describe(object)),
            "/delete" if object.describe.is_some() => Some(Endpoint::Delete(object)),
            "/schema/fields" if object.field_endpoints => Some(Endpoint::SchemaFields(object)),
            _ if object.field_endpoints => {
                let name = below.strip_prefix("/schema/fields/")?;
                Some(Endpoint::SchemaField(object, name.to_owned()))
            }
            _ => None,
        }
    })
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
            Self::SchemaFields(_) | Self::SchemaField(..) => get.then_some(CallOperation::Schema),
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
