//! HTTP in both directions: paths, requests, replies, and the log of calls.

pub(super) mod call_log;
pub(super) mod codes;
pub(super) mod connection;
pub(super) mod ignored;
pub(super) mod json;
pub(super) mod reply;
pub(super) mod request;
pub(super) mod routes;
