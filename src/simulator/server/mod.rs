//! A running simulator: the listening server, and a call on its way through it.

pub(super) mod admitted_call;
pub(super) mod control;
pub(super) mod handler;
#[cfg(test)]
pub(super) mod in_process;
pub(super) mod start;
pub(super) mod state;
