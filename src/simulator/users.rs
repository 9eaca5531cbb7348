//! The API users of the instance: their credentials, what they may do, and the partitions they see.
//!
//! ```yaml
//! users:
//!   - clientId: reader
//!     clientSecret: reader
//!     user: reader@example.com                 # default: CLIENTID@simulator.example
//!     permissions: [Read-Only Opportunity]     # default: all
//!     partitions: [1]                          # default: all
//! ```
//!
//! There is always the user of `Options::credentials`, who may do everything; an entry with its
//! client id takes its place. Source: Adobe REST documentation, "Custom Services" and "Endpoint
//! reference".

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::Credentials;
use super::answers::{Answers, SchemaPermission, closest};
use super::calls::Operation;
use super::routes::Endpoint;
use super::seed::read;
use super::server::SimulatorError;

/// One API user with the one custom service that it has.
#[derive(Clone, Debug)]
pub(super) struct User {
    /// Its e-mail address, by which usage is counted.
    pub name: String,
    pub credentials: Credentials,
    permissions: BTreeSet<Permission>,
    /// The partitions that it sees; `None` is all.
    partitions: Option<BTreeSet<u64>>,
}

/// What a role of an API user can allow, as far as the endpoints here ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Permission {
    ReadOpportunity,
    WriteOpportunity,
    ReadLead,
    WriteLead,
    StandardFields,
    CustomFields,
}

/// As Marketo's page of roles and the documentation write them.
const PERMISSIONS: [(&str, Permission); 6] = [
    ("Read-Only Opportunity", Permission::ReadOpportunity),
    ("Read-Write Opportunity", Permission::WriteOpportunity),
    ("Read-Only Lead", Permission::ReadLead),
    ("Read-Write Lead", Permission::WriteLead),
    (
        "Read-Write Schema Standard Field",
        Permission::StandardFields,
    ),
    ("Read-Write Schema Custom Field", Permission::CustomFields),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UsersFile {
    users: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    client_id: String,
    client_secret: String,
    user: Option<String>,
    permissions: Option<Vec<String>>,
    partitions: Option<BTreeSet<u64>>,
}

impl User {
    /// The user that everything is allowed to.
    pub(super) fn unlimited(credentials: Credentials) -> Self {
        Self {
            name: "api@simulator.example".to_owned(),
            credentials,
            permissions: PERMISSIONS.map(|(_, permission)| permission).into(),
            partitions: None,
        }
    }

    /// Whether leads of this partition exist for the user.
    pub(super) fn sees(&self, partition: u64) -> bool {
        let partitions = self.partitions.as_ref();
        partitions.is_none_or(|seen| seen.contains(&partition))
    }

    /// Whether the user may make this call; if not, it is answered with 603.
    pub(super) fn may(&self, answers: &Answers, endpoint: Endpoint<'_>, call: Operation) -> bool {
        let any = |wanted: &[Permission]| wanted.iter().any(|one| self.permissions.contains(one));
        match endpoint {
            Endpoint::Records(object) | Endpoint::Describe(object) | Endpoint::Delete(object) => {
                match call {
                    Operation::Sync | Operation::Delete => any(&[object.writer]),
                    Operation::Identity
                    | Operation::Describe
                    | Operation::Schema
                    | Operation::Query
                    | Operation::Partitions
                    | Operation::Usage
                    | Operation::Unknown => any(&[object.reader, object.writer]),
                }
            }
            Endpoint::Partitions => any(&[Permission::ReadLead, Permission::WriteLead]),
            Endpoint::SchemaFields | Endpoint::SchemaField(_) => {
                let standard = any(&[Permission::StandardFields]);
                let custom = any(&[Permission::CustomFields]);
                match answers.schema_permission {
                    SchemaPermission::Either => standard || custom,
                    SchemaPermission::Custom => custom,
                    SchemaPermission::Both => standard && custom,
                }
            }
            // "Usage" names no permission.
            Endpoint::Usage(..) | Endpoint::Identity => true,
        }
    }
}

/// The users of an instance: the unlimited one and those of the file.
pub(super) fn load(
    credentials: Credentials,
    path: Option<&Path>,
) -> Result<Vec<User>, SimulatorError> {
    let mut users = vec![User::unlimited(credentials)];
    let Some(path) = path else {
        return Ok(users);
    };
    let UsersFile { users: entries } = read(path)?;
    let mut seen = BTreeSet::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let wrong = |problem| SimulatorError::User {
            path: path.to_owned(),
            number: index + 1,
            problem,
        };
        let user = entry.into_user().map_err(wrong)?;
        let id = &user.credentials.client_id;
        if !seen.insert(id.clone()) {
            return Err(wrong(format!("another user has the client id {id}")));
        }
        match users
            .iter_mut()
            .find(|known| known.credentials.client_id == *id)
        {
            Some(known) => *known = user,
            None => users.push(user),
        }
    }
    Ok(users)
}

impl Entry {
    fn into_user(self) -> Result<User, String> {
        let Self {
            client_id,
            client_secret,
            user,
            permissions,
            partitions,
        } = self;
        if client_id.is_empty() || client_secret.is_empty() {
            return Err("clientId and clientSecret may not be empty".to_owned());
        }
        let granted = match permissions {
            Some(names) => names.iter().map(|name| permission(name)).collect(),
            None => Ok(PERMISSIONS.map(|(_, permission)| permission).into()),
        };
        Ok(User {
            name: user.unwrap_or_else(|| format!("{client_id}@simulator.example")),
            credentials: Credentials {
                client_id,
                client_secret,
            },
            permissions: granted?,
            partitions,
        })
    }
}

fn permission(name: &str) -> Result<Permission, String> {
    let found = PERMISSIONS.iter().find(|(known, _)| *known == name);
    found.map(|(_, permission)| *permission).ok_or_else(|| {
        let names = PERMISSIONS.map(|(name, _)| name);
        match closest(name, &names) {
            Some(close) => format!("there is no permission `{name}`; did you mean `{close}`?"),
            None => format!(
                "there is no permission `{name}`; there are {}",
                names.join(", ")
            ),
        }
    })
}
