//! The built-in Marketo: a local server that answers the documented REST API.
//!
//! It is written from Adobe's documentation and shares no type with the rest of the crate: a
//! mistake in the client's idea of Marketo must not meet the same mistake here.
//!
//! # The way of a call
//!
//! ```text
//! wire::connection ─▶ server::handler ─▶ server::admitted_call ─▶ records ─▶ store
//!                       paths, tokens,      time limit, faults      rules     one file
//!                       limits, faults
//! ```
//!
//! | folder | content |
//! |---|---|
//! | `answers` | answers that the documentation leaves open, each a switch; the default is the stricter reading |
//! | `objects` | the table of objects; a further object of the same pattern is one more entry |
//! | `wire` | paths, requests, replies, codes, connections |
//! | `faults` | scripted faults; `fault` has a table of where each takes effect |
//! | `store` | records, indexes and counted calls |
//! | `instance` | schemas, partitions, API users, tokens, limits |
//! | `records` | query, sync and delete, and the rules that they follow |
//! | `files` | the files that a simulator can be started with |
//! | `server` | starts, stops, and takes each call through its checks |
//!
//! A folder only uses folders above it in this table, so no files import each other in a circle.
//!
//! Not simulated: activities, bulk calls, merging and deleting leads, custom objects, workspaces, lists of allowed IP addresses.

mod answers;
mod clock;
mod error;
mod faults;
mod files;
mod guid;
mod instance;
mod objects;
mod options;
mod records;
mod server;
mod spelling;
mod store;
#[cfg(test)]
mod tests;
mod wire;

pub use answers::{AnswerError, Answers, PRESETS, Preset, SWITCHES, Switch};
pub use clock::SimulatedClock;
pub use error::SimulatorError;
pub use faults::fault::{
    Alteration, Breakdown, Chance, Fault, FaultKind, Faults, Garbling, Moment, TokenLoss,
};
pub use faults::members::FaultProblem;
pub use faults::table::{FAULTS, FaultType};
pub use objects::crm::Crm;
pub use options::{CallLimits, Credentials, Options, TimeOuts};
#[cfg(test)]
pub(crate) use server::in_process::{HeldRecord, InProcess};
pub use server::start::{RunningSimulator, start};
pub use store::error::StoreError;
pub use wire::call_log::{CallOperation, CallOutcome, LoggedCall};
pub use wire::ignored::IgnoredMember;
