//! Manifests: from texts to what they declare, with everything that is wrong with them at once; and the way back.
//!
//! Bytes become a tree with places (`parser`, `builder`, `tree`), the tree becomes declared records
//! (`decode` and what it calls), and the records are checked together (`check`). Nothing here knows
//! an instance; nothing but `files` and `create` touches the disk; the texts of the problems are made in `render`.
//! `write` makes the text of new manifests.

mod anchors;
mod builder;
mod check;
mod core_schema;
mod create;
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
mod write;

pub use create::{CreateError, create};
pub use files::SourceError;
pub use key::{is_key_text, is_reference_value};
pub use read::{Reading, read};
pub use schema::manifest_schema;
pub(crate) use suggest::closest;
pub use typed::{Authority, FieldCheck, Typed};
pub use write::{Entry, EntryPart, write};
