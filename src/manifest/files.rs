//! Which files are manifests, and their bytes. Only this file, `create` and `rewrite` touch the disk.
//!
//! Patterns come from the configuration and are relative to its folder. Paths come from the command line and narrow a run. Patterns
//! without any file, and a path without one, are an error: if that meant "nothing is declared", a typing mistake would plan deletions.
//! Nothing outside of the configuration's folder is read: whatever is quoted of a manifest may be published.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::here::or_here;
use super::pattern::{Pattern, Patterns, is_yaml};
use super::search::{Places, Search};
use super::source_error::{SourceError, real, unreadable};
use crate::regular_file::{MOST_BYTES, read_regular};

/// The files that the patterns find.
#[derive(Debug, Default)]
pub struct Found {
    /// The manifests, sorted.
    pub manifests: Vec<PathBuf>,
    /// The files beside them that no pattern matches, sorted.
    pub beside: Vec<PathBuf>,
    /// The YAML files elsewhere in the project, sorted.
    pub elsewhere: Vec<PathBuf>,
    /// The manifests that only other instances have, sorted.
    pub of_others: Vec<PathBuf>,
    /// The patterns that match no file.
    pub idle: Vec<String>,
}

/// The largest file with another ending than YAML's that is looked at as to whether it is a manifest.
const MAX_BYTES_UNMATCHED: u64 = 16 * 1024 * 1024;

/// The manifests that the patterns match below `base`, and what lies beside them.
///
/// # Errors
/// No pattern matches a file, a pattern is not valid, a link leads out of `base`, or a folder cannot be read.
pub fn find(base: &Path, patterns: Patterns<'_>) -> Result<Found, SourceError> {
    if patterns.manifests.is_empty() {
        return Err(SourceError::NoPattern);
    }
    let found = present(base, patterns)?;
    if found.manifests.is_empty() {
        return Err(SourceError::NoMatch {
            patterns: patterns.manifests.to_vec(),
            base: base.to_owned(),
        });
    }
    Ok(found)
}

/// The same where there may be no manifest, for a run that writes the first ones.
///
/// # Errors
/// As those of [`find`], except that a pattern need not match.
pub fn present(base: &Path, patterns: Patterns<'_>) -> Result<Found, SourceError> {
    let search = Search::new(base, patterns)?;
    let Places {
        found,
        beside,
        elsewhere,
        of_others,
    } = search.run()?;
    let is_idle = |pattern: &Pattern| !found.iter().any(|path| pattern.matches(path));
    let all = search.manifests().iter().zip(patterns.manifests);
    let idle = all.filter(|(pattern, _)| is_idle(pattern));
    let idle = idle.map(|(_, text)| text.clone()).collect();
    let full = |paths: BTreeSet<PathBuf>| paths.iter().map(|path| base.join(path)).collect();
    Ok(Found {
        idle,
        manifests: full(found),
        beside: full(beside),
        elsewhere: full(elsewhere),
        of_others: full(of_others),
    })
}

/// Of the manifests that the patterns match below `base` those that are at or below one of these paths.
///
/// # Errors
/// A path leads to no manifest.
pub fn at_or_below(
    files: &[PathBuf],
    patterns: Patterns<'_>,
    paths: &[PathBuf],
) -> Result<BTreeSet<PathBuf>, SourceError> {
    narrowed(files, patterns.manifests, paths)
}

/// The folder in which a pattern looks for manifests: its leading folders without wildcards.
#[must_use]
pub fn folder(pattern: &str) -> PathBuf {
    match Pattern::parse(pattern) {
        // The name of a folder, and not of a file.
        Ok(pattern) if !is_yaml(Path::new(pattern.text())) && pattern.is_plain() => {
            pattern.text().into()
        }
        Ok(pattern) => pattern.folder(),
        Err(_) => PathBuf::new(),
    }
}

/// Whether one of the patterns matches the path of a file, which need not exist. `base` and `path` contain no links and no dots.
#[must_use]
pub fn is_matched(base: &Path, patterns: Patterns<'_>, path: &Path) -> bool {
    let below = path.strip_prefix(base).unwrap_or(path);
    let any = |patterns: &[String], is_one: fn(&Pattern, &Path) -> bool| {
        let mut patterns = patterns.iter();
        patterns.any(|text| Pattern::parse(text).is_ok_and(|pattern| is_one(&pattern, below)))
    };
    any(patterns.manifests, Pattern::matches) && !any(patterns.ignored, Pattern::covers)
}

/// The bytes of each file, with its path as it is shown: relative to `base` if it lies below it. Of a file that is larger than any
/// manifest may be there is a part.
///
/// # Errors
/// A file cannot be read.
pub fn load<'f>(
    base: &'f Path,
    files: &'f [PathBuf],
) -> impl Iterator<Item = Result<(PathBuf, Vec<u8>), SourceError>> + 'f {
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    files.iter().map(move |path| {
        let shown = path.strip_prefix(base).unwrap_or(path).to_owned();
        let bytes = read_regular(path, most).map_err(unreadable(path))?;
        Ok((shown, bytes))
    })
}

/// The same for files that no pattern matches. One that cannot be read, or that is too large, is left out: it is not ours to judge.
pub fn load_unmatched<'f>(
    base: &'f Path,
    files: &'f [PathBuf],
) -> impl Iterator<Item = (PathBuf, Vec<u8>)> + 'f {
    files.iter().filter_map(move |path| {
        let most = if is_yaml(path) {
            MOST_BYTES as u64
        } else {
            MAX_BYTES_UNMATCHED
        };
        let bytes = read_regular(path, most).ok()?;
        let shown = path.strip_prefix(base).unwrap_or(path).to_owned();
        (bytes.len() as u64 <= most).then_some((shown, bytes))
    })
}

/// Paths of the command line in the form in which files are shown.
///
/// # Errors
/// A path does not exist.
pub fn shown(base: &Path, paths: &[PathBuf]) -> Result<Vec<PathBuf>, SourceError> {
    let base = real(or_here(base))?;
    let mut shown = Vec::with_capacity(paths.len());
    for path in paths {
        let path = real(path)?;
        shown.push(path.strip_prefix(&base).unwrap_or(&path).to_owned());
    }
    Ok(shown)
}

fn narrowed(
    files: &[PathBuf],
    patterns: &[String],
    paths: &[PathBuf],
) -> Result<BTreeSet<PathBuf>, SourceError> {
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
    Ok(kept)
}
