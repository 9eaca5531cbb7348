//! A plan as a person reads it in a terminal or a CI log: by file, deletions last, changed fields only, the summary at the end.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write as _};
use std::path::Path;

use anstyle::Style;

use crate::model::{ObjectKind, Sources, Value, Verb};
use crate::plan::{Action, At, Change, FieldChange, Moved, Plan, WhyDelete};

use super::diff::{Shown, new_value};
use super::escape::escaped;
use super::keeping::keeping;
use super::left::left;
use super::note::others;
use super::place::since;
use super::style::{CREATED, DELETED, FAINT, Painted, STRONG, UPDATED, columns, padding};
use super::summary::{Head, Totals, first_line, sorts, summary};
use super::wording::parent_name;
use super::words::counted;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Only the head and the summary.
    Summary,
    Normal,
    /// The fields of new records as well, and nothing folded.
    Full,
}

/// Wider titles do not push the line numbers of the others to the right.
const WIDEST_TITLE: usize = 64;
/// From so many alike changes of one file on they are shown once.
const FOLDED_FROM: usize = 3;
/// Old values wider than this do not push the arrows of the others to the right.
const WIDEST_BEFORE: usize = 32;

/// Writes a plan.
///
/// # Errors
/// Only those of `out`.
pub fn plan(
    plan: &Plan,
    sources: &Sources,
    head: &Head<'_>,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    first_line(head, out)?;
    if detail != Detail::Summary {
        by_file(&plan.changes, sources, detail, out)?;
    }
    for note in others(plan, sources) {
        writeln!(out, "Note: {note}")?;
    }
    for one in plan.not_undone() {
        left(one, sources, out)?;
    }
    keeping(plan, detail, out)?;
    summary(&Totals::of(plan), head.costs, out)?;
    if let (Detail::Full, Some(calls)) = (detail, head.calls) {
        sorts(calls, out)?;
    }
    Ok(())
}

/// Writes changes by the files that they come from.
pub(super) fn by_file(
    changes: &[Change],
    sources: &Sources,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let mut files: BTreeMap<&Path, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        files
            .entry(change.at.file(sources))
            .or_default()
            .push(change);
    }
    for (file, changes) in files {
        let file = file.display().to_string();
        writeln!(out, "{}", Painted(STRONG, escaped(&file)))?;
        of_file(&changes, sources, detail, out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Changes of one file: a single one, or several that change the same fields from and to the same values.
struct Entry<'p> {
    changes: Vec<&'p Change>,
}

fn of_file(
    changes: &[&Change],
    sources: &Sources,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let entries = entries(changes, sources, detail);
    let kinds = changes
        .iter()
        .map(|change| columns(change.kind.name))
        .max()
        .unwrap_or(0);
    let titles: Vec<String> = entries.iter().map(|entry| entry.title(kinds)).collect();
    let width = titles
        .iter()
        .map(|title| columns(title))
        .filter(|width| *width <= WIDEST_TITLE)
        .max()
        .unwrap_or(0);
    for (entry, title) in entries.iter().zip(&titles) {
        let first = entry.changes[0];
        let (symbol, style) = symbol(&first.action);
        let line = first.at.line(sources);
        let mut row = format!(
            "  {} {title}{}  {}",
            Painted(style, symbol),
            padding(title, width),
            Painted(FAINT, format!(":{line}"))
        );
        if let Some(tail) = entry.tail(detail) {
            write!(row, "   {}", Painted(FAINT, tail))?;
        }
        writeln!(out, "{}", row.trim_end())?;
        if first.verb() == Verb::Update || detail == Detail::Full {
            fields(first.fields(), first.verb(), out)?;
        }
        if entry.changes.len() > 1 {
            members(&entry.changes, sources, out)?;
        }
    }
    Ok(())
}

/// What alike changes have in common: the kind, and each field with its old and new value, as far as these are shown.
type Signature<'p> = (
    &'p ObjectKind,
    Vec<(&'p str, Option<&'p Value>, Option<&'p Value>, Option<Moved>)>,
);

/// In the order of the lines, deletions last; alike updates stand where the first of them does.
fn entries<'p>(changes: &[&'p Change], sources: &Sources, detail: Detail) -> Vec<Entry<'p>> {
    let mut alike: HashMap<Signature<'_>, Vec<&'p Change>> = HashMap::new();
    let signature = |change: &'p Change| {
        let fields = change.fields().iter().map(
            |FieldChange {
                 name,
                 data_type: _,
                 before,
                 after,
                 sensitive,
                 moved,
                 at: _,
             }| {
                let shown = |value: &'p Value| (!sensitive || value.is_null()).then_some(value);
                (&**name, shown(before), shown(after), *moved)
            },
        );
        (change.kind, fields.collect::<Vec<_>>())
    };
    let foldable =
        |change: &Change| matches!(change.action, Action::Update { .. }) && detail != Detail::Full;
    for change in changes.iter().filter(|change| foldable(change)) {
        alike.entry(signature(change)).or_default().push(change);
    }
    let mut entries = Vec::new();
    for change in changes {
        if foldable(change)
            && alike
                .get(&signature(change))
                .is_some_and(|group| group.len() >= FOLDED_FROM)
        {
            // Taken out of the map, so that the further members find nothing and are not shown again.
            entries.push(Entry {
                changes: std::mem::take(alike.entry(signature(change)).or_default()),
            });
        } else if !foldable(change)
            || alike
                .get(&signature(change))
                .is_some_and(|group| !group.is_empty())
        {
            entries.push(Entry {
                changes: vec![change],
            });
        }
    }
    entries.sort_by_key(|entry| {
        let first = entry.changes[0];
        let offset = first.at.here().map(|span| span.start);
        (first.verb() == Verb::Delete, first.at.line(sources), offset)
    });
    entries
}

