//! The kinds of calls, by which errors and notices name a call, and their counts.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::ObjectKind;

/// One kind of request to the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    pub operation: Operation,
    /// The kind of the records. `None` for identity, leads and usage.
    pub kind: Option<&'static ObjectKind>,
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Identity,
    Describe,
    /// The schema endpoints, which know more about fields than describe.
    Fields,
    Query,
    Leads,
    /// The number of calls and errors of all integrations.
    Usage,
    Create,
    Update,
    Delete,
}

/// The number of calls sent, repeated ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Requests for a token. They do not count against Marketo's limits.
    pub identity: u64,
    pub describe: u64,
    pub fields: u64,
    pub query: u64,
    pub leads: u64,
    pub usage: u64,
    pub write: u64,
}

/// How many calls may still be sent.
#[derive(Debug)]
pub(super) struct CallBudget {
    /// The number of calls for the whole run, if there is one.
    limit: Option<u64>,
    left: AtomicU64,
}

/// Counts calls while they are made.
#[derive(Debug, Default)]
pub(super) struct Counter {
    identity: AtomicU64,
    describe: AtomicU64,
    fields: AtomicU64,
    query: AtomicU64,
    leads: AtomicU64,
    usage: AtomicU64,
    write: AtomicU64,
}

impl Call {
    /// The request for a token.
    pub(super) const IDENTITY: Self = Self {
        operation: Operation::Identity,
        kind: None,
    };

    /// The query of leads.
    pub(super) const LEADS: Self = Self {
        operation: Operation::Leads,
        kind: None,
    };

    /// The query of the usage.
    pub(super) const USAGE: Self = Self {
        operation: Operation::Usage,
        kind: None,
    };

    pub(super) fn new(operation: Operation, kind: &'static ObjectKind) -> Self {
        Self {
            operation,
            kind: Some(kind),
        }
    }

    /// Whether the call changes records.
    #[must_use]
    pub fn writes(self) -> bool {
        match self.operation {
            Operation::Create | Operation::Update | Operation::Delete => true,
            Operation::Identity
            | Operation::Describe
            | Operation::Fields
            | Operation::Query
            | Operation::Leads
            | Operation::Usage => false,
        }
    }

    /// The permissions that the role of the API user needs for the call.
    #[must_use]
    pub fn permissions(self) -> Vec<&'static str> {
        match (self.operation, self.kind) {
            // No page names a permission for the usage.
            (Operation::Identity | Operation::Usage, _) => Vec::new(),
            // Endpoint reference, "Leads".
            (Operation::Leads, _) => vec!["Read-Only Lead"],
            (_, None) => Vec::new(),
            (Operation::Describe | Operation::Query, Some(kind)) => vec![kind.permissions.read],
            (Operation::Fields, Some(kind)) => match &kind.field_schema {
                Some(endpoint) => endpoint.permissions.to_vec(),
                None => Vec::new(),
            },
            (Operation::Create | Operation::Update | Operation::Delete, Some(kind)) => {
                vec![kind.permissions.write]
            }
        }
    }
}

impl Operation {
    fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Describe => "describe",
            Self::Fields => "fields",
            Self::Query => "query",
            Self::Leads => "query of leads",
            Self::Usage => "usage",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl Calls {
    /// The number of calls that count against Marketo's limits.
    #[must_use]
    pub fn counted(self) -> u64 {
        let Self {
            identity: _,
            describe,
            fields,
            query,
            leads,
            usage,
            write,
        } = self;
        describe + fields + query + leads + usage + write
    }
}

impl CallBudget {
    pub(super) fn new(limit: Option<u64>) -> Self {
        Self {
            limit,
            left: AtomicU64::new(limit.unwrap_or(u64::MAX)),
        }
    }

    /// The limit, if all of its calls are sent.
    pub(super) fn used_up(&self) -> Option<u64> {
        self.limit
            .filter(|_| self.left.load(Ordering::Relaxed) == 0)
    }

    /// Takes one call, or returns the limit that is used up.
    pub(super) fn take(&self) -> Result<(), u64> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let one_less = |left: u64| left.checked_sub(1);
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        let taken = self.left.fetch_update(set, fetch, one_less);
        taken.map(drop).map_err(|_| limit)
    }
}

impl Counter {
    pub(super) fn count(&self, operation: Operation) {
        let counter = match operation {
            Operation::Identity => &self.identity,
            Operation::Describe => &self.describe,
            Operation::Fields => &self.fields,
            Operation::Query => &self.query,
            Operation::Leads => &self.leads,
            Operation::Usage => &self.usage,
            Operation::Create | Operation::Update | Operation::Delete => &self.write,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Calls {
        let Self {
            identity,
            describe,
            fields,
            query,
            leads,
            usage,
            write,
        } = self;
        Calls {
            identity: identity.load(Ordering::Relaxed),
            describe: describe.load(Ordering::Relaxed),
            fields: fields.load(Ordering::Relaxed),
            query: query.load(Ordering::Relaxed),
            leads: leads.load(Ordering::Relaxed),
            usage: usage.load(Ordering::Relaxed),
            write: write.load(Ordering::Relaxed),
        }
    }
}

impl fmt::Display for Call {
    /// "query of roles"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation.word())?;
        match self.kind {
            Some(kind) => write!(f, " of {}", kind.nouns),
            None => Ok(()),
        }
    }
}
