//! HTTP in both directions: which paths exist, how a request is read, how a reply is written.

pub(super) mod call_log;
pub(super) mod codes;
pub(super) mod connection;
pub(super) mod json;
pub(super) mod reply;
pub(super) mod request;
pub(super) mod routes;
