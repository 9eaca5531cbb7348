//! From keys as people write them to keys of an instance: the leads that they name by e-mail address are looked up, all at once.

use crate::api::{ApiError, Client};
use crate::manifest::is_reference_value;
use crate::model::{Key, KeyValue, ObjectKind};
use crate::observe;
use crate::plan::{Leads, Matches};

use super::written_key::{WrittenKey, WrittenKeyPart};

/// The lead field that an `@` stands for.
const EMAIL: &str = "email";

/// What a written key stands for in an instance.
#[derive(Clone, Debug)]
pub enum ResolvedKey {
    Whole(Key),
    /// All records whose keys begin with this one.
    Parent(Key),
    NoLead(NoLead),
}

/// An e-mail address that does not name exactly one lead.
#[derive(Clone, Debug)]
pub struct NoLead {
    email: Box<str>,
    found: Matches,
}

/// Looks up the leads that these keys name by their addresses, in batches, and says what each key stands for.
///
/// # Errors
/// The leads cannot be read.
pub async fn resolve(
    kind: &ObjectKind,
    written: &[WrittenKey],
    client: &Client,
) -> Result<Vec<ResolvedKey>, ApiError> {
    let parts = written.iter().flat_map(|key| &key.parts);
    let emails = parts.filter_map(|part| match part {
        // An address that no search can name finds no lead.
        WrittenKeyPart::Email(email) if is_reference_value(email) => Some((EMAIL, &**email)),
        WrittenKeyPart::Email(_) | WrittenKeyPart::Text(_) | WrittenKeyPart::Lead(_) => None,
    });
    let leads = observe::find_leads(client, emails).await?;
    let resolved = written.iter().map(|key| key.resolved(kind, &leads));
    Ok(resolved.collect())
}

impl WrittenKey {
    fn resolved(&self, kind: &ObjectKind, leads: &Leads) -> ResolvedKey {
        let values: Result<Vec<KeyValue>, NoLead> =
            self.parts.iter().map(|part| part.value(leads)).collect();
        match values {
            Err(no_lead) => ResolvedKey::NoLead(no_lead),
            Ok(values) if values.len() == kind.key.len() => ResolvedKey::Whole(Key::new(values)),
            Ok(values) => ResolvedKey::Parent(Key::new(values)),
        }
    }
}

impl WrittenKeyPart {
    fn value(&self, leads: &Leads) -> Result<KeyValue, NoLead> {
        let email = match self {
            Self::Text(text) => return Ok(KeyValue::Text(text.clone())),
            Self::Lead(id) => return Ok(KeyValue::Lead(*id)),
            Self::Email(email) => email,
        };
        match leads.matches(EMAIL, email) {
            Some(Matches::Ids(ids)) if ids.len() == 1 => Ok(KeyValue::Lead(ids[0])),
            found => Err(NoLead {
                email: email.clone(),
                found: found.cloned().unwrap_or(Matches::Ids(Vec::new())),
            }),
        }
    }
}

impl NoLead {
    /// Why the address does not name a lead of the instance with this name.
    #[must_use]
    pub fn message(&self, instance: &str) -> String {
        let email = &self.email;
        match &self.found {
            Matches::Refused(message) => {
                format!("{instance} cannot search for the e-mail address {email}: {message}")
            }
            Matches::Ids(ids) if ids.is_empty() => {
                format!("no lead of {instance} has the e-mail address {email}")
            }
            Matches::Ids(_) => {
                format!("more than one lead of {instance} has the e-mail address {email}")
            }
        }
    }

    /// The way out, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match &self.found {
            Matches::Ids(ids) if !ids.is_empty() => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                Some(format!("name one by its id: {}", ids.join(", ")))
            }
            Matches::Ids(_) | Matches::Refused(_) => None,
        }
    }
}
