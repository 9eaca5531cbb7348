//! The API users of the instance: their credentials, permissions and partitions.
//!
//! Source: Adobe REST documentation, "Custom Services" and "Endpoint reference".

use std::collections::BTreeSet;

use crate::simulator::answers::{Answers, SchemaPermission};
use crate::simulator::objects::permission::{PERMISSIONS, Permission};
use crate::simulator::options::Credentials;
use crate::simulator::wire::call_log::CallOperation;
use crate::simulator::wire::routes::Endpoint;

/// An API user with its only custom service.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct ApiUser {
    /// The e-mail address, under which usage is counted.
    pub name: String,
    pub credentials: Credentials,
    pub permissions: BTreeSet<Permission>,
    /// The visible partitions; `None` for all.
    pub partitions: Option<BTreeSet<u64>>,
}

impl ApiUser {
    /// A user with all permissions and partitions.
    pub(in crate::simulator) fn unlimited(credentials: Credentials) -> Self {
        Self {
            name: "api@simulator.example".to_owned(),
            credentials,
            permissions: PERMISSIONS.map(|(_, permission)| permission).into(),
            partitions: None,
        }
    }

    /// Whether the user sees leads of this partition.
    pub(in crate::simulator) fn sees(&self, partition: u64) -> bool {
        let partitions = self.partitions.as_ref();
        partitions.is_none_or(|seen| seen.contains(&partition))
    }

    fn has_any(&self, wanted: &[Permission]) -> bool {
        wanted.iter().any(|one| self.permissions.contains(one))
    }

    /// Whether the user has the permission for a call. If not, the answer is 603.
    pub(in crate::simulator) fn may(
        &self,
        answers: &Answers,
        endpoint: &Endpoint,
        call: CallOperation,
    ) -> bool {
        match endpoint {
            Endpoint::Records(object) | Endpoint::Describe(object) | Endpoint::Delete(object) => {
                match call {
                    CallOperation::Sync | CallOperation::Delete => self.has_any(&[object.writer]),
                    CallOperation::Identity
                    | CallOperation::Describe
                    | CallOperation::Schema
                    | CallOperation::Query
                    | CallOperation::Partitions
                    | CallOperation::Usage
                    | CallOperation::Unknown => self.has_any(&[object.reader, object.writer]),
                }
            }
            Endpoint::Partitions => self.has_any(&[Permission::ReadLead, Permission::WriteLead]),
            Endpoint::SchemaFields(_) | Endpoint::SchemaField(..) => {
                let standard = self.has_any(&[Permission::StandardFields]);
                let custom = self.has_any(&[Permission::CustomFields]);
                match answers.schema_permission {
                    SchemaPermission::Either => standard || custom,
                    SchemaPermission::Custom => custom,
                    SchemaPermission::Both => standard && custom,
                }
            }
            // The page "Usage" requires no permission.
            Endpoint::Usage(..) | Endpoint::Identity => true,
        }
    }
}
