//! The fields of an instance, kept in a file of the repository: so manifests are checked without the instance, and editors know them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::load::LoadedConfig;
use crate::manifest::read_regular;
use crate::model::kind::KINDS;
use crate::model::{DataType, Field, ObjectKind, Schema};

/// More than the description of any instance.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
const FORMAT: &str = "1.0";

/// The fields of one instance, as it described them.
#[derive(Clone, Debug, Default)]
pub struct InstanceFields {
    /// By kind; those that the file does not have are missing.
    pub schemas: BTreeMap<&'static ObjectKind, Schema>,
    /// What people call the fields of each kind, by their API names.
    pub display_names: BTreeMap<&'static ObjectKind, BTreeMap<String, String>>,
}

/// Why the file cannot be used.
#[derive(Debug, Error)]
pub enum InstanceFieldsError {
    #[error("cannot read {}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is not a file of `oppctl describe --save`", path.display())]
    Malformed {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("{} has the format {format}, which a newer oppctl has written", path.display())]
    Newer { path: PathBuf, format: String },
}

/// The file. Lists and names are in the order of the instance, so that a new version differs where the instance does.
#[derive(Serialize, Deserialize)]
struct SavedFields {
    format_version: String,
    kinds: BTreeMap<String, Vec<SavedField>>,
}

#[derive(Serialize, Deserialize)]
struct SavedField {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    updateable: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sensitive: bool,
}

impl LoadedConfig {
    /// Where the fields of the instance with this name are kept.
    #[must_use]
    pub fn instance_fields_path(&self, instance: &str) -> PathBuf {
        let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        let name: String = instance
            .chars()
            .map(|c| if plain(c) { c } else { '-' })
            .collect();
        self.root
            .join("schemas")
            .join(format!("{name}.fields.json"))
    }

    /// The fields of the instance with this name, if they are kept, and the path of their file below the root.
    ///
    /// # Errors
    /// The file cannot be read, or is another one.
    pub fn kept_fields(
        &self,
        instance: &str,
    ) -> Result<Option<(Box<str>, InstanceFields)>, InstanceFieldsError> {
        let path = self.instance_fields_path(instance);
        if path.symlink_metadata().is_err() {
            return Ok(None);
        }
        let fields = InstanceFields::read(&path)?;
        let shown = path.strip_prefix(&self.root).unwrap_or(&path);
        Ok(Some((shown.display().to_string().into(), fields)))
    }
}

/// Whether a field is known to be sensitive without the instance: by the configuration's list, or by the kept fields.
#[must_use]
pub fn is_known_sensitive(
    named: &[Box<str>],
    kept: Option<&InstanceFields>,
    kind: &ObjectKind,
    field: &str,
) -> bool {
    let schema = kept.and_then(|kept| kept.schemas.get(kind));
    named.iter().any(|name| name.eq_ignore_ascii_case(field))
        || schema.is_some_and(|schema| schema.is_sensitive(field))
}

impl InstanceFields {
    fn read(path: &Path) -> Result<Self, InstanceFieldsError> {
        let path = || path.to_owned();
        let bytes = read_regular(&path(), MOST_BYTES).map_err(|source| {
            InstanceFieldsError::Unreadable {
                path: path(),
                source,
            }
        })?;
        let saved: SavedFields =
            serde_json::from_slice(&bytes).map_err(|source| InstanceFieldsError::Malformed {
                path: path(),
                source,
            })?;
        if !saved.format_version.starts_with("1.") {
            return Err(InstanceFieldsError::Newer {
                path: path(),
                format: saved.format_version,
            });
        }
        let (mut schemas, mut display_names) = (BTreeMap::new(), BTreeMap::new());
        for (name, fields) in saved.kinds {
            let Some(kind) = KINDS.into_iter().find(|kind| kind.name == name) else {
                continue;
            };
            let names = fields
                .iter()
                .filter_map(|field| Some((field.name.clone(), field.display_name.clone()?)));
            display_names.insert(kind, names.collect());
            let fields = fields.into_iter().map(|field| Field {
                name: field.name.into(),
                data_type: DataType::named(&field.data_type),
                length: field.length,
                updateable: field.updateable,
                sensitive: field.sensitive,
            });
            schemas.insert(kind, Schema::new(kind, fields.collect()));
        }
        Ok(Self {
            schemas,
            display_names,
        })
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let kinds = self.schemas.iter().map(|(kind, schema)| {
            let names = self.display_names.get(kind);
            let fields = schema.fields().iter().map(|field| SavedField {
                name: field.name.to_string(),
                display_name: names.and_then(|names| names.get(&*field.name)).cloned(),
                data_type: field.data_type.name().to_owned(),
                length: field.length,
                updateable: field.updateable,
                sensitive: field.sensitive,
            });
            (kind.name.to_owned(), fields.collect())
        });
        let saved = SavedFields {
            format_version: FORMAT.to_owned(),
            kinds: kinds.collect(),
        };
        let text = serde_json::to_string_pretty(&saved).expect("it has no keys but texts");
        format!("{text}\n")
    }

    /// The fields that the instance describes otherwise by now, each after the name of its kind and a point.
    #[must_use]
    pub fn outdated(&self, now: &BTreeMap<&'static ObjectKind, Schema>) -> Vec<String> {
        let mut outdated = Vec::new();
        for (kind, schema) in now {
            let kept = self.schemas.get(kind);
            let kept = |name: &str| kept.and_then(|kept| kept.field(name));
            let is_new = |field: &&Field| kept(&field.name) != Some(*field);
            let gone = self.schemas.get(kind).into_iter().flat_map(Schema::fields);
            let gone = gone.filter(|field| schema.field(&field.name).is_none());
            let fields = schema.fields().iter().filter(is_new).chain(gone);
            outdated.extend(fields.map(|field| format!("{}.{}", kind.name, field.name)));
        }
        outdated
    }
}
