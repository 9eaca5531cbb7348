//! From what serde read to a [`Config`]: the rules that types cannot say.
//!
//! The first mistake ends it, as it does in serde. A finding carries the path of the member; the
//! loader turns that into a line and a column.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::file::{
    AnswerFile, AnswersFile, ConfigFile, CredentialFile, CredentialSources, CredentialsFile,
    Guards, InstanceFile, JOURNALS, JournalFile, Limits, SimulatorFile,
};
use super::ownership;
use super::{Config, ConfigProblem, Credential, Instance, Journal, Remote, Simulator, Target};
use crate::model::BaseUrl;
use crate::simulator::{Answers, Crm};

// Page "REST API": the limits of an instance, which all integrations share.
const MOST_CALLS_PER_20S: u32 = 100;
const MOST_CONCURRENT: u32 = 10;

/// A problem and the path of the member that has it.
pub(super) struct Finding {
    pub problem: ConfigProblem,
    pub path: Vec<String>,
}

/// Checks the file. Relative paths become paths below `root`.
pub(super) fn config(file: ConfigFile, root: &Path) -> Result<Config, Finding> {
    let ConfigFile {
        version: _,
        manifests,
        default_instance,
        instances,
        ownership,
        journal,
        guards,
        limits,
    } = file;
    check_manifests(&manifests)?;
    let instances = instances
        .into_iter()
        .map(|(name, file)| Ok((name.clone(), instance(name, file, root)?)))
        .collect::<Result<BTreeMap<_, _>, _>>()?;
    if let Some(name) = &default_instance
        && !instances.contains_key(name)
    {
        let problem = ConfigProblem::UnknownDefault {
            name: name.clone(),
            known: instances.into_keys().collect(),
        };
        return Err(finding(problem, &["defaultInstance"]));
    }
    check_guards(guards)?;
    check_limits(limits, instances.values().all(Instance::is_local))?;
    Ok(Config {
        manifests,
        default_instance,
        instances,
        ownership: ownership::checked(ownership, root)?,
        journal: journaled(journal, root)?,
        guards,
        limits,
    })
}

fn check_manifests(patterns: &[String]) -> Result<(), Finding> {
    if patterns.is_empty() {
        return Err(finding(ConfigProblem::NoManifests, &["manifests"]));
    }
    for (index, pattern) in patterns.iter().enumerate() {
        let message = match glob::Pattern::new(pattern) {
            Ok(_) if pattern.is_empty() => "it is empty",
            Ok(_) => continue,
            Err(error) => error.msg,
        };
        let problem = ConfigProblem::BadPattern { message };
        return Err(finding(problem, &["manifests", &index.to_string()]));
    }
    Ok(())
}

fn instance(name: String, file: InstanceFile, root: &Path) -> Result<Instance, Finding> {
    let InstanceFile {
        simulator,
        base_url,
        credentials,
        confirm,
    } = file;
    let path = ["instances", name.as_str()];
    if name.is_empty() || name.trim() != name {
        return Err(finding(ConfigProblem::BadInstanceName, &path));
    }
    let instance = name.clone();
    let half = |written, missing| ConfigProblem::HalfTarget {
        instance: name.clone(),
        written,
        missing,
    };
    let target = match (simulator, base_url, credentials) {
        (Some(file), None, None) => Target::Simulator(simulated(file, root, &path)?),
        (None, Some(url), Some(credentials)) => Target::Remote(remote(&url, credentials, &path)?),
        (None, None, None) => return Err(finding(ConfigProblem::NoTarget { instance }, &path)),
        (None, Some(_), None) => return Err(finding(half("baseUrl", "credentials"), &path)),
        (None, None, Some(_)) => return Err(finding(half("credentials", "baseUrl"), &path)),
        (Some(_), Some(_), _) => {
            let other = "baseUrl";
            return Err(finding(
                ConfigProblem::TwoTargets { instance, other },
                &path,
            ));
        }
        (Some(_), None, Some(_)) => {
            let other = "credentials";
            return Err(finding(
                ConfigProblem::TwoTargets { instance, other },
                &path,
            ));
        }
    };
    Ok(Instance {
        name,
        target,
        confirm,
    })
}

fn simulated(file: SimulatorFile, root: &Path, path: &[&str]) -> Result<Simulator, Finding> {
    let SimulatorFile {
        data,
        leads,
        schema,
        users,
        faults,
        crm,
        answers,
    } = file;
    let members = [
        ("data", Some(&data)),
        ("leads", leads.as_ref()),
        ("schema", schema.as_ref()),
        ("users", users.as_ref()),
        ("faults", faults.as_ref()),
    ];
    for (member, value) in members {
        if value.is_some_and(|value| value.as_os_str().is_empty()) {
            let problem = ConfigProblem::EmptyMember { member };
            return Err(finding(problem, &[path, &["simulator", member]].concat()));
        }
    }
    let crm = match crm {
        Some(name) => name.parse().map_err(|()| {
            let problem = ConfigProblem::UnknownCrm { name };
            finding(problem, &[path, &["simulator", "crm"]].concat())
        })?,
        None => Crm::None,
    };
    let below = |file: PathBuf| root.join(file);
    Ok(Simulator {
        data: below(data),
        leads: leads.map(below),
        schema: schema.map(below),
        users: users.map(below),
        faults: faults.map(below),
        crm,
        answers: settled(&answers, path)?,
    })
}

