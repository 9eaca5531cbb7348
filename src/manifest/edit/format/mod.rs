//! The canonical layout of a manifest: two columns a level, the members of an entry in the order of the documentation, quotes only where
//! they are needed, at most one blank line in a row. Comments, anchors, aliases, merge keys, block scalars and brackets stay.
//!
//! `document` writes a text anew, with `print` for block collections, `flow` for what stands in brackets, `scalar` for values, `gaps` and `comments` for what stands
//! between the tokens, and `order` for the order of members. `check` compares the result with the text as it was: what would change more than the layout is refused.

mod check;
mod comments;
mod document;
mod error;
mod flow;
mod gaps;
mod order;
mod print;
mod rewrite;
mod scalar;
#[cfg(test)]
mod tests;

pub use error::NotFormatted;
pub use rewrite::{format, is_unreadable};
