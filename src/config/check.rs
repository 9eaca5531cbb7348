//! From the file as serde read it to a [`Config`]: the rules that types cannot express.
//!
//! Checking stops at the first mistake, as serde does.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::answers::{AnswerFile, AnswersFile};
use super::credentials::Credential;
use super::duration;
use super::error::ConfigProblem;
use super::error_words::closest;
use super::file::{
    ConfigFile, CredentialFile, CredentialSources, CredentialsFile, InstanceFile, JOURNALS,
    JournalFile, MissingReference, ScalarFile, SimulatorFile,
};
use super::finding::Finding;
use super::impact;
use super::limits;
use super::outline::Outline;
use super::ownership;
use super::settings::{
    Config, InstanceConfig, InstanceTarget, JournalConfig, RemoteConfig, SimulatorConfig,
};
use super::severity;
use crate::manifest::{InstanceRules, NamedValues, Pattern, is_value_name};
use crate::model::BaseUrl;
use crate::simulator::{Answers, Crm};
use crate::store::Location;

/// Checks the file. `root` is the folder to which its paths are relative.
pub(super) fn config(file: ConfigFile, outline: &Outline, root: &Path) -> Result<Config, Finding> {
    let ConfigFile {
        version: _,
        oppctl: _,
        manifests,
        ignore,
        project,
        default_instance,
        instances,
        ownership,
        sensitive,
        journal,
        guards,
        severity,
        impact,
        references,
        limits,
    } = file;
    if manifests.is_empty() {
        return Err(Finding::new(ConfigProblem::NoManifests, &["manifests"]));
    }
    check_patterns(&["manifests"], &manifests)?;
    check_patterns(&["ignore"], &ignore)?;
    let project = project.map(ownership::project).transpose()?;
    let instances = instances
        .into_iter()
        .map(|(name, file)| Ok((name.clone(), instance(name, file, outline, root)?)))
        .collect::<Result<BTreeMap<_, _>, _>>()?;
    if let Some(name) = &default_instance
        && !instances.contains_key(name)
    {
        let problem = ConfigProblem::UnknownDefault {
            name: name.clone(),
            known: instances.into_keys().collect(),
        };
        return Err(Finding::new(problem, &["defaultInstance"]));
    }
    let guards = limits::check_guards(guards, &["guards"])?;
    let severities = severity::check(severity)?;
    let impact = impact::check(impact)?;
    let limits = limits::check_limits(limits, instances.values().all(InstanceConfig::is_local))?;
    let ownership = ownership::check(ownership, root)?;
    if project.is_none()
        && ownership
            .ledger
            .as_ref()
            .is_some_and(|it| !it.is_inside(root))
    {
        let path = ["ownership", "ledger"];
        return Err(Finding::new(
            ConfigProblem::NoProject { member: "ledger" },
            &path,
        ));
    }
    let has_project = project.is_some();
    let skips_missing_references = references.missing == MissingReference::Skip;
    if skips_missing_references && ownership.ledger.is_some() {
        let path = ["references", "missing"];
        return Err(Finding::new(ConfigProblem::SkipWithLedger, &path));
    }
    let others = instances.values().flat_map(|it| it.manifests.clone());
    Ok(Config {
        manifests,
        others: others.collect(),
        rules: InstanceRules::default(),
        ignore,
        project,
        default_instance,
        instances,
        ownership,
        sensitive: sensitive.into_iter().map(Into::into).collect(),
        journal: self::journal(journal, root, has_project)?,
        guards,
        severities,
        impact,
        skips_missing_references,
        limits,
    })
}

fn check_patterns(path: &[&str], patterns: &[String]) -> Result<(), Finding> {
    for (index, pattern) in patterns.iter().enumerate() {
        if let Err(error) = Pattern::parse(pattern) {
            let problem = ConfigProblem::BadPattern(error);
            return Err(Finding::new(
                problem,
                &[path, &[&index.to_string()]].concat(),
            ));
        }
    }
    Ok(())
}

