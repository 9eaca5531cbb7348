//! A running simulator, and the way of a call through it.

pub(super) mod admitted_call;
pub(super) mod control;
pub(super) mod handler;
#[cfg(test)]
pub(super) mod in_process;
pub(super) mod loopback_only;
pub(super) mod start;
pub(super) mod state;
