//! What a pull changes in the manifests: a unified diff, and what is taken and left.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use similar::{ChangeTag, TextDiff};

use crate::import::{LeftField, Pull, WhyLeft};
use crate::manifest::{InstanceRules, Rewritten, read_with};
use crate::model::{Invocation, ObjectKind, Sources};
use crate::plan::MASK;

use super::counting::{counted, counted_entries};
use super::escape::escaped;
use super::keys::entry_argument;
use super::style::{CREATED, DELETED, FAINT, Painted, STRONG};

/// A sensitive value that a pull has changed.
const NEW_MASK: &str = "(sensitive, as in Marketo)";

/// The lines around a change.
const CONTEXT: usize = 3;

/// Whether a field of a kind is sensitive.
type IsSensitive<'s> = &'s dyn Fn(&'static ObjectKind, &str) -> bool;

/// The changes of files as a unified diff, without the values of sensitive fields.
///
/// # Errors
/// Only those of `out`.
pub fn diff(
    files: &[Rewritten],
    is_sensitive: IsSensitive<'_>,
    rules: &InstanceRules,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    for file in files {
        let path = file.path.to_string_lossy();
        let path = escaped(&path);
        let (before, after) = covered(file, is_sensitive, rules);
        writeln!(
            out,
            "{}",
            Painted(STRONG, format!("--- a/{path}\n+++ b/{path}"))
        )?;
        let diff = TextDiff::from_lines(&before, &after);
        for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
            writeln!(out, "{}", Painted(FAINT, hunk.header()))?;
            for change in hunk.iter_changes() {
                let line = change.value();
                let line = line.strip_suffix('\n').unwrap_or(line);
                let line = escaped(line.strip_suffix('\r').unwrap_or(line));
                match change.tag() {
                    ChangeTag::Equal => writeln!(out, " {line}")?,
                    ChangeTag::Delete => writeln!(out, "{}", Painted(DELETED, format!("-{line}")))?,
                    ChangeTag::Insert => writeln!(out, "{}", Painted(CREATED, format!("+{line}")))?,
                }
                if change.missing_newline() {
                    writeln!(out, "\\ No newline at end of file")?;
                }
            }
        }
    }
    Ok(())
}

/// Both texts of a file without the values of sensitive fields.
fn covered(
    file: &Rewritten,
    is_sensitive: IsSensitive<'_>,
    rules: &InstanceRules,
) -> (String, String) {
    let old = sensitive(&file.before, is_sensitive, rules);
    let known: BTreeSet<&str> = old.values().map(String::as_str).collect();
    let new = sensitive(&file.after, is_sensitive, rules);
    let before = old.keys().map(|place| (*place, MASK));
    let after = new
        .iter()
        .map(|(place, value)| match known.contains(value.as_str()) {
            true => (*place, MASK),
            false => (*place, NEW_MASK),
        });
    (
        replaced(&file.before, before.collect()),
        replaced(&file.after, after.collect()),
    )
}

/// Where a text has the values of sensitive fields, and what they are.
fn sensitive(
    text: &str,
    is_sensitive: IsSensitive<'_>,
    rules: &InstanceRules,
) -> BTreeMap<Place, String> {
    let reading = read_with([("manifest.yaml".into(), text.as_bytes().to_vec())], rules);
    let mut found = BTreeMap::new();
    for declared in &reading.desired.records {
        for field in declared.fields.iter() {
            if is_sensitive(declared.kind, field.name) {
                let place = (field.at.start as usize, field.at.end as usize);
                found.insert(place, field.value.text.to_string());
            }
        }
    }
    found
}

/// The first and the last place of a value.
type Place = (usize, usize);

