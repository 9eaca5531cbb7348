//! GitHub's API. Source: docs.github.com, "REST API", version 2022-11-28.

use serde_json::{Value, json};

use super::super::gateway::{Asked, Reply};
use super::server::{Wanted, done, error};
use super::state::{Annotated, Checked, Comment, Issue, Kept, Proposal, State, User};

/// "body is too long (maximum is 65536 characters)"
const MOST_OF_BODY: usize = 65_536;
const MOST_OF_SUMMARY: usize = 65_535;
const MOST_ANNOTATIONS: usize = 50;

pub(super) fn answer(asked: &Asked, wanted: &Wanted, state: &mut State) -> Reply {
    // Files lie at another place, which does not know the token.
    if let Some(id) = wanted.path.strip_prefix("/files/") {
        return file(asked, id, state);
    }
    if asked.header("user-agent").is_none() {
        return error(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        );
    }
    let token = asked.header("authorization").unwrap_or_default();
    let token = token.strip_prefix("Bearer ").unwrap_or_default();
    let Some(user) = state.users.get(token).cloned() else {
        return error(401, "Bad credentials");
    };
    let parts = wanted.parts();
    let Some(rest) = parts.strip_prefix(&["repos", "acme", "pipeline"]) else {
        return error(404, "Not Found");
    };
    let method = wanted.method.as_str();
    let Some(permission) = permission(method, rest) else {
        return error(404, "Not Found");
    };
    let write = permission.replace("read", "write");
    let is_granted = |name: &str| user.permissions.iter().any(|it| it == name);
    if !is_granted(permission) && !is_granted(&write) {
        return error(403, "Resource not accessible by integration");
    }
    match (method, rest) {
        ("GET", ["commits", commit, "pulls"]) => {
            let pulls = state.pulls.iter().filter(|pull| pull.has(commit));
            wanted.page(30, None, &pulls.map(pull).collect::<Vec<_>>())
        }
        ("GET", ["pulls", number]) => {
            let found = state.pulls.iter();
            let mut found = found.filter(|pull| pull.number.to_string() == *number);
            found
                .next()
                .map_or_else(|| error(404, "Not Found"), |found| done(200, &pull(found)))
        }
        ("GET", ["commits", commit, "check-runs"]) => checks(wanted, commit, state),
        ("POST", ["check-runs"]) => check(wanted, state),
        ("GET", ["check-runs", id]) => {
            let mut checks = state.checks.iter();
            let found = checks.find(|check| check.id.to_string() == *id);
            found.map_or_else(
                || error(404, "Not Found"),
                |found| {
                    let count = found.annotations.len();
                    done(
                        200,
                        &json!({ "id": found.id, "output": { "annotations_count": count } }),
                    )
                },
            )
        }
        ("PATCH", ["check-runs", id]) => more(wanted, id, state),
        ("GET", ["actions", "artifacts"]) => kept(wanted, state),
        ("GET", ["actions", "artifacts", id, "zip"]) => {
            let found = state.kept.iter().find(|kept| kept.id.to_string() == *id);
            match found {
                None => error(404, "Not Found"),
                Some(kept) if kept.expired => error(410, "Artifact has expired"),
                Some(_) => Reply::of(302, &format!("Location: {}/files/{id}", wanted.base), ""),
            }
        }
        ("GET" | "POST" | "PATCH" | "DELETE", ["issues", ..]) => issues(wanted, rest, &user, state),
        _ => error(404, "Not Found"),
    }
}

/// What the token needs.
fn permission(method: &str, rest: &[&str]) -> Option<&'static str> {
    Some(match (method, rest) {
        ("GET", ["commits", _, "pulls"] | ["pulls", _]) => "pull-requests: read",
        ("GET", ["commits", _, "check-runs"]) => "checks: read",
        (_, ["check-runs", ..]) => "checks: write",
        ("GET", ["actions", ..]) => "actions: read",
        // Of issues the comments of pull requests need the permission of those.
        ("GET", ["issues", _, "comments"]) => "pull-requests: read",
        ("PATCH" | "DELETE", ["issues", "comments", _]) => "pull-requests: write",
        ("POST", ["issues", number, "comments"]) if number.len() == 1 => "pull-requests: write",
        ("GET", ["issues"]) => "issues: read",
        ("POST" | "PATCH", ["issues", ..]) => "issues: write",
        _ => return None,
    })
}

