//! Runs that act on some of the files, or of the records, of a project.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use super::key::RecordKey;
use super::key_pattern::KeyPattern;
use super::source::{FileId, Span};

/// The files that a run acts on.
#[derive(Debug, Default)]
pub struct Narrowed {
    pub files: BTreeSet<FileId>,
    /// The paths that the user named, in the form in which files are shown. A file below them may have been removed since.
    pub paths: Vec<PathBuf>,
    /// The records that it acts on, if it leaves others of these files out.
    pub only: Option<Box<OnlyRecords>>,
}

/// Some of the records of a project.
#[derive(Debug, Default)]
pub struct OnlyRecords {
    /// The places of their entries.
    pub entries: HashSet<Span>,
    /// The keys of those that no entry declares any more.
    pub undeclared: HashSet<RecordKey>,
    /// All children that no entry declares any more, by their kind and the key of their parent.
    pub undeclared_children_of: HashSet<RecordKey>,
    /// Patterns of further ones that no entry declares any more.
    pub patterns: Vec<KeyPattern>,
}

/// What the declarations of a run were compared with.
#[derive(Clone, Debug)]
pub struct ChangedSince {
    /// The revision as the user named it.
    pub revision: Box<str>,
    /// The commit of the merge base, which the declarations were compared with.
    pub base: Box<str>,
    /// Why the run looks at all records nevertheless.
    pub all: Option<WhyAll>,
}

/// Why a run cannot tell which records changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyAll {
    /// The configuration is another one, and it decides what entries mean.
    Configuration { file: Box<str> },
    /// A manifest of the commit cannot be read as one.
    Unreadable { file: Box<str> },
    /// A partial clone lacks the contents that a manifest had in the commit `base`.
    NotFetched { file: Box<str>, base: Box<str> },
    /// Manifests are in a submodule, and its repository is another one.
    Submodule { folder: Box<str> },
}
