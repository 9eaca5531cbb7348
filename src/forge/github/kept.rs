//! The plan files that runs have kept as artifacts.
//!
//! Source: docs.github.com, "REST API endpoints for GitHub Actions artifacts": a list by name, and a redirect to a zip archive.

use std::io::{Cursor, Read as _};

use serde_json::Value;
use zip::ZipArchive;

use super::client::Github;
use crate::forge::calls::Pull;
use crate::forge::error::ForgeError;
use crate::forge::http::Call;

/// What the name of such an artifact begins with; the digest follows.
const PREFIX: &str = "oppctl-plan-";
/// The file in it.
const FILE: &str = "plan.json";
/// More than any plan has.
const MAX_PLAN: u64 = 1 << 30;

const READ: Call = Call {
    does: "read the plan that a run has kept",
    permission: "`actions: read`",
};

/// The plan file with this digest, from the latest run for the last commit of a pull request.
pub(super) async fn plan(
    github: &Github,
    of: &Pull,
    digest: &str,
) -> Result<Option<String>, ForgeError> {
    let name = format!("{PREFIX}{digest}");
    let path = github.path(&format!("/actions/artifacts?name={name}&per_page=100"));
    let artifacts = github.http.list(READ, &path, Some("artifacts")).await?;
    let artifacts = artifacts.iter();
    let artifacts = artifacts.filter(|artifact| artifact["name"] == name && is_of(artifact, of));
    let Some(id) = artifacts
        .filter_map(|artifact| artifact["id"].as_u64())
        .max()
    else {
        return Ok(None);
    };
    let path = github.path(&format!("/actions/artifacts/{id}/zip"));
    let bytes = match github.http.file(READ, &path).await {
        // "Gone": it expired in the meantime.
        Err(ForgeError::Refused { status: 410, .. }) => return Ok(None),
        bytes => bytes?,
    };
    let text = unpacked(bytes);
    let text = text.ok_or_else(|| github.http.misread(READ, "it has no plan"))?;
    Ok(Some(text))
}

/// Whether a run in this repository has made it from the last commit. Runs for forks are in another one.
fn is_of(artifact: &Value, of: &Pull) -> bool {
    let run = &artifact["workflow_run"];
    let repository = run["repository_id"].as_u64();
    artifact["expired"] == false
        && run["head_sha"] == *of.head
        && repository.is_some()
        && repository == run["head_repository_id"].as_u64()
}

fn unpacked(bytes: Vec<u8>) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let file = archive.by_name(FILE).ok()?;
    let mut text = String::new();
    file.take(MAX_PLAN).read_to_string(&mut text).ok()?;
    Some(text)
}
