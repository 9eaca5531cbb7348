//! The patterns of `manifests` and `ignore`: which paths they match. What would silently match nothing, or lead out of the project,
//! is refused.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use thiserror::Error;

/// The patterns of a project.
#[derive(Clone, Copy, Debug)]
pub struct Patterns<'p> {
    /// Those of the manifests.
    pub manifests: &'p [String],
    /// Those of the manifests that only other instances have.
    pub others: &'p [String],
    /// Those of the files that are no manifests, whatever else matches them.
    pub ignored: &'p [String],
}

impl Patterns<'_> {
    /// Whether a path relative to the configuration's folder would be a manifest. A pattern that cannot be read matches nothing.
    #[must_use]
    pub fn have(&self, path: &Path) -> bool {
        let any = |texts: &[String], test: fn(&Pattern, &Path) -> bool| {
            let patterns = texts.iter().filter_map(|text| Pattern::parse(text).ok());
            patterns.into_iter().any(|pattern| test(&pattern, path))
        };
        any(self.manifests, Pattern::matches) && !any(self.ignored, Pattern::covers)
    }
}

/// A pattern of paths, relative to the configuration's folder.
///
/// Without a wildcard it names a file, or a folder with everything below it.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    /// `None` for a pattern without a wildcard.
    glob: Option<GlobMatcher>,
}

/// Why a text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    #[error("it is empty")]
    Empty,
    #[error("it leads out of the configuration's folder")]
    LeadsOutside,
    #[error("a leading `!` has no meaning here")]
    Negation,
    #[error("`**` has to stand alone between two `/`")]
    Stars,
    #[error("folders are separated by `/`, and not by `\\`")]
    Backslash,
    #[error("{message}")]
    Malformed { message: String },
}

impl PatternError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty | Self::Malformed { .. } => "write a pattern such as `pipeline/**/*.yaml`",
            Self::LeadsOutside => {
                "write it relative to the configuration's folder, and move the configuration up if manifests lie beside it"
            }
            Self::Negation => "write what is to be left out under `ignore`, without the `!`",
            Self::Stars => {
                "write `**/*.yaml` for the files of all folders, `*.yaml` for those of one"
            }
            Self::Backslash => {
                "write `pipeline/*.yaml`; a sign that has a meaning is meant itself in brackets, as in `[*]`"
            }
        }
    }
}

/// Where a pattern looks for files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Area {
    /// Relative to the configuration's folder.
    pub(super) folder: PathBuf,
    /// Whether it looks below that folder's folders too.
    pub(super) deep: bool,
}

/// The signs that have a meaning in a pattern.
const SIGNS: [char; 4] = ['*', '?', '[', '{'];

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The text is not a pattern.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text.starts_with('!') {
            return Err(PatternError::Negation);
        }
        if text.contains('\\') {
            return Err(PatternError::Backslash);
        }
        if leads_outside(text) {
            return Err(PatternError::LeadsOutside);
        }
        let plain = plain(text);
        if plain.is_empty() && !text.starts_with('.') {
            return Err(PatternError::Empty);
        }
        let mut parts = plain.split('/');
        if parts.any(|part| part.contains("**") && part != "**") {
            return Err(PatternError::Stars);
        }
        let glob = if plain.contains(SIGNS) {
            let glob = GlobBuilder::new(&plain)
                .literal_separator(true)
                .backslash_escape(false)
                .build();
            let glob = glob.map_err(|error| PatternError::Malformed {
                message: error.kind().to_string(),
            })?;
            Some(glob.compile_matcher())
        } else {
            None
        };
        Ok(Self { text: plain, glob })
    }

    /// Whether the file with this path is a manifest. Where the pattern ends with a folder or with `**`, only YAML is.
    pub(super) fn matches(&self, path: &Path) -> bool {
        match &self.glob {
            None => {
                path == Path::new(&self.text)
                    || path
                        .strip_prefix(&self.text)
                        .is_ok_and(|below| is_yaml(path) && !has_hidden(below))
            }
            Some(glob) => {
                glob.is_match(path)
                    && !has_hidden(path.strip_prefix(self.folder()).unwrap_or(path))
                    && (!self.text.ends_with("**") || is_yaml(path))
            }
        }
    }

    /// Whether the path or a folder above it matches.
    pub(super) fn covers(&self, path: &Path) -> bool {
        match &self.glob {
            None => path.starts_with(&self.text),
            Some(glob) => path.ancestors().any(|path| glob.is_match(path)),
        }
    }

    /// The pattern, without parts that say nothing.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it has no wildcard.
    pub(super) fn is_plain(&self) -> bool {
        self.glob.is_none()
    }

    /// Where the pattern looks. `is_folder` tells whether there is a folder at a path.
    pub(super) fn area(&self, is_folder: impl Fn(&Path) -> bool) -> Area {
        if self.glob.is_none() && is_folder(Path::new(&self.text)) {
            let folder = PathBuf::from(&self.text);
            return Area { folder, deep: true };
        }
        let folder = self.folder();
        let rest = Path::new(&self.text).strip_prefix(&folder);
        let deep = rest.is_ok_and(|rest| rest.components().count() > 1) || self.text.contains('{');
        Area { folder, deep }
    }

    /// The leading folders without wildcards.
    pub(super) fn folder(&self) -> PathBuf {
        let mut fixed = PathBuf::new();
        for folder in Path::new(&self.text).parent().unwrap_or(Path::new("")) {
            if folder.to_string_lossy().contains(SIGNS) {
                break;
            }
            fixed.push(folder);
        }
        fixed
    }
}

