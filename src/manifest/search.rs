//! The walk through a project's folders: which files its patterns match, which lie beside those, and which lie elsewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::here::or_here;
use super::pattern::{Area, Pattern, Patterns, has_hidden, is_yaml};
use super::source_error::{SourceError, real};

/// A search for manifests.
pub(super) struct Search<'s> {
    base: &'s Path,
    /// The base without links and dots.
    real: PathBuf,
    manifests: Vec<Pattern>,
    others: Vec<Pattern>,
    ignored: Vec<Pattern>,
}

/// The files of a project, relative to its base.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) found: BTreeSet<PathBuf>,
    pub(super) beside: BTreeSet<PathBuf>,
    pub(super) elsewhere: BTreeSet<PathBuf>,
    pub(super) of_others: BTreeSet<PathBuf>,
}

/// The folder of npm's packages, which has more files than the rest of most projects.
const PACKAGES: &str = "node_modules";

/// The most entries of folders that are looked at for files elsewhere: a project that lies in the folder of everything else is not
/// searched for ever.
const MOST_ELSEWHERE: usize = 100_000;

impl<'s> Search<'s> {
    pub(super) fn new(base: &'s Path, patterns: Patterns<'_>) -> Result<Self, SourceError> {
        Ok(Self {
            base,
            real: real(or_here(base))?,
            manifests: parsed(patterns.manifests)?,
            others: parsed(patterns.others)?,
            ignored: parsed(patterns.ignored)?,
        })
    }

    pub(super) fn manifests(&self) -> &[Pattern] {
        &self.manifests
    }

    pub(super) fn run(&self) -> Result<Places, SourceError> {
        let areas = self.areas(&self.manifests);
        let mut places = Places::default();
        for area in &areas {
            self.walk(area, &areas, &mut places)?;
        }
        self.look_elsewhere(&mut places);
        self.look_at_others(&mut places);
        Ok(places)
    }

    /// Adds the manifests that only other instances have. What cannot be read is a problem of those instances.
    fn look_at_others(&self, places: &mut Places) {
        for area in self.areas(&self.others) {
            let depth = if area.walks_deep() { usize::MAX } else { 1 };
            let walk = WalkDir::new(or_here(&self.base.join(&area.folder))).max_depth(depth);
            for entry in walk.into_iter().filter_map(Result::ok) {
                let path = self.relative(&entry);
                let is_theirs = self.is_of_others(&path) && !self.is_ignored(&path);
                if !entry.file_type().is_dir() && is_theirs && !places.found.contains(&path) {
                    places.of_others.insert(path);
                }
            }
        }
    }

    fn relative(&self, entry: &DirEntry) -> PathBuf {
        let path = entry.path();
        let below = path.strip_prefix(or_here(self.base));
        below.map_or_else(|_| path.to_owned(), Path::to_owned)
    }

    /// Adds the YAML files that lie in no area. What cannot be read is left out: it is not ours to judge.
    fn look_elsewhere(&self, places: &mut Places) {
        let base = or_here(self.base);
        let enters = |entry: &DirEntry| {
            let name = entry.file_name().to_string_lossy();
            entry.depth() == 0
                || !(self.is_ignored(&self.relative(entry))
                    || entry.file_type().is_dir() && (name.starts_with('.') || name == PACKAGES))
        };
        let walk = WalkDir::new(base).into_iter().filter_entry(enters);
        for entry in walk.take(MOST_ELSEWHERE).filter_map(Result::ok) {
            let path = self.relative(&entry);
            let is_known = places.found.contains(&path)
                || places.beside.contains(&path)
                || self.is_of_others(&path);
            if entry.file_type().is_file() && is_yaml(&path) && !is_known {
                places.elsewhere.insert(path);
            }
        }
    }

    /// Where to look, each place once.
    fn areas(&self, patterns: &[Pattern]) -> Vec<Area> {
        let is_folder = |path: &Path| self.base.join(path).is_dir();
        let mut areas: Vec<Area> = Vec::new();
        let all = patterns.iter().map(|pattern| pattern.area(is_folder));
        for area in all {
            if !areas.iter().any(|other| other.has(&area)) {
                areas.retain(|other| !area.has(other));
                areas.push(area);
            }
        }
        areas
    }

