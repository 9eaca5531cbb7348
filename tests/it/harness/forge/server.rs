//! The server, what a test asks of it, and what goes wrong.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::{Value, json};

use super::super::gateway::{Asked, Reply};
use super::state::{Checked, Comment, Files, Issue, Kept, Posted, Proposal, State, TOKEN, User};
use super::{github, gitlab};

/// A running forge with the repository `acme/pipeline`, which is the project 42.
pub(crate) struct FakeForge {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    state: State,
    trouble: Vec<(String, Trouble)>,
}

/// What goes wrong with a call, once.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// This status, with these headers, one a line, and this message.
    Answer(u16, String, &'static str),
    /// This status and this body.
    Members(u16, Value),
    /// The call is carried out, and the answer is this status.
    Done(u16),
    /// The call is carried out, and the connection closed.
    Silence,
    /// The call is carried out, after another run has commented on a pull request with this text, or opened an issue with it.
    Rival(Option<u64>, String),
}

/// A call, taken apart.
pub(super) struct Wanted {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: Value,
    /// The address of the server.
    pub(super) base: String,
}

impl FakeForge {
    /// One in which the token of jobs has these permissions.
    pub(crate) fn start(permissions: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let forge = Self {
            address: listener.local_addr().expect("it is bound"),
            shared: Arc::default(),
        };
        forge.grant(TOKEN, "github-actions[bot]", permissions);
        let shared = Arc::clone(&forge.shared);
        let base = forge.url();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (shared, base) = (Arc::clone(&shared), base.clone());
                thread::spawn(move || {
                    let Some(asked) = Asked::read(&mut stream) else {
                        return;
                    };
                    if let Some(reply) = answer(&asked, &shared, &base) {
                        reply.send(&mut stream);
                    }
                });
            }
        });
        forge
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a token to a user, in place of what it could do before.
    pub(crate) fn grant(&self, token: &str, login: &str, permissions: &[&str]) {
        let mut shared = self.lock();
        let id = shared.state.id();
        let user = User {
            id,
            login: login.to_owned(),
            permissions: permissions.iter().map(|it| (*it).to_owned()).collect(),
        };
        shared.state.users.insert(token.to_owned(), user);
    }

    /// Makes the next call go wrong whose method and path begin so.
    pub(crate) fn trouble(&self, call: &str, trouble: Trouble) {
        self.lock().trouble.push((call.to_owned(), trouble));
    }

    /// Whether trouble is left that no call has met.
    pub(crate) fn has_trouble(&self) -> bool {
        !self.lock().trouble.is_empty()
    }

    /// Opens a pull request for `main`, opens it again, or pushes to it.
    pub(crate) fn push(&self, number: u64, head: &str) {
        let mut shared = self.lock();
        let pulls = &mut shared.state.pulls;
        match pulls.iter_mut().find(|pull| pull.number == number) {
            Some(pull) => {
                head.clone_into(&mut pull.head);
                (pull.is_open, pull.merge) = (true, None);
            }
            None => pulls.push(Proposal {
                number,
                head: head.to_owned(),
                base: "main".to_owned(),
                is_open: true,
                merge: None,
            }),
        }
    }

    /// Merges it.
    pub(crate) fn merge(&self, number: u64, merge: &str) {
        let mut shared = self.lock();
        let at = shared.state.now();
        let pulls = &mut shared.state.pulls;
        let pull = pulls.iter_mut().find(|pull| pull.number == number);
        pull.expect("it is there").merge = Some((merge.to_owned(), at));
    }

    /// Closes it without a merge.
    pub(crate) fn close(&self, number: u64) {
        let pulls = &mut self.lock().state.pulls;
        let pull = pulls.iter_mut().find(|pull| pull.number == number);
        pull.expect("it is there").is_open = false;
    }

    /// Makes it one for another branch.
    pub(crate) fn retarget(&self, number: u64, base: &str) {
        let pulls = &mut self.lock().state.pulls;
        let pull = pulls.iter_mut().find(|pull| pull.number == number);
        base.clone_into(&mut pull.expect("it is there").base);
    }

    /// Somebody comments.
    pub(crate) fn comment(&self, login: &str, on: u64, body: &str) -> u64 {
        let mut shared = self.lock();
        let (id, by) = (shared.state.id(), shared.state.person(login));
        let updated = shared.state.now();
        shared.state.comments.push(Comment {
            id,
            on,
            by,
            body: body.to_owned(),
            updated,
        });
        id
    }

    /// Another run comments.
    pub(crate) fn rival(&self, on: u64, body: &str) -> u64 {
        let state = &mut self.lock().state;
        state.rival(Some(on), body);
        let last = state.comments.last().expect("it was added");
        last.id
    }

    /// Somebody edits a comment.
    pub(crate) fn edit(&self, id: u64, body: &str) {
        let mut shared = self.lock();
        let now = shared.state.now();
        let mut comments = shared.state.comments.iter_mut();
        let comment = comments.find(|comment| comment.id == id);
        let comment = comment.expect("it is there");
        (comment.body, comment.updated) = (body.to_owned(), now);
    }

    /// The comments on a pull request or an issue, the oldest first.
    pub(crate) fn comments(&self, on: u64) -> Vec<Posted> {
        let shared = self.lock();
        let comments = shared.state.comments.iter();
        comments
            .filter(|comment| comment.on == on)
            .map(|comment| Posted {
                id: comment.id,
                author: comment.by.1.clone(),
                body: comment.body.clone(),
            })
            .collect()
    }

    /// The issues that are open, or those that are closed: number, title and text.
    pub(crate) fn issues(&self, is_open: bool) -> Vec<(u64, String, String)> {
        let shared = self.lock();
        let issues = shared.state.issues.iter();
        issues
            .filter(|issue| issue.is_open == is_open)
            .map(|issue| (issue.number, issue.title.clone(), issue.body.clone()))
            .collect()
    }

    /// Somebody opens an issue.
    pub(crate) fn open_issue(&self, login: &str, body: &str) {
        let mut shared = self.lock();
        let (number, by) = (shared.state.id(), shared.state.person(login));
        shared.state.issues.push(Issue {
            number,
            by,
            title: "An issue".to_owned(),
            body: body.to_owned(),
            is_open: true,
        });
    }

    /// All checks, the oldest first.
    pub(crate) fn checks(&self) -> Vec<Checked> {
        self.lock().state.checks.clone()
    }

    /// A run for this commit keeps files.
    pub(crate) fn keep(&self, name: &str, commit: &str, files: Files) {
        let mut shared = self.lock();
        let id = shared.state.id();
        shared.state.kept.push(Kept {
            id,
            name: name.to_owned(),
            commit: commit.to_owned(),
            of_fork: false,
            expired: false,
            files,
        });
    }

    /// What was kept expires, or was kept by a run for a fork.
    pub(crate) fn spoil(&self, is_of_fork: bool) {
        for kept in &mut self.lock().state.kept {
            kept.expired |= !is_of_fork;
            kept.of_fork |= is_of_fork;
        }
    }

    /// All that can be read in comments, issues and checks.
    pub(crate) fn everything(&self) -> String {
        let shared = self.lock();
        let State {
            comments,
            issues,
            checks,
            ..
        } = &shared.state;
        let comments = comments.iter().map(|comment| comment.body.clone());
        let issues = issues.iter().map(|issue| issue.body.clone());
        let checks = checks.iter().map(|check| format!("{check:?}"));
        comments.chain(issues).chain(checks).collect()
    }

    /// The names and the files of what runs have kept.
    pub(crate) fn kept(&self) -> Vec<(String, Files)> {
        let shared = self.lock();
        let kept = shared.state.kept.iter();
        kept.map(|kept| (kept.name.clone(), kept.files.clone()))
            .collect()
    }

    /// A file of a release.
    pub(crate) fn release(&self, path: &str, bytes: Vec<u8>) {
        self.lock().state.files.insert(path.to_owned(), bytes);
    }
}

