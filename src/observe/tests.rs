//! Observing against the simulator in this process: leads, children of a parent, and how many calls that takes.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod children;
mod leads;
