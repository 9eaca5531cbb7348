//! What is worth knowing of a plan and changes nothing, in words.

use crate::model::Sources;
use crate::plan::{Note, Plan};

use super::escape::escaped;
use super::words::counted;

/// So many notes of one sort are told; the rest is counted.
const TOLD: usize = 20;

/// The notes of a plan, a line each.
#[must_use]
pub fn notes(plan: &Plan, sources: &Sources) -> Vec<String> {
    let mut lines = Vec::new();
    for sort in [Sort::OtherCase, Sort::Orphan, Sort::Undecided] {
        let of_sort: Vec<&Note> = plan.notes.iter().filter(|note| sort.has(note)).collect();
        lines.extend(of_sort.iter().take(TOLD).map(|note| line(note, sources)));
        if of_sort.len() > TOLD {
            let rest = counted(of_sort.len() - TOLD, "record");
            lines.push(format!("the same is so of {rest} more"));
        }
    }
    lines
}

/// What notes are told together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    OtherCase,
    Orphan,
    Undecided,
}

impl Sort {
    fn has(self, note: &Note) -> bool {
        self == match note {
            Note::OtherCase { .. } => Self::OtherCase,
            Note::Orphan { .. } => Self::Orphan,
            Note::Undecided { .. } => Self::Undecided,
        }
    }
}

fn line(note: &Note, sources: &Sources) -> String {
    match note {
        Note::OtherCase {
            kind,
            declared,
            observed,
            at,
        } => format!(
            "{} {} ({}) is written {} in Marketo, which takes both for the same.",
            kind.name,
            escaped(declared),
            sources.place(*at),
            escaped(&observed.to_string())
        ),
        Note::Orphan { kind, key } => format!(
            "{} {} bears the marker of this project, and is neither declared nor owned: it is left alone.",
            kind.name,
            escaped(&key.to_string())
        ),
        Note::Undecided { kind, key } => format!(
            "{} {} is owned and not declared in these paths, but may be in others that name leads: plan without paths to see.",
            kind.name,
            escaped(&key.to_string())
        ),
    }
}
