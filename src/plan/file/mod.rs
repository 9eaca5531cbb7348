//! The plan as a file, version 1: what `plan --out` writes, `apply --plan` checks and `show` reads.
//!
//! Its types are its own, so that nothing inside the program freezes by accident. Readers pass over members that they do not know and
//! refuse another major version. Values of sensitive fields are not in it: whoever applies it reads them anew.

mod read;
mod types;
mod write;

pub use read::{PlanFileError, Saved, read};
pub use types::{
    Budget, InstanceEntry, PermitsEntry, PlanFile, SavedCounts, UndoEntry, plan_schema,
};
pub use write::{About, entries, head, write};

#[cfg(test)]
mod tests;
