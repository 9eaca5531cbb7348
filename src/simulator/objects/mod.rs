//! The simulator's own table of Marketo objects: opportunities, roles and leads as data.
//!
//! A further object of the same pattern is one more entry in `table`.

pub(super) mod crm;
pub(super) mod field;
pub(super) mod object_type;
pub(super) mod permission;
mod settled;
pub(super) mod standard_fields;
pub(super) mod table;
