//! What checking manifests without an instance came to.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::types::{ErrorEntry, OPPCTL};
use crate::render::account::Account;
use crate::render::complaint::Complaint;

/// What `oppctl validate` found, format 1.
///
/// Later versions of format 1 may add members; readers pass over those that they do not know.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "oppctl validation, format 1")]
pub struct ValidationDocument<'a> {
    /// `MAJOR.MINOR` of the format.
    format_version: &'static str,
    /// The version of oppctl.
    oppctl: &'static str,
    /// What the check came to, in one sentence.
    verdict: &'a str,
    /// The exit code of the command.
    exit: Option<u8>,
    /// What is wrong in the manifests, and after that what is worth a look.
    problems: &'a [Complaint],
    /// Why the manifests could not be checked, if that is so.
    error: Option<ErrorEntry<'a>>,
}

/// The document of a check.
#[must_use]
pub fn validation_document<'a>(
    account: &'a Account<'a>,
    verdict: &'a str,
) -> ValidationDocument<'a> {
    let ending = account.ending;
    ValidationDocument {
        format_version: "1.1",
        oppctl: OPPCTL,
        verdict,
        exit: ending.map(|ending| ending.exit),
        problems: &account.complaints,
        error: ErrorEntry::of(account),
    }
}

/// The JSON Schema of checks.
#[must_use]
pub fn validation_schema() -> Schema {
    SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<ValidationDocument<'_>>()
}
