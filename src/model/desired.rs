//! What the manifests declare, before any instance is asked. Keys may still name leads by a field, and values are still text.

use std::collections::{BTreeSet, HashSet};
use std::fmt::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use super::assignments::{Assignment, Assignments};
use super::key::{FoldedKey, Folding, Key, KeyValue, RecordKey};
use super::key_parts::{KeyParts, UnfoldedPart};
use super::key_pattern::KeyPattern;
use super::kind::{ObjectKind, Reference};
use super::narrowed::{ChangedSince, Narrowed, OnlyRecords};
use super::problem::Diagnostic;
use super::source::{FileId, Sources, Span};
use super::stray::{Stray, StrayPlace};
use super::value::Form;

/// Everything that the manifests of a project declare, in the order of the files.
#[derive(Debug, Default)]
pub struct Desired {
    pub records: Vec<Declared>,
    /// The files that the run acts on; all files if `None`. Records of the other files are known, and not acted on.
    pub narrowed: Option<Narrowed>,
    /// What was compared, if the run is meant for the records whose declaration changed.
    pub changed_since: Option<Box<ChangedSince>>,
    /// The entries that there were then, and whose keys no entry has any more.
    pub gone: Vec<Declared>,
    /// The files that say expressly that there is no record: a section with an empty list.
    pub emptied: BTreeSet<FileId>,
    /// The manifests that no pattern matches.
    pub strays: Vec<Stray>,
    /// The patterns that match no file.
    pub idle_patterns: Vec<String>,
    /// The problems that the configuration has lowered: each leaves a manifest with one meaning.
    pub lowered: Vec<Diagnostic>,
}

/// One entry of a manifest.
#[derive(Clone, Debug)]
pub struct Declared {
    pub kind: &'static ObjectKind,
    /// One part for each part of the kind's key, in that order.
    pub key: Vec<DeclaredPart>,
    pub ensure: Ensure,
    pub lifecycle: Lifecycle,
    /// The managed fields in the order of their names, defaults included.
    pub fields: Assignments,
    /// The key that the record has had so far, if the entry says so.
    pub renamed_from: Option<Box<RenamedFrom>>,
    /// The place of `rolesMode: exact`, if the entry says so: the declared children are then the only ones that may exist.
    pub exact_children: Option<Span>,
    /// The place of the first part of the key that the entry writes; of the entry if it writes none.
    pub at: Span,
}

/// The key that a record has had so far.
#[derive(Clone, Debug)]
pub struct RenamedFrom {
    pub key: Box<str>,
    /// The place of the key.
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
    /// The place of the field's name.
    pub field_at: Span,
    pub value: Box<str>,
    /// The place of the value.
    pub at: Span,
}

/// What should happen to a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ensure {
    #[default]
    Present,
    /// A tombstone: the record must not exist.
    Absent,
    /// The record stays as it is and is no longer managed.
    Forgotten,
}

/// How a record may change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// The record may not be deleted. One with `ensure: absent` is only protected by its instance.
    pub protect: bool,
    /// Fields that are set when the record is created and left alone afterwards.
    pub ignore_changes: Vec<Arc<str>>,
}

