//! Changes by the files that they come from: deletions last, alike updates shown once.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use anstyle::Style;

use crate::model::{ObjectKind, Sources, Value, Verb};
use crate::plan::{Action, ActionName, At, Change, FieldChange, Moved, WhyDelete};

use super::change_fields::fields;
use super::detail::Detail;
use super::escape::escaped;
use super::place::since;
use super::style::{CREATED, DELETED, FAINT, Painted, STRONG, UPDATED, columns, padding};
use super::wording::parent_name;

/// Wider titles do not push the line numbers of the others to the right.
const WIDEST_TITLE: usize = 64;
/// This many alike changes of one file, or more, are shown once.
const FOLDED_FROM: usize = 3;

/// Writes changes by the files that they come from.
pub(super) fn by_file<'c>(
    changes: impl IntoIterator<Item = &'c Change>,
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
struct ChangeGroup<'p> {
    changes: Vec<&'p Change>,
}

fn of_file(
    changes: &[&Change],
    sources: &Sources,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let groups = groups(changes, sources, detail);
    let kinds = changes
        .iter()
        .map(|change| columns(change.kind.noun))
        .max()
        .unwrap_or(0);
    let titles: Vec<String> = groups.iter().map(|group| group.title(kinds)).collect();
    let width = titles
        .iter()
        .map(|title| columns(title))
        .filter(|width| *width <= WIDEST_TITLE)
        .max()
        .unwrap_or(0);
    for (group, title) in groups.iter().zip(&titles) {
        let first = group.changes[0];
        let action = first.action.name();
        let line = first.at.line(sources);
        let mut row = format!(
            "  {} {title}{}  {}",
            Painted(style(action), action.symbol()),
            padding(title, width),
            Painted(FAINT, format!(":{line}"))
        );
        if let Some(tail) = group.tail() {
            write!(row, "   {}", Painted(FAINT, tail))?;
        }
        writeln!(out, "{}", row.trim_end())?;
        if first.verb() == Verb::Update || detail == Detail::Full {
            let changed: Vec<FieldChange> = first.fields().iter().collect();
            fields(&changed, first.verb(), out)?;
        }
        if group.changes.len() > 1 {
            members(&group.changes, sources, out)?;
        }
    }
    Ok(())
}

/// What alike changes have in common: the kind, and each field with its old and new value, as far as these are shown.
type Signature = (
    &'static ObjectKind,
    Vec<(Arc<str>, Option<Value>, Option<Value>, Option<Moved>)>,
);

/// In the order of the lines, deletions last; alike updates stand where the first of them does.
fn groups<'p>(changes: &[&'p Change], sources: &Sources, detail: Detail) -> Vec<ChangeGroup<'p>> {
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
                let shown = |value: Value| (!sensitive || value.is_null()).then_some(value);
                (name, shown(before), shown(after), moved)
            },
        );
        (change.kind, fields.collect::<Vec<_>>())
    };
    let foldable =
        |change: &Change| matches!(change.action, Action::Update { .. }) && detail != Detail::Full;
    let signatures: Vec<Option<Signature>> = changes
        .iter()
        .map(|change| foldable(change).then(|| signature(change)))
        .collect();
    let mut alike: HashMap<&Signature, Vec<&'p Change>> = HashMap::new();
    for (change, signature) in changes.iter().zip(&signatures) {
        if let Some(signature) = signature {
            alike.entry(signature).or_default().push(change);
        }
    }
    let mut groups = Vec::new();
    for (change, signature) in changes.iter().zip(&signatures) {
        let mut group = signature.as_ref().and_then(|it| alike.get_mut(it));
        let changes = match &mut group {
            // Taken out, so that the further members find nothing and are not shown again.
            Some(group) if group.len() >= FOLDED_FROM => std::mem::take(*group),
            Some(group) if group.is_empty() => continue,
            Some(_) | None => vec![*change],
        };
        groups.push(ChangeGroup { changes });
    }
    groups.sort_by_key(|group| {
        let first = group.changes[0];
        let offset = first.at.here().map(|span| span.start);
        (first.verb() == Verb::Delete, first.at.line(sources), offset)
    });
    groups
}

impl ChangeGroup<'_> {
    fn title(&self, kinds: usize) -> String {
        let first = self.changes[0];
        if self.changes.len() > 1 {
            return format!(
                "{}, each with this change",
                first.kind.counted(self.changes.len())
            );
        }
        let kind = first.kind.noun;
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

    fn tail(&self) -> Option<String> {
        let first = self.changes[0];
        match &first.action {
            Action::Create { .. } => None,
            Action::Adopt { .. } => Some("already in Marketo; managed from now on".to_owned()),
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
        (WhyDelete::Tombstone, _) => "declared as absent".to_owned(),
        (WhyDelete::NotListed, _) => format!("{}Mode: exact, and not listed", kind.plural),
        (WhyDelete::Removed, At::Before { origin, .. }) => {
            format!("not declared any more, last applied {}", since(origin))
        }
        (WhyDelete::Removed, At::Here(_) | At::Saved { .. }) => "not declared any more".to_owned(),
        (WhyDelete::Undone, _) => "created by the run that is undone".to_owned(),
        (WhyDelete::WithParent, _) => format!(
            "no manifest declares it, and its {} is deleted",
            parent_name(kind)
        ),
    }
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

/// The colour of an action.
pub(super) fn style(action: ActionName) -> Style {
    match action {
        ActionName::Create => CREATED,
        ActionName::Adopt | ActionName::Update => UPDATED,
        ActionName::Delete => DELETED,
    }
}
