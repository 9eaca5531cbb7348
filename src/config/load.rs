//! Finding and reading `oppctl.yaml`, and choosing an instance of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::file::{ConfigFile, Guards, Limits};
use super::outline::{Mistake, Outline};
use super::{ConfigError, ConfigProblem, Credential, check, translate};
use crate::ledger::Location;
use crate::model::BaseUrl;
use crate::simulator::{Answers, Crm};

/// The name of the configuration file.
pub const FILE_NAME: &str = "oppctl.yaml";

/// The version of the file's language that this program reads.
const VERSION: u64 = 1;

/// A configuration without mistakes.
#[derive(Clone, Debug)]
pub struct Config {
    /// The patterns of the manifest files, relative to the configuration's folder.
    pub manifests: Vec<String>,
    /// The instance that is meant when none is named; it is one of `instances`.
    pub default_instance: Option<String>,
    /// By name.
    pub instances: BTreeMap<String, Instance>,
    pub ownership: Ownership,
    pub journal: Journal,
    pub guards: Guards,
    pub limits: Limits,
}

/// A configuration and where it was found.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub config: Config,
    /// The folder of the file, to which everything in it is relative.
    pub root: PathBuf,
    /// The file.
    pub path: PathBuf,
}

/// How to know which records are this project's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// Where the ledgers are, if there are any.
    pub ledger: Option<Location>,
    pub marker: Option<Marker>,
    /// How long the lock on a ledger is good without a renewal.
    pub lease: Duration,
}

/// A field on which managed records carry the name of this project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    pub field: String,
    pub value: String,
}

/// What applies write down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// Where the journals are.
    pub directory: PathBuf,
    /// Whether values of sensitive fields are stored.
    pub sensitive: bool,
}

/// A Marketo instance.
#[derive(Clone, Debug)]
pub struct Instance {
    pub name: String,
    pub target: Target,
    /// Whether an apply has to be told this instance's name.
    pub confirm: bool,
}

/// What answers for an instance.
#[derive(Clone, Debug)]
pub enum Target {
    Simulator(Simulator),
    Remote(Remote),
}

/// The built-in simulator, with paths that no longer depend on a folder of reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulator {
    pub data: PathBuf,
    pub leads: Option<PathBuf>,
    pub schema: Option<PathBuf>,
    pub users: Option<PathBuf>,
    pub faults: Option<PathBuf>,
    pub crm: Crm,
    pub answers: Answers,
}

/// A Marketo instance that is reached over the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    pub base_url: BaseUrl,
    pub client_id: Credential,
    pub client_secret: Credential,
}

/// The one member that every version of the file has.
#[derive(Deserialize)]
#[serde(expecting = "a mapping with `version`, `manifests` and `instances`")]
struct Versioned {
    version: serde_yaml::Value,
}

impl Config {
    /// Loads the file `explicit`, relative to `dir`; without it, the nearest `oppctl.yaml` in `dir` or above.
    ///
    /// # Errors
    /// There is no such file, or it has a mistake: the first one is told.
    pub fn load(dir: &Path, explicit: Option<&Path>) -> Result<Loaded, ConfigError> {
        let path = match explicit {
            Some(file) => dir.join(file),
            None => find(dir)?,
        };
        let root = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let bytes = fs::read(&path).map_err(|source| ConfigError::Unreadable {
            path: path.clone(),
            source,
        })?;
        match read(bytes, &root) {
            Ok(config) => Ok(Loaded { config, root, path }),
            Err(Mistake { problem, at }) => Err(ConfigError::Invalid {
                path,
                at,
                problem: Box::new(problem),
            }),
        }
    }
}

impl Loaded {
    /// The instance `name`; without a name the default one, or the only one.
    ///
    /// # Errors
    /// There is no such instance, or none is meant.
    pub fn instance(&self, name: Option<&str>) -> Result<&Instance, ConfigError> {
        let Config {
            instances,
            default_instance,
            ..
        } = &self.config;
        let path = self.path.clone();
        let known = || instances.keys().cloned().collect();
        match name.or(default_instance.as_deref()) {
            Some(name) => instances
                .get(name)
                .ok_or_else(|| ConfigError::UnknownInstance {
                    path,
                    name: name.to_owned(),
                    known: known(),
                }),
            None if instances.len() > 1 => Err(ConfigError::NoInstanceChosen {
                path,
                known: known(),
            }),
            None => instances
                .values()
                .next()
                .ok_or(ConfigError::NoInstances { path }),
        }
    }
}

impl Instance {
    /// Whether it is on this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match &self.target {
            Target::Simulator(_) => true,
            Target::Remote(remote) => remote.base_url.is_loopback(),
        }
    }
}

fn find(dir: &Path) -> Result<PathBuf, ConfigError> {
    let not_found = || ConfigError::NotFound {
        dir: dir.to_owned(),
    };
    let absolute = std::path::absolute(dir).map_err(|_| not_found())?;
    absolute
        .ancestors()
        .map(|folder| folder.join(FILE_NAME))
        .find(|file| file.is_file())
        .ok_or_else(not_found)
}

fn read(bytes: Vec<u8>, root: &Path) -> Result<Config, Mistake> {
    let nowhere = |problem| Mistake { problem, at: None };
    let text = String::from_utf8(bytes).map_err(|_| nowhere(ConfigProblem::NotUtf8))?;
    // The mark that some editors put at the start of a file.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let outline = Outline::read(text)?;
    check_version(text, &outline)?;
    let file: ConfigFile =
        serde_yaml::from_str(text).map_err(|error| translate::mistake(&error))?;
    check::config(file, root).map_err(|finding| Mistake {
        problem: finding.problem,
        at: outline.place(&finding.path),
    })
}

/// Looks at the version alone first: a later one has keys that are unknown here, and is no mistake of its writer.
fn check_version(text: &str, outline: &Outline) -> Result<(), Mistake> {
    let Some(Versioned { version }) =
        serde_yaml::from_str(text).map_err(|error| translate::mistake(&error))?
    else {
        return Err(Mistake {
            problem: ConfigProblem::Empty,
            at: None,
        });
    };
    if version.as_u64() == Some(VERSION) {
        return Ok(());
    }
    let found = match version {
        serde_yaml::Value::Number(number) => number.to_string(),
        serde_yaml::Value::String(text) => format!("\"{text}\""),
        serde_yaml::Value::Null
        | serde_yaml::Value::Bool(_)
        | serde_yaml::Value::Sequence(_)
        | serde_yaml::Value::Mapping(_)
        | serde_yaml::Value::Tagged(_) => "that is not a number".to_owned(),
    };
    Err(Mistake {
        problem: ConfigProblem::UnsupportedVersion { found },
        at: outline.place(&["version".to_owned()]),
    })
}