impl Desired {
    /// The places of the values of such fields.
    pub fn values_of<'d>(
        &'d self,
        is_one: impl Fn(&'static ObjectKind, &str) -> bool + 'd,
    ) -> impl Iterator<Item = Span> + 'd {
        let fields = self.records.iter().flat_map(|declared| {
            let fields = declared.fields.iter();
            fields.map(move |field| (declared.kind, field))
        });
        let found = fields.filter(move |(kind, field)| is_one(kind, field.name));
        found.map(|(_, field)| field.at)
    }

    /// Narrows a run to these records alone.
    pub fn keep(&mut self, only: OnlyRecords) {
        let entries = only.entries.iter();
        self.narrowed = Some(Narrowed {
            files: entries.map(|at| at.file).collect(),
            paths: Vec::new(),
            only: Some(Box::new(only)),
        });
    }

    /// Narrows a run, which may be narrowed to some files already, to the records that one of these patterns matches.
    pub fn narrow_to(&mut self, patterns: Vec<KeyPattern>, sources: &Sources) {
        let is_one = |record: &RecordKey| patterns.iter().any(|it| it.matches(record));
        // A renamed record is meant by its old key too, with its children.
        let renamed = self.records.iter().filter(|declared| {
            let old = declared.renamed_key();
            old.is_some_and(|old| is_one(&old))
        });
        let renamed: HashSet<RecordKey> = renamed.map(Declared::written_key).collect();
        let is_meant = |declared: &&Declared| {
            let (own, parent) = (declared.written_key(), declared.parent());
            let is_renamed = || {
                let mut keys = std::iter::once(&own).chain(&parent);
                keys.any(|key| renamed.contains(key))
            };
            self.acts_on(declared.at) && (is_one(&own) || is_renamed())
        };
        let entries = self.records.iter().filter(is_meant);
        let only = OnlyRecords {
            entries: entries.map(|declared| declared.at).collect(),
            patterns,
            ..OnlyRecords::default()
        };
        let narrowed = self.narrowed.get_or_insert_with(|| Narrowed {
            files: sources.iter().map(|(file, _)| file).collect(),
            ..Narrowed::default()
        });
        narrowed.only = Some(Box::new(only));
    }

    /// The patterns of keys that a run is narrowed to.
    #[must_use]
    pub fn patterns(&self) -> &[KeyPattern] {
        let only = self.narrowed.as_ref().and_then(|it| it.only.as_ref());
        only.map_or(&[], |only| &only.patterns)
    }

    /// Whether a run acts on this entry.
    #[must_use]
    pub fn is_selected(&self, declared: &Declared) -> bool {
        let Some(Narrowed { files, only, .. }) = &self.narrowed else {
            return true;
        };
        let is_meant = only
            .as_ref()
            .is_none_or(|only| only.entries.contains(&declared.at));
        files.contains(&declared.at.file) && is_meant
    }

    /// Whether a run acts on the file of a place.
    #[must_use]
    pub fn acts_on(&self, at: Span) -> bool {
        let narrowed = self.narrowed.as_ref();
        narrowed.is_none_or(|narrowed| narrowed.files.contains(&at.file))
    }

    /// The entries that a run acts on.
    pub fn selected(&self) -> impl Iterator<Item = &Declared> {
        let records = self.records.iter();
        records.filter(|declared| self.is_selected(declared))
    }

    /// The strays that are worth a word, whatever else is declared.
    pub fn strays_beside(&self) -> impl Iterator<Item = &Stray> {
        let strays = self.strays.iter();
        strays.filter(|stray| stray.place == StrayPlace::Beside)
    }

    /// Whether the files that a run acts on have no entry, and one of them says expressly that there is none.
    #[must_use]
    pub fn is_emptied(&self) -> bool {
        if self.is_of_changes() {
            return self.records.is_empty() && !self.emptied.is_empty();
        }
        let says_so = |file: &FileId| match &self.narrowed {
            Some(narrowed) => narrowed.files.contains(file),
            None => true,
        };
        self.selected().next().is_none() && self.emptied.iter().any(says_so)
    }

    /// How many files have entries that a run acts on, or could have.
    #[must_use]
    pub fn selected_files(&self, sources: &Sources) -> usize {
        match &self.narrowed {
            Some(narrowed) => narrowed.files.len(),
            None => sources.iter().count(),
        }
    }

    /// Whether a run acts only on the records whose declaration changed.
    #[must_use]
    pub fn is_of_changes(&self) -> bool {
        self.changed_since.is_some() && self.narrowed.is_some()
    }

    /// Whether a run acts on a record that no entry declares any more; this file declared it, and may have been removed since. `parent`
    /// is its own kind with the key of its parent.
    #[must_use]
    pub fn is_selected_removal(
        &self,
        record: &RecordKey,
        parent: Option<&RecordKey>,
        shown: &str,
    ) -> bool {
        let Some(narrowed) = &self.narrowed else {
            return true;
        };
        let is_meant = match &narrowed.only {
            Some(only) => {
                let mut patterns = only.patterns.iter();
                let mut parent = parent.into_iter();
                only.undeclared.contains(record)
                    || parent.any(|parent| only.undeclared_children_of.contains(parent))
                    || patterns.any(|it| it.matches(record))
            }
            None => true,
        };
        let mut paths = narrowed.paths.iter();
        let is_below = match narrowed.only {
            Some(_) if narrowed.paths.is_empty() => true,
            Some(_) | None => paths.any(|path| Path::new(shown).starts_with(path)),
        };
        is_meant && is_below
    }
}

