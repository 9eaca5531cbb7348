//! What a call does and to which kind: the name that errors and notices use, and the exact counts.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::ObjectKind;

/// One kind of request to the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    pub operation: Operation,
    /// The kind of the records; none for the token and for leads.
    pub kind: Option<&'static ObjectKind>,
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Identity,
    Describe,
    /// What describe does not say of the fields.
    Fields,
    Query,
    Leads,
    /// How many calls and errors there were, by everybody.
    Usage,
    Create,
    Update,
    Delete,
}

/// How many calls were sent, repeated ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Requests for a token; Marketo does not count these.
    pub identity: u64,
    pub describe: u64,
    pub fields: u64,
    pub query: u64,
    pub leads: u64,
    pub usage: u64,
    pub write: u64,
}

/// The counts while calls are made.
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

    /// The look-up of leads.
    pub(super) const LEADS: Self = Self {
        operation: Operation::Leads,
        kind: None,
    };

    /// The look at the usage.
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

    /// The permissions that the role of the API user needs for it.
    #[must_use]
    pub fn permissions(self) -> Vec<&'static str> {
        let of_kind = |needed: fn(&'static ObjectKind) -> Vec<&'static str>| {
            self.kind.map(needed).unwrap_or_default()
        };
        match self.operation {
            // No page names a permission for the usage.
            Operation::Identity | Operation::Usage => Vec::new(),
            // Endpoint reference, "Leads".
            Operation::Leads => vec!["Read-Only Lead"],
            Operation::Describe | Operation::Query => of_kind(|kind| vec![kind.permissions.read]),
            Operation::Fields => of_kind(|kind| {
                let endpoint = kind.field_schema.as_ref();
                endpoint.map_or_else(Vec::new, |endpoint| endpoint.permissions.to_vec())
            }),
            Operation::Create | Operation::Update | Operation::Delete => {
                of_kind(|kind| vec![kind.permissions.write])
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
    /// The calls that count against the instance's limits.
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
            Some(kind) => write!(f, " of {}", kind.plural),
            None => Ok(()),
        }
    }
}
