//! What `publish` asks of a forge, and the values of the answers.

use jiff::Timestamp;

use super::annotation::Annotation;
use super::error::ForgeError;

/// A forge, with the run that it is asked for. Two exist: GitHub and GitLab.
pub(crate) trait Forge {
    /// What it is called.
    const NAME: &'static str;
    /// The most characters of a comment.
    const MOST_OF_COMMENT: usize;
    /// What a proposed change is called.
    const PULL: &'static str;

    /// The user of the token, as the author of comments.
    fn author(&self) -> &str;
    /// The commit that the run is about.
    fn commit(&self) -> &str;
    /// The branch of the run, if it is not that of a pull request.
    fn branch(&self) -> Result<&str, ForgeError>;
    /// The pull request that started the run, as it was then.
    fn proposed(&self) -> Option<Pull>;
    /// What has become of a pull request.
    async fn now(&self, number: u64) -> Result<PullNow, ForgeError>;
    /// The pull requests whose merge into the branch of the run made a commit.
    async fn merged(&self, commit: &str) -> Result<Vec<MergedPull>, ForgeError>;
    /// All comments of a pull request, the oldest first.
    async fn comments(&self, pull: &Pull) -> Result<Vec<Post>, ForgeError>;
    async fn add_comment(&self, pull: &Pull, body: &str) -> Result<Post, ForgeError>;
    async fn edit_comment(&self, pull: &Pull, id: u64, body: &str) -> Result<(), ForgeError>;
    /// Deletes a comment, if it is still there.
    async fn delete_comment(&self, pull: &Pull, id: u64) -> Result<(), ForgeError>;
    /// The open issues of the token's user; of those of others, some may be among them.
    async fn open_issues(&self) -> Result<Vec<Post>, ForgeError>;
    async fn open_issue(&self, title: &str, body: &str) -> Result<Post, ForgeError>;
    async fn edit_issue(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError>;
    /// Says why in a comment, and closes it.
    async fn close_issue(&self, number: u64, why: &str) -> Result<(), ForgeError>;
    /// Sets the conclusion of the commit's check.
    async fn set_check(&self, check: &Check<'_>) -> Result<(), ForgeError>;
    /// Whether the check of this name has succeeded for a commit.
    async fn has_passed(&self, commit: &str, check: &str) -> Result<bool, ForgeError>;
    /// The text of the plan file with this digest that a run for the last commit of the pull request has kept.
    async fn kept_plan(&self, pull: &Pull, digest: &str) -> Result<Option<String>, ForgeError>;
}

/// A pull request, or a merge request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    /// Its last commit.
    pub(crate) head: String,
}

/// What has become of a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PullNow {
    pub(crate) state: PullState,
    /// Its last commit.
    pub(crate) head: String,
}

/// Whether a pull request can still be reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PullState {
    Open,
    Closed,
    Merged,
}

/// A pull request that was merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MergedPull {
    pub(crate) pull: Pull,
    /// When it was merged.
    pub(crate) at: Timestamp,
}

/// A comment, or an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Post {
    /// The id of a comment, the number of an issue.
    pub(crate) id: u64,
    pub(crate) body: String,
    pub(crate) author: String,
    /// Whether the token's user has written it.
    pub(crate) is_ours: bool,
    /// When it was changed last, as far as the forge says.
    pub(crate) updated: Option<Timestamp>,
}

/// The check of a commit.
#[derive(Debug)]
pub(crate) struct Check<'a> {
    pub(crate) name: &'a str,
    pub(crate) conclusion: Conclusion,
    /// One sentence.
    pub(crate) title: &'a str,
    /// Markdown.
    pub(crate) summary: &'a str,
    pub(crate) annotations: &'a [Annotation],
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conclusion {
    Success,
    /// Neither good nor bad: others have changed something in Marketo.
    Neutral,
    Failure,
    Cancelled,
}

impl Conclusion {
    /// A word for people and for the outputs of a step.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Neutral => "neutral",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
        }
    }
}
