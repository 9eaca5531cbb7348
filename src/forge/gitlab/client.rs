//! Merge requests, notes, issues, commit statuses, and kept plans.
//!
//! Source: docs.gitlab.com, "Notes API", "Issues API", "Commits API" and "Job artifacts API".

use reqwest::Method;
use reqwest::header::HeaderName;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::run::GitlabRun;
use crate::forge::access::Access;
use crate::forge::answer::time;
use crate::forge::calls::{Check, Conclusion, Forge, MergedPull, Post, Pull, PullNow, PullState};
use crate::forge::error::ForgeError;
use crate::forge::http::{Call, Http};
use crate::forge::variables::is_commit;

/// The client of a job on GitLab.
pub struct Gitlab {
    http: Http,
    run: GitlabRun,
    /// The user of the token.
    user: (u64, String),
    /// The job that keeps plans, and the path of the file in its artifacts.
    kept: KeptAt,
}

/// Where the job of a merge request keeps its plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAt {
    pub job: String,
    pub path: String,
}

/// `Gitlab::Database::MAX_TEXT_SIZE_LIMIT` of GitLab's source.
const MOST_OF_NOTE: usize = 1_000_000;
/// The column `description` of commit statuses is a text of at most 255 characters.
const MOST_OF_DESCRIPTION: usize = 255;

const API: &str = "the scope `api` and the role Developer";
const fn call(does: &'static str) -> Call {
    Call {
        does,
        permission: API,
    }
}
const READ_USER: Call = call("read the user of the token");
const READ_REQUEST: Call = call("read the merge request");
const READ_REQUESTS: Call = call("read the merge request of the commit");
const READ_NOTES: Call = call("read the notes of the merge request");
const WRITE_NOTE: Call = call("comment on the merge request");
const READ_ISSUES: Call = call("read the issues");
const WRITE_ISSUE: Call = call("write the issue about drift");
const WRITE_STATUS: Call = call("set the status of the commit");
const READ_STATUS: Call = call("read the statuses of the commit");
const READ_PLAN: Call = call("read the plan that a job has kept");

impl Gitlab {
    /// Asks whose token it is.
    ///
    /// # Errors
    /// The token is not known, or there is no answer.
    pub async fn new(run: GitlabRun, kept: KeptAt) -> Result<Self, ForgeError> {
        let access = Access {
            forge: Self::NAME,
            variable: "GITLAB_TOKEN",
            header: (HeaderName::from_static("private-token"), ""),
            token: run.token.expose_secret(),
            others: &[],
        };
        let http = Http::new(&run.api, &access)?;
        let user = http.get(READ_USER, "/user").await?;
        let id = user["id"].as_u64();
        let name = user["username"].as_str().unwrap_or_default().to_owned();
        let id = id.ok_or_else(|| http.misread(READ_USER, "it has no id"))?;
        Ok(Self {
            http,
            run,
            user: (id, name),
            kept,
        })
    }

    /// A path below the project.
    fn path(&self, rest: &str) -> String {
        format!("/projects/{}{rest}", self.run.project)
    }

    fn post(&self, value: &Value, id: &str) -> Option<Post> {
        let author = &value["author"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(Post {
            id: value[id].as_u64()?,
            body: text(&value[if id == "iid" { "description" } else { "body" }]),
            author: text(&author["username"]),
            is_ours: author["id"].as_u64() == Some(self.user.0),
            updated: time(&value["updated_at"]),
        })
    }

    fn written(&self, call: Call, value: &Value, id: &str) -> Result<Post, ForgeError> {
        let post = self.post(value, id);
        post.ok_or_else(|| self.http.misread(call, "it has no id"))
    }

    /// The latest status of this name.
    async fn latest_status(&self, commit: &str, name: &str) -> Result<Option<Value>, ForgeError> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("name", name);
        query.append_pair("per_page", "100");
        let path = self.path(&format!(
            "/repository/commits/{commit}/statuses?{}",
            query.finish()
        ));
        let statuses = self.http.list(READ_STATUS, &path, None).await?;
        let latest = statuses.into_iter();
        Ok(latest.max_by_key(|status| status["id"].as_u64()))
    }

