//! The ledger as text, version 1. `docs/ledger.md` describes it for people.
//!
//! Lines of JSON: a header with the tables that records refer to, one line per record in the order of kinds and keys,
//! and a last line with a hash of all before. A reader knows from it that nothing is missing, so a ledger that was cut
//! off is never taken for a smaller one. Members that are unknown are passed over; a newer version is refused.

mod read;
mod rows;
mod write;

pub use read::Damage;
pub(crate) use read::in_line;
pub(super) use read::{Flaw, LedgerReader, json};
pub(super) use rows::{Head, VERSION};
pub(super) use write::write;

#[cfg(test)]
mod tests;
