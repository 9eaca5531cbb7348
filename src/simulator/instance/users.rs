//! The API users of the instance: their credentials, what they may do, and the partitions they see.
//!
//! Source: Adobe REST documentation, "Custom Services" and "Endpoint reference".

use std::collections::BTreeSet;

use crate::simulator::answers::{Answers, SchemaPermission};
use crate::simulator::objects::permission::{PERMISSIONS, Permission};
use crate::simulator::options::Credentials;
use crate::simulator::wire::call_log::CallOperation;
use crate::simulator::wire::routes::Endpoint;

/// One API user with the one custom service that it has.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct ApiUser {
    /// Its e-mail address, by which usage is counted.
    pub name: String,
    pub credentials: Credentials,
    pub permissions: BTreeSet<Permission>,
    /// The partitions that it sees; `None` is all.
    pub partitions: Option<BTreeSet<u64>>,
}

impl ApiUser {
    /// The user that everything is allowed to.
    pub(in crate::simulator) fn unlimited(credentials: Credentials) -> Self {
        Self {
            name: "api@simulator.example".to_owned(),
            credentials,
            permissions: PERMISSIONS.map(|(_, permission)| permission).into(),
            partitions: None,
        }
    }

    /// Whether leads of this partition exist for the user.
    pub(in crate::simulator) fn sees(&self, partition: u64) -> bool {
        let partitions = self.partitions.as_ref();
        partitions.is_none_or(|seen| seen.contains(&partition))
    }

    /// Whether the user may make this call; if not, it is answered with 603.
    pub(in crate::simulator) fn may(
        &self,
        answers: &Answers,
        endpoint: &Endpoint,
        call: CallOperation,
    ) -> bool {
        let any = |wanted: &[Permission]| wanted.iter().any(|one| self.permissions.contains(one));
        match endpoint {
            Endpoint::Records(object) | Endpoint::Describe(object) | Endpoint::Delete(object) => {
                match call {
                    CallOperation::Sync | CallOperation::Delete => any(&[object.writer]),
                    CallOperation::Identity
                    | CallOperation::Describe
                    | CallOperation::Schema
                    | CallOperation::Query
                    | CallOperation::Partitions
                    | CallOperation::Usage
                    | CallOperation::Unknown => any(&[object.reader, object.writer]),
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
