//! The name of a record, with a link to its entry.

use super::quoting::{code, cut, prose};
use crate::model::Sources;
use crate::plan::Change;
use crate::render::place::address;
use crate::run::CodeLinks;

/// The most characters of a name in a table.
const NAME: usize = 80;

/// The name of a record as a link to its line, or where there is no link with its key.
pub(super) fn name(change: &Change, sources: &Sources, links: Option<&CodeLinks>) -> String {
    match address(change, sources, links) {
        Some(address) => format!("[{}]({address})", text(change)),
        None => match &change.label {
            Some(_) => format!("{} {}", text(change), key(change)),
            None => kind(change) + &key(change),
        },
    }
}

/// The name of a record with its key, whether there is a link or not.
pub(super) fn name_and_key(
    change: &Change,
    sources: &Sources,
    links: Option<&CodeLinks>,
) -> String {
    match (address(change, sources, links), &change.label) {
        (Some(address), Some(_)) => format!("[{}]({address}) {}", text(change), key(change)),
        (Some(address), None) => format!("[{}]({address})", text(change)),
        (None, _) => name(change, sources, None),
    }
}

/// The key as code, also inside of a table.
pub(super) fn key(change: &Change) -> String {
    code(&change.shown).replace('|', "\\|")
}

fn text(change: &Change) -> String {
    match &change.label {
        Some(label) => kind(change) + &prose(&cut(label, NAME)),
        None => kind(change) + &prose(&cut(&change.shown, NAME)),
    }
}

/// The kind, for records that are no deals.
fn kind(change: &Change) -> String {
    if change.kind.deal.is_empty() {
        format!("{} ", change.kind.noun)
    } else {
        String::new()
    }
}
