//! GitLab: merge requests, notes, commit statuses, issues, and artifacts of jobs.

mod client;
mod run;

pub use client::{Gitlab, KeptAt};
pub use run::GitlabRun;
