//! What a plan comes to, in one sentence.

use std::collections::BTreeMap;

use crate::model::{ObjectKind, grouped};
use crate::plan::{ActionName, Change};

/// "creates 20 opportunities and 20 roles, updates 30 opportunities and deletes 10 opportunities": `emphasis` stands around the verb of
/// deletions. Empty without a change.
pub(in crate::render) fn tally<'c>(
    changes: impl IntoIterator<Item = &'c Change>,
    emphasis: &str,
) -> String {
    let mut counts: BTreeMap<ActionName, BTreeMap<&'static ObjectKind, usize>> = BTreeMap::new();
    for change in changes {
        let kinds = counts.entry(change.action.name()).or_default();
        *kinds.entry(change.kind).or_default() += 1;
    }
    let mut phrases = Vec::new();
    for (action, kinds) in counts {
        let word = word(action);
        let word = match action {
            ActionName::Delete => format!("{emphasis}{word}{emphasis}"),
            ActionName::Create | ActionName::Adopt | ActionName::Update => word.to_owned(),
        };
        let kinds: Vec<String> = kinds
            .into_iter()
            .map(|(kind, number)| {
                let noun = if number == 1 { kind.name } else { kind.plural };
                format!("{} {noun}", grouped(number))
            })
            .collect();
        phrases.push(format!("{word} {}", joined(&kinds)));
    }
    joined(&phrases)
}

fn word(action: ActionName) -> &'static str {
    match action {
        ActionName::Create => "creates",
        ActionName::Adopt => "adopts",
        ActionName::Update => "updates",
        ActionName::Delete => "deletes",
    }
}

/// "a", "a and b", "a, b and c".
fn joined(phrases: &[String]) -> String {
    match phrases {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// The verdict on a plan: of an undo, or of manifests that are merged. `emphasis` stands around the verb of deletions.
pub(in crate::render) fn verdict(
    changes: &[Change],
    ledger: usize,
    [is_refused, is_undo]: [bool; 2],
    emphasis: &str,
) -> String {
    let what = if is_undo { "the undo" } else { "merging" };
    if is_refused {
        return format!("refused: {what} changes nothing");
    }
    match (changes.is_empty(), ledger) {
        (true, 0) => "no changes".to_owned(),
        (true, ledger) => format!("no changes in Marketo, {} in the ledger", grouped(ledger)),
        (false, 0) => format!("{what} {}", tally(changes, emphasis)),
        (false, ledger) => format!(
            "{what} {}, and changes {} more in the ledger",
            tally(changes, emphasis),
            grouped(ledger)
        ),
    }
}
