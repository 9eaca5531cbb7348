//! GitHub: pull requests, issue comments, check runs, issues, and artifacts of workflow runs.

mod calls;
mod checks;
mod client;
mod kept;
mod run;

pub use client::Github;
pub use run::GithubRun;