fn instance(
    name: String,
    mut file: InstanceFile,
    outline: &Outline,
    root: &Path,
) -> Result<InstanceConfig, Finding> {
    let path = ["instances", name.as_str()];
    if name.is_empty() || name.trim() != name {
        return Err(Finding::new(ConfigProblem::BadInstanceName, &path));
    }
    let confirm = file.confirm;
    let manifests = std::mem::take(&mut file.manifests);
    check_patterns(&[path[0], path[1], "manifests"], &manifests)?;
    let rules = InstanceRules {
        values: values(&file.set, outline, &path)?,
        protect: file.protect,
    };
    let target = target(&name, file, root)?;
    Ok(InstanceConfig {
        name,
        target,
        confirm,
        manifests,
        rules,
    })
}

/// The values that an instance sets, with the digits that the file has.
fn values(
    set: &BTreeMap<String, ScalarFile>,
    outline: &Outline,
    instance: &[&str],
) -> Result<NamedValues, Finding> {
    let values = set.keys().map(|name| {
        let path = [instance, &["set", name]].concat();
        if !is_value_name(name) {
            return Err(Finding::new(ConfigProblem::BadValueName, &path));
        }
        match outline.set_value(&path) {
            Some(value) => Ok((name.as_str().into(), value)),
            None => Err(Finding::new(ConfigProblem::AliasAsValue, &path)),
        }
    });
    let values = values.collect::<Result<_, _>>()?;
    Ok(NamedValues::new(instance[1], values))
}

fn target(name: &str, file: InstanceFile, root: &Path) -> Result<InstanceTarget, Finding> {
    let InstanceFile {
        simulator,
        base_url,
        credentials,
        confirm,
        manifests: _,
        set: _,
        protect: _,
    } = file;
    let path = ["instances", name];
    let instance = name.to_owned();
    let problem = match (simulator, base_url, credentials) {
        (Some(file), None, None) => {
            return simulated(file, root, &path).map(InstanceTarget::Simulator);
        }
        (None, Some(url), Some(credentials)) => {
            return remote(&url, credentials, &path).map(InstanceTarget::Remote);
        }
        (None, None, None) => ConfigProblem::NoTarget {
            instance: confirm.then_some(instance),
        },
        (None, Some(_), None) => ConfigProblem::HalfTarget {
            instance,
            written: "baseUrl",
            missing: "credentials",
        },
        (None, None, Some(_)) => ConfigProblem::HalfTarget {
            instance,
            written: "credentials",
            missing: "baseUrl",
        },
        (Some(_), Some(_), _) => ConfigProblem::TwoTargets {
            instance,
            other: "baseUrl",
        },
        (Some(_), None, Some(_)) => ConfigProblem::TwoTargets {
            instance,
            other: "credentials",
        },
    };
    Err(Finding::new(problem, &path))
}

fn simulated(file: SimulatorFile, root: &Path, path: &[&str]) -> Result<SimulatorConfig, Finding> {
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
        if let Some(problem) = value.and_then(|value| no_path(value, member)) {
            return Err(Finding::new(
                problem,
                &[path, &["simulator", member]].concat(),
            ));
        }
    }
    let crm = match crm {
        Some(name) => name.parse().map_err(|()| {
            let names = Crm::ALL.map(|(name, _)| name.to_owned());
            let meant = closest(&name, &names).map(str::to_owned);
            let problem = ConfigProblem::UnknownCrm { meant };
            Finding::new(problem, &[path, &["simulator", "crm"]].concat())
        })?,
        None => Crm::None,
    };
    Ok(SimulatorConfig {
        data: root.join(data),
        leads: leads.map(|file| root.join(file)),
        schema: schema.map(|file| root.join(file)),
        users: users.map(|file| root.join(file)),
        faults: faults.map(|file| root.join(file)),
        crm,
        answers: answers_of(&answers, path)?,
    })
}

fn answers_of(file: &AnswersFile, path: &[&str]) -> Result<Answers, Finding> {
    let settings = file.0.iter();
    let settings = settings.map(|(name, AnswerFile(value))| (name.as_str(), value.as_str()));
    Answers::of(settings).map_err(|error| {
        let at = [path, &["simulator", "answers", error.member()]].concat();
        Finding::new(ConfigProblem::Answer(error.clone()), &at)
    })
}

