//! The files that a simulator can be started with, in YAML or JSON.

pub(super) mod faults;
pub(super) mod leads;
pub(super) mod schema;
mod sections;
pub(super) mod users;
pub(super) mod yaml;
