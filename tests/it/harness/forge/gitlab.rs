//! GitLab's API. Source: docs.gitlab.com, "REST API resources": notes, issues, commits, job artifacts.

use serde_json::{Value, json};

use super::super::gateway::{Asked, Reply};
use super::server::{Wanted, done, error};
use super::state::{Checked, Comment, Issue, Proposal, State, User};

const MOST_OF_NOTE: usize = 1_000_000;
const MOST_OF_DESCRIPTION: usize = 255;

pub(super) fn answer(asked: &Asked, wanted: &Wanted, state: &mut State) -> Reply {
    let token = asked.header("private-token").unwrap_or_default();
    let Some(user) = state.users.get(token).cloned() else {
        return error(401, "401 Unauthorized");
    };
    let parts = wanted.parts();
    if parts == ["api", "v4", "user"] {
        return done(200, &json!({ "id": user.id, "username": user.login }));
    }
    let Some(rest) = parts.strip_prefix(&["api", "v4", "projects", "42"]) else {
        return error(404, "404 Project Not Found");
    };
    if !user
        .permissions
        .iter()
        .any(|permission| permission == "api")
    {
        let body = json!({ "error": "insufficient_scope", "error_description": "The request requires higher privileges than provided by the access token." });
        return done(403, &body);
    }
    match (wanted.method.as_str(), rest) {
        ("GET", ["repository", "commits", commit, "merge_requests"]) => {
            let pulls = state.pulls.iter().filter(|pull| pull.has(commit));
            wanted.page(20, None, &pulls.map(request).collect::<Vec<_>>())
        }
        ("GET", ["merge_requests", iid]) => {
            let mut pulls = state.pulls.iter();
            let found = pulls.find(|pull| pull.number.to_string() == *iid);
            found.map_or_else(
                || error(404, "404 Not found"),
                |found| done(200, &request(found)),
            )
        }
        (_, ["merge_requests" | "issues", on, "notes", ..]) => {
            notes(wanted, on, rest, &user, state)
        }
        (_, ["issues", ..]) => issues(wanted, rest, &user, state),
        ("POST", ["statuses", commit]) => status(wanted, commit, state),
        ("GET", ["repository", "commits", commit, "statuses"]) => {
            let name = wanted.query.get("name");
            let checks = state.checks.iter().filter(|check| {
                check.commit == *commit && name.is_none_or(|name| *name == check.name)
            });
            let checks: Vec<Value> = checks
                .map(|check| json!({ "id": check.id, "name": check.name, "status": check.conclusion, "description": check.title }))
                .collect();
            wanted.page(20, None, &checks)
        }
        ("GET", ["jobs", "artifacts", reference, "raw", path @ ..]) => {
            let name = format!("{}@{reference}", wanted.query["job"]);
            let kept = state.kept.iter().rev().find(|kept| kept.name == name);
            let path = path.join("/");
            let file = kept.and_then(|kept| kept.files.iter().find(|(name, _)| *name == path));
            match file {
                Some((_, bytes)) => Reply::of(200, "Content-Type: application/octet-stream", bytes),
                None => error(404, "404 Not Found"),
            }
        }
        _ => error(404, "404 Not Found"),
    }
}

fn request(pull: &Proposal) -> Value {
    json!({
        "iid": pull.number,
        "sha": pull.head,
        "target_branch": pull.base,
        "target_project_id": 42,
        "state": match &pull.merge {
            Some(_) => "merged",
            None if pull.is_open => "opened",
            None => "closed",
        },
        "merged_at": pull.merged_at(),
        "merge_commit_sha": pull.merge_commit(),
        "squash_commit_sha": null,
    })
}

