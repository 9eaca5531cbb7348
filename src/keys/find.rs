//! The record that a text means: a key, the place of an entry, Marketo's id, or the beginning of a name.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use thiserror::Error;

use crate::ledger::{Entry, Ledger};
use crate::model::{
    Declared, DeclaredPart, Desired, FoldedKey, Form, ObjectKind, RecordKey, SourceFile, Sources,
    Span, is_same_id, of_kind, shell_word,
};

use super::key_part::WrittenKeyPart;
use super::written_key::{KeyPlace, WrittenKey};

/// A record of the project: declared, owned, or both.
#[derive(Clone, Copy, Debug)]
pub struct KnownRecord<'k> {
    pub kind: &'static ObjectKind,
    pub declared: Option<&'k Declared>,
    pub entry: Option<&'k Entry>,
    /// Whether its name must not be told.
    hides_label: bool,
}

impl KnownRecord<'_> {
    /// The key in the words of the manifest, else in those of the instance.
    #[must_use]
    pub fn shown(&self) -> String {
        match (self.declared, self.entry) {
            (Some(declared), _) => declared.shown_key(),
            (None, Some(entry)) => entry.key.to_string(),
            (None, None) => String::new(),
        }
    }

    /// What people recognise it by, if its entry says so.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        self.declared.filter(|_| !self.hides_label).and_then(label)
    }
}

/// Why a text means no single record.
#[derive(Debug, Error)]
pub enum NotMeant {
    #[error("`{0}` is neither declared nor owned")]
    Nothing(String),
    #[error("no manifest declares `{0}`")]
    Undeclared(String),
    #[error("`{text}` can mean {count} records: {}", named.join(", "))]
    Several {
        text: String,
        count: usize,
        /// The first of them.
        named: Vec<String>,
        /// The same with their kinds as a command takes them, if they are of several kinds.
        forms: Vec<String>,
    },
}

impl NotMeant {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Nothing(_) => {
                "name it by its key, its id in Marketo, the beginning of its name, or FILE:LINE of its entry; `oppctl get` shows any record of the instance"
            }
            Self::Undeclared(_) => "`oppctl import` writes an entry of a record that exists",
            Self::Several { forms, .. } if !forms.is_empty() => {
                return format!("name its kind too: {}", forms.join(" or ")).into();
            }
            Self::Several { .. } => "name one by its key",
        })
    }
}

/// The most records that an ambiguous text is said to mean.
const MOST: usize = 10;

/// The record that a text means.
///
/// # Errors
/// It means none, or several.
pub fn meant<'k>(
    text: &str,
    (desired, sources): (&'k Desired, &Sources),
    ledger: Option<&'k Ledger>,
    hidden: &[Box<str>],
) -> Result<KnownRecord<'k>, NotMeant> {
    let mut found = known(text, desired, sources, ledger, hidden);
    // A key may look like that itself.
    if let (true, (Some(kind), key)) = (found.is_empty(), of_kind(text)) {
        found = records(desired, ledger, hidden);
        found.retain(|record| record.kind == kind && has_key(record, key));
    }
    match found[..] {
        [record] => Ok(record),
        [] => Err(NotMeant::Nothing(text.to_owned())),
        _ => {
            let named = found.iter().take(MOST);
            let named = named.map(|record| format!("{} {}", record.kind.noun, record.shown()));
            let kinds: HashSet<&ObjectKind> = found.iter().map(|record| record.kind).collect();
            let forms = found.iter().take(MOST).filter(|_| kinds.len() > 1);
            let form = |record: &KnownRecord<'_>| {
                shell_word(&format!("{}={}", record.kind.name, record.shown()))
            };
            Err(NotMeant::Several {
                text: text.to_owned(),
                count: found.len(),
                named: named.collect(),
                forms: forms.map(form).collect(),
            })
        }
    }
}

/// The records that a text can mean: those with this key, else the one at this place, else the one with this id, else those whose
/// names begin so.
fn known<'k>(
    text: &str,
    desired: &'k Desired,
    sources: &Sources,
    ledger: Option<&'k Ledger>,
    hidden: &[Box<str>],
) -> Vec<KnownRecord<'k>> {
    let records: Vec<KnownRecord<'k>> = records(desired, ledger, hidden);
    let at = place(text).and_then(|at| entry_at(at, desired, sources));
    let folded = text.to_lowercase();
    let rules: [&dyn Fn(&KnownRecord<'k>) -> bool; 5] = [
        &|record| has_key(record, text),
        &|record| at.is_some() && record.declared.map(|declared| declared.at) == at,
        &|record| {
            let id = record.entry.and_then(|entry| entry.id.as_deref());
            id.is_some_and(|id| is_same_id(id, text))
        },
        &|record| {
            record
                .label()
                .is_some_and(|name| name.to_lowercase() == folded)
        },
        &|record| {
            let name = record.label();
            name.is_some_and(|name| name.to_lowercase().starts_with(&folded))
        },
    ];
    for is_meant in rules {
        let meant: Vec<KnownRecord<'k>> = records
            .iter()
            .filter(|record| is_meant(record))
            .copied()
            .collect();
        if !meant.is_empty() {
            return meant;
        }
    }
    Vec::new()
}

