//! What a call has beside its records, in its JSON body, its form or its URL: the members of such a call, those that surely mean
//! another call, and unknown ones.
//!
//! A member that is ignored can change what a call does: a query that forgot `_method=GET` is a sync of its records, and a
//! delete by `dedupeBy` deletes by keys. So the simulator refuses these two, as far as the switches say so.

use crate::simulator::answers::{Answers, DedupeByInDelete, QueryInSync, UnknownMember};
use crate::simulator::wire::codes::CallFailure;
use crate::simulator::wire::ignored::IgnoredMembers;
use crate::simulator::wire::request::{JsonMembers, ReceivedCall};

/// Which members a call can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum CallKind {
    Query,
    Sync,
    LeadSync,
    Delete,
}

/// The parameters of queries. Only queries have them.
const OF_QUERIES: [&str; 5] = [
    "filterType",
    "filterValues",
    "fields",
    "batchSize",
    "nextPageToken",
];
/// The parameters of every call. The first names the method, and a switch decides about the second.
const OF_ALL: [&str; 2] = ["_method", "access_token"];

impl CallKind {
    fn operation(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Sync | Self::LeadSync => "sync",
            Self::Delete => "delete",
        }
    }

    /// The members of a JSON body. Source: Adobe REST documentation, "Opportunities", "Opportunity Roles" and "Leads".
    fn members(self) -> &'static [&'static str] {
        match self {
            Self::Query => &[
                "filterType",
                "fields",
                "batchSize",
                "nextPageToken",
                "input",
            ],
            Self::Sync => &["action", "dedupeBy", "input"],
            Self::LeadSync => &[
                "action",
                "asyncProcessing",
                "lookupField",
                "partitionName",
                "input",
            ],
            Self::Delete => &["deleteBy", "input"],
        }
    }

    /// The parameters of a URL or a form.
    fn has_parameter(self, name: &str) -> bool {
        OF_ALL.contains(&name) || (self == Self::Query && OF_QUERIES.contains(&name))
    }

    /// Refuses a call that surely means another one, and notes the members that such a call does not have. `body` is its JSON.
    pub(in crate::simulator) fn check(
        self,
        answers: &Answers,
        call: &ReceivedCall,
        body: Option<&JsonMembers>,
        ignored: &IgnoredMembers,
    ) -> Result<(), CallFailure> {
        let has = |name: &str| {
            body.is_some_and(|body| body.contains_key(name)) || call.params.get(name).is_some()
        };
        let is_sync = matches!(self, Self::Sync | Self::LeadSync);
        if answers.query_in_sync == QueryInSync::Refused
            && is_sync
            && let Some(name) = OF_QUERIES.into_iter().find(|name| has(name))
        {
            let message = format!("'{name}' is for queries, which need _method=GET in the URL");
            return Err(CallFailure::invalid(message));
        }
        if answers.dedupe_by_in_delete == DedupeByInDelete::Refused
            && self == Self::Delete
            && has("dedupeBy")
        {
            let message = "A delete has no 'dedupeBy'; its member is 'deleteBy'";
            return Err(CallFailure::invalid(message));
        }
        let members = body.into_iter().flat_map(JsonMembers::keys);
        let members = members.filter(|name| !self.members().contains(&name.as_str()));
        let parameters = call.params.names();
        let parameters = parameters.filter(|name| !self.has_parameter(name));
        for name in members.map(String::as_str).chain(parameters) {
            match answers.unknown_member {
                UnknownMember::Ignored => ignored.note(&call.path, self.operation(), name),
                UnknownMember::Refused => {
                    return Err(CallFailure::invalid(format!("Unknown member '{name}'")));
                }
            }
        }
        Ok(())
    }
}
