//! The users file: API users with their permissions and partitions.
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
//! The user of `Options::credentials` always exists and may do everything. An entry with the same
//! client id replaces it.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::yaml::read;
use crate::simulator::error::SimulatorError;
use crate::simulator::instance::users::ApiUser;
use crate::simulator::objects::permission::{PERMISSIONS, Permission};
use crate::simulator::options::Credentials;
use crate::simulator::spelling::suggestion;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UsersFile {
    users: Vec<UsersFileEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UsersFileEntry {
    client_id: String,
    client_secret: String,
    user: Option<String>,
    permissions: Option<Vec<String>>,
    partitions: Option<BTreeSet<u64>>,
}

/// The users of an instance: the one with all permissions and those of the file.
pub(in crate::simulator) fn load(
    credentials: Credentials,
    path: Option<&Path>,
) -> Result<Vec<ApiUser>, SimulatorError> {
    let mut users = vec![ApiUser::unlimited(credentials)];
    let Some(path) = path else {
        return Ok(users);
    };
    let UsersFile { users: entries } = read(path)?;
    let mut seen = BTreeSet::new();
    for (entry, number) in entries.into_iter().zip(1..) {
        let user = entry
            .into_user(&mut seen)
            .map_err(|problem| SimulatorError::User {
                path: path.to_owned(),
                number,
                problem,
            })?;
        let id = &user.credentials.client_id;
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

impl UsersFileEntry {
    /// The user of the entry. `seen` has the client ids of the entries before it.
    fn into_user(self, seen: &mut BTreeSet<String>) -> Result<ApiUser, String> {
        let Self {
            client_id,
            client_secret,
            user,
            permissions,
            partitions,
        } = self;
        if client_id.is_empty() || client_secret.is_empty() {
            return Err("clientId and clientSecret cannot be empty".to_owned());
        }
        let permissions = match permissions {
            Some(names) => names
                .iter()
                .map(|name| permission(name))
                .collect::<Result<_, _>>()?,
            None => PERMISSIONS.map(|(_, permission)| permission).into(),
        };
        if !seen.insert(client_id.clone()) {
            return Err(format!("another user has the client id {client_id}"));
        }
        Ok(ApiUser {
            name: user.unwrap_or_else(|| format!("{client_id}@simulator.example")),
            credentials: Credentials {
                client_id,
                client_secret,
            },
            permissions,
            partitions,
        })
    }
}

fn permission(name: &str) -> Result<Permission, String> {
    match PERMISSIONS.iter().find(|(known, _)| *known == name) {
        Some((_, permission)) => Ok(*permission),
        None => {
            let names = PERMISSIONS.map(|(name, _)| name);
            let suggestion = suggestion(name, &names);
            Err(format!("there is no permission `{name}`{suggestion}"))
        }
    }
}
