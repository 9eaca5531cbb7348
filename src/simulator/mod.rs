//! The built-in Marketo: a local server that answers the documented REST API.
//!
//! It is written from Adobe's documentation and shares no type with the rest of the crate: a
//! mistake in the client's idea of Marketo must not meet the same mistake here.
//!
//! The folders follow a call from the network to the store and back:
//!
//! ```text
//! wire ─▶ server ─▶ instance ─▶ records ─▶ store
//!           ▲           ▲           ▲
//!           faults    files      answers, objects
//! ```
//!
//! | folder | what it does |
//! |---|---|
//! | `wire` | paths, requests, replies, codes, connections |
//! | `server` | starts and stops; `handler` has the order of checks, `admitted_call` what an admitted call does |
//! | `instance` | schemas, partitions, API users, tokens, limits |
//! | `records` | query, sync and delete, and the rules that they follow |
//! | `store` | records, indexes and counted calls, in one file |
//! | `objects` | the simulator's own table of objects; a further object of the same pattern is one more entry there |
//! | `answers` | the answers that no document settles, each a switch whose default is the stricter reading |
//! | `faults` | scripted faults; `fault` says where each takes effect |
//! | `files` | the files that a simulator is started with: leads, schema, users, faults |
//!
//! No file imports, directly or indirectly, a file that imports it.
//!
//! Not simulated: activities, bulk, merging and deleting leads, endpoints of companies and sales
//! persons (their ids can be listed), workspaces, IP allow-lists.

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

pub use answers::{AnswerError, Answers, SWITCHES, Switch};
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
pub(crate) use server::in_process::InProcess;
pub use server::start::{RunningSimulator, start};
pub use store::error::StoreError;
pub use wire::call_log::{CallOperation, CallOutcome, LoggedCall};
