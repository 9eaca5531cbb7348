//! What is the project's own, as its users see it: removal, adoption, protection, drift, the marker, the ledger and its lock.
//!
//! What a plan decides is tested in `src/plan` and `src/apply`. Here the built binary keeps its ledger in a folder, and a
//! second project, which has none, plays the others who work in the same instance.

mod adoption;
mod care;
mod drift;
mod guards;
mod history;
mod ledger;
mod lock;
mod marker;
mod project;
mod protection;
mod removal;
mod secrecy;
