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
use crate::simulator::spelling::closest;

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

/// The users of an instance: the unlimited one and those of the file.
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

impl UsersFileEntry {
    fn into_user(self) -> Result<ApiUser, String> {
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
        Ok(ApiUser {
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
