//! Records of which a plan does not know whether they are there, and what they have. They are neither there nor absent: nothing of them is
//! planned, and each is told.

use crate::model::{Declared, DeclaredPart, ObjectKind, Span};

/// A record of which nothing is planned, because it is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRecord {
    pub kind: &'static ObjectKind,
    /// The key, in the words of the manifest if one declares it.
    pub shown: Box<str>,
    /// The entry that declares it, if there is one.
    pub at: Option<Span>,
    pub why: WhyUnknown,
}

/// Why a record is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyUnknown {
    /// The entry names its lead by a field, and that lead was not looked up.
    Lead { field: Box<str>, value: Box<str> },
    /// The ledger has only claimed it: an apply ended before it knew whether the record was created.
    Claimed,
    /// Nobody has asked about it, or about what an entry names.
    NotAsked,
    /// It goes on under another key of which nothing is known.
    Renamed,
    /// An apply has written it since the snapshot was made.
    AppliedSince,
}

impl UnknownRecord {
    /// The record of an entry.
    pub(super) fn of(declared: &Declared, why: WhyUnknown) -> Self {
        Self {
            kind: declared.kind,
            shown: declared.shown_key().into(),
            at: Some(declared.at),
            why,
        }
    }

    /// The record of an entry whose lead was not looked up.
    pub(super) fn naming(declared: &Declared) -> Self {
        let mut leads = declared.key.iter().filter_map(|part| match part {
            DeclaredPart::LeadBy(lead) => Some(lead),
            DeclaredPart::Text(_) | DeclaredPart::Lead(_) => None,
        });
        let why = leads
            .next()
            .map_or(WhyUnknown::NotAsked, |lead| WhyUnknown::Lead {
                field: lead.field.to_string().into(),
                value: lead.value.to_string().into(),
            });
        Self::of(declared, why)
    }
}
