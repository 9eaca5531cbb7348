//! Importing: from records of an instance to manifests that declare exactly these. Pure: the reading before it is
//! `observe`'s, the files after it are `manifest/create.rs`'s.
//!
//! [`Known`] says what is declared already, [`draft`] turns the other records into entries, and [`arrange`] deals these out to
//! files. A plan right after it is empty: a value is written only if a manifest with it means the same value again.

mod arrange;
mod draft;
mod known;
mod scope;
#[cfg(test)]
mod tests;

pub use arrange::{Layout, Target, arrange};
pub use draft::{Draft, LeadNames, LeftOut, draft};
pub use known::Known;
pub use scope::Scope;
