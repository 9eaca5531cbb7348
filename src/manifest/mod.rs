//! Manifests: from texts to the records that they declare, with all their problems at once; and from records to new manifests.
//!
//! Bytes become a tree with places (`parser`, `tree_builder`, `tree`). The tree becomes declared records (`document`, `entry`,
//! `key`, `fields`, `lifecycle`, all with a `decoder`). Then the records are checked together (`check`). `write` makes the text of
//! new manifests, and `edit` changes existing ones in their places. `files` finds manifests by a `pattern`, and `stray` tells those that no
//! pattern matches. Nothing here knows an instance, only `files`, `create` and `rewrite` touch the disk, and `render` makes the texts of problems.

mod anchors;
mod check;
mod common_form;
mod core_schema;
mod create;
mod decoder;
mod document;
mod edit;
mod entry;
mod field_names;
mod fields;
pub mod files;
mod formatted;
mod frame;
mod grammar;
mod here;
mod key;
mod lifecycle;
mod merge;
mod named_values;
mod node_style;
mod parser;
mod pattern;
mod read;
mod repeated;
mod rewrite;
mod schema;
mod search;
mod source_error;
mod stray;
mod suggest;
#[cfg(test)]
mod tests;
mod tree;
mod tree_builder;
mod typed;
mod write;
mod written;

pub use crate::regular_file::{read_regular, refuse_endless};
pub use check::{described_values, standard_values};
pub use create::{CreateError, create};
pub use edit::{Edit, NotEdited, NotFormatted, edit, format, is_unreadable};
pub use formatted::{NotWritten, formatted};
pub use here::{folder_of, or_here};
pub use key::{is_declarable, is_key_text, is_reference_value};
pub use named_values::{InstanceRules, NamedValue, NamedValues, is_value_name};
pub use pattern::Patterns;
pub use pattern::{Pattern, PatternError};
pub(crate) use read::conflict;
pub use read::{Reading, add, read, read_with, text_again};
pub use rewrite::{RewriteError, Rewritten, rewrite_all};
pub use schema::{manifest_schema, manifest_schema_with};
pub use source_error::SourceError;
pub use stray::stray;
pub(crate) use suggest::closest;
pub use typed::{Authority, FieldCheck, Typed, typed_values};
pub use write::{EntryPart, ManifestEntry, write};
