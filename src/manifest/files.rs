//! Which files are manifests, and their bytes: the only part of `manifest` that touches the disk.
//!
//! Patterns come from the configuration and are relative to its folder; paths come from the command
//! line and narrow a run. A pattern or a path that leads to no file is an error: read as "nothing is
//! declared", a slip of the pen would become a plan that deletes.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use thiserror::Error;

/// Why the manifests of a run could not be found or read.
#[derive(Debug, Error)]
pub enum SourceError {
    #[error("no pattern says where the manifests are")]
    NoPattern,
    #[error("no file matches the pattern `{pattern}` in `{}`", base.display())]
    NoMatch { pattern: String, base: PathBuf },
    #[error("the pattern `{pattern}` is not valid")]
    BadPattern {
        pattern: String,
        #[source]
        source: glob::PatternError,
    },
    #[error("the path of the folder `{}` is not UTF-8", base.display())]
    BaseNotUtf8 { base: PathBuf },
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("no manifest lies at or below `{}`; the patterns are {}", path.display(), quoted(patterns))]
    Outside {
        path: PathBuf,
        patterns: Vec<String>,
    },
}

/// The manifests that the patterns match below `base`, sorted; of these, where `paths` are given,
/// the ones that are among them or below them.
///
/// # Errors
/// A pattern or a path leads to no manifest, or a folder cannot be read.
pub fn list(
    base: &Path,
    patterns: &[String],
    paths: &[PathBuf],
) -> Result<Vec<PathBuf>, SourceError> {
    if patterns.is_empty() {
        return Err(SourceError::NoPattern);
    }
    let mut files = BTreeSet::new();
    for pattern in patterns {
        let matched = matches(base, pattern)?;
        if matched.is_empty() {
            return Err(SourceError::NoMatch {
                pattern: pattern.clone(),
                base: base.to_owned(),
            });
        }
        files.extend(matched);
    }
    if paths.is_empty() {
        return Ok(files.into_iter().collect());
    }
    narrowed(&files, patterns, paths)
}

/// The manifests that the patterns match below `base`, sorted. Where there are none yet, that is no error: for a run that
/// makes the first ones.
///
/// # Errors
/// A pattern is wrong, or a folder cannot be read.
pub fn present(base: &Path, patterns: &[String]) -> Result<Vec<PathBuf>, SourceError> {
    let mut files = BTreeSet::new();
    for pattern in patterns {
        files.extend(matches(base, pattern)?);
    }
    Ok(files.into_iter().collect())
}

/// Where a pattern looks for manifests: the folders in it that are no pattern themselves.
#[must_use]
pub fn folder(pattern: &str) -> PathBuf {
    let folders = Path::new(pattern)
        .parent()
        .into_iter()
        .flat_map(Path::components);
    folders
        .take_while(|folder| {
            !folder
                .as_os_str()
                .to_string_lossy()
                .contains(['*', '?', '['])
        })
        .collect()
}

/// Whether one of the patterns matches a file, which need not be there. `base` and `path` are free of links and dots.
#[must_use]
pub fn is_matched(base: &Path, patterns: &[String], path: &Path) -> bool {
    let below = path.strip_prefix(base).unwrap_or(path);
    let mut patterns = patterns.iter().filter_map(|pattern| {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        let path = if Path::new(pattern).is_absolute() {
            path
        } else {
            below
        };
        Some((Pattern::new(pattern).ok()?, path))
    });
    patterns.any(|(pattern, path)| pattern.matches_path_with(path, OPTIONS))
}

/// The bytes of each file, with its path as it is to be shown: relative to `base` where it lies below.
///
/// # Errors
/// The file cannot be read.
pub fn load<'f>(
    base: &'f Path,
    files: &'f [PathBuf],
) -> impl Iterator<Item = Result<(PathBuf, Vec<u8>), SourceError>> + 'f {
    files.iter().map(move |path| {
        let shown = path.strip_prefix(base).unwrap_or(path).to_owned();
        let bytes = fs::read(path).map_err(unreadable(path))?;
        Ok((shown, bytes))
    })
}

/// Paths of the command line in the form in which files are shown.
///
/// # Errors
/// There is no such path.
pub fn shown(base: &Path, paths: &[PathBuf]) -> Result<Vec<PathBuf>, SourceError> {
    let real = |path: &Path| fs::canonicalize(path).map_err(unreadable(path));
    // The root of a relative path is the working directory.
    let here = if base.as_os_str().is_empty() {
        Path::new(".")
    } else {
        base
    };
    let base = real(here)?;
    let shown = paths.iter().map(|path| {
        let path = real(path)?;
        Ok(path.strip_prefix(&base).unwrap_or(&path).to_owned())
    });
    shown.collect()
}

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    // Not `.git`, and not the data of the simulator.
    require_literal_leading_dot: true,
};

fn matches(base: &Path, pattern: &str) -> Result<Vec<PathBuf>, SourceError> {
    let full = if Path::new(pattern).is_absolute() || base.as_os_str().is_empty() {
        pattern.to_owned()
    } else {
        let folder = base.to_str().ok_or_else(|| SourceError::BaseNotUtf8 {
            base: base.to_owned(),
        })?;
        // The folder is no pattern, whatever its name contains.
        format!(
            "{}/{pattern}",
            Pattern::escape(folder.trim_end_matches('/'))
        )
    };
    let found = glob::glob_with(&full, OPTIONS).map_err(|source| SourceError::BadPattern {
        pattern: pattern.to_owned(),
        source,
    })?;
    let mut files = Vec::new();
    for path in found {
        let path = path.map_err(|error| SourceError::Unreadable {
            path: error.path().to_owned(),
            source: error.into(),
        })?;
        if fs::metadata(&path).map_err(unreadable(&path))?.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

fn narrowed(
    files: &BTreeSet<PathBuf>,
    patterns: &[String],
    paths: &[PathBuf],
) -> Result<Vec<PathBuf>, SourceError> {
    let mut real = Vec::with_capacity(files.len());
    for file in files {
        real.push((file, fs::canonicalize(file).map_err(unreadable(file))?));
    }
    let mut kept = BTreeSet::new();
    for path in paths {
        let below = fs::canonicalize(path).map_err(unreadable(path))?;
        let found: Vec<_> = real
            .iter()
            .filter(|(_, real)| real.starts_with(&below))
            .map(|(file, _)| (*file).clone())
            .collect();
        if found.is_empty() {
            return Err(SourceError::Outside {
                path: path.clone(),
                patterns: patterns.to_vec(),
            });
        }
        kept.extend(found);
    }
    Ok(kept.into_iter().collect())
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> SourceError {
    let path = path.to_owned();
    move |source| SourceError::Unreadable { path, source }
}

fn quoted(patterns: &[String]) -> String {
    let quoted: Vec<_> = patterns
        .iter()
        .map(|pattern| format!("`{pattern}`"))
        .collect();
    quoted.join(", ")
}