impl Wanted {
    fn of(asked: &Asked, base: &str) -> Self {
        let line = asked.line();
        let (method, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query = form_urlencoded::parse(query.as_bytes());
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.into_owned().collect(),
            body: serde_json::from_str(&asked.body()).unwrap_or_default(),
            base: base.to_owned(),
        }
    }

    /// The parts of the path.
    pub(super) fn parts(&self) -> Vec<&str> {
        self.path.trim_matches('/').split('/').collect()
    }

    /// A page of a list, with the links to others. Both forges have 20 or 30 entries a page, and at most 100.
    pub(super) fn page(&self, usual: usize, member: Option<&str>, entries: &[Value]) -> Reply {
        let number = |name: &str| self.query.get(name).and_then(|value| value.parse().ok());
        let size: usize = number("per_page").unwrap_or(usual).clamp(1, 100);
        let page: usize = number("page").unwrap_or(1).max(1);
        let shown: Vec<&Value> = entries.iter().skip((page - 1) * size).take(size).collect();
        let body = match member {
            None => json!(shown),
            Some(member) => json!({ "total_count": entries.len(), member: shown }),
        };
        let mut headers = "Content-Type: application/json".to_owned();
        if page * size < entries.len() {
            let query = self.query.iter().filter(|(name, _)| *name != "page");
            let mut link = form_urlencoded::Serializer::new(String::new());
            link.extend_pairs(query);
            link.append_pair("page", &(page + 1).to_string());
            let (base, path, query) = (&self.base, &self.path, link.finish());
            let links = format!(
                "\nLink: <{base}{path}?x=1>; rel=\"first\", <{base}{path}?{query}>; rel=\"next\""
            );
            headers.push_str(&links);
        }
        Reply::of(200, &headers, body.to_string())
    }
}

