//! The built-in Marketo: a local server that answers the documented REST API.
//!
//! It is written from Adobe's documentation and shares no type with the rest of the crate: a
//! mistake in the client's idea of Marketo must not meet the same mistake here. `kinds` is its own
//! table of objects; a further object of the same pattern is one more entry there.
//!
//! A call passes `handler` (the order of checks), `routes`, `tokens`, `users` and `limits`, then one
//! of `query`, `sync`, `delete`, `leads` or `schema`, which work on `store`. `rules` is what they go
//! by. Where the documentation is vague, the answer is a switch of `answers`, whose default is the
//! stricter reading. `faults` says where each scripted fault takes effect.
//!
//! Not simulated: activities, bulk, merging and deleting leads, endpoints of companies and sales
//! persons (their ids can be listed), workspaces, IP allow-lists.

mod accept;
mod alter;
mod answers;
mod calls;
mod clock;
mod codes;
mod connection;
mod control;
mod delete;
mod execute;
mod fault_file;
mod fault_table;
mod faults;
mod handler;
#[cfg(test)]
mod in_process;
mod instance;
mod kinds;
mod leads;
mod limits;
mod lookup;
mod options;
mod paging;
mod query;
mod references;
mod reply;
mod request;
mod routes;
mod rules;
mod schema;
mod schema_file;
mod seed;
mod server;
mod store;
mod sync;
mod tables;
#[cfg(test)]
mod tests;
mod tokens;
mod usage;
mod users;
mod value;

pub use answers::{AnswerError, Answers, SWITCHES, Switch};
pub use calls::{Answer, Call, Operation};
pub use clock::Clock;
pub use fault_file::Problem as FaultProblem;
pub use fault_table::{FAULTS, FaultType};
pub use faults::{
    Alteration, Breakdown, Chance, Fault, FaultKind, Faults, Garbling, Moment, TokenLoss,
};
#[cfg(test)]
pub(crate) use in_process::InProcess;
pub use instance::Crm;
pub use options::{Credentials, Limits, Options, TimeOuts};
pub use server::{Simulator, SimulatorError, start};
pub use store::StoreError;
