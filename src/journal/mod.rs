//! The journal: one file, or one folder of objects, for each apply. The apply appends what it is about to do, and what happened.
//!
//! A journal begins with the run and its changes, including what the fields held before. Then each batch is written down before it
//! is sent, and each outcome as soon as it is known. So a batch without outcomes means that the run died: its outcome is unknown.
//! `docs/journal.md` describes the format for people. Nothing is ever overwritten.

mod decode;
mod encode;
mod error;
mod fields;
mod files;
mod folder;
mod id;
mod journals;
mod line_error;
mod objects;
mod obstacle;
mod read;
mod rows;
mod run;
mod shelf;
mod since;
mod sum;
mod tally;
mod write;

pub use error::{JournalDamage, JournalError};
pub use folder::Folder;
pub use id::RunId;
pub use journals::{Journals, NewJournal};
pub use obstacle::{Need, Unlike};
pub use read::read;
pub use run::{Adopted, ChangeDetails, End, EndReason, Run, RunHead, Summary, kept};
pub use since::{Since, SinceKind, since};
pub use tally::Tally;
pub use write::{JournalWriter, Opening, Sink};

#[cfg(test)]
mod tests;