fn settled(file: &AnswersFile, path: &[&str]) -> Result<Answers, Finding> {
    let mut answers = Answers::default();
    for (name, AnswerFile(value)) in &file.0 {
        answers.set(name, value).map_err(|error| {
            let at = [path, &["simulator", "answers", name]].concat();
            finding(ConfigProblem::Answer(error), &at)
        })?;
    }
    Ok(answers)
}

fn remote(url: &str, credentials: CredentialsFile, path: &[&str]) -> Result<Remote, Finding> {
    let CredentialsFile {
        client_id,
        client_secret,
    } = credentials;
    let base_url = BaseUrl::parse(url).map_err(|error| {
        finding(
            ConfigProblem::BaseUrl(error),
            &[path, &["baseUrl"]].concat(),
        )
    })?;
    let read = |file, member| {
        credential(file, member).map_err(|(problem, below)| {
            finding(problem, &[path, &["credentials", member], below].concat())
        })
    };
    Ok(Remote {
        base_url,
        client_id: read(client_id, "clientId")?,
        client_secret: read(client_secret, "clientSecret")?,
    })
}

/// The credential, or the problem and the path below the member.
fn credential(
    file: CredentialFile,
    member: &'static str,
) -> Result<Credential, (ConfigProblem, &'static [&'static str])> {
    let CredentialFile::Sources(CredentialSources { env, file, command }) = file else {
        return Err((ConfigProblem::LiteralCredential { member }, &[]));
    };
    match (env, file, command) {
        (Some(name), None, None) if is_variable_name(&name) => Ok(Credential::Env(name)),
        (Some(_), None, None) => Err((ConfigProblem::BadVariableName, &["env"])),
        (None, Some(path), None) if path.as_os_str().is_empty() => {
            Err((ConfigProblem::EmptyMember { member: "file" }, &["file"]))
        }
        (None, Some(path), None) => Ok(Credential::File(path)),
        (None, None, Some(argv)) if argv.first().is_none_or(String::is_empty) => Err((
            ConfigProblem::EmptyMember { member: "command" },
            &["command"],
        )),
        (None, None, Some(argv)) => Ok(Credential::Command(argv)),
        (env, file, command) => {
            let found = [env.is_some(), file.is_some(), command.is_some()];
            let found = found.into_iter().filter(|is_some| *is_some).count();
            Err((ConfigProblem::CredentialSources { member, found }, &[]))
        }
    }
}

/// The portable form (POSIX). What is not of it is presumably the credential itself.
fn is_variable_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn journaled(file: JournalFile, root: &Path) -> Result<Journal, Finding> {
    let JournalFile {
        directory,
        sensitive,
    } = file;
    let directory = directory.unwrap_or_else(|| JOURNALS.into());
    if directory.as_os_str().is_empty() {
        let member = "directory";
        let problem = ConfigProblem::EmptyMember { member };
        return Err(finding(problem, &["journal", member]));
    }
    Ok(Journal {
        directory: root.join(directory),
        sensitive,
    })
}

fn check_guards(guards: Guards) -> Result<(), Finding> {
    let Guards {
        max_deletes: _,
        max_delete_percent,
    } = guards;
    in_bounds(["guards", "maxDeletePercent"], max_delete_percent, 0, 100)
}

fn check_limits(limits: Limits, all_local: bool) -> Result<(), Finding> {
    let Limits {
        calls_per_20s,
        concurrency,
        daily_calls,
    } = limits;
    in_bounds(["limits", "callsPer20s"], calls_per_20s, 1, u32::MAX)?;
    in_bounds(["limits", "concurrency"], concurrency, 1, u32::MAX)?;
    in_bounds(["limits", "dailyCalls"], daily_calls, 1, u32::MAX)?;
    if all_local {
        // No other integration shares an instance on this machine.
        return Ok(());
    }
    let shared = [
        ("callsPer20s", calls_per_20s, MOST_CALLS_PER_20S),
        ("concurrency", concurrency, MOST_CONCURRENT),
    ];
    match shared.into_iter().find(|(_, found, most)| found > most) {
        Some((member, found, most)) => {
            let problem = ConfigProblem::OverSharedLimit {
                member,
                found,
                most,
            };
            Err(finding(problem, &["limits", member]))
        }
        None => Ok(()),
    }
}

fn in_bounds(path: [&'static str; 2], found: u32, least: u32, most: u32) -> Result<(), Finding> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let problem = ConfigProblem::OutOfBounds {
        member: path[1],
        found,
        least,
        most,
    };
    Err(finding(problem, &path))
}

pub(super) fn finding(problem: ConfigProblem, path: &[&str]) -> Finding {
    Finding {
        problem,
        path: path.iter().map(|&name| name.to_owned()).collect(),
    }
}
