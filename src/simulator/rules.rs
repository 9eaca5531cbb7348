//! What a call is answered by: the switches, the schema of its object, the instance, the user who
//! asks, and the time.

use jiff::Timestamp;

use super::answers::{Answers, CrmWrite, ReadOnlyField};
use super::codes::{Failure, Reason};
use super::instance::{Instance, partition_of};
use super::kinds::{LEAD, Object, UnderCrm};
use super::schema::Schema;
use super::sync::Refusal;
use super::users::User;
use super::value::Record;

/// What a call is answered by.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub answers: &'a Answers,
    pub schema: &'a Schema,
    pub instance: &'a Instance,
    pub user: &'a User,
    pub now: Timestamp,
}

impl Rules<'_> {
    /// Refuses a write of an object that native CRM sync makes read-only.
    pub(super) fn check_crm(&self) -> Result<(), Refusal> {
        if !self.instance.crm.is_on() || self.schema.object.under_crm != UnderCrm::ReadOnly {
            return Ok(());
        }
        Err(match self.answers.crm_write {
            CrmWrite::Record => Refusal::Skip(Reason::of("1018")),
            CrmWrite::Response => Refusal::Call(Failure::code("1018")),
        })
    }

    /// Whether a record exists for the user: leads of other partitions do not.
    pub(super) fn shows(&self, object: &Object, record: &Record) -> bool {
        object.name != LEAD.name || self.user.sees(partition_of(record))
    }

    /// What is said of a field that may not be written; if nothing, it is left as it is.
    pub(super) fn read_only(&self, name: &str) -> Result<(), Reason> {
        match self.answers.read_only_field {
            ReadOnlyField::Invalid => {
                let message = format!("Field '{name}' is not updateable");
                Err(Reason::invalid(message))
            }
            ReadOnlyField::Ignored => Ok(()),
        }
    }
}
