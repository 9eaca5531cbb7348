//! From a policy file as serde read it to a [`Policy`]: the rules that types cannot express.

use std::path::{Path, PathBuf};

use super::super::error::ConfigProblem;
use super::super::file::GuardsFile;
use super::super::finding::Finding;
use super::super::limits::check_guards;
use super::file::PolicyFile;
use super::host::HostPattern;
use super::rules::{Policy, PolicyVerdict};
use crate::store::Location;

/// Checks the file; `path` is its own.
pub(super) fn policy(file: PolicyFile, path: PathBuf) -> Result<Policy, Finding> {
    let PolicyFile {
        version: _,
        oppctl: _,
        allowed_hosts,
        credential_commands,
        allowed_ledgers,
        allowed_journals,
        max_deletes,
        max_delete_percent,
        max_creates,
        max_updates,
        max_update_percent,
        max_amount_factor,
        max_pipeline_change,
        unmasked_values,
    } = file;
    let guards = GuardsFile {
        max_deletes,
        max_delete_percent,
        max_creates,
        max_updates,
        max_update_percent,
        max_amount_factor,
        max_pipeline_change,
    };
    Ok(Policy {
        path,
        hosts: each("allowedHosts", allowed_hosts, host)?,
        credential_commands: verdict("credentialCommands", credential_commands.as_deref())?,
        ledgers: places("allowedLedgers", allowed_ledgers)?,
        journals: places("allowedJournals", allowed_journals)?,
        guards: check_guards(guards, &[])?,
        unmasked_values: verdict("unmaskedValues", unmasked_values.as_deref())?,
    })
}

/// Reads each item of a list, if the list is written.
fn each<T>(
    member: &str,
    list: Option<Vec<String>>,
    read: impl Fn(&str) -> Result<T, ConfigProblem>,
) -> Result<Option<Vec<T>>, Finding> {
    let Some(list) = list else { return Ok(None) };
    let items = list.iter().enumerate().map(|(index, text)| {
        read(text).map_err(|problem| Finding::new(problem, &[member, &index.to_string()]))
    });
    items.collect::<Result<_, _>>().map(Some)
}

fn host(text: &str) -> Result<HostPattern, ConfigProblem> {
    HostPattern::parse(text).ok_or(ConfigProblem::BadHost)
}

fn places(
    member: &'static str,
    list: Option<Vec<String>>,
) -> Result<Option<Vec<Location>>, Finding> {
    each(member, list, |text| place(member, text))
}

fn place(member: &'static str, text: &str) -> Result<Location, ConfigProblem> {
    let location = Location::parse(text, Path::new(""))
        .map_err(|error| ConfigProblem::Location { member, error })?;
    match &location {
        // A relative path would begin in the checkout, and `..` can lead anywhere if a part before it is a link.
        Location::Directory(path) if !path.is_absolute() || has_parent(text) => {
            Err(ConfigProblem::BadLedgerPlace)
        }
        Location::Directory(_) | Location::Bucket(_) => Ok(location),
    }
}

fn has_parent(text: &str) -> bool {
    text.split(['/', '\\']).any(|part| part == "..")
}

fn verdict(member: &'static str, text: Option<&str>) -> Result<PolicyVerdict, Finding> {
    match text {
        None | Some("allow") => Ok(PolicyVerdict::Allow),
        Some("deny") => Ok(PolicyVerdict::Deny),
        Some(_) => Err(Finding::new(
            ConfigProblem::BadVerdict { member },
            &[member],
        )),
    }
}
