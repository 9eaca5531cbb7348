//! Changes of a manifest in its text: comments, order, quotes, anchors and line breaks around them stay as they are.
//!
//! `scan` reads how the text is laid out (`layout`), `sites` finds the entry of each record in it, `splice` changes single places (for
//! `entry` and `append`), and `style` writes scalars in the style of those that they replace. `revise` is the whole: it reads the new text, and refuses it
//! unless it declares exactly what it is to declare and has all comments. `format` lays a whole text out anew.

mod append;
mod entry;
mod format;
mod layout;
mod not_edited;
mod outline;
mod revise;
mod scan;
mod sites;
mod splice;
mod style;
#[cfg(test)]
mod tests;

pub use format::{NotFormatted, format, is_unreadable};
pub use not_edited::NotEdited;
pub use revise::{Edit, edit};