fn replaced(text: &str, places: Vec<(Place, &str)>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for ((start, end), mask) in places {
        let value = text.get(start..end).unwrap_or_default();
        if start < at || value.is_empty() {
            continue;
        }
        result.push_str(text.get(at..start).unwrap_or_default());
        result.push_str(mask);
        // A block ends behind its last line break.
        result.push_str(&value[value.trim_end().len()..]);
        at = end;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

/// What a pull takes and leaves, below its diff.
#[must_use]
pub fn pull_summary(
    pull: &Pull,
    sources: &Sources,
    invocation: &Invocation,
    removes: bool,
) -> String {
    let mut text = String::new();
    let unfailing = "writing to a string cannot fail";
    summary(pull, sources, (invocation, removes), &mut text).expect(unfailing);
    text
}

fn summary(
    pull: &Pull,
    sources: &Sources,
    (invocation, removes): (&Invocation, bool),
    out: &mut String,
) -> fmt::Result {
    let fields: usize = pull.records.iter().map(|record| record.fields.len()).sum();
    let removed = if removes { pull.gone.len() } else { 0 };
    let mut parts = Vec::new();
    if fields > 0 {
        let records = counted(pull.records.len(), "record");
        parts.push(format!("takes {} of {records}", counted(fields, "field")));
    }
    if removed > 0 {
        parts.push(format!("removes {}", counted_entries(removed)));
    }
    if pull.renamed > 0 {
        parts.push(format!(
            "takes `renamedFrom` out of {}",
            counted_entries(pull.renamed)
        ));
    }
    let files = counted(pull.edits.len(), "file");
    match parts.is_empty() {
        true => writeln!(
            out,
            "{} The manifests have what Marketo has in their fields.",
            Painted(STRONG, "Nothing to pull.")
        )?,
        false => writeln!(
            out,
            "{} {}, in {files}.",
            Painted(STRONG, "Pull:"),
            parts.join(" and ")
        )?,
    }
    for left in &pull.left {
        let LeftField {
            kind,
            shown,
            at,
            field,
            why,
        } = left;
        let why = match why {
            WhyLeft::Both => {
                let file = sources.path(*at).to_string_lossy();
                let record = entry_argument(kind, shown, &file, sources.position(*at).line);
                let command = format!("`oppctl pull {record}` takes Marketo's");
                format!(
                    "the manifest has changed too; {}",
                    invocation.completed(&command)
                )
            }
            WhyLeft::Unknown => "sensitive: the ledger does not know who changed it".to_owned(),
            WhyLeft::Reference => "its value is `set` in oppctl.yaml: change it there".to_owned(),
            WhyLeft::Secret => "sensitive, and the manifest has no value of it".to_owned(),
            WhyLeft::NotDeclarable => {
                "a manifest cannot declare the value that Marketo has".to_owned()
            }
        };
        writeln!(
            out,
            "  left: {} {} {}  {}   {why}",
            kind.noun,
            escaped(shown),
            escaped(field),
            Painted(FAINT, escaped(&sources.place(*at))),
        )?;
    }
    for gone in &pull.gone {
        let what = match removes {
            true => "deleted in Marketo; its entry goes",
            false => {
                "deleted in Marketo, and would be created again; --removals takes its entry out"
            }
        };
        writeln!(
            out,
            "  gone: {} {}  {}   {what}",
            gone.kind.noun,
            escaped(&gone.shown),
            Painted(FAINT, escaped(&sources.place(gone.at))),
        )?;
    }
    Ok(())
}

/// The question whether entries go whose records are gone.
#[must_use]
pub fn removal_question(pull: &Pull, sources: &Sources) -> String {
    let mut text = String::new();
    for gone in &pull.gone {
        writeln!(
            text,
            "  gone: {} {}  {}   deleted in Marketo",
            gone.kind.noun,
            escaped(&gone.shown),
            escaped(&sources.place(gone.at)),
        )
        .expect("writing to a string cannot fail");
    }
    let entries = counted_entries(pull.gone.len());
    format!("{text}Remove {entries} too? \"yes\" removes, anything else keeps")
}

/// The question of a pull.
#[must_use]
pub fn pull_question(files: usize) -> String {
    let files = counted(files, "file");
    format!("Write the changes to {files}? Only \"yes\" writes")
}
