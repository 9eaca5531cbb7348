//! Which side has moved since a plan was reviewed, in words.

use crate::model::grouped;
use crate::plan::{MovedRecord, Moves};

use super::counting::counted;
use super::shortened::first;

/// The most records of one side that are named.
const NAMED: usize = 3;

/// A sentence for each side: "in Marketo: 1 record (stage of Hooli)".
pub(super) fn moved(moves: &Moves) -> Vec<String> {
    let Moves {
        instance,
        manifests,
        others,
    } = moves;
    let mut sides = Vec::new();
    for (where_, records) in [("in Marketo", instance), ("in the manifests", manifests)] {
        if !records.is_empty() {
            sides.push(format!("{where_}: {}", side(records)));
        }
    }
    if !others.is_empty() {
        sides.push(format!(
            "in the ledger, or in what a plan file does not have: {}",
            side(others)
        ));
    } else if instance.is_empty() && manifests.is_empty() {
        sides.push("the rest: sensitive values, or what the ledger adopts and forgets".to_owned());
    }
    sides
}

fn side(records: &[MovedRecord]) -> String {
    let (shown, more) = first(records, NAMED);
    let mut named: Vec<String> = shown.iter().map(name).collect();
    if more > 0 {
        named.push(format!("and {} more", grouped(more)));
    }
    format!(
        "{} ({})",
        counted(records.len(), "record"),
        named.join("; ")
    )
}

/// "stage, isWon of Hooli – Pilot".
fn name(record: &MovedRecord) -> String {
    let MovedRecord {
        kind,
        shown,
        label,
        fields,
    } = record;
    let name = match label {
        Some(label) => label.to_string(),
        None => format!("{} {shown}", kind.noun),
    };
    if fields.is_empty() {
        return name;
    }
    let fields: Vec<&str> = fields.iter().map(|field| &**field).collect();
    format!("{} of {name}", fields.join(", "))
}
