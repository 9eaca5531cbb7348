//! Scripted faults: what they are, how scripts name them, and what they do to a call.
//!
//! The head of `fault` says where each sort of fault takes effect.

pub(super) mod effects;
pub(super) mod fault;
pub(super) mod members;
pub(super) mod script;
pub(super) mod table;