impl Entry<'_> {
    fn title(&self, kinds: usize) -> String {
        let first = self.changes[0];
        if self.changes.len() > 1 {
            return format!(
                "{}, each with this change",
                first.kind.counted(self.changes.len())
            );
        }
        let kind = first.kind.name;
        let label = first
            .label
            .as_deref()
            .map(|label| format!("  \"{}\"", escaped(label)))
            .unwrap_or_default();
        format!(
            "{kind}{} {}{label}",
            padding(kind, kinds),
            escaped(&first.shown)
        )
    }

    fn tail(&self, detail: Detail) -> Option<String> {
        let first = self.changes[0];
        match &first.action {
            Action::Create { fields } if detail != Detail::Full => {
                Some(counted(fields.len(), "field"))
            }
            Action::Create { .. } => None,
            Action::Adopt { .. } => Some("exists, and was not owned".to_owned()),
            Action::Update { .. } => {
                (self.changes.len() > 1).then(|| format!("and {} more", self.changes.len() - 1))
            }
            Action::Delete { why, .. } => Some(reason(*why, first)),
        }
    }
}

/// What asks for a deletion, in the words of the manifest.
pub(super) fn reason(why: WhyDelete, change: &Change) -> String {
    let kind = change.kind;
    match (why, &change.at) {
        (WhyDelete::Tombstone, _) => "ensure: absent".to_owned(),
        (WhyDelete::NotListed, _) => format!("{}Mode: exact, and not listed", kind.plural),
        (WhyDelete::Removed, At::Before { origin, .. }) => {
            format!("not declared any more; last applied {}", since(origin))
        }
        (WhyDelete::Removed, At::Here(_) | At::Saved { .. }) => "not declared any more".to_owned(),
        (WhyDelete::Undone, _) => "created by the run that is undone".to_owned(),
        (WhyDelete::WithParent, _) => format!(
            "nobody declares it, and its {} is deleted",
            parent_name(kind)
        ),
    }
}

/// Writes the fields of a change, each in as many lines as it takes.
pub(super) fn fields(fields: &[FieldChange], verb: Verb, out: &mut dyn fmt::Write) -> fmt::Result {
    let names = fields
        .iter()
        .map(|field| columns(&field.name))
        .max()
        .unwrap_or(0);
    let shown: Vec<Shown> = fields.iter().map(Shown::of).collect();
    let before = shown
        .iter()
        .map(Shown::before_columns)
        .filter(|width| *width <= WIDEST_BEFORE)
        .max()
        .unwrap_or(0);
    for (field, shown) in fields.iter().zip(&shown) {
        let name = format!("{}{}", escaped(&field.name), padding(&field.name, names));
        let lines = match verb {
            Verb::Create => vec![Painted(CREATED, new_value(field)).to_string()],
            Verb::Update | Verb::Delete => shown.lines(before),
        };
        for (index, line) in lines.iter().enumerate() {
            let row = if index == 0 {
                let mut row = format!("      {name}  {line}");
                if let Some(moved) = field.moved {
                    write!(row, "   {}", Painted(FAINT, mover(moved)))?;
                }
                row
            } else {
                format!("        {line}")
            };
            writeln!(out, "{}", row.trim_end())?;
        }
    }
    Ok(())
}

fn members(changes: &[&Change], sources: &Sources, out: &mut dyn fmt::Write) -> fmt::Result {
    for row in changes.chunks(4) {
        let row: Vec<String> = row
            .iter()
            .map(|change| format!("{} :{}", escaped(&change.shown), change.at.line(sources)))
            .collect();
        writeln!(out, "      {}", Painted(FAINT, row.join(", ")))?;
    }
    Ok(())
}

/// What stands for an action, and its colour.
pub(super) fn symbol(action: &Action) -> (char, Style) {
    match action {
        Action::Create { .. } => ('+', CREATED),
        Action::Adopt { .. } => ('>', UPDATED),
        Action::Update { .. } => ('~', UPDATED),
        Action::Delete { .. } => ('-', DELETED),
    }
}

/// Who has changed a field.
pub(super) fn mover(moved: Moved) -> &'static str {
    match moved {
        Moved::You => "you changed it",
        Moved::Marketo => "changed in Marketo",
        Moved::Both => "changed in both",
    }
}
