//! Observing: reading the records, leads and fields that a plan needs, in as few calls as possible. A failed read is an error, never
//! "absent".

mod leads;
mod records;
mod refused;
mod schemas;
#[cfg(test)]
mod tests;
mod unmasked;

pub use leads::{find_leads, lead_values, leads, missing_leads};
pub use records::{marked, matching, read_back, records, records_by_id, records_to_delete};
pub use refused::{leave_out, left_out};
pub use schemas::{
    DescribedKinds, KindAnswers, UnknownField, describe, is_withheld, of_each_kind, schema,
    schemas, unknown_field,
};
pub use unmasked::Unmasked;
