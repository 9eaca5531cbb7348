//! What the manifests declare, before any instance was asked: keys may still name leads by a field, values are still text.

use std::collections::{BTreeSet, HashSet};
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FileId, FoldedKey, Key, KeyValue, ObjectKind, Scalar, Sources, Span};

/// Everything that the manifests of a project declare, in the order of the files.
#[derive(Debug, Default)]
pub struct Desired {
    pub records: Vec<Declared>,
    /// What a run is narrowed to; all if there is none. What the others declare is known, and not acted on.
    pub narrowed: Option<Narrowed>,
}

/// The files that a run acts on.
#[derive(Debug, Default)]
pub struct Narrowed {
    pub files: BTreeSet<FileId>,
    /// The paths that were named, as the files are shown: files may have been there that are not any more.
    pub paths: Vec<PathBuf>,
}

/// One entry of a manifest.
#[derive(Clone, Debug)]
pub struct Declared {
    pub kind: &'static ObjectKind,
    /// One part for each part of the kind's key, in that order.
    pub key: Vec<DeclaredPart>,
    pub ensure: Ensure,
    pub lifecycle: Lifecycle,
    /// The fields that are managed, in the order of their names; defaults are already laid under them.
    pub fields: Vec<Assignment>,
    /// Set where the children that are declared are to be the only ones (`rolesMode: exact`); the place says so.
    pub exact_children: Option<Span>,
    /// The first part of the key that this entry writes; where there is none, the entry.
    pub at: Span,
}

/// A part of a declared key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclaredPart {
    Text(Box<str>),
    Lead(i64),
    /// A lead that has to be looked up in the instance.
    LeadBy(Box<LeadReference>),
}

/// A lead named by a field that its instance can search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadReference {
    pub field: Box<str>,
    pub value: Box<str>,
    /// Where the value stands.
    pub at: Span,
}

/// A field and the value that it shall have.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The API name; shared by all entries that write it.
    pub name: Arc<str>,
    pub value: Scalar,
    /// Where the name stands.
    pub name_at: Span,
    /// Where the value stands.
    pub at: Span,
}

/// What shall become of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ensure {
    #[default]
    Present,
    /// A tombstone: the record shall not exist.
    Absent,
    /// The record is left as it is and no longer managed.
    Forgotten,
}

/// How a record may change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// The record may not be deleted.
    pub protect: bool,
    /// Fields that are set when the record is created and left alone afterwards.
    pub ignore_changes: Vec<Arc<str>>,
}

impl Desired {
    /// Whether a run acts on this entry.
    #[must_use]
    pub fn is_selected(&self, declared: &Declared) -> bool {
        self.narrowed
            .as_ref()
            .is_none_or(|narrowed| narrowed.files.contains(&declared.at.file))
    }

    /// The entries that a run acts on.
    pub fn selected(&self) -> impl Iterator<Item = &Declared> {
        let records = self.records.iter();
        records.filter(|declared| self.is_selected(declared))
    }

    /// How many files have entries that a run acts on, or could have.
    #[must_use]
    pub fn selected_files(&self, sources: &Sources) -> usize {
        match &self.narrowed {
            Some(narrowed) => narrowed.files.len(),
            None => sources.iter().count(),
        }
    }

    /// Whether a run acts on what this file declared, which may not be there any more.
    #[must_use]
    pub fn is_selected_file(&self, shown: &str) -> bool {
        self.narrowed.as_ref().is_none_or(|narrowed| {
            let mut paths = narrowed.paths.iter();
            paths.any(|path| Path::new(shown).starts_with(path))
        })
    }

    /// The entries that a run has to look at: those that it acts on, and all declared children of those whose
    /// children are to be the only ones, wherever they are declared.
    pub fn needed(&self) -> impl Iterator<Item = &Declared> {
        let exact: HashSet<(&ObjectKind, FoldedKey)> = self
            .selected()
            .filter(|declared| declared.exact_children.is_some())
            .filter_map(|declared| Some((declared.kind, declared.key.first()?.folded()?)))
            .collect();
        self.records.iter().filter(move |declared| {
            self.is_selected(declared)
                || declared
                    .parent()
                    .is_some_and(|parent| exact.contains(&parent))
        })
    }
}

impl Declared {
    /// The parent's kind and key, if the kind has a parent.
    #[must_use]
    pub fn parent(&self) -> Option<(&'static ObjectKind, FoldedKey)> {
        let parent = self.kind.parent.as_ref()?;
        Some((
            parent.kind,
            self.key.get(self.kind.parent_part()?)?.folded()?,
        ))
    }

    /// The key as people read it: the parts as written, a lead reference by its value.
    #[must_use]
    pub fn shown_key(&self) -> String {
        let mut shown = String::new();
        for (index, part) in self.key.iter().enumerate() {
            let joint = if index > 0 { " / " } else { "" };
            write!(shown, "{joint}{part}").expect("strings take all text");
        }
        shown
    }
}

impl DeclaredPart {
    /// What the key holds; nothing for a lead that has to be looked up.
    #[must_use]
    pub fn value(&self) -> Option<KeyValue> {
        match self {
            Self::Text(text) => Some(KeyValue::Text(text.clone())),
            Self::Lead(id) => Some(KeyValue::Lead(*id)),
            Self::LeadBy(_) => None,
        }
    }

    fn folded(&self) -> Option<FoldedKey> {
        Some(Key::new(vec![self.value()?]).folded())
    }
}

impl fmt::Display for DeclaredPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Lead(id) => id.fmt(f),
            Self::LeadBy(reference) => f.write_str(&reference.value),
        }
    }
}
