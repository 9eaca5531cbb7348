//! The client against small servers that answer by a script and record the requests.
//!
//! The scripts are written from the documentation and from recorded replies, not from the simulator.

mod documented;
mod fields;
mod reads;
mod retries;
mod secrets;
mod server;
mod tokens;
mod usage;
mod writes;
