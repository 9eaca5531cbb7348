//! The journal: for each apply a file of its own, to which everything is appended before or as soon as it happens.
//!
//! It begins with the run and its changes, with what the fields held before. Then each batch is in it before it is sent, and each
//! outcome once it is known, so a batch without outcomes is one whose run has died: what became of it is unknown.
//! `docs/journal.md` describes the format for people. Nothing is ever overwritten or removed.

mod decode;
mod encode;
mod error;
mod fields;
mod folder;
mod id;
mod read;
mod rows;
mod run;
mod write;

pub use error::{Damage, JournalError};
pub use folder::{Folder, Opened};
pub use id::RunId;
pub use read::read;
pub use run::{Adopted, Aside, End, Head, How, Run, Summary, Tally};
pub use write::{Journal, Opening, Sink};

#[cfg(test)]
mod tests;
