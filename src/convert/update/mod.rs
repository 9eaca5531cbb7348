//! A second conversion: the manifest of an earlier one gets the new values, and keeps everything else.
//!
//! Only values that differ are replaced, each in its place; new fields and records are added; comments, fields and entries that a person
//! has written stay, and so do records that the export no longer has. The result is read back: unless it declares exactly the old
//! records with the new values, nothing is changed. `revise` finds the changes and `records` compares what texts declare;
//! [`crate::manifest::edit`] makes them.

mod records;
mod revise;

pub use revise::{OWN_MARK, Update, UpdateCounts, is_own, update};
