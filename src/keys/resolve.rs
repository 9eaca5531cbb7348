//! From keys as people write them to keys of an instance: the leads that they name by e-mail address are looked up, all at once, and
//! so are the records that tell which reading of a key is meant.

use std::collections::HashSet;

use crate::api::{ApiError, Client, Filter, MAX_RECORDS};
use crate::manifest::is_reference_value;
use crate::model::{FoldedKey, Key, KeyValue, ObjectKind, Schema};
use crate::observe;
use crate::plan::{Leads, Matches, parent_of};

use super::exact::plain_form;
use super::key_part::WrittenKeyPart;
use super::written_key::{KeyPlace, WrittenKey};

/// The lead field that an `@` stands for.
const EMAIL: &str = "email";

/// What a written key stands for in an instance.
#[derive(Clone, Debug)]
pub enum ResolvedKey {
    Whole(Key),
    /// All records whose keys begin with this one.
    Parent(Key),
    NoLead(NoLead),
    /// A text that can mean each of these, of which more than one exists, or none.
    Ambiguous(String, Vec<Key>),
}

/// An e-mail address that does not name exactly one lead.
#[derive(Clone, Debug)]
pub struct NoLead {
    /// `None` where messages may not quote it: in a file.
    email: Option<Box<str>>,
    found: Matches,
}

/// Looks up the leads that these keys name by their addresses, in batches, and says what each key stands for.
///
/// Of a key with several readings the one is meant that exists. That takes one more question for each 300 keys.
///
/// # Errors
/// The leads or the records cannot be read.
pub async fn resolve(
    schema: &Schema,
    written: &[WrittenKey],
    client: &Client,
) -> Result<Vec<ResolvedKey>, ApiError> {
    let parts = written.iter().flat_map(|key| &key.readings).flatten();
    let emails = parts.filter_map(|part| match part {
        // An address that no search can name finds no lead.
        WrittenKeyPart::Email(email) if is_reference_value(email) => Some((EMAIL, &**email)),
        WrittenKeyPart::Email(_) | WrittenKeyPart::Text(_) | WrittenKeyPart::Lead(_) => None,
    });
    let leads = observe::find_leads(client, emails).await?;
    let read: Vec<Result<Vec<Key>, NoLead>> =
        written.iter().map(|key| key.keys(schema, &leads)).collect();
    let existing = Existing::among(schema, &read, client).await?;
    let resolved = read.into_iter().map(|keys| match keys {
        Ok(keys) => existing.meant(schema.kind, keys),
        Err(no_lead) => ResolvedKey::NoLead(no_lead),
    });
    Ok(resolved.collect())
}

impl WrittenKey {
    /// The keys that are readings of this one, at least one.
    fn keys(&self, schema: &Schema, leads: &Leads) -> Result<Vec<Key>, NoLead> {
        let mut keys = Vec::with_capacity(self.readings.len());
        let mut no_lead = None;
        let is_only = self.readings.len() == 1;
        for reading in &self.readings {
            let values: Result<Vec<KeyValue>, NoLead> = reading
                .iter()
                .map(|part| part.value(leads, &self.place))
                .collect();
            match values {
                Ok(values) if is_only || can_exist(schema, &values) => keys.push(Key::new(values)),
                Ok(_) => {}
                Err(reason) => no_lead = Some(reason),
            }
        }
        match no_lead {
            Some(no_lead) if keys.is_empty() => Err(no_lead),
            Some(_) | None => Ok(keys),
        }
    }
}

/// Whether the instance can have a record with these texts in its key: none is longer than its field.
fn can_exist(schema: &Schema, values: &[KeyValue]) -> bool {
    let mut parts = schema.kind.key.iter().zip(values);
    parts.all(|(part, value)| match value {
        KeyValue::Lead(_) => true,
        KeyValue::Text(text) => {
            let length = schema.folded(part.field).and_then(|field| field.length);
            length.is_none_or(|length| text.chars().count() <= length as usize)
        }
    })
}

/// The records that tell which reading of a key is meant.
#[derive(Default)]
struct Existing {
    whole: HashSet<FoldedKey>,
    parents: HashSet<FoldedKey>,
}