/// All records that are declared, and those that are only owned.
fn records<'k>(
    desired: &'k Desired,
    ledger: Option<&'k Ledger>,
    hidden: &[Box<str>],
) -> Vec<KnownRecord<'k>> {
    // The ledger has no hash of a field that the instance marked as sensitive.
    let hides = |kind: &ObjectKind, entry: Option<&Entry>| {
        kind.label.is_some_and(|label| {
            let is_unhashed =
                |entry: &Entry| entry.fields.manages(label) && entry.fields.get(label).is_none();
            hidden.iter().any(|name| **name == *label) || entry.is_some_and(is_unhashed)
        })
    };
    let entry =
        |kind: &ObjectKind, key: &FoldedKey| ledger.and_then(|ledger| ledger.get(kind, key));
    let mut declared_keys: HashSet<RecordKey> = HashSet::new();
    let mut all = Vec::new();
    for declared in &desired.records {
        let key = declared.full_key().map(|key| key.folded());
        let owned = key.as_ref().and_then(|key| entry(declared.kind, key));
        declared_keys.extend(key.map(|key| (declared.kind, key)));
        all.push(KnownRecord {
            kind: declared.kind,
            declared: Some(declared),
            entry: owned,
            hides_label: hides(declared.kind, owned),
        });
    }
    let owned = ledger.into_iter().flat_map(Ledger::iter);
    all.extend(owned.filter_map(|(kind, folded, entry)| {
        (!declared_keys.contains(&(kind, folded.clone()))).then_some(KnownRecord {
            kind,
            declared: None,
            entry: Some(entry),
            hides_label: hides(kind, Some(entry)),
        })
    }));
    all
}

fn label(declared: &Declared) -> Option<String> {
    let name = declared.kind.label?;
    let field = declared.fields.get(name)?;
    (field.value.form != Form::Null).then(|| field.value.text.to_string())
}

fn has_key(record: &KnownRecord<'_>, text: &str) -> bool {
    let Ok(written) = WrittenKey::of_text(record.kind, text, KeyPlace::Argument) else {
        return false;
    };
    let mut readings = written.readings.iter();
    readings.any(|parts| {
        let of_entry = record.declared.is_some_and(|declared| {
            parts.len() == declared.key.len()
                && parts
                    .iter()
                    .zip(&declared.key)
                    .all(|(written, part)| is_part(written, part))
        });
        let owned = || super::owned::key(parts).map(|key| key.folded());
        of_entry
            || record
                .entry
                .is_some_and(|entry| owned() == Some(entry.key.folded()))
    })
}

fn is_part(written: &WrittenKeyPart, declared: &DeclaredPart) -> bool {
    let is_same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
    match (written, declared) {
        (WrittenKeyPart::Text(written), DeclaredPart::Text(text)) => is_same(written, text),
        (WrittenKeyPart::Lead(written), DeclaredPart::Lead(id)) => written == id,
        (WrittenKeyPart::Email(written), DeclaredPart::LeadBy(lead)) => {
            is_same(written, &lead.value)
        }
        (WrittenKeyPart::Text(_) | WrittenKeyPart::Lead(_) | WrittenKeyPart::Email(_), _) => false,
    }
}

/// `FILE:LINE`, with or without a column.
fn place(text: &str) -> Option<(&str, usize)> {
    let text = text.strip_prefix("./").unwrap_or(text);
    let (file, line) = text.rsplit_once(':')?;
    let line: usize = line.parse().ok()?;
    match file
        .rsplit_once(':')
        .and_then(|(file, first)| Some((file, first.parse().ok()?)))
    {
        Some(first) => Some(first),
        None => Some((file, line)),
    }
}

/// The place of the last entry of a file that begins at or before a line, which has to be a line of the file. The end of a path is
/// enough, if only one file has it.
fn entry_at((file, line): (&str, usize), desired: &Desired, sources: &Sources) -> Option<Span> {
    let is_it = |path: &Path| path == Path::new(file);
    let all = || sources.iter().map(|(_, source)| &*source.path);
    let path = all().find(|path| is_it(path)).or_else(|| {
        let mut ending = all().filter(|path| path.ends_with(file));
        ending.next().filter(|_| ending.next().is_none())
    })?;
    let has_line = |source: &SourceFile| {
        *source.path == *path && line <= source.text().unwrap_or_default().lines().count()
    };
    if !sources.iter().any(|(_, source)| has_line(source)) {
        return None;
    }
    let entries = desired.records.iter().map(|declared| declared.at);
    let of_file = entries.filter(|at| sources.path(*at) == path);
    let begun = of_file.filter(|at| sources.position(*at).line <= line);
    begun.max()
}
