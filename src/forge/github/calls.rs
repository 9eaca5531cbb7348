//! Pull requests, comments and issues.

use reqwest::Method;
use serde_json::{Value, json};

use super::checks;
use super::client::{Github, NAME};
use super::kept;
use super::run::pull;
use crate::forge::answer::time;
use crate::forge::calls::{Check, Forge, MergedPull, Post, Pull, PullNow, PullState};
use crate::forge::error::ForgeError;
use crate::forge::http::Call;

const READ_PULL: Call = Call {
    does: "read the pull request",
    permission: "`pull-requests: write`",
};
const READ_PULLS: Call = Call {
    does: "read the pull request of the commit",
    permission: "`pull-requests: read`",
};
const READ_COMMENTS: Call = Call {
    does: "read the comments of the pull request",
    permission: "`pull-requests: write`",
};
const COMMENT: Call = Call {
    does: "comment on the pull request",
    permission: "`pull-requests: write` (runs for forks cannot have it)",
};
const READ_ISSUES: Call = Call {
    does: "read the issues",
    permission: "`issues: write`",
};
const WRITE_ISSUE: Call = Call {
    does: "write the issue about drift",
    permission: "`issues: write`",
};

impl Forge for Github {
    const NAME: &'static str = NAME;
    /// "body is too long (maximum is 65536 characters)", as the API answers with 422.
    const MOST_OF_COMMENT: usize = 65_536;
    const PULL: &'static str = "pull request";

    fn author(&self) -> &str {
        &self.author
    }

    fn commit(&self) -> &str {
        &self.run.commit
    }

    fn branch(&self) -> Result<&str, ForgeError> {
        self.run.branch()
    }

    fn proposed(&self) -> Option<Pull> {
        self.run.pull.clone()
    }

    async fn now(&self, number: u64) -> Result<PullNow, ForgeError> {
        let path = self.path(&format!("/pulls/{number}"));
        let value = self.http.get(READ_PULL, &path).await?;
        let found = pull(&value).filter(|pull| pull.number == number);
        let found = found.ok_or_else(|| self.http.misread(READ_PULL, "it has no last commit"))?;
        let state = match value["state"].as_str() {
            _ if !value["merged_at"].is_null() => PullState::Merged,
            Some("open") => PullState::Open,
            _ => PullState::Closed,
        };
        let head = found.head;
        Ok(PullNow { state, head })
    }

    async fn merged(&self, commit: &str) -> Result<Vec<MergedPull>, ForgeError> {
        let branch = self.branch()?;
        let path = self.path(&format!("/commits/{commit}/pulls?per_page=100"));
        let pulls = match self.http.list(READ_PULLS, &path, None).await {
            // "No commit found for SHA", and whatever the token may not see.
            Err(ForgeError::Refused { status: 422, .. }) => return Ok(Vec::new()),
            pulls => pulls?,
        };
        // A pull request can contain the commit of another one.
        let is_merge =
            |value: &&Value| !value["merged_at"].is_null() && value["merge_commit_sha"] == commit;
        // Its commit can have come here from another branch, or in a fork from another repository.
        let is_here = |value: &&Value| {
            let repository = value["base"]["repo"]["full_name"].as_str();
            value["base"]["ref"] == branch
                && repository.is_some_and(|name| name.eq_ignore_ascii_case(&self.run.repository))
        };
        let found = pulls.iter().filter(is_merge).filter(is_here);
        let found = found.map(|value| {
            let (pull, at) = pull(value).zip(time(&value["merged_at"]))?;
            Some(MergedPull { pull, at })
        });
        let found: Option<Vec<_>> = found.collect();
        found.ok_or_else(|| {
            self.http
                .misread(READ_PULLS, "a merge has no commit or no time")
        })
    }

    async fn comments(&self, of: &Pull) -> Result<Vec<Post>, ForgeError> {
        let path = self.path(&format!("/issues/{}/comments?per_page=100", of.number));
        let comments = self.http.list(READ_COMMENTS, &path, None).await?;
        Ok(comments
            .iter()
            .filter_map(|comment| self.post(comment, "id"))
            .collect())
    }

    async fn add_comment(&self, of: &Pull, body: &str) -> Result<Post, ForgeError> {
        let path = self.path(&format!("/issues/{}/comments", of.number));
        let body = json!({ "body": body });
        let comment = self.http.create(COMMENT, &path, &body).await?;
        self.written(COMMENT, &comment, "id")
    }

    async fn edit_comment(&self, _: &Pull, id: u64, body: &str) -> Result<(), ForgeError> {
        let path = self.path(&format!("/issues/comments/{id}"));
        let body = json!({ "body": body });
        let edited = self.http.change(COMMENT, Method::PATCH, &path, &body).await;
        edited.map(drop)
    }

    async fn delete_comment(&self, _: &Pull, id: u64) -> Result<(), ForgeError> {
        let path = self.path(&format!("/issues/comments/{id}"));
        self.http.delete(COMMENT, &path).await
    }

    async fn open_issues(&self) -> Result<Vec<Post>, ForgeError> {
        let path = self.path("/issues?state=open&sort=created&direction=asc&per_page=100");
        let issues = self.http.list(READ_ISSUES, &path, None).await?;
        // Each pull request is an issue too.
        let issues = issues
            .iter()
            .filter(|issue| issue["pull_request"].is_null());
        Ok(issues
            .filter_map(|issue| self.post(issue, "number"))
            .collect())
    }

    async fn open_issue(&self, title: &str, body: &str) -> Result<Post, ForgeError> {
        let body = json!({ "title": title, "body": body });
        let path = self.path("/issues");
        let issue = self.http.create(WRITE_ISSUE, &path, &body).await?;
        self.written(WRITE_ISSUE, &issue, "number")
    }

    async fn edit_issue(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        let path = self.path(&format!("/issues/{number}"));
        let body = json!({ "title": title, "body": body });
        let edited = self
            .http
            .change(WRITE_ISSUE, Method::PATCH, &path, &body)
            .await;
        edited.map(drop)
    }

    async fn close_issue(&self, number: u64, why: &str) -> Result<(), ForgeError> {
        let path = self.path(&format!("/issues/{number}"));
        // Closed first: if the comment fails, the next run does not find an open issue, and nothing is said twice.
        let body = json!({ "state": "closed", "state_reason": "completed" });
        drop(
            self.http
                .change(WRITE_ISSUE, Method::PATCH, &path, &body)
                .await?,
        );
        let path = self.path(&format!("/issues/{number}/comments"));
        let body = json!({ "body": why });
        self.http.create(WRITE_ISSUE, &path, &body).await.map(drop)
    }

    async fn set_check(&self, check: &Check<'_>) -> Result<(), ForgeError> {
        checks::set(self, check).await
    }

    async fn has_passed(&self, commit: &str, check: &str) -> Result<bool, ForgeError> {
        checks::has_passed(self, commit, check).await
    }

    async fn kept_plan(&self, of: &Pull, digest: &str) -> Result<Option<String>, ForgeError> {
        kept::plan(self, of, digest).await
    }
}
