//! What git knows of the manifests: the commit that is checked out, and how it stands to the last apply.
//!
//! Git gets only those variables of our environment that it needs; none is a secret. It starts no program that a repository names, does
//! not prompt and does not fetch.

mod ancestors;
mod before;
mod before_error;
mod blame;
mod changed;
mod checkout;
mod command;
mod commit;
mod ignored;
mod links;
mod proposal;

pub use ancestors::first_parents;
pub use before_error::BeforeError;
pub use blame::{LineAuthor, line_author};
pub use changed::{narrow_to_changed, revision_name};
pub use checkout::GitCheckout;
pub use commit::{Commit, commit, folder_in_tree, user};
pub use ignored::is_ignored;
pub use links::{LinkBase, code_links};
pub use proposal::is_proposal;
