//! Which entries go into which file. The same records always go into files with the same names.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::manifest::{EntryPart, ManifestEntry};
use crate::model::ObjectKind;

/// Where entries go.
#[derive(Clone, Debug)]
pub struct Layout {
    pub destination: Destination,
    /// The most top-level entries of a file.
    pub per_file: NonZeroUsize,
    /// The kind whose entries are grouped by the value of a field, and that field.
    pub group_by: Option<(&'static ObjectKind, String)>,
}

/// Where the entries are written.
#[derive(Clone, Debug)]
pub enum Destination {
    /// One file for all.
    File(PathBuf),
    /// Files with this extension in a folder.
    Folder { path: PathBuf, extension: String },
}

/// The name of a file contains at most this number of characters of a value.
const MAX_CHARS: usize = 60;

/// Distributes the entries over files.
#[must_use]
pub fn arrange<'e>(
    entries: &'e [ManifestEntry],
    layout: &Layout,
) -> BTreeMap<PathBuf, Vec<&'e ManifestEntry>> {
    let Layout {
        destination,
        per_file,
        group_by,
    } = layout;
    let mut files: BTreeMap<PathBuf, Vec<&ManifestEntry>> = BTreeMap::new();
    let (folder, extension) = match destination {
        Destination::File(_) if entries.is_empty() => return files,
        Destination::File(path) => {
            files.insert(path.clone(), entries.iter().collect());
            return files;
        }
        Destination::Folder { path, extension } => (path, extension),
    };
    let mut groups: BTreeMap<String, Vec<&ManifestEntry>> = BTreeMap::new();
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
                1 => format!("{stem}.{extension}"),
                _ => format!("{stem}-{number:0width$}.{extension}"),
            };
            // Two groups can have the same name only if a value ends like a number. Then they share the file.
            files.entry(folder.join(name)).or_default().extend(chunk);
        }
    }
    files
}

/// The name of an entry's file, without its number and extension: the field and the letters and digits of its value.
fn stem(entry: &ManifestEntry, field: &str) -> String {
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
            // On some systems, names that differ only in letter case are the same file.
            stem.extend(char.to_lowercase());
        }
        is_word = char.is_alphanumeric();
    }
    stem
}

/// The value of a field or of a part of the key; `None` if the entry has none.
fn text_of(entry: &ManifestEntry, field: &str) -> Option<String> {
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