fn issues(wanted: &Wanted, rest: &[&str], user: &User, state: &mut State) -> Reply {
    let text = |name: &str| wanted.body[name].as_str().map(str::to_owned);
    let body = text("body");
    if body
        .as_ref()
        .is_some_and(|body| body.chars().count() > MOST_OF_BODY)
    {
        return error(
            422,
            "Validation Failed: body is too long (maximum is 65536 characters)",
        );
    }
    let number = |text: &str| text.parse::<u64>().unwrap_or_default();
    let by = (user.id, user.login.clone());
    match (wanted.method.as_str(), rest) {
        ("GET", ["issues"]) => {
            let is_open = wanted
                .query
                .get("state")
                .is_none_or(|state| state == "open");
            let pulls = state
                .pulls
                .iter()
                .filter(|pull| pull.is_open && pull.merge.is_none());
            let pulls = pulls.map(|pull| {
                json!({ "number": pull.number, "pull_request": {}, "user": { "login": "ada" }, "body": "" })
            });
            let issues = state.issues.iter().filter(|issue| issue.is_open == is_open);
            let all: Vec<Value> = pulls.chain(issues.map(issue)).collect();
            wanted.page(30, None, &all)
        }
        ("POST", ["issues"]) => {
            let new = Issue {
                number: state.id() + 100,
                by,
                title: text("title").unwrap_or_default(),
                body: body.unwrap_or_default(),
                is_open: true,
            };
            let reply = done(201, &issue(&new));
            state.issues.push(new);
            reply
        }
        ("GET", ["issues", on, "comments"]) => {
            let comments = state.comments.iter();
            let comments = comments.filter(|comment| comment.on == number(on));
            wanted.page(30, None, &comments.map(comment).collect::<Vec<_>>())
        }
        ("POST", ["issues", on, "comments"]) => {
            let new = Comment {
                id: state.id(),
                on: number(on),
                by,
                body: body.unwrap_or_default(),
                updated: state.now(),
            };
            let reply = done(201, &comment(&new));
            state.comments.push(new);
            reply
        }
        ("PATCH", ["issues", "comments", id]) => {
            let now = state.now();
            let mut comments = state.comments.iter_mut();
            let Some(found) = comments.find(|comment| comment.id == number(id)) else {
                return error(404, "Not Found");
            };
            (found.body, found.updated) = (body.unwrap_or_default(), now);
            done(200, &comment(found))
        }
        ("DELETE", ["issues", "comments", id]) => {
            let before = state.comments.len();
            state.comments.retain(|comment| comment.id != number(id));
            if state.comments.len() == before {
                return error(404, "Not Found");
            }
            Reply::of(204, "X-GitHub-Media-Type: github.v3", "")
        }
        ("PATCH", ["issues", id]) => {
            let mut issues = state.issues.iter_mut();
            let Some(found) = issues.find(|issue| issue.number == number(id)) else {
                return error(404, "Not Found");
            };
            found.title = text("title").unwrap_or_else(|| found.title.clone());
            found.body = body.unwrap_or_else(|| found.body.clone());
            if wanted.body["state"] == "closed" {
                found.is_open = false;
            }
            done(200, &issue(found))
        }
        _ => error(404, "Not Found"),
    }
}

fn pull(pull: &Proposal) -> Value {
    // Before the merge, the commit is the one that GitHub tries out.
    let zeros = "0".repeat(40);
    let merge = pull.merge_commit().unwrap_or(&zeros);
    json!({
        "number": pull.number,
        "state": if pull.is_open && pull.merge.is_none() { "open" } else { "closed" },
        "head": { "sha": pull.head },
        "base": { "ref": pull.base, "repo": { "full_name": "acme/pipeline" } },
        "merged_at": pull.merged_at(),
        "merge_commit_sha": merge,
    })
}

fn comment(comment: &Comment) -> Value {
    json!({
        "id": comment.id,
        "user": { "login": comment.by.1 },
        "body": comment.body,
        "updated_at": comment.updated,
    })
}

fn issue(issue: &Issue) -> Value {
    json!({ "number": issue.number, "user": { "login": issue.by.1 }, "title": issue.title, "body": issue.body })
}

