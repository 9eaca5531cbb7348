//! GitHub and GitLab, as far as `publish` speaks to them: one comment for each instance, the check of a commit, one issue about drift,
//! and the plans that were reviewed.
//!
//! `publish` and `reviewed` decide; they know a forge only as `Forge`. The two clients share one `http` room, the only one
//! that waits and repeats. What a run is about comes from the variables of its CI system ([`GithubRun`], [`GitlabRun`]).
//!
//! A comment or an issue counts as ours only if its author is the token's user and its first line is our header. The text of others is
//! never edited and never believed.
//!
//! Deliberately absent: what the texts say. `plan`, `apply` and `plan --drift` write them (`--write`), and [`Published`] reads them.

mod access;
mod annotation;
mod answer;
mod calls;
mod error;
mod github;
mod gitlab;
mod http;
mod link;
mod marker;
mod outcome;
mod pause;
mod publish;
mod reviewed;
mod variables;

pub(crate) use calls::Forge;
pub use error::ForgeError;
pub use github::{Github, GithubRun};
pub use gitlab::{Gitlab, GitlabRun, KeptAt};
pub use outcome::{OutcomeError, Published};
pub(crate) use publish::publish;
pub use publish::{Done, Step};
pub(crate) use reviewed::reviewed;
pub use reviewed::{ReviewedPlans, SkippedPull};
