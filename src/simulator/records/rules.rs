//! What a call is answered by: the switches, the schema of its object, the instance, the user who
//! asks, and the time.

use jiff::Timestamp;

use super::refusal::Refusal;
use crate::simulator::answers::{Answers, CrmWrite, ReadOnlyField};
use crate::simulator::instance::profile::{Instance, partition_of};
use crate::simulator::instance::schema::Schema;
use crate::simulator::instance::users::User;
use crate::simulator::objects::crm::UnderCrm;
use crate::simulator::objects::table::{LEAD, Object};
use crate::simulator::store::record::Record;
use crate::simulator::wire::codes::{Failure, Reason};

/// What a call is answered by.
#[derive(Clone, Copy)]
pub(in crate::simulator) struct Rules<'a> {
    pub answers: &'a Answers,
    pub schema: &'a Schema,
    pub instance: &'a Instance,
    pub user: &'a User,
    pub now: Timestamp,
}

impl Rules<'_> {
    /// Refuses a write of an object that native CRM sync makes read-only.
    pub(in crate::simulator) fn check_crm(&self) -> Result<(), Refusal> {
        if !self.instance.crm.is_on() || self.schema.object.under_crm != UnderCrm::ReadOnly {
            return Ok(());
        }
        Err(match self.answers.crm_write {
            CrmWrite::Record => Refusal::Skip(Reason::of("1018")),
            CrmWrite::Response => Refusal::Call(Failure::code("1018")),
        })
    }

    /// Whether a record exists for the user: leads of other partitions do not.
    pub(in crate::simulator) fn shows(&self, object: &Object, record: &Record) -> bool {
        object.name != LEAD.name || self.user.sees(partition_of(record))
    }

    /// What is said of a field that may not be written; if nothing, it is left as it is.
    pub(in crate::simulator) fn read_only(&self, name: &str) -> Result<(), Reason> {
        match self.answers.read_only_field {
            ReadOnlyField::Invalid => {
                let message = format!("Field '{name}' is not updateable");
                Err(Reason::invalid(message))
            }
            ReadOnlyField::Ignored => Ok(()),
        }
    }
}
