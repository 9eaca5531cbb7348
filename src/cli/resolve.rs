//! From keys as people write them to keys of an instance: the leads that they name by e-mail address are looked up, all at once.

use crate::manifest::is_reference_value;
use crate::model::{Key, KeyValue, ObjectKind};
use crate::observe;
use crate::plan::{Leads, Matches};
use crate::render::escaped;
use crate::run::Session;

use super::exit::CliError;
use super::keys::{Asked, AskedPart};

/// The lead field that an `@` stands for.
const EMAIL: &str = "email";

/// What a key leads to in an instance.
#[derive(Clone, Debug)]
pub(super) enum Resolved {
    Key(Key),
    /// All records whose keys begin with this one.
    Parent(Key),
    /// No record: an e-mail address that is not that of one lead.
    NoLead {
        email: Box<str>,
        found: Matches,
    },
}

/// Looks up the leads that these keys name by their addresses, in batches, and says what each key leads to.
pub(super) async fn resolve(
    kind: &ObjectKind,
    asked: &[Asked],
    session: &Session,
) -> Result<Vec<Resolved>, CliError> {
    let parts = asked.iter().flat_map(|asked| &asked.parts);
    let emails = parts.filter_map(|part| match part {
        AskedPart::Email(email) => Some((EMAIL, &**email)),
        AskedPart::Text(_) | AskedPart::Lead(_) => None,
    });
    // What no search can name finds no lead.
    let emails = emails.filter(|(_, email)| is_reference_value(email));
    let leads = observe::find_leads(&session.client, emails).await?;
    Ok(asked
        .iter()
        .map(|asked| resolved(asked, kind, &leads))
        .collect())
}

/// Why an e-mail address names no lead, and the way out.
pub(super) fn no_lead(instance: &str, email: &str, found: &Matches) -> (String, Option<String>) {
    let email = escaped(email);
    let has = |who: &str| format!("{who} of {instance} has the e-mail address {email}");
    match found {
        Matches::Refused(message) => {
            let message = escaped(message);
            (
                format!("{instance} does not search for the e-mail address {email}: {message}"),
                None,
            )
        }
        Matches::Ids(ids) if ids.is_empty() => (has("no lead"), None),
        Matches::Ids(ids) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let hint = format!("name one by its id: {}", ids.join(", "));
            (has("more than one lead"), Some(hint))
        }
    }
}

fn resolved(asked: &Asked, kind: &ObjectKind, leads: &Leads) -> Resolved {
    let mut values = Vec::with_capacity(asked.parts.len());
    for part in &asked.parts {
        values.push(match part {
            AskedPart::Text(text) => KeyValue::Text(text.clone()),
            AskedPart::Lead(id) => KeyValue::Lead(*id),
            AskedPart::Email(email) => match leads.matches(EMAIL, email) {
                Some(Matches::Ids(ids)) if ids.len() == 1 => KeyValue::Lead(ids[0]),
                found => {
                    let found = found.cloned().unwrap_or(Matches::Ids(Vec::new()));
                    let email = email.clone();
                    return Resolved::NoLead { email, found };
                }
            },
        });
    }
    let is_whole = values.len() == kind.key.len();
    let key = Key::new(values);
    if is_whole {
        Resolved::Key(key)
    } else {
        Resolved::Parent(key)
    }
}