fn remote(url: &str, credentials: CredentialsFile, path: &[&str]) -> Result<RemoteConfig, Finding> {
    let CredentialsFile {
        client_id,
        client_secret,
    } = credentials;
    let base_url = BaseUrl::parse(url).map_err(|error| {
        let problem = ConfigProblem::BaseUrl(error);
        Finding::new(problem, &[path, &["baseUrl"]].concat())
    })?;
    Ok(RemoteConfig {
        base_url,
        client_id: credential(client_id, "clientId", path)?,
        client_secret: credential(client_secret, "clientSecret", path)?,
    })
}

fn credential(
    file: CredentialFile,
    member: &'static str,
    instance: &[&str],
) -> Result<Credential, Finding> {
    let path = [instance, &["credentials", member]].concat();
    let CredentialFile::Sources(CredentialSources { env, file, command }) = file else {
        let problem = ConfigProblem::LiteralCredential { member };
        return Err(Finding::new(problem, &path));
    };
    let (problem, below): (_, &[&str]) = match (env, file, command) {
        (Some(name), None, None) if is_variable_name(&name) => return Ok(Credential::Env(name)),
        (Some(_), None, None) => (ConfigProblem::BadVariableName, &["env"]),
        (None, Some(path), None) if !path.as_os_str().is_empty() => {
            return Ok(Credential::File(path));
        }
        (None, Some(_), None) => (ConfigProblem::EmptyMember { member: "file" }, &["file"]),
        (None, None, Some(argv)) if argv.first().is_some_and(|program| !program.is_empty()) => {
            return Ok(Credential::Command(argv));
        }
        (None, None, Some(_)) => (
            ConfigProblem::EmptyMember { member: "command" },
            &["command"],
        ),
        (env, file, command) => {
            let sources = [env.is_some(), file.is_some(), command.is_some()];
            let found = sources.into_iter().filter(|is_some| *is_some).count();
            (ConfigProblem::CredentialSources { member, found }, &[])
        }
    };
    Err(Finding::new(problem, &[&path, below].concat()))
}

/// Whether a name has the portable form of POSIX. If it has not, it is probably the credential itself.
fn is_variable_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// An undo is often wanted on the day after.
const SHORTEST_KEEP: Duration = Duration::from_secs(24 * 60 * 60);

fn journal(file: JournalFile, root: &Path, has_project: bool) -> Result<JournalConfig, Finding> {
    let JournalFile {
        directory,
        keep,
        sensitive,
    } = file;
    let keep = keep.map(|text| {
        let keep = duration::parse(&text).filter(|keep| *keep >= SHORTEST_KEEP);
        keep.ok_or_else(|| Finding::new(ConfigProblem::BadKeep, &["journal", "keep"]))
    });
    let directory = directory.as_deref().unwrap_or(JOURNALS);
    let at_directory = |problem| Finding::new(problem, &["journal", "directory"]);
    let directory = Location::parse(directory, root).map_err(|error| {
        let member = "directory";
        at_directory(ConfigProblem::Location { member, error })
    })?;
    if !has_project && matches!(directory, Location::Bucket(_)) {
        let member = "directory";
        return Err(at_directory(ConfigProblem::NoProject { member }));
    }
    Ok(JournalConfig {
        directory,
        keep: keep.transpose()?,
        sensitive,
    })
}

/// Why a text cannot be a path of this machine. A URL would silently become a folder with a strange name.
fn no_path(path: &Path, member: &'static str) -> Option<ConfigProblem> {
    let text = path.to_string_lossy();
    if text.is_empty() {
        return Some(ConfigProblem::EmptyMember { member });
    }
    let scheme = text.split_once(":/").map(|(scheme, _)| scheme);
    // A single letter is a drive.
    let is_url = scheme.is_some_and(|scheme| {
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    is_url.then_some(ConfigProblem::UrlAsPath { member })
}