impl Declared {
    /// Whether a part of the key is a lead that only the instance knows.
    #[must_use]
    pub fn names_lead(&self) -> bool {
        let mut parts = self.key.iter();
        parts.any(|part| matches!(part, DeclaredPart::LeadBy(_)))
    }

    /// The parent's kind and key, if the kind has a parent.
    #[must_use]
    pub fn parent(&self) -> Option<RecordKey> {
        let parent = self.kind.parent()?;
        Some((parent.kind, self.key.get(parent.part)?.folded()?))
    }

    /// The fields that name records of managed kinds, with their references and these kinds. Null names none.
    pub fn references(
        &self,
    ) -> impl Iterator<Item = (&'static Reference, &'static ObjectKind, Assignment<'_>)> {
        self.kind.field_references().filter_map(|(reference, to)| {
            let field = self.fields.get(reference.field)?;
            (field.value.form != Form::Null).then_some((reference, to, field))
        })
    }

    /// The records of managed kinds that its fields name, with the places of these values.
    pub fn field_references(&self) -> impl Iterator<Item = (RecordKey, Span)> {
        self.references().filter_map(|(_, to, field)| {
            let text = &field.value.text;
            let mut folding = Folding::default();
            folding.text(text);
            (!text.trim().is_empty()).then(|| ((to, folding.end()), field.at))
        })
    }

    /// The key for comparisons with what people write: a lead that is named by a field counts by the value of the field.
    #[must_use]
    pub fn written_key(&self) -> RecordKey {
        let mut folding = Folding::default();
        for part in &self.key {
            match part {
                DeclaredPart::Text(text) => folding.text(text),
                DeclaredPart::Lead(id) => folding.lead(*id),
                DeclaredPart::LeadBy(reference) => folding.text(&reference.value),
            }
        }
        (self.kind, folding.end())
    }

    /// The key that the record has had so far, if the entry says so.
    #[must_use]
    pub fn renamed_key(&self) -> Option<RecordKey> {
        let RenamedFrom { key, .. } = self.renamed_from.as_deref()?;
        let mut folding = Folding::default();
        folding.text(key);
        Some((self.kind, folding.end()))
    }

    /// The key, if no part of it has to be looked up.
    #[must_use]
    pub fn full_key(&self) -> Option<Key> {
        let parts = self.key.iter().map(DeclaredPart::value);
        parts.collect::<Option<Vec<_>>>().map(Key::new)
    }

    /// The key as people read it: the parts as written, a lead reference by its value.
    #[must_use]
    pub fn shown_key(&self) -> String {
        let mut shown = String::new();
        for (index, part) in self.key.iter().enumerate() {
            let joint = if index > 0 { " / " } else { "" };
            write!(shown, "{joint}{part}").expect("writing to a string cannot fail");
        }
        shown
    }
}

impl KeyParts for [DeclaredPart] {
    fn key_parts(&self) -> impl Iterator<Item = UnfoldedPart<'_>> {
        self.iter().map(|part| match part {
            DeclaredPart::Text(text) => UnfoldedPart::Text(text),
            DeclaredPart::Lead(id) => UnfoldedPart::Lead(*id),
            DeclaredPart::LeadBy(reference) => UnfoldedPart::LeadBy {
                field: &reference.field,
                value: &reference.value,
            },
        })
    }
}

impl DeclaredPart {
    /// The value of the part; `None` for a lead that has to be looked up.
    #[must_use]
    pub fn value(&self) -> Option<KeyValue> {
        match self {
            Self::Text(text) => Some(KeyValue::Text(text.clone())),
            Self::Lead(id) => Some(KeyValue::Lead(*id)),
            Self::LeadBy(_) => None,
        }
    }

    pub(super) fn folded(&self) -> Option<FoldedKey> {
        Some(Key::new(vec![self.value()?]).folded())
    }
}

impl Ensure {
    /// The words that `ensure` takes, in the order of the documentation.
    pub const WORDS: &'static [&'static str] = &["present", "absent", "forgotten"];

    /// The meaning of a word of `ensure`.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "present" => Some(Self::Present),
            "absent" => Some(Self::Absent),
            "forgotten" => Some(Self::Forgotten),
            _ => None,
        }
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
