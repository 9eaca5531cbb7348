//! What an import wrote, and what it left out and why.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use crate::import::{Draft, LeadNames, LeftOut};
use crate::manifest::ManifestEntry;
use crate::model::{Key, ObjectKind};
use crate::plan::Matches;
use crate::render::counting::counted;
use crate::render::detail::Detail;
use crate::render::escape::escaped;
use crate::render::keys::{first_lines, key_with_exact};

/// The number of records of each kind.
type KindCounts = BTreeMap<&'static ObjectKind, usize>;

/// The files of an import, and how many records of each kind are in them.
pub struct ImportSummary<'a> {
    /// The path of each file as it is shown, and its entries.
    pub files: Vec<(PathBuf, &'a [&'a ManifestEntry])>,
    pub draft: &'a Draft,
    /// The calls of Marketo's API that the import took.
    pub calls: usize,
}

impl ImportSummary<'_> {
    /// A line for each file, then the totals.
    #[must_use]
    pub fn text(&self, detail: Detail) -> String {
        let mut text = String::new();
        if detail != Detail::Summary {
            self.list_files(&mut text);
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let imported = counts(&self.draft.entries);
        let mut sentences = vec![if imported.is_empty() {
            "Nothing to import.".to_owned()
        } else {
            let files = counted(self.files.len(), "file");
            format!("Imported: {} into {files}.", listed(&imported))
        }];
        if !self.draft.declared.is_empty() {
            let declared = listed(&self.draft.declared);
            sentences.push(format!("Declared already: {declared}."));
        }
        sentences.push(format!("{}.", counted(self.calls, "call")));
        writeln!(text, "{}", sentences.join("  ")).expect("strings take all text");
        text
    }

    fn list_files(&self, text: &mut String) {
        let paths = self.files.iter().map(|(path, _)| path.to_string_lossy());
        let paths: Vec<String> = paths.map(|path| escaped(&path).into_owned()).collect();
        let width = paths.iter().map(|path| path.chars().count()).max();
        let width = width.unwrap_or(0);
        for (path, (_, entries)) in paths.iter().zip(&self.files) {
            let records = listed(&counts(entries.iter().copied()));
            writeln!(text, "{path:width$}   {records}").expect("strings take all text");
        }
    }
}

/// What an import left out.
pub struct ImportOmissions<'a> {
    /// The name of the instance.
    pub instance: &'a str,
    /// Sensitive fields, which were not read.
    pub sensitive: &'a [Arc<str>],
    /// Fields of which it is not known whether they are sensitive; they were not read either.
    pub unknown: &'a [Arc<str>],
    pub names: &'a LeadNames,
    /// The records and values that no manifest can declare.
    pub left_out: &'a [LeftOut],
    /// A line for each key without a record.
    pub missing: &'a [String],
}

impl ImportOmissions<'_> {
    /// A line for each.
    #[must_use]
    pub fn text(&self) -> String {
        let instance = self.instance;
        let mut lines = Vec::new();
        let mut records = Vec::new();
        let sensitive = self.sensitive.iter();
        let sensitive = sensitive.filter(|name| !self.unknown.contains(name));
        let sensitive: Vec<_> = sensitive.map(|name| escaped(name)).collect();
        if !sensitive.is_empty() {
            let names = sensitive.join(", ");
            lines.push(format!(
                "not imported, because these fields are sensitive: {names}"
            ));
        }
        if !self.unknown.is_empty() {
            let names: Vec<_> = self.unknown.iter().map(|name| escaped(name)).collect();
            let names = names.join(", ");
            lines.push(format!(
                "not imported, because {instance} does not tell whether these fields are sensitive: {names} (--with-sensitive imports them)"
            ));
        }
        if let Some(message) = unsearchable(self.names) {
            let (field, message) = (escaped(&self.names.field), escaped(message));
            lines.push(format!(
                "leads are named by id where {instance} cannot search by {field}: {message}"
            ));
        }
        let mut values: BTreeMap<(&ObjectKind, &str), Vec<&Key>> = BTreeMap::new();
        for left_out in self.left_out {
            match left_out {
                LeftOut::Key { kind, key } => {
                    records.push(record_line(kind, key, "no manifest can have this key"));
                }
                LeftOut::SameKey { kind, key } => records.push(record_line(
                    kind,
                    key,
                    "its key differs from another key only in letter case or blanks",
                )),
                LeftOut::NoParent { kind, key } => {
                    records.push(record_line(kind, key, "its parent does not exist"));
                }
                LeftOut::Value { kind, key, field } => {
                    values.entry((kind, field)).or_default().push(key);
                }
            }
        }
        let of_values = values
            .iter()
            .map(|((kind, field), keys)| values_line(kind, field, keys));
        lines.extend(of_values);
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        text + &first_lines(&records) + &first_lines(self.missing)
    }
}

/// Marketo's message, if it refused to search leads by the field that names them.
fn unsearchable(names: &LeadNames) -> Option<&str> {
    names
        .values
        .values()
        .find_map(|value| match names.leads.matches(&names.field, value) {
            Some(Matches::Refused(message)) => Some(&**message),
            Some(Matches::Ids(_) | Matches::Unread) | None => None,
        })
}

fn record_line(kind: &ObjectKind, key: &Key, why: &str) -> String {
    let key = key_with_exact(kind, key);
    format!("not imported: {} {}: {why}", kind.noun, escaped(&key))
}

fn values_line(kind: &ObjectKind, field: &str, keys: &[&Key]) -> String {
    let first = keys.first().map(ToString::to_string).unwrap_or_default();
    let others = match keys.len() - 1 {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    format!(
        "not imported: {} of {} {}{others}: no manifest can declare its value",
        escaped(field),
        kind.noun,
        escaped(&first)
    )
}

/// How many records of each kind these entries and the entries nested in them declare.
fn counts<'e>(entries: impl IntoIterator<Item = &'e ManifestEntry>) -> KindCounts {
    let mut total = KindCounts::new();
    for entry in entries {
        *total.entry(entry.kind).or_default() += 1;
        for (kind, count) in counts(&entry.children) {
            *total.entry(kind).or_default() += count;
        }
    }
    total
}

fn listed(counts: &KindCounts) -> String {
    let counts = counts.iter().map(|(kind, count)| kind.counted(*count));
    counts.collect::<Vec<_>>().join(", ")
}