    /// Adds the manifests of an area, and the files beside them, relative to the base.
    fn walk(&self, area: &Area, areas: &[Area], places: &mut Places) -> Result<(), SourceError> {
        let start = self.base.join(&area.folder);
        let start = or_here(&start);
        if !start.is_dir() {
            return Ok(());
        }
        if !self.is_ours(start, &area.folder)? {
            return Err(SourceError::LeadsOutside {
                path: start.to_owned(),
            });
        }
        // A link at the start itself is followed: the pattern names it. Below it none is.
        let walk = WalkDir::new(start).max_depth(if area.walks_deep() { usize::MAX } else { 1 });
        let relative = |entry: &DirEntry| {
            let below = entry.path().strip_prefix(start);
            area.folder.join(below.unwrap_or(entry.path()))
        };
        let enters = |entry: &DirEntry| {
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            entry.depth() == 0
                || !(self.is_ignored(&relative(entry)) || is_hidden && entry.file_type().is_dir())
        };
        for entry in walk.into_iter().filter_entry(enters) {
            let entry = entry.map_err(|error| SourceError::Unreadable {
                path: error.path().unwrap_or(start).to_owned(),
                source: error.into(),
            })?;
            let path = relative(&entry);
            let kind = entry.file_type();
            if kind.is_dir() {
                continue;
            }
            let is_manifest = self.manifests.iter().any(|pattern| pattern.matches(&path));
            if kind.is_symlink() && entry.path().is_dir() {
                if area.walks_deep() && !has_hidden(&path) {
                    self.check_folder(entry.path(), areas)?;
                }
            } else if is_manifest {
                if kind.is_symlink() {
                    self.check_link(entry.path())?;
                }
                places.found.insert(path);
            } else if kind.is_file() && !self.is_of_others(&path) {
                places.beside.insert(path);
            }
        }
        Ok(())
    }

    /// Whether the file is a manifest of another instance.
    fn is_of_others(&self, path: &Path) -> bool {
        self.others.iter().any(|pattern| pattern.matches(path))
    }

    fn is_ignored(&self, path: &Path) -> bool {
        self.ignored.iter().any(|pattern| pattern.covers(path))
    }

    /// Whether a path of the project stays in it, and comes by no link to a hidden place.
    fn is_ours(&self, path: &Path, named: &Path) -> Result<bool, SourceError> {
        let real = real(path)?;
        let Ok(below) = real.strip_prefix(&self.real) else {
            return Ok(false);
        };
        Ok(below == named || !has_hidden(below))
    }

    /// Refuses a link that leads to something that could not be a manifest of the project.
    fn check_link(&self, path: &Path) -> Result<(), SourceError> {
        let target = real(path)?;
        let is_manifest = target
            .strip_prefix(&self.real)
            .is_ok_and(|below| is_yaml(below) && !has_hidden(below) && !self.is_ignored(below));
        if is_manifest {
            return Ok(());
        }
        let path = path.to_owned();
        Err(SourceError::LeadsOutside { path })
    }

    /// Refuses a link to a folder, unless what it leads to is read anyway.
    fn check_folder(&self, path: &Path, areas: &[Area]) -> Result<(), SourceError> {
        let target = real(path)?;
        let is_read = target.strip_prefix(&self.real).is_ok_and(|below| {
            let mut areas = areas.iter();
            areas.any(|area| area.walks_deep() && below.starts_with(&area.folder))
        });
        if is_read {
            return Ok(());
        }
        let path = path.to_owned();
        Err(SourceError::LinkedFolder { path })
    }
}

fn parsed(patterns: &[String]) -> Result<Vec<Pattern>, SourceError> {
    let parsed = patterns.iter().map(|text| {
        Pattern::parse(text).map_err(|source| SourceError::BadPattern {
            pattern: text.clone(),
            source,
        })
    });
    parsed.collect()
}
