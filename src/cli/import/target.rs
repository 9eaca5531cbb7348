//! Where the manifests of an import go: a folder or a file, as plans will find them, and the schema that editors need.

use std::io;
use std::path::{Path, PathBuf};

use crate::config::LoadedConfig;
use crate::import::{Destination, Layout, Scope};
use crate::manifest::{CreateError, closest, files};
use crate::model::ObjectKind;
use crate::render::escaped;

use super::super::args::ImportArgs;
use super::super::context::Context;
use super::super::exit::{CliError, Exit};
use super::super::files::real;

/// Where repositories of manifests keep the schema, if they do: `oppctl schema manifest` prints it.
const SCHEMA: &str = "schemas/manifest.v1.json";

/// Where the manifests go.
pub(super) struct ImportTarget {
    /// The folder of the configuration, without links and dots.
    root: PathBuf,
    target: Destination,
}

impl ImportTarget {
    /// The place that was asked for, or the one where plans look first.
    pub(super) fn of(
        context: &Context,
        loaded: &LoadedConfig,
        kind: &ObjectKind,
        args: &ImportArgs,
    ) -> Result<Self, CliError> {
        let failed = |path: &Path| {
            let message = format!("cannot tell where `{}` is", path.display());
            move |source: io::Error| CliError::new(Exit::Failed, message).caused_by(&source)
        };
        let patterns = &loaded.config.manifests;
        let first = patterns.first().map_or("", String::as_str);
        let root = real(&loaded.root).map_err(failed(&loaded.root))?;
        let path = match &args.out {
            Some(path) => real(path).map_err(failed(path))?,
            None => root.join(files::folder(first)),
        };
        let is_manifest = |path: &Path| {
            path.extension()
                .is_some_and(|end| end == "yaml" || end == "yml")
        };
        let (target, probe) = if is_manifest(&path) {
            if path.symlink_metadata().is_ok() {
                let path = path.strip_prefix(&root).unwrap_or(&path).to_owned();
                return Err(CreateError::Exists { paths: vec![path] }.into());
            }
            (Destination::File(path.clone()), path)
        } else {
            let ending = if first.ends_with(".yml") {
                "yml"
            } else {
                "yaml"
            };
            let probe = path.join(format!("{}.{ending}", kind.plural));
            let extension = ending.to_owned();
            (Destination::Folder { path, extension }, probe)
        };
        let place = Self { root, target };
        if !files::is_matched(&place.root, loaded.config.patterns(), &probe) {
            let shown = place.shown(&probe);
            let message = format!("no pattern of `manifests` matches {}", shown.display());
            if args.out.is_none() {
                return Err(CliError::new(Exit::Usage, message)
                    .hint("name a folder or a file that one matches: --out PATH"));
            }
            context
                .out
                .message(&format!("{message}: plans will not read it\n"));
        }
        Ok(place)
    }

    /// How the entries are dealt out.
    pub(super) fn layout(
        &self,
        kind: &'static ObjectKind,
        args: &ImportArgs,
        scope: &Scope,
    ) -> Result<Layout, CliError> {
        let fields = scope.fields(kind);
        let key = kind.key.iter().map(|part| part.field);
        let mut names = key.chain(fields.iter().map(|field| &**field));
        let group_by = match &args.group_by {
            Some(field) if !names.clone().any(|name| name == field) => {
                let message = format!(
                    "--group-by names `{}`, which is not an imported field",
                    escaped(field)
                );
                let error = CliError::new(Exit::Usage, message);
                return Err(match closest(field, &mut names) {
                    Some(meant) => error.hint(format!("did you mean `{meant}`?")),
                    None => error.hint("list the fields with `oppctl describe`"),
                });
            }
            field => field.clone().map(|field| (kind, field)),
        };
        Ok(Layout {
            destination: self.target.clone(),
            per_file: args.per_file,
            group_by,
        })
    }

    /// A path as it is shown: relative to the configuration if it lies below.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }

    /// An error with its paths as they are shown.
    pub(super) fn shown_error(&self, error: CreateError) -> CreateError {
        match error {
            CreateError::Exists { paths } => CreateError::Exists {
                paths: paths.iter().map(|path| self.shown(path)).collect(),
            },
            CreateError::Unwritable { path, source } => CreateError::Unwritable {
                path: self.shown(&path),
                source,
            },
        }
    }

    /// Where an editor that opens this file finds the schema of manifests, if it is above it in the same repository.
    pub(super) fn schema(&self, file: &Path) -> Option<String> {
        let mut steps = String::new();
        for folder in file.parent()?.ancestors() {
            if folder.join(SCHEMA).is_file() {
                let steps = if steps.is_empty() { "./" } else { &steps };
                return Some(format!("{steps}{SCHEMA}"));
            }
            if folder.join(".git").exists() {
                return None;
            }
            steps.push_str("../");
        }
        None
    }
}
