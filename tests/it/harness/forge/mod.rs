//! GitHub and GitLab on loopback, as far as their documentation says how they answer: authors, permissions, limits, pages, rate limits.
//!
//! It shares no type with the client, so that an error cannot cancel out. Whoever may write may edit the comments of others, as on GitHub:
//! that the client does not is for the tests to see.

mod github;
mod gitlab;
mod server;
mod state;

pub(crate) use server::{FakeForge, Trouble};
pub(crate) use state::TOKEN;
