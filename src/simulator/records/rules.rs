//! The rules for a call: the switches, the schema of its object, the instance, the user and the
//! time.

use jiff::Timestamp;

use super::refusal::RecordRefusal;
use crate::simulator::answers::{Answers, CrmWrite, ReadOnlyField};
use crate::simulator::instance::profile::{InstanceProfile, partition_of};
use crate::simulator::instance::schema::ObjectSchema;
use crate::simulator::instance::users::ApiUser;
use crate::simulator::objects::crm::UnderCrm;
use crate::simulator::objects::object_type::ObjectType;
use crate::simulator::objects::table::LEAD;
use crate::simulator::store::record::StoredRecord;
use crate::simulator::wire::codes::{CallFailure, CodedReason};

/// The rules for a call.
#[derive(Clone, Copy)]
pub(in crate::simulator) struct Rules<'a> {
    pub answers: &'a Answers,
    pub schema: &'a ObjectSchema,
    pub instance: &'a InstanceProfile,
    pub user: &'a ApiUser,
    pub now: Timestamp,
}

impl Rules<'_> {
    /// Refuses a write of an object that native CRM sync makes read-only.
    pub(in crate::simulator) fn check_crm(&self) -> Result<(), RecordRefusal> {
        if !self.instance.crm.is_on() || self.schema.object.under_crm != UnderCrm::ReadOnly {
            return Ok(());
        }
        Err(match self.answers.crm_write {
            CrmWrite::Record => RecordRefusal::Skip(CodedReason::of("1018")),
            CrmWrite::Response => RecordRefusal::Call(CallFailure::code("1018")),
        })
    }

    /// Whether the user sees a record: leads of hidden partitions seem not to exist.
    pub(in crate::simulator) fn shows(&self, object: &ObjectType, record: &StoredRecord) -> bool {
        object.name != LEAD.name || self.user.sees(partition_of(record))
    }

    /// Refuses a value for a field that is not updateable. `Ok` means that the value is ignored.
    pub(in crate::simulator) fn read_only(&self, name: &str) -> Result<(), CodedReason> {
        match self.answers.read_only_field {
            ReadOnlyField::Invalid => {
                let message = format!("Field '{name}' is not updateable");
                Err(CodedReason::invalid(message))
            }
            ReadOnlyField::Ignored => Ok(()),
        }
    }
}
