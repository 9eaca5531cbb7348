//! The client itself: the token, and who wrote a comment.

use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::run::GithubRun;
use crate::forge::access::{Access, BEARER};
use crate::forge::answer::time;
use crate::forge::calls::Post;
use crate::forge::error::ForgeError;
use crate::forge::http::{Call, Http};

/// What the forge is called.
pub(super) const NAME: &str = "GitHub";

/// The client of a job on GitHub.
pub struct Github {
    pub(super) http: Http,
    pub(super) run: GithubRun,
    /// The login of the token's user.
    pub(super) author: String,
}

/// "Media types" and "API versions" of docs.github.com.
const HEADERS: [(&str, &str); 2] = [
    ("accept", "application/vnd.github+json"),
    ("x-github-api-version", "2022-11-28"),
];

impl Github {
    /// The login of the user that `GITHUB_TOKEN` stands for in a job. No person can have it: logins have no brackets.
    pub const AUTHOR: &'static str = "github-actions[bot]";

    /// # Errors
    /// The HTTP client cannot be set up.
    pub fn new(run: GithubRun, author: &str) -> Result<Self, ForgeError> {
        let access = Access {
            forge: NAME,
            variable: "GITHUB_TOKEN",
            header: BEARER,
            token: run.token.expose_secret(),
            others: &HEADERS,
        };
        Ok(Self {
            http: Http::new(&run.api, &access)?,
            author: author.to_owned(),
            run,
        })
    }

    /// A path below the repository.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/repos/{}{rest}", self.run.repository)
    }

    pub(super) fn post(&self, value: &Value, id: &str) -> Option<Post> {
        let author = value["user"]["login"].as_str().unwrap_or_default();
        Some(Post {
            id: value[id].as_u64()?,
            body: value["body"].as_str().unwrap_or_default().to_owned(),
            author: author.to_owned(),
            // Users that are gone have none. Logins are compared without case by GitHub.
            is_ours: !author.is_empty() && author.eq_ignore_ascii_case(&self.author),
            updated: time(&value["updated_at"]),
        })
    }

    pub(super) fn written(&self, call: Call, value: &Value, id: &str) -> Result<Post, ForgeError> {
        let post = self.post(value, id);
        post.ok_or_else(|| self.http.misread(call, "it has no id"))
    }
}
