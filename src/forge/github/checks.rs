//! Check runs, with annotations.
//!
//! Source: docs.github.com, "REST API endpoints for check runs": at most 50 annotations a request, further ones are appended by updates;
//! each adds to those before, and `output.annotations_count` counts them. `external_id` is any text of ours. `summary` has at most 65,535 characters, the title of an annotation 255, its message 64 KB; columns only within one line.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::Github;
use crate::forge::annotation::{Annotation, AnnotationLevel};
use crate::forge::calls::{Check, Conclusion};
use crate::forge::error::ForgeError;
use crate::forge::http::Call;

const PER_REQUEST: usize = 50;
const MOST_OF_SUMMARY: usize = 65_535;
const MOST_OF_TITLE: usize = 255;
/// The documented 64 KB, in characters of up to four bytes.
const MOST_OF_MESSAGE: usize = 16_000;
/// More than anybody reads; the comment and the page of HTML have all of them.
const MOST_ANNOTATIONS: usize = 500;

const WRITE: Call = Call {
    does: "set the check of the commit",
    permission: "`checks: write`",
};
const READ: Call = Call {
    does: "read the checks of the commit",
    permission: "`checks: read`",
};

/// Creates the check run, and appends the annotations that do not fit into one request.
pub(super) async fn set(github: &Github, check: &Check<'_>) -> Result<(), ForgeError> {
    let Check {
        name,
        conclusion,
        title,
        summary,
        annotations,
    } = check;
    let title = cut(title, MOST_OF_TITLE);
    let is_short = summary.chars().count() <= MOST_OF_SUMMARY;
    let summary = if is_short { *summary } else { &title };
    let shown = &annotations[..annotations.len().min(MOST_ANNOTATIONS)];
    let mut batches = shown.chunks(PER_REQUEST);
    let output = |batch: &[Annotation]| {
        let batch: Vec<Value> = batch.iter().map(annotation).collect();
        json!({ "title": title, "summary": summary, "annotations": batch })
    };
    let mut body = json!({
        "name": name,
        "head_sha": github.run.commit,
        "status": "completed",
        "conclusion": match conclusion {
            Conclusion::Success => "success",
            Conclusion::Neutral => "neutral",
            Conclusion::Failure => "failure",
            Conclusion::Cancelled => "cancelled",
        },
        "output": output(batches.next().unwrap_or_default()),
    });
    if let Some(log) = &github.run.log {
        body["details_url"] = json!(log);
    }
    // What this run creates has a name of its own, by which it is found after a lost answer.
    let nonce = format!("oppctl-{:032x}", fastrand::u128(..));
    body["external_id"] = json!(nonce);
    let http = &github.http;
    let created = async || {
        let runs = named(github, &github.run.commit, name, "all").await?;
        Ok(runs.into_iter().find(|run| run["external_id"] == *nonce))
    };
    let path = github.path("/check-runs");
    let created = http.once_only(WRITE, (Method::POST, &path), &body, created);
    let id = created.await?["id"].as_u64();
    let id = id.ok_or_else(|| http.misread(WRITE, "it has no id"))?;
    let path = github.path(&format!("/check-runs/{id}"));
    let mut shown = PER_REQUEST;
    for batch in batches {
        shown += batch.len();
        let body = json!({ "output": output(batch) });
        let extended = async || {
            let run = http.get(READ, &path).await?;
            let count = run["output"]["annotations_count"].as_u64();
            let is_done = count.is_some_and(|count| count >= shown as u64);
            Ok(is_done.then_some(run))
        };
        let extended = http.once_only(WRITE, (Method::PATCH, &path), &body, extended);
        drop(extended.await?);
    }
    Ok(())
}

fn annotation(annotation: &Annotation) -> Value {
    let Annotation {
        level,
        code,
        text,
        path,
        line,
        end_line,
        columns,
    } = annotation;
    let mut value = json!({
        "path": path,
        "start_line": line,
        "end_line": end_line,
        "annotation_level": match level {
            AnnotationLevel::Error => "failure",
            AnnotationLevel::Warning => "warning",
            AnnotationLevel::Note => "notice",
        },
        "title": cut(&format!("oppctl: {code}"), MOST_OF_TITLE),
        "message": cut(text, MOST_OF_MESSAGE),
    });
    if let Some((begin, end)) = columns {
        value["start_column"] = json!(begin);
        value["end_column"] = json!(end);
    }
    value
}

/// Whether a check run of this name has succeeded, and no later one of the name has not.
pub(super) async fn has_passed(
    github: &Github,
    commit: &str,
    check: &str,
) -> Result<bool, ForgeError> {
    let runs = named(github, commit, check, "latest").await?;
    let latest = runs.iter().max_by_key(|run| run["id"].as_u64());
    Ok(latest.is_some_and(|run| run["conclusion"] == "success"))
}

/// The check runs of this name.
async fn named(
    github: &Github,
    commit: &str,
    name: &str,
    filter: &str,
) -> Result<Vec<Value>, ForgeError> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("check_name", name);
    query.append_pair("filter", filter);
    query.append_pair("per_page", "100");
    let path = github.path(&format!("/commits/{commit}/check-runs?{}", query.finish()));
    github.http.list(READ, &path, Some("check_runs")).await
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
