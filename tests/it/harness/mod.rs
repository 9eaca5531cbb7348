//! The one harness of the end-to-end tests: the built binary in a folder of its own, and a Marketo that counts and misbehaves.
//!
//! The binary runs with an environment of the harness's making, so that no setting of the machine reaches it. What it
//! prints is compared as a whole; what differs from run to run becomes a placeholder, here and nowhere else.

mod forge;
mod gateway;
mod marketo;
mod moment;
mod normal;
mod object_storage;
mod project;
mod run;
mod tap;
#[cfg(unix)]
mod terminal;
mod world;

pub(crate) use forge::{FakeForge, TOKEN, Trouble};
pub(crate) use gateway::{Asked, Gateway, Reply};
pub(crate) use marketo::Marketo;
pub(crate) use moment::{label, names, number, wait_for};
pub(crate) use normal::normal;
pub(crate) use object_storage::ObjectStorage;
pub(crate) use project::Project;
pub(crate) use run::{Run, shows};
pub(crate) use tap::{Caught, Line, Passage, Tap, Way};
#[cfg(unix)]
pub(crate) use terminal::Terminal;
pub(crate) use world::{Records, State, World, values};