    /// The kept plan of the latest pipeline for this reference that succeeded.
    async fn kept_at(&self, reference: &str) -> Result<Option<String>, ForgeError> {
        let KeptAt { job, path } = &self.kept;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("job", job);
        let path = self.path(&format!(
            "/jobs/artifacts/{}/raw/{path}?{}",
            reference.replace('/', "%2F"),
            query.finish()
        ));
        match self.http.file(READ_PLAN, &path).await {
            Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Forge for Gitlab {
    const NAME: &'static str = "GitLab";
    const MOST_OF_COMMENT: usize = MOST_OF_NOTE;
    const PULL: &'static str = "merge request";

    fn author(&self) -> &str {
        &self.user.1
    }

    fn commit(&self) -> &str {
        &self.run.commit
    }

    fn branch(&self) -> Result<&str, ForgeError> {
        self.run.branch.as_deref().ok_or(ForgeError::NoVariable {
            variable: "CI_COMMIT_BRANCH",
            forge: "GitLab for a branch",
        })
    }

    fn proposed(&self) -> Option<Pull> {
        self.run.pull.clone()
    }

    async fn now(&self, number: u64) -> Result<PullNow, ForgeError> {
        let path = self.path(&format!("/merge_requests/{number}"));
        let value = self.http.get(READ_REQUEST, &path).await?;
        let found = request(&value).filter(|pull| pull.number == number);
        let found =
            found.ok_or_else(|| self.http.misread(READ_REQUEST, "it has no last commit"))?;
        let state = match value["state"].as_str() {
            Some("opened") => PullState::Open,
            // "locked": it is being merged.
            Some("merged" | "locked") => PullState::Merged,
            _ => PullState::Closed,
        };
        let head = found.head;
        Ok(PullNow { state, head })
    }

    async fn merged(&self, commit: &str) -> Result<Vec<MergedPull>, ForgeError> {
        let branch = self.branch()?;
        let path = self.path(&format!(
            "/repository/commits/{commit}/merge_requests?per_page=100"
        ));
        let requests = match self.http.list(READ_REQUESTS, &path, None).await {
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            requests => requests?,
        };
        // By a merge commit, by a squashed one, or by a fast-forward to the last commit.
        let is_merge = |value: &&Value| {
            let made = ["merge_commit_sha", "squash_commit_sha"];
            let is_made = made.iter().any(|name| value[*name] == commit);
            let is_forwarded = made.iter().all(|name| value[*name].is_null());
            value["state"] == "merged" && (is_made || (is_forwarded && value["sha"] == commit))
        };
        // Its commit can have come here from another branch, or in a fork from another project.
        let is_here = |value: &&Value| {
            value["target_branch"] == branch && value["target_project_id"] == self.run.project
        };
        let found = requests.iter().filter(is_merge).filter(is_here);
        let found = found.map(|value| {
            let (pull, at) = request(value).zip(time(&value["merged_at"]))?;
            Some(MergedPull { pull, at })
        });
        let found: Option<Vec<_>> = found.collect();
        found.ok_or_else(|| {
            self.http
                .misread(READ_REQUESTS, "a merge has no commit or no time")
        })
    }

    async fn comments(&self, of: &Pull) -> Result<Vec<Post>, ForgeError> {
        let path = self.path(&format!(
            "/merge_requests/{}/notes?sort=asc&order_by=created_at&per_page=100",
            of.number
        ));
        let notes = self.http.list(READ_NOTES, &path, None).await?;
        let notes = notes.iter().filter(|note| note["system"] != true);
        Ok(notes.filter_map(|note| self.post(note, "id")).collect())
    }

    async fn add_comment(&self, of: &Pull, body: &str) -> Result<Post, ForgeError> {
        let path = self.path(&format!("/merge_requests/{}/notes", of.number));
        let body = json!({ "body": body });
        let note = self.http.create(WRITE_NOTE, &path, &body).await?;
        self.written(WRITE_NOTE, &note, "id")
    }

    async fn edit_comment(&self, of: &Pull, id: u64, body: &str) -> Result<(), ForgeError> {
        let path = self.path(&format!("/merge_requests/{}/notes/{id}", of.number));
        let body = json!({ "body": body });
        let edited = self
            .http
            .change(WRITE_NOTE, Method::PUT, &path, &body)
            .await;
        edited.map(drop)
    }

    async fn delete_comment(&self, of: &Pull, id: u64) -> Result<(), ForgeError> {
        let path = self.path(&format!("/merge_requests/{}/notes/{id}", of.number));
        self.http.delete(WRITE_NOTE, &path).await
    }

    async fn open_issues(&self) -> Result<Vec<Post>, ForgeError> {
        let path = self.path(&format!(
            "/issues?state=opened&scope=all&author_id={}&sort=asc&per_page=100",
            self.user.0
        ));
        let issues = self.http.list(READ_ISSUES, &path, None).await?;
        Ok(issues
            .iter()
            .filter_map(|issue| self.post(issue, "iid"))
            .collect())
    }

    async fn open_issue(&self, title: &str, body: &str) -> Result<Post, ForgeError> {
        let body = json!({ "title": title, "description": body });
        let path = self.path("/issues");
        let issue = self.http.create(WRITE_ISSUE, &path, &body).await?;
        self.written(WRITE_ISSUE, &issue, "iid")
    }

    async fn edit_issue(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        let path = self.path(&format!("/issues/{number}"));
        let body = json!({ "title": title, "description": body });
        let edited = self
            .http
            .change(WRITE_ISSUE, Method::PUT, &path, &body)
            .await;
        edited.map(drop)
    }

    async fn close_issue(&self, number: u64, why: &str) -> Result<(), ForgeError> {
        let path = self.path(&format!("/issues/{number}"));
        let body = json!({ "state_event": "close" });
        drop(
            self.http
                .change(WRITE_ISSUE, Method::PUT, &path, &body)
                .await?,
        );
        let path = self.path(&format!("/issues/{number}/notes"));
        let body = json!({ "body": why });
        self.http.create(WRITE_ISSUE, &path, &body).await.map(drop)
    }

    /// GitLab shows annotations of a report of the job (`--annotations gitlab`), not of a status.
    async fn set_check(&self, check: &Check<'_>) -> Result<(), ForgeError> {
        let Check {
            name,
            conclusion,
            title,
            summary: _,
            annotations: _,
        } = check;
        let description: String = title.chars().take(MOST_OF_DESCRIPTION).collect();
        let mut body = json!({
            "state": match conclusion {
                Conclusion::Success | Conclusion::Neutral => "success",
                Conclusion::Failure => "failed",
                Conclusion::Cancelled => "canceled",
            },
            "name": name,
            "description": description,
        });
        if let Some(log) = &self.run.log {
            body["target_url"] = json!(log);
        }
        if let Some(pipeline) = self.run.pipeline {
            body["pipeline_id"] = json!(pipeline);
        }
        let path = self.path(&format!("/statuses/{}", self.run.commit));
        // The latest status of a name counts.
        let set = async || {
            let latest = self.latest_status(&self.run.commit, name).await?;
            let is_set = |status: &Value| {
                status["status"] == body["state"] && status["description"] == body["description"]
            };
            Ok(latest.filter(is_set))
        };
        let set = self
            .http
            .once_only(WRITE_STATUS, (Method::POST, &path), &body, set);
        set.await.map(drop)
    }

    async fn has_passed(&self, commit: &str, check: &str) -> Result<bool, ForgeError> {
        let latest = self.latest_status(commit, check).await?;
        Ok(latest.is_some_and(|status| status["status"] == "success"))
    }

    async fn kept_plan(&self, of: &Pull, digest: &str) -> Result<Option<String>, ForgeError> {
        // Pipelines for merged results run on the second one ("Job artifacts API"). The first may have an older one.
        let mut other = None;
        for reference in ["head", "merge"] {
            let reference = format!("refs/merge-requests/{}/{reference}", of.number);
            let Some(text) = self.kept_at(&reference).await? else {
                continue;
            };
            let file: Value = serde_json::from_str(&text).unwrap_or_default();
            if file["digest"] == digest {
                return Ok(Some(text));
            }
            other = Some(text);
        }
        Ok(other)
    }
}

/// The merge request of an answer.
fn request(value: &Value) -> Option<Pull> {
    let head = value["sha"].as_str()?;
    Some(Pull {
        number: value["iid"].as_u64()?,
        head: Some(head).filter(|head| is_commit(head))?.to_owned(),
    })
}
