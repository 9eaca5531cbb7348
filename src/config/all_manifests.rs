//! The manifests of more than one instance at once, for what is done with files and not with an instance.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::error::ConfigError;
use super::instance_fields::{InstanceFields, InstanceFieldsError, is_known_sensitive};
use super::load::LoadedConfig;
use crate::manifest::{InstanceRules, Patterns, SourceError, files};
use crate::model::ObjectKind;

/// The manifests of all instances, or of the one that is asked for.
#[derive(Debug)]
pub struct AllManifests {
    pub loaded: LoadedConfig,
    /// What they mean. References are read as one of the instances has them.
    pub rules: InstanceRules,
    /// The fields that were kept of each instance.
    kept: Vec<InstanceFields>,
}

impl LoadedConfig {
    /// The fields of all instances, as far as they are kept.
    ///
    /// # Errors
    /// A file of them cannot be read, or is another one.
    pub fn all_kept_fields(&self) -> Result<Vec<InstanceFields>, InstanceFieldsError> {
        let mut kept = Vec::new();
        for name in self.config.instances.keys() {
            kept.extend(self.kept_fields(name)?.map(|(_, fields)| fields));
        }
        Ok(kept)
    }
}

impl AllManifests {
    /// The manifests of the instance with this name, or of all.
    ///
    /// # Errors
    /// There is no instance with this name.
    pub fn of(
        mut loaded: LoadedConfig,
        asked: Option<&str>,
        kept: Vec<InstanceFields>,
    ) -> Result<Self, ConfigError> {
        let chosen = match (loaded.instance(asked), asked) {
            (Err(error), Some(_)) => return Err(error),
            (Ok(chosen), _) => Some(chosen.clone()),
            (Err(_), None) => loaded.config.instances.values().next().cloned(),
        };
        let rules = chosen.as_ref().map(|it| it.rules.clone());
        let config = &mut loaded.config;
        match (asked, chosen) {
            (Some(_), Some(chosen)) => config.manifests.extend(chosen.manifests),
            _ => config.manifests.extend(config.others.clone()),
        }
        Ok(Self {
            loaded,
            rules: rules.unwrap_or_default(),
            kept,
        })
    }

    /// The manifests at or below these paths; all of them if there are none.
    ///
    /// # Errors
    /// There are no manifests, or none at a path.
    pub fn files(&self, paths: &[PathBuf]) -> Result<BTreeSet<PathBuf>, SourceError> {
        let patterns: Patterns<'_> = self.loaded.config.patterns();
        let found = files::find(&self.loaded.root, patterns)?.manifests;
        Ok(match paths {
            [] => found.into_iter().collect(),
            paths => files::at_or_below(&found, patterns, paths)?,
        })
    }

    /// Whether any field of these manifests may be sensitive.
    #[must_use]
    pub fn may_be_sensitive(&self) -> bool {
        !self.loaded.config.sensitive.is_empty() || !self.kept.is_empty()
    }

    /// Whether a field is sensitive in any instance, as far as is known without them.
    #[must_use]
    pub fn is_sensitive(&self, kind: &ObjectKind, name: &str) -> bool {
        let named = &self.loaded.config.sensitive;
        let mut kept = self.kept.iter();
        is_known_sensitive(named, None, kind, name)
            || kept.any(|kept| is_known_sensitive(named, Some(kept), kind, name))
    }
}