fn notes(wanted: &Wanted, on: &str, rest: &[&str], user: &User, state: &mut State) -> Reply {
    let on: u64 = on.parse().unwrap_or_default();
    let body = wanted.body["body"].as_str().unwrap_or_default().to_owned();
    if body.chars().count() > MOST_OF_NOTE {
        return error(
            400,
            "400 (Bad request) \"Note is too long (maximum is 1000000 characters)\"",
        );
    }
    match (wanted.method.as_str(), rest.get(3)) {
        ("GET", None) => {
            let comments = state.comments.iter().filter(|comment| comment.on == on);
            let entries: Vec<Value> = comments.map(note).collect();
            wanted.page(20, None, &entries)
        }
        ("POST", None) => {
            let new = Comment {
                id: state.id(),
                on,
                by: (user.id, user.login.clone()),
                body,
                updated: state.now(),
            };
            let reply = done(201, &note(&new));
            state.comments.push(new);
            reply
        }
        ("PUT", Some(id)) => {
            let now = state.now();
            let mut comments = state.comments.iter_mut();
            let found = comments.find(|comment| comment.id.to_string() == *id);
            match found {
                None => error(404, "404 Note Not Found"),
                Some(comment) if comment.by.0 != user.id => error(403, "403 Forbidden"),
                Some(comment) => {
                    (comment.body, comment.updated) = (body, now);
                    done(200, &note(comment))
                }
            }
        }
        ("DELETE", Some(id)) => {
            let before = state.comments.len();
            let is_other =
                |comment: &Comment| comment.id.to_string() != *id || comment.by.0 != user.id;
            state.comments.retain(is_other);
            if state.comments.len() == before {
                return error(404, "404 Note Not Found");
            }
            Reply::of(204, "X-Request-Id: 1", "")
        }
        _ => error(404, "404 Not Found"),
    }
}

fn note(comment: &Comment) -> Value {
    let (id, name) = &comment.by;
    json!({ "id": comment.id, "author": { "id": id, "username": name }, "body": comment.body, "system": false, "updated_at": comment.updated })
}

fn issues(wanted: &Wanted, rest: &[&str], user: &User, state: &mut State) -> Reply {
    let text = |name: &str| wanted.body[name].as_str().map(str::to_owned);
    match (wanted.method.as_str(), rest) {
        ("GET", ["issues"]) => {
            let author = wanted.query.get("author_id");
            let issues = state.issues.iter().filter(|issue| {
                issue.is_open && author.is_none_or(|author| *author == issue.by.0.to_string())
            });
            let entries: Vec<Value> = issues.map(issue).collect();
            wanted.page(20, None, &entries)
        }
        ("POST", ["issues"]) => {
            let new = Issue {
                number: state.id() + 100,
                by: (user.id, user.login.clone()),
                title: text("title").unwrap_or_default(),
                body: text("description").unwrap_or_default(),
                is_open: true,
            };
            let reply = done(201, &issue(&new));
            state.issues.push(new);
            reply
        }
        ("PUT", ["issues", id]) => {
            let mut issues = state.issues.iter_mut();
            let Some(found) = issues.find(|issue| issue.number.to_string() == *id) else {
                return error(404, "404 Not Found");
            };
            found.title = text("title").unwrap_or_else(|| found.title.clone());
            found.body = text("description").unwrap_or_else(|| found.body.clone());
            if wanted.body["state_event"] == "close" {
                found.is_open = false;
            }
            done(200, &issue(found))
        }
        _ => error(404, "404 Not Found"),
    }
}

fn issue(issue: &Issue) -> Value {
    let (id, name) = &issue.by;
    json!({ "iid": issue.number, "author": { "id": id, "username": name }, "title": issue.title, "description": issue.body })
}

fn status(wanted: &Wanted, commit: &str, state: &mut State) -> Reply {
    let text = |name: &str| wanted.body[name].as_str().unwrap_or_default().to_owned();
    let conclusion = text("state");
    let states = ["pending", "running", "success", "failed", "canceled"];
    if !states.contains(&&*conclusion) {
        return error(400, "state does not have a valid value");
    }
    let title = text("description");
    if title.chars().count() > MOST_OF_DESCRIPTION {
        return error(400, "description is too long (maximum is 255 characters)");
    }
    let check = Checked {
        id: state.id(),
        commit: commit.to_owned(),
        name: text("name"),
        external: String::new(),
        conclusion,
        title,
        summary: String::new(),
        annotations: Vec::new(),
    };
    let reply = done(201, &json!({ "id": check.id }));
    state.checks.push(check);
    reply
}
