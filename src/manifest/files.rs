//! Which files are manifests, and their bytes. Only this file and `create` touch the disk.
//!
//! Patterns come from the configuration and are relative to its folder. Paths come from the command line and narrow a run. A
//! pattern or path without a file is an error: if it meant "nothing is declared", a typing mistake would plan deletions.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use thiserror::Error;

/// Why the manifests of a run could not be found or read.
#[derive(Debug, Error)]
pub enum SourceError {
    #[error("there is no pattern for the manifests")]
    NoPattern,
    #[error("no file matches the pattern `{pattern}` in `{}`", base.display())]
    NoMatch { pattern: String, base: PathBuf },
    #[error("`{pattern}` is not a valid pattern")]
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
    #[error("there is no manifest at or below `{}`; the patterns are {}", path.display(), quoted(patterns))]
    Outside {
        path: PathBuf,
        patterns: Vec<String>,
    },
}

/// The manifests that the patterns match below `base`, sorted. With `paths`, only those that are at or below one of them.
///
/// # Errors
/// A pattern or a path matches no manifest, or a folder cannot be read.
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

/// The manifests that the patterns match below `base`, sorted. There may be none, for a run that writes the first ones.
///
/// # Errors
/// A pattern is not valid, or a folder cannot be read.
pub fn present(base: &Path, patterns: &[String]) -> Result<Vec<PathBuf>, SourceError> {
    let mut files = BTreeSet::new();
    for pattern in patterns {
        files.extend(matches(base, pattern)?);
    }
    Ok(files.into_iter().collect())
}

/// The folder in which a pattern looks for manifests: its leading folders without wildcards.
#[must_use]
pub fn folder(pattern: &str) -> PathBuf {
    let mut fixed = PathBuf::new();
    for folder in Path::new(pattern).parent().unwrap_or(Path::new("")) {
        if folder.to_string_lossy().contains(['*', '?', '[']) {
            break;
        }
        fixed.push(folder);
    }
    fixed
}

/// Whether one of the patterns matches the path of a file, which need not exist. `base` and `path` contain no links and no dots.
#[must_use]
pub fn is_matched(base: &Path, patterns: &[String], path: &Path) -> bool {
    let below = path.strip_prefix(base).unwrap_or(path);
    patterns.iter().any(|pattern| {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        let path = if Path::new(pattern).is_absolute() {
            path
        } else {
            below
        };
        Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_path_with(path, OPTIONS))
    })
}

/// The bytes of each file, with its path as it is shown: relative to `base` if it lies below it.
///
/// # Errors
/// A file cannot be read.
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
/// A path does not exist.
pub fn shown(base: &Path, paths: &[PathBuf]) -> Result<Vec<PathBuf>, SourceError> {
    // An empty base is the working directory.
    let base = if base.as_os_str().is_empty() {
        Path::new(".")
    } else {
        base
    };
    let base = real(base)?;
    let mut shown = Vec::with_capacity(paths.len());
    for path in paths {
        let path = real(path)?;
        shown.push(path.strip_prefix(&base).unwrap_or(&path).to_owned());
    }
    Ok(shown)
}

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    // So that no pattern matches `.git` or the data of the simulator.
    require_literal_leading_dot: true,
};

fn matches(base: &Path, pattern: &str) -> Result<Vec<PathBuf>, SourceError> {
    let full = if Path::new(pattern).is_absolute() || base.as_os_str().is_empty() {
        pattern.to_owned()
    } else {
        let folder = base.to_str().ok_or_else(|| SourceError::BaseNotUtf8 {
            base: base.to_owned(),
        })?;
        // The folder is not a pattern, whatever its name contains.
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
        real.push((file, self::real(file)?));
    }
    let mut kept = BTreeSet::new();
    for path in paths {
        let below = self::real(path)?;
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

/// The path without links and dots.
fn real(path: &Path) -> Result<PathBuf, SourceError> {
    fs::canonicalize(path).map_err(unreadable(path))
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
