//! The whole way from a manifest to a store, against the simulator in this process, one file per concern.
//!
//! Every scenario ends with a second plan that is empty, or with exactly what is left, and with a look
//! at the store that goes past the client.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod batches;
pub(crate) mod bench;
pub(crate) mod case;
mod contradictions;
mod faults;
mod forms;
mod halts;
mod journal;
mod key_case;
mod lagging;
mod least_calls;
mod limits;
mod no_op;
mod order;
mod ownership;
mod properties;
mod reads;
mod refusals;
mod rename;
mod size;
mod soak;
mod stale;
mod stop;
mod switches;
mod tokens;
mod undo;
mod verbs;
pub(crate) mod world;
