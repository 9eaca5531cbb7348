//! What a forge has: users, pull requests, comments, issues, checks, kept files.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The token of a job.
pub(crate) const TOKEN: &str = "ghs_hush";

/// Everything.
#[derive(Default)]
pub(super) struct State {
    pub(super) users: BTreeMap<String, User>,
    last_id: u64,
    pub(super) pulls: Vec<Proposal>,
    pub(super) comments: Vec<Comment>,
    pub(super) issues: Vec<Issue>,
    pub(super) checks: Vec<Checked>,
    pub(super) kept: Vec<Kept>,
    /// Releases: the files by their paths below the server.
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

/// The user of a token.
#[derive(Clone)]
pub(super) struct User {
    pub(super) id: u64,
    pub(super) login: String,
    /// Such as `checks: write`; `api` is a scope of GitLab.
    pub(super) permissions: Vec<String>,
}

/// A pull request.
#[derive(Clone)]
pub(super) struct Proposal {
    pub(super) number: u64,
    pub(super) head: String,
    /// The branch that it is for.
    pub(super) base: String,
    pub(super) is_open: bool,
    /// The commit that its merge made, and when.
    pub(super) merge: Option<(String, String)>,
}

/// A comment on a pull request or an issue.
#[derive(Clone)]
pub(super) struct Comment {
    pub(super) id: u64,
    /// The number of what it is on.
    pub(super) on: u64,
    pub(super) by: (u64, String),
    pub(super) body: String,
    pub(super) updated: String,
}

/// An issue.
#[derive(Clone)]
pub(super) struct Issue {
    pub(super) number: u64,
    pub(super) by: (u64, String),
    pub(super) title: String,
    pub(super) body: String,
    pub(super) is_open: bool,
}

/// A check run, or a commit status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) id: u64,
    pub(crate) commit: String,
    pub(crate) name: String,
    /// A text of whoever has set it.
    pub(crate) external: String,
    pub(crate) conclusion: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) annotations: Vec<Annotated>,
}

/// An annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Annotated {
    pub(crate) path: String,
    pub(crate) line: u64,
    pub(crate) level: String,
    pub(crate) message: String,
}

/// Files with their paths.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// What a run has kept.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) commit: String,
    pub(super) of_fork: bool,
    pub(super) expired: bool,
    pub(super) files: Files,
}

/// A comment or an issue, for a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Posted {
    pub(crate) id: u64,
    pub(crate) author: String,
    pub(crate) body: String,
}

impl State {
    pub(super) fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The user of the one token comments on a pull request, or opens an issue.
    pub(super) fn rival(&mut self, on: Option<u64>, body: &str) {
        let user = self.users.get(TOKEN).expect("there is one");
        let (by, body) = ((user.id, user.login.clone()), body.to_owned());
        let id = self.id();
        match on {
            Some(on) => {
                let updated = self.now();
                self.comments.push(Comment {
                    id,
                    on,
                    by,
                    body,
                    updated,
                });
            }
            None => self.issues.push(Issue {
                number: id + 100,
                by,
                title: "Another run".to_owned(),
                body,
                is_open: true,
            }),
        }
    }

    /// Now: each thing that happens is a second later than the one before.
    pub(super) fn now(&mut self) -> String {
        let second = self.id();
        format!("2026-11-30T00:{:02}:{:02}Z", second / 60, second % 60)
    }

    /// The user with this login, who has no token.
    pub(super) fn person(&mut self, login: &str) -> (u64, String) {
        let known = self.users.values().find(|user| user.login == login);
        let id = match known {
            Some(user) => user.id,
            None => 4_000 + login.len() as u64,
        };
        (id, login.to_owned())
    }
}

impl Proposal {
    /// Whether a commit is its last one, or that of its merge.
    pub(super) fn has(&self, commit: &str) -> bool {
        self.head == commit || self.merge_commit() == Some(commit)
    }

    pub(super) fn merge_commit(&self) -> Option<&str> {
        self.merge.as_ref().map(|(commit, _)| commit.as_str())
    }

    pub(super) fn merged_at(&self) -> Option<&str> {
        self.merge.as_ref().map(|(_, at)| at.as_str())
    }
}

impl Kept {
    /// The archive of its files.
    pub(super) fn zip(&self) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.files {
            let begun = archive.start_file(name, SimpleFileOptions::default());
            begun.expect("names are short");
            archive.write_all(bytes).expect("it is in memory");
        }
        archive.finish().expect("it is in memory").into_inner()
    }
}