impl Area {
    /// Whether another area lies in this one.
    pub(super) fn has(&self, other: &Self) -> bool {
        self == other || (self.walks_deep() && other.folder.starts_with(&self.folder))
    }

    /// Whether the folders of its folder are looked at: for manifests, or because a manifest may have been moved into one. Only the
    /// whole project is not searched for those.
    pub(super) fn walks_deep(&self) -> bool {
        self.deep || !self.folder.as_os_str().is_empty()
    }
}

/// Whether the name of a file ends as those of YAML files do.
pub(super) fn is_yaml(path: &Path) -> bool {
    ends_with_one_of(path, &["yaml", "yml"])
}

/// Whether the name of a file ends with one of these endings, in whatever letter case.
pub(super) fn ends_with_one_of(path: &Path, endings: &[&str]) -> bool {
    let found = path.extension().and_then(|ending| ending.to_str());
    found.is_some_and(|found| endings.iter().any(|it| it.eq_ignore_ascii_case(found)))
}

/// Whether a part of the path begins with a dot: `.git`, the data of the simulator.
pub(super) fn has_hidden(path: &Path) -> bool {
    path.components().any(|part| match part {
        Component::Normal(name) => name.to_string_lossy().starts_with('.'),
        Component::ParentDir | Component::CurDir | Component::RootDir | Component::Prefix(_) => {
            false
        }
    })
}

fn leads_outside(text: &str) -> bool {
    let is_drive = |text: &str| text.as_bytes().get(1) == Some(&b':');
    text.starts_with('/')
        || text.starts_with('~')
        || is_drive(text)
        || text.split('/').any(|part| part == "..")
        // Alternatives may hide the same.
        || (text.contains('{') && text.contains(".."))
        || text.contains("{/")
        || text.contains(",/")
}

/// The text without parts that say nothing: `./pipeline//a/` is `pipeline/a`.
fn plain(text: &str) -> String {
    let parts = text.split('/');
    let parts: Vec<&str> = parts
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_a_pattern_matches() {
        // Pattern, what it matches, what it does not.
        let rows: &[(&str, &[&str], &[&str])] = &[
            (
                "m/*.yaml",
                &["m/a.yaml"],
                &["m/a.yml", "m/n/a.yaml", "m/.a.yaml"],
            ),
            (
                "m/**/*.yaml",
                &["m/a.yaml", "m/n/o/a.yaml"],
                &["a.yaml", "m/.n/a.yaml"],
            ),
            ("m/*.{yaml,yml}", &["m/a.yaml", "m/a.yml"], &["m/a.json"]),
            ("{m,n}/*.yaml", &["m/a.yaml", "n/a.yaml"], &["o/a.yaml"]),
            ("m/[ab].yaml", &["m/a.yaml"], &["m/c.yaml"]),
            (
                "m",
                &["m/a.yaml", "m/n/a.yml"],
                &["m/notes.md", "mm/a.yaml"],
            ),
            ("./m/", &["m/a.yaml"], &["m/notes.md"]),
            ("m/**", &["m/a.yaml", "m/n/a.yml"], &["m/notes.md"]),
            (".m/*.yaml", &[".m/a.yaml"], &[".m/.a.yaml"]),
            ("m/a.yaml", &["m/a.yaml"], &["m/b.yaml"]),
            (".", &["a.yaml", "m/a.yaml"], &["notes.md"]),
        ];
        for (text, matched, others) in rows {
            let pattern = Pattern::parse(text).unwrap();
            for path in *matched {
                assert!(pattern.matches(Path::new(path)), "{text}: {path}");
            }
            for path in *others {
                assert!(!pattern.matches(Path::new(path)), "{text}: {path}");
            }
        }
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        let rows = [
            ("", PatternError::Empty),
            ("!m/a.yaml", PatternError::Negation),
            ("m\\*.yaml", PatternError::Backslash),
            ("/m/*.yaml", PatternError::LeadsOutside),
            ("C:/m/*.yaml", PatternError::LeadsOutside),
            ("~/m/*.yaml", PatternError::LeadsOutside),
            ("../*.yaml", PatternError::LeadsOutside),
            ("m/../../*.yaml", PatternError::LeadsOutside),
            ("{..,m}/*.yaml", PatternError::LeadsOutside),
            ("{m,/etc}/*.yaml", PatternError::LeadsOutside),
            ("m/**.yaml", PatternError::Stars),
            ("m/a**/b.yaml", PatternError::Stars),
            ("***", PatternError::Stars),
        ];
        for (text, error) in rows {
            assert_eq!(Pattern::parse(text).unwrap_err(), error, "{text}");
        }
        for text in ["m/[a", "m/{a", "m/[z-a].yaml"] {
            let error = Pattern::parse(text).unwrap_err();
            assert!(matches!(error, PatternError::Malformed { .. }), "{text}");
        }
    }

    #[test]
    fn where_a_pattern_looks() {
        let rows = [
            ("m/*.yaml", "m", false),
            ("m/**/*.yaml", "m", true),
            ("m/*/n/*.yaml", "m", true),
            ("*.yaml", "", false),
            ("{m,n}/a.yaml", "", true),
            ("m/a.yaml", "m", false),
            ("folder", "folder", true),
        ];
        for (text, folder, deep) in rows {
            let folder = PathBuf::from(folder);
            let area = Pattern::parse(text)
                .unwrap()
                .area(|path| path == Path::new("folder"));
            assert_eq!(area, Area { folder, deep }, "{text}");
        }
    }
}