/// An error as both forges write it.
pub(super) fn error(status: u16, message: &str) -> Reply {
    let body = json!({ "message": message }).to_string();
    Reply::of(status, "Content-Type: application/json", body)
}

pub(super) fn done(status: u16, body: &Value) -> Reply {
    Reply::of(status, "Content-Type: application/json", body.to_string())
}

fn answer(asked: &Asked, shared: &Mutex<Shared>, base: &str) -> Option<Reply> {
    let wanted = Wanted::of(asked, base);
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let call = format!("{} {}", wanted.method, wanted.path);
    let met = shared
        .trouble
        .iter()
        .position(|(begin, _)| call.starts_with(begin.as_str()));
    let trouble = met.map(|index| shared.trouble.remove(index).1);
    if let Some(Trouble::Answer(status, headers, message)) = trouble {
        let body = json!({ "message": message }).to_string();
        // An empty line would end the headers before the length of the body.
        let headers = format!("Content-Type: application/json\n{headers}");
        return Some(Reply::of(status, headers.trim_end(), body));
    }
    if let Some(Trouble::Members(status, body)) = &trouble {
        return Some(done(*status, body));
    }
    let state = &mut shared.state;
    if let Some(Trouble::Rival(on, body)) = &trouble {
        state.rival(*on, body);
    }
    let reply = if let Some(bytes) = state.files.get(&wanted.path) {
        Reply::of(200, "Content-Type: application/octet-stream", bytes)
    } else if wanted.path.starts_with("/api/v4/") {
        gitlab::answer(asked, &wanted, state)
    } else {
        github::answer(asked, &wanted, state)
    };
    match trouble {
        Some(Trouble::Done(status)) => Some(error(status, "Server Error")),
        Some(Trouble::Silence) => None,
        Some(Trouble::Answer(..) | Trouble::Members(..) | Trouble::Rival(..)) | None => Some(reply),
    }
}
