//! The text of a ledger, version 1. `docs/ledger.md` describes it for people.
//!
//! The text is lines of JSON: a header with tables that the records refer to, one line per record in the order of kinds and
//! keys, and a last line with a hash of everything before. The header has the number of records and the last line the hash,
//! so a reader never takes a ledger that was cut off for a smaller one. Readers ignore members that they do not know and
//! refuse newer versions.

mod read;
mod rows;
mod write;

pub(super) use read::LedgerReader;
pub use rows::VERSION;
pub(super) use write::write;

#[cfg(test)]
mod tests;
