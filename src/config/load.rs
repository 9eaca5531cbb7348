//! Finding and reading `oppctl.yaml`, and choosing one of its instances.

use std::path::{Path, PathBuf};

use super::check;
use super::error::ConfigError;
use super::file::{ConfigFile, FILE_NAME};
use super::outline::Mistake;
use super::policy::{Policies, PolicyRefusal};
use super::settings::{Config, InstanceConfig, InstanceTarget, SimulatorConfig};
use super::text::{self, Language};
use crate::manifest::{Pattern, folder_of, read_regular};
use crate::store::Location;

/// More than any configuration has.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

const LANGUAGE: Language = Language {
    name: "configuration",
    expecting: "a mapping with `version`, `manifests` and `instances`",
    least: "write at least `version: 1` and `manifests: [\"pipeline/**/*.yaml\"]`",
};

/// A configuration and its file, and the policies that limit it.
#[derive(Clone, Debug)]
pub struct LoadedConfig {
    pub config: Config,
    /// The folder of the file; the file's paths are relative to it.
    pub root: PathBuf,
    /// The path of the file.
    pub path: PathBuf,
    /// What the configuration may not decide.
    pub policies: Policies,
}

impl LoadedConfig {
    /// Loads the file `explicit`, relative to `dir`, or else the nearest `oppctl.yaml` in `dir` or a parent directory.
    ///
    /// # Errors
    /// There is no such file, or it has a mistake. The error names the first mistake. The same for a policy.
    pub fn load(dir: &Path, explicit: Option<&Path>) -> Result<Self, ConfigError> {
        let path = match explicit {
            Some(file) => dir.join(file),
            None => nearest(dir)?,
        };
        let root = folder_of(&path).to_owned();
        let bytes = read_regular(&path, MOST_BYTES).map_err(|source| ConfigError::Unreadable {
            path: path.clone(),
            source,
        })?;
        match read(bytes, &root) {
            Ok(mut config) => {
                let own = own_files(&config, &path, &root);
                config.ignore.extend(own);
                Ok(Self {
                    config,
                    root,
                    path,
                    policies: Policies::of_this_process()?,
                })
            }
            Err(Mistake { problem, at }) => Err(ConfigError::Invalid {
                path,
                at,
                problem: Box::new(problem),
            }),
        }
    }

    /// Where the ledgers of the project are, if it has any.
    ///
    /// # Errors
    /// A policy does not allow ledgers there.
    pub fn ledger(&self) -> Result<Option<&Location>, PolicyRefusal> {
        let location = self.config.ownership.ledger.as_ref();
        if let Some(location) = location {
            self.policies.check_ledger(location)?;
        }
        Ok(location)
    }

    /// Where the journals of the project are.
    ///
    /// # Errors
    /// A policy does not allow journals there.
    pub fn journal(&self) -> Result<&Location, PolicyRefusal> {
        let location = &self.config.journal.directory;
        self.policies.check_journal(location, &self.root)?;
        Ok(location)
    }

    /// The instance `name`; without a name the default one, or the only one.
    ///
    /// # Errors
    /// There is no instance of that name, or no name and no default among several.
    pub fn instance(&self, name: Option<&str>) -> Result<&InstanceConfig, ConfigError> {
        let instances = &self.config.instances;
        let path = self.path.clone();
        let Some(name) = name.or(self.config.default_instance.as_deref()) else {
            let mut all = instances.values();
            return match (all.next(), all.next()) {
                (Some(only), None) => Ok(only),
                (None, _) => Err(ConfigError::NoInstances { path }),
                (Some(_), Some(_)) => Err(ConfigError::NoInstanceChosen {
                    path,
                    known: instances.keys().cloned().collect(),
                }),
            };
        };
        instances
            .get(name)
            .ok_or_else(|| ConfigError::UnknownInstance {
                path,
                name: name.to_owned(),
                known: instances.keys().cloned().collect(),
            })
    }
}

impl LoadedConfig {
    /// The configuration as one of its instances has it: with its own manifests and values.
    #[must_use]
    pub fn of(mut self, instance: &InstanceConfig) -> Self {
        let config = &mut self.config;
        config.manifests.extend(instance.manifests.iter().cloned());
        config.rules = instance.rules.clone();
        self
    }

    /// Whether its instances have different manifests, or different values in them.
    #[must_use]
    pub fn differs_by_instance(&self) -> bool {
        let mut instances = self.config.instances.values();
        instances.any(|it| !it.manifests.is_empty() || !it.rules.values.is_empty())
    }
}

fn nearest(dir: &Path) -> Result<PathBuf, ConfigError> {
    let file = std::path::absolute(dir).ok().and_then(|absolute| {
        absolute
            .ancestors()
            .map(|folder| folder.join(FILE_NAME))
            .find(|file| file.is_file())
    });
    file.ok_or_else(|| ConfigError::NotFound {
        dir: dir.to_owned(),
    })
}

/// The configuration itself and the files that it names: whatever `manifests` matches, they are none.
fn own_files(config: &Config, path: &Path, root: &Path) -> Vec<String> {
    let mut files = vec![path];
    for instance in config.instances.values() {
        if let InstanceTarget::Simulator(simulator) = &instance.target {
            let SimulatorConfig {
                data: _,
                leads,
                schema,
                users,
                faults,
                crm: _,
                answers: _,
            } = simulator;
            files.extend(
                [leads, schema, users, faults]
                    .into_iter()
                    .flatten()
                    .map(|file| &**file),
            );
        }
    }
    let below = files
        .into_iter()
        .filter_map(|file| file.strip_prefix(root).ok());
    let texts = below.map(|file| file.to_string_lossy().replace('\\', "/"));
    texts.filter(|text| Pattern::parse(text).is_ok()).collect()
}

fn read(bytes: Vec<u8>, root: &Path) -> Result<Config, Mistake> {
    let (file, outline) = text::read::<ConfigFile>(bytes, &LANGUAGE)?;
    check::config(file, &outline, root).map_err(|finding| Mistake {
        problem: finding.problem,
        at: outline.place(&finding.path),
    })
}
