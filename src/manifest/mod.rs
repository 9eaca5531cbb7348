//! Manifests: from texts to what they declare, with everything that is wrong with them at once.
//!
//! Bytes become a tree with places (`parser`, `builder`, `tree`), the tree becomes declared records
//! (`decode` and what it calls), and the records are checked together (`check`). Nothing here knows
//! an instance; nothing but `files` touches the disk; the texts of the problems are made in `render`.

mod anchors;
mod builder;
mod check;
mod core_schema;
mod decode;
mod entry;
mod fields;
pub mod files;
mod grammar;
mod key;
mod lifecycle;
mod merge;
mod names;
mod parser;
mod read;
mod repeated;
mod schema;
mod suggest;
#[cfg(test)]
mod tests;
mod tree;
mod typed;

pub use files::SourceError;
pub use read::{Reading, read};
pub use schema::manifest_schema;
pub(crate) use suggest::closest;
pub use typed::{Authority, FieldCheck, Typed};
