//! The arguments of `publish`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::forge::Github;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PublishCommand {
    /// Publish from a job of GitHub Actions; needs GITHUB_TOKEN
    Github(GithubArgs),
    /// Publish from a job of GitLab; needs GITLAB_TOKEN, an access token of the project
    Gitlab(GitlabArgs),
}

#[derive(Args, Debug)]
pub(in crate::cli) struct PublishArgs {
    /// The page of the command, from its `--write markdown=FILE`: the comment, or the issue about drift
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "reviewed",
        requires = "json"
    )]
    pub(in crate::cli) markdown: Option<PathBuf>,
    /// The document of the command, from its `--write json=FILE`: the conclusion of the check
    #[arg(long, value_name = "FILE", requires = "markdown")]
    pub(in crate::cli) json: Option<PathBuf>,
    /// Publish nothing. Write the plans that were reviewed, merged and not applied yet to this new directory, for `apply --plan`
    #[arg(long, value_name = "DIR", conflicts_with_all = ["markdown", "json"])]
    pub(in crate::cli) reviewed: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct GithubArgs {
    #[command(flatten)]
    pub(in crate::cli) publish: PublishArgs,
    /// The annotations of the check, from `--write sarif=FILE` of the command
    #[arg(long, value_name = "FILE", requires = "markdown")]
    pub(in crate::cli) sarif: Option<PathBuf>,
    /// The login of the token's user. Comments of others are neither edited nor believed
    #[arg(long, value_name = "LOGIN", default_value = Github::AUTHOR)]
    pub(in crate::cli) author: String,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct GitlabArgs {
    #[command(flatten)]
    pub(in crate::cli) publish: PublishArgs,
    /// With --reviewed: the job of the merge request that keeps its plan
    #[arg(long, value_name = "NAME", default_value = "oppctl-plan")]
    pub(in crate::cli) job: String,
    /// With --reviewed: the path of the plan among the artifacts of that job
    #[arg(long, value_name = "PATH", default_value = ".oppctl/ci/plan.json")]
    pub(in crate::cli) path: String,
}
