//! Observing against the simulator in this process: leads, children of a parent, and the number of calls.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod children;
mod leads;