fn checks(wanted: &Wanted, commit: &str, state: &State) -> Reply {
    let name = wanted.query.get("check_name");
    let checks = state
        .checks
        .iter()
        .filter(|check| check.commit == commit && name.is_none_or(|name| *name == check.name));
    let checks: Vec<Value> = checks
        .map(|check| json!({ "id": check.id, "name": check.name, "conclusion": check.conclusion, "external_id": check.external }))
        .collect();
    wanted.page(30, Some("check_runs"), &checks)
}

/// What is wrong with the output of a check run, and its annotations.
fn output(output: &Value) -> Result<Vec<Annotated>, Reply> {
    let none = Vec::new();
    let annotations = output["annotations"].as_array().unwrap_or(&none);
    if annotations.len() > MOST_ANNOTATIONS {
        return Err(error(
            422,
            "Invalid request. No more than 50 items are allowed",
        ));
    }
    let summary = output["summary"].as_str().unwrap_or_default();
    if summary.chars().count() > MOST_OF_SUMMARY {
        return Err(error(
            422,
            "Invalid request. Only 65535 characters are allowed",
        ));
    }
    let read = annotations.iter().map(|annotation| {
        let text = |name: &str| annotation[name].as_str().map(str::to_owned);
        let is_one_line = annotation["start_line"] == annotation["end_line"];
        let has_column = !annotation["start_column"].is_null();
        let read = Annotated {
            path: text("path")?,
            line: annotation["start_line"].as_u64()?,
            level: text("annotation_level")?,
            message: text("message")?,
        };
        (is_one_line || !has_column).then_some(read)
    });
    read.collect::<Option<Vec<_>>>()
        .ok_or_else(|| error(422, "Invalid request."))
}

fn check(wanted: &Wanted, state: &mut State) -> Reply {
    let body = &wanted.body;
    let annotations = match output(&body["output"]) {
        Ok(annotations) => annotations,
        Err(reply) => return reply,
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let check = Checked {
        id: state.id(),
        commit: text(&body["head_sha"]),
        name: text(&body["name"]),
        external: text(&body["external_id"]),
        conclusion: text(&body["conclusion"]),
        title: text(&body["output"]["title"]),
        summary: text(&body["output"]["summary"]),
        annotations,
    };
    let is_conclusion =
        ["success", "neutral", "failure", "cancelled"].contains(&&*check.conclusion);
    if check.commit.len() != 40 || check.name.is_empty() || !is_conclusion {
        return error(422, "Invalid request.");
    }
    let reply = done(201, &json!({ "id": check.id }));
    state.checks.push(check);
    reply
}

/// Annotations of an update are appended.
fn more(wanted: &Wanted, id: &str, state: &mut State) -> Reply {
    let mut checks = state.checks.iter_mut();
    let Some(check) = checks.find(|check| check.id.to_string() == id) else {
        return error(404, "Not Found");
    };
    match output(&wanted.body["output"]) {
        Ok(annotations) => {
            check.annotations.extend(annotations);
            done(200, &json!({ "id": check.id }))
        }
        Err(reply) => reply,
    }
}

fn kept(wanted: &Wanted, state: &State) -> Reply {
    let name = wanted.query.get("name");
    let kept = state.kept.iter();
    let kept = kept.filter(|kept| name.is_none_or(|name| *name == kept.name));
    let entries: Vec<Value> = kept.map(artifact).collect();
    wanted.page(30, Some("artifacts"), &entries)
}

fn artifact(kept: &Kept) -> Value {
    json!({
        "id": kept.id,
        "name": kept.name,
        "expired": kept.expired,
        "workflow_run": {
            "repository_id": 1,
            "head_repository_id": if kept.of_fork { 2 } else { 1 },
            "head_sha": kept.commit,
        },
    })
}

/// A file behind a redirect. Such a place refuses a request that brings another authorization than that in its address.
fn file(asked: &Asked, id: &str, state: &State) -> Reply {
    if asked.header("authorization").is_some() {
        return error(
            400,
            "Authentication information is not given in the correct format",
        );
    }
    let kept = state.kept.iter().find(|kept| kept.id.to_string() == id);
    match kept {
        Some(kept) => Reply::of(200, "Content-Type: application/zip", kept.zip()),
        None => error(404, "Not Found"),
    }
}