impl Existing {
    /// Asks for the readings of all keys that have several, and only for what can tell.
    async fn among(
        schema: &Schema,
        read: &[Result<Vec<Key>, NoLead>],
        client: &Client,
    ) -> Result<Self, ApiError> {
        let mut existing = Self::default();
        let several = || read.iter().flatten().filter(|keys| keys.len() > 1);
        let Some(parent) = schema.kind.parent().filter(|_| several().next().is_some()) else {
            return Ok(existing);
        };
        let length = schema.kind.key.len();
        let parents = several().flatten().filter(|key| key.parts().len() < length);
        // A value with a comma cannot be asked for, and would be two.
        let parents: Vec<String> = parents
            .map(ToString::to_string)
            .filter(|text| !text.contains(','))
            .collect();
        for values in parents.chunks(MAX_RECORDS) {
            let filter = Filter::Field {
                name: parent.field,
                values: values.to_vec(),
            };
            let records = client.query(schema, &filter, &[]).await?;
            let parents = records
                .iter()
                .filter_map(|record| parent_of(schema.kind, &record.key));
            existing
                .parents
                .extend(parents.map(|(_, parent)| parent.folded()));
        }
        let is_open = |keys: &&Vec<Key>| {
            let (whole, parents): (Vec<&Key>, Vec<&Key>) =
                keys.iter().partition(|key| key.parts().len() == length);
            whole.len() > 1
                || parents
                    .iter()
                    .any(|key| existing.parents.contains(&key.folded()))
        };
        let open = several().filter(is_open).flatten();
        let whole: Vec<&Key> = open.filter(|key| key.parts().len() == length).collect();
        for keys in whole.chunks(MAX_RECORDS) {
            let records = client.query(schema, &Filter::Keys(keys), &[]).await?;
            let keys = records.iter().map(|record| record.key.folded());
            existing.whole.extend(keys);
        }
        Ok(existing)
    }

    /// The one of these readings that exists, or the only whole key if none does.
    fn meant(&self, kind: &ObjectKind, mut keys: Vec<Key>) -> ResolvedKey {
        let is_whole = |key: &Key| key.parts().len() == kind.key.len();
        let found: Vec<&Key> = keys
            .iter()
            .filter(|key| {
                let among = if is_whole(key) {
                    &self.whole
                } else {
                    &self.parents
                };
                among.contains(&key.folded())
            })
            .collect();
        let whole: Vec<&Key> = keys.iter().filter(|key| is_whole(key)).collect();
        let meant = match (&*found, &*whole) {
            ([only], _) => (*only).clone(),
            ([], [only]) => (*only).clone(),
            _ if keys.len() == 1 => keys.swap_remove(0),
            _ => return ResolvedKey::Ambiguous(plain_form(&keys[0]), keys),
        };
        if is_whole(&meant) {
            ResolvedKey::Whole(meant)
        } else {
            ResolvedKey::Parent(meant)
        }
    }
}

impl WrittenKeyPart {
    fn value(&self, leads: &Leads, place: &KeyPlace) -> Result<KeyValue, NoLead> {
        let email = match self {
            Self::Text(text) => return Ok(KeyValue::Text(text.clone())),
            Self::Lead(id) => return Ok(KeyValue::Lead(*id)),
            Self::Email(email) => email,
        };
        match leads.matches(EMAIL, email) {
            Some(Matches::Ids(ids)) if ids.len() == 1 => Ok(KeyValue::Lead(ids[0])),
            found => Err(NoLead {
                email: match place {
                    KeyPlace::Argument => Some(email.clone()),
                    KeyPlace::Line { .. } => None,
                },
                found: found.cloned().unwrap_or(Matches::Ids(Vec::new())),
            }),
        }
    }
}

impl NoLead {
    /// Why the address does not name a lead of the instance with this name.
    #[must_use]
    pub fn message(&self, instance: &str) -> String {
        let email = match &self.email {
            Some(email) => format!("the e-mail address {email}"),
            None => "this e-mail address".to_owned(),
        };
        match &self.found {
            // The instance may quote what it was asked for.
            Matches::Refused(_) if self.email.is_none() => {
                format!("{instance} cannot search for {email}")
            }
            Matches::Refused(message) => format!("{instance} cannot search for {email}: {message}"),
            Matches::Ids(ids) if ids.is_empty() => format!("no lead of {instance} has {email}"),
            Matches::Unread => format!("{email} was not looked up in {instance}"),
            Matches::Ids(_) => format!("more than one lead of {instance} has {email}"),
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
            Matches::Ids(_) | Matches::Refused(_) | Matches::Unread => None,
        }
    }
}
