//! What git knows of the manifests: the commit that is checked out, and how it stands to the last apply.
//!
//! Git gets nothing of our environment that could be a secret, runs no program that a repository names, asks nobody and fetches nothing.

mod checkout;
mod command;
mod commit;

pub use checkout::GitCheckout;
pub use commit::{Commit, commit, user};
