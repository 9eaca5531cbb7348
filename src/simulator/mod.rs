//! The built-in Marketo: a local server that answers the documented REST API.
//!
//! It is written from Adobe's documentation and shares no type with the rest of the crate: a
//! mistake in the client's idea of Marketo must not meet the same mistake here. `kinds` is its own
//! table of objects; a further object of the same pattern is one more entry there.
//!
//! A call passes `handler` (the order of checks), `routes`, `tokens` and `limits`, then one of
//! `query`, `sync`, `delete`, `leads` or `schema`, which work on `store`. `faults` says where each
//! scripted fault takes effect. Where the documentation is vague, the stricter reading holds.
//!
//! Not simulated: permissions of API users, native CRM sync, usage statistics, companies and sales
//! persons (their ids are stored as sent), lead partitions beyond the first, activities and bulk.

mod calls;
mod clock;
mod codes;
mod connection;
mod delete;
mod faults;
mod handler;
mod kinds;
mod leads;
mod limits;
mod lookup;
mod options;
mod paging;
mod query;
mod reply;
mod request;
mod routes;
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
mod value;

pub use calls::{Answer, Call, Operation};
pub use clock::Clock;
pub use faults::{Alteration, Breakdown, Fault, FaultKind, Faults, Moment};
pub use options::{Credentials, Limits, Options};
pub use server::{Simulator, SimulatorError, start};
pub use store::StoreError;
