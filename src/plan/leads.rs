//! The leads that were looked up in an instance.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::{DeclaredPart, Desired, LeadReference, Problem};

/// The leads that were looked up in an instance, by field and value.
#[derive(Clone, Debug, Default)]
pub struct Leads {
    found: HashMap<(Box<str>, Box<str>), Matches>,
    /// The ids that were looked for and are not there.
    missing: BTreeSet<i64>,
    /// Why ids could not be looked for, if they could not.
    pub unchecked: Option<Box<str>>,
}

/// What was found for one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matches {
    /// The ids of the leads with that value, in ascending order.
    Ids(Vec<i64>),
    /// The instance refused to search; its own words.
    Refused(String),
    /// Nobody has looked: it is not known which leads have it.
    Unread,
}

impl Leads {
    /// The leads of these entries, none of which was looked up.
    #[must_use]
    pub fn unread(desired: &Desired) -> Self {
        let mut leads = Self::default();
        for part in desired.needed().flat_map(|declared| &declared.key) {
            match part {
                DeclaredPart::LeadBy(lead) => {
                    leads.insert(&lead.field, &lead.value, Matches::Unread);
                }
                DeclaredPart::Text(_) | DeclaredPart::Lead(_) => {}
            }
        }
        leads
    }

    /// Whether the leads that a part of a key names were not looked up.
    pub(super) fn is_unread(&self, part: &DeclaredPart) -> bool {
        match part {
            DeclaredPart::LeadBy(lead) => self.get(lead) == Some(&Matches::Unread),
            DeclaredPart::Text(_) | DeclaredPart::Lead(_) => false,
        }
    }

    /// Keeps the answer for one field and value.
    pub fn insert(&mut self, field: &str, value: &str, matches: Matches) {
        self.found
            .insert((field.into(), Self::folded(value)), matches);
    }

    /// What was found for a reference; nothing if it was not looked up.
    #[must_use]
    pub fn get(&self, reference: &LeadReference) -> Option<&Matches> {
        self.matches(&reference.field, &reference.value)
    }

    /// What was found for a field and value; nothing if they were not looked up.
    #[must_use]
    pub fn matches(&self, field: &str, value: &str) -> Option<&Matches> {
        self.found.get(&(field.into(), Self::folded(value)))
    }

    /// Keeps that there are no leads with these ids.
    pub fn miss(&mut self, ids: impl IntoIterator<Item = i64>) {
        self.missing.extend(ids);
    }

    /// Whether a lead was looked for by its id and is not there.
    pub(super) fn is_missing(&self, id: i64) -> bool {
        self.missing.contains(&id)
    }

    /// The ids of the leads that were found by the value of a field.
    pub(super) fn found_ids(&self) -> HashSet<i64> {
        let ids = self.found.values().filter_map(|matches| match matches {
            Matches::Ids(ids) => Some(ids),
            Matches::Refused(_) | Matches::Unread => None,
        });
        ids.flatten().copied().collect()
    }

    /// A value as Marketo compares it: e-mail addresses come back in any letter case.
    #[must_use]
    pub fn folded(value: &str) -> Box<str> {
        value.trim().to_lowercase().into()
    }

    /// The id of the one lead that a reference names.
    pub(super) fn id(&self, reference: &LeadReference) -> Result<i64, Problem> {
        let (field, value) = (reference.field.to_string(), reference.value.to_string());
        match self.get(reference) {
            Some(Matches::Ids(ids)) => match **ids {
                [id] => Ok(id),
                [] => Err(Problem::UnknownLead { field, value }),
                [_, ..] => Err(Problem::AmbiguousLead {
                    field,
                    value,
                    ids: ids.clone(),
                }),
            },
            Some(Matches::Refused(message)) => Err(Problem::UnsearchableLeadField {
                field,
                message: message.clone(),
            }),
            Some(Matches::Unread) | None => Err(Problem::UnknownLead { field, value }),
        }
    }
}
