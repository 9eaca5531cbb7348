//! Importing: from records of an instance to manifests that declare exactly these records. Pure: `observe` reads the records
//! before, and `manifest/create.rs` writes the files afterwards.
//!
//! [`DeclaredRecords`] tells which records are declared already, [`draft`] makes entries of the others, and [`arrange`] distributes
//! the entries over files. A plan right after an import is empty: a value is left out if a manifest could not declare exactly it. [`Pull`] is for records
//! that are declared already: what the instance has in them, as changes of the manifests. [`Renames`] tells which of them need not name
//! the old keys of their records any more.

mod arrange;
mod declared;
mod draft;
mod pull;
mod renames;
mod scope;
#[cfg(test)]
mod tests;

pub use arrange::{Destination, Layout, arrange};
pub use declared::DeclaredRecords;
pub use draft::{Draft, LeadNames, LeftOut, draft};
pub use pull::{GoneRecord, LeftField, Pull, PullBasis, PullRequest, PulledRecord, WhyLeft};
pub use renames::{EntryPlace, RenameWait, RenamedEntry, Renames};
pub use scope::Scope;
