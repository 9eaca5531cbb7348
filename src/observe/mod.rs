//! Observing: from keys to what an instance holds, in the fewest calls. A read that fails is an error, never "absent".

mod leads;
mod records;
mod schemas;
#[cfg(test)]
mod tests;

pub use leads::{find_leads, lead_values, leads};
pub use records::{marked, read_back, records, records_to_delete};
pub use schemas::{Described, describe, schema, schemas};
