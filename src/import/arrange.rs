//! Which entries go into which file. The same records always come into files of the same names.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::manifest::{Entry, EntryPart};
use crate::model::ObjectKind;

/// Where entries go.
#[derive(Clone, Debug)]
pub struct Layout {
    pub target: Target,
    /// The most entries of a file, those nested in them not counted.
    pub per_file: NonZeroUsize,
    /// The kind whose entries are grouped by the value of a field, and that field.
    pub group_by: Option<(&'static ObjectKind, String)>,
}

/// What the entries are written to.
#[derive(Clone, Debug)]
pub enum Target {
    /// One file for all.
    File(PathBuf),
    /// Files of this ending in a folder.
    Folder { path: PathBuf, ending: String },
}

/// Names of files are cut to so many characters of a value.
const MAX_CHARS: usize = 60;

/// Deals the entries out to files.
#[must_use]
pub fn arrange<'e>(entries: &'e [Entry], layout: &Layout) -> BTreeMap<PathBuf, Vec<&'e Entry>> {
    let Layout {
        target,
        per_file,
        group_by,
    } = layout;
    let mut files: BTreeMap<PathBuf, Vec<&Entry>> = BTreeMap::new();
    let (folder, ending) = match target {
        Target::File(path) => {
            files.insert(path.clone(), entries.iter().collect());
            return files;
        }
        Target::Folder { path, ending } => (path, ending),
    };
    let mut groups: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let stem = match group_by {
            Some((kind, field)) if *kind == entry.kind => stem(entry, field),
            Some(_) | None => entry.kind.plural.to_owned(),
        };
        groups.entry(stem).or_default().push(entry);
    }
    for (stem, entries) in groups {
        let chunks = entries.chunks(per_file.get());
        let count = chunks.len();
        let width = count.to_string().len().max(3);
        for (index, chunk) in chunks.enumerate() {
            let number = index + 1;
            let name = match count {
                1 => format!("{stem}.{ending}"),
                _ => format!("{stem}-{number:0width$}.{ending}"),
            };
            // Two groups can have one name only if a value ends like a number: then they share the file.
            files.entry(folder.join(name)).or_default().extend(chunk);
        }
    }
    files
}

/// What the file of an entry is called: after the field and its value, as far as names of files may have it.
fn stem(entry: &Entry, field: &str) -> String {
    let Some(value) = text_of(entry, field) else {
        return format!("without-{field}");
    };
    let mut stem = field.to_owned();
    let mut is_word = false;
    for char in value.chars().take(MAX_CHARS) {
        if char.is_alphanumeric() {
            if !is_word {
                stem.push('-');
            }
            // Names that differ in letter case only are one file to some systems.
            stem.extend(char.to_lowercase());
        }
        is_word = char.is_alphanumeric();
    }
    stem
}

/// The value of a field or of a part of the key; nothing if there is none.
fn text_of(entry: &Entry, field: &str) -> Option<String> {
    let in_key = entry.kind.key.iter().position(|part| part.field == field);
    if let Some(part) = in_key.and_then(|index| entry.key.get(index)) {
        return Some(match part {
            EntryPart::Text(text) => text.to_string(),
            EntryPart::Lead(id) => id.to_string(),
            EntryPart::LeadBy { value, .. } => value.to_string(),
        });
    }
    let (_, value) = entry.fields.iter().find(|(name, _)| **name == *field)?;
    Some(value.to_string())
}
