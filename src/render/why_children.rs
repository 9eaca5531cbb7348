//! The children of one record: which of them are declared, and which are there.

use super::escape::escaped;
use super::shortened::first;
use crate::model::{KeyValue, ObjectKind};
use crate::run::{RecordHistory, RecordNow};

/// The most children that are named.
const NAMED: usize = 6;

/// The children that are declared and there, those that are only declared, and those that are only there.
pub(super) fn children(history: &RecordHistory, now: Option<&RecordNow>) -> Vec<String> {
    let names = |names: &[String]| {
        let (shown, more) = first(names, NAMED);
        let shown = shown.iter().map(|name| escaped(name).into_owned());
        let mut shown: Vec<String> = shown.collect();
        if more > 0 {
            shown.push(format!("and {more} more"));
        }
        shown.join(", ")
    };
    let mut lines = Vec::new();
    for kind in history.kind.children() {
        let declared = history.children.iter().filter(|child| child.kind == kind);
        let Some(now) = now.filter(|now| now.problems == 0) else {
            let all: Vec<String> = declared.map(|child| child.shown.clone()).collect();
            if !all.is_empty() {
                lines.push(format!(
                    "{} declared: {}",
                    kind.counted(all.len()),
                    names(&all)
                ));
            }
            continue;
        };
        let there = |key| {
            let mut keys = now.children.iter();
            keys.any(|(of, other)| *of == kind && Some(other.folded()) == key)
        };
        let mut groups = [Vec::new(), Vec::new(), Vec::new()];
        for child in declared {
            let group = match &child.key {
                None => 2,
                Some(key) if there(Some(key.clone())) => 0,
                Some(_) => 1,
            };
            groups[group].push(child.shown.clone());
        }
        let known: Vec<_> = history
            .children
            .iter()
            .filter_map(|child| child.key.clone())
            .collect();
        let others = now
            .children
            .iter()
            .filter(|(of, key)| *of == kind && !known.contains(&key.folded()));
        let others: Vec<String> = others
            .map(|(kind, key)| rest_of_key(kind, key.parts()))
            .collect();
        let [both, missing, unknown] = &groups;
        for (list, what) in [
            (both, "declared and there"),
            (missing, "declared and not there"),
            (unknown, "declared, of leads that are not known"),
        ] {
            if !list.is_empty() {
                lines.push(format!(
                    "{} {what}: {}",
                    kind.counted(list.len()),
                    names(list)
                ));
            }
        }
        if !others.is_empty() {
            let what = "there and not declared";
            lines.push(format!(
                "{} {what}: {}",
                kind.counted(others.len()),
                names(&others)
            ));
        }
    }
    lines
}

/// A key without the part that names the parent.
fn rest_of_key(kind: &ObjectKind, parts: &[KeyValue]) -> String {
    let parent = kind.parent_part();
    let rest = parts
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != parent);
    let rest: Vec<String> = rest.map(|(_, part)| part.to_string()).collect();
    rest.join(" / ")
}
