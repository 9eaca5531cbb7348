//! What an import tells: the files and their records on one stream, what it did not import on the other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use crate::import::{Draft, LeftOut};
use crate::manifest::ManifestEntry;
use crate::model::{Key, ObjectKind};
use crate::plan::Matches;
use crate::render::{Detail, counted, escaped};

use super::super::context::Context;
use super::read::Found;
use super::target::Place;

type Counts = BTreeMap<&'static ObjectKind, usize>;

/// The files, and how many records of each kind are in them.
pub(super) fn summary(
    context: &Context,
    place: &Place,
    files: &BTreeMap<PathBuf, Vec<&ManifestEntry>>,
    draft: &Draft,
    calls: usize,
) -> String {
    let mut text = String::new();
    let shown = |path: &PathBuf| escaped(&place.shown(path).to_string_lossy()).into_owned();
    let width = files.keys().map(|path| shown(path).chars().count()).max();
    for (path, entries) in files {
        let counts = counts(entries.iter().copied());
        if context.detail != Detail::Summary {
            let (path, width) = (shown(path), width.unwrap_or(0));
            writeln!(text, "{path:width$}   {}", listed(&counts)).expect("strings take all text");
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let imported = counts(&draft.entries);
    let mut sentences = vec![if imported.is_empty() {
        "Nothing to import.".to_owned()
    } else {
        let files = counted(files.len(), "file");
        format!("Imported: {} into {files}.", listed(&imported))
    }];
    if !draft.declared.is_empty() {
        sentences.push(format!("Declared already: {}.", listed(&draft.declared)));
    }
    sentences.push(format!("{}.", counted(calls, "call")));
    writeln!(text, "{}", sentences.join("  ")).expect("strings take all text");
    text
}

/// What was asked for and is not in the files, and what is not in them of the records that are.
pub(super) fn left_out(instance: &str, found: &Found, draft: &Draft) -> String {
    let mut lines = Vec::new();
    if !found.sensitive.is_empty() {
        let names: Vec<_> = found.sensitive.iter().map(|name| escaped(name)).collect();
        let names = names.join(", ");
        lines.push(format!(
            "not imported, because {instance} holds these fields to be sensitive: {names}"
        ));
    }
    let unsearchable = found.names.values.values().find_map(|value| {
        match found.names.leads.matches(&found.names.field, value) {
            Some(Matches::Refused(message)) => Some(message),
            Some(Matches::Ids(_)) | None => None,
        }
    });
    if let Some(message) = unsearchable {
        let (field, message) = (escaped(&found.names.field), escaped(message));
        lines.push(format!(
            "leads are named by their ids where {instance} does not search by {field}: {message}"
        ));
    }
    let mut values: BTreeMap<(&ObjectKind, &Arc<str>), Vec<&Key>> = BTreeMap::new();
    for left_out in &draft.left_out {
        let (kind, key, why) = match left_out {
            LeftOut::Key { kind, key } => (kind, key, "no manifest can have this key"),
            LeftOut::SameKey { kind, key } => {
                let why = "its key differs from another one's only in letter case or blanks";
                (kind, key, why)
            }
            LeftOut::NoParent { kind, key } => {
                (kind, key, "nothing is there that it could hang on")
            }
            LeftOut::Value { kind, key, field } => {
                values.entry((kind, field)).or_default().push(key);
                continue;
            }
        };
        let key = key.to_string();
        lines.push(format!(
            "not imported: {} {}: {why}",
            kind.name,
            escaped(&key)
        ));
    }
    for ((kind, field), keys) in values {
        let first = keys.first().map(ToString::to_string).unwrap_or_default();
        let others = match keys.len() - 1 {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        let (field, first) = (escaped(field), escaped(&first));
        let why = "no manifest can declare what it holds";
        lines.push(format!(
            "not imported: {field} of {} {first}{others}: {why}",
            kind.name
        ));
    }
    lines.extend(found.missing.iter().cloned());
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// How many records of each kind these entries are, nested ones among them.
fn counts<'e>(entries: impl IntoIterator<Item = &'e ManifestEntry>) -> Counts {
    let mut total = Counts::new();
    for entry in entries {
        *total.entry(entry.kind).or_default() += 1;
        for (kind, count) in counts(&entry.children) {
            *total.entry(kind).or_default() += count;
        }
    }
    total
}

fn listed(counts: &Counts) -> String {
    let counts = counts.iter().map(|(kind, count)| kind.counted(*count));
    counts.collect::<Vec<_>>().join(", ")
}
