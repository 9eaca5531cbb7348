//! What a plan comes to, in one sentence.

use std::collections::BTreeMap;

use crate::model::{ObjectKind, grouped};
use crate::plan::{ActionName, Change, LedgerAction};
use crate::render::counting::counted;

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
                let noun = if number == 1 { kind.noun } else { kind.nouns };
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
pub(super) fn joined(phrases: &[String]) -> String {
    match phrases {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// What a plan is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum PlanSubject {
    /// Manifests that are merged.
    Merge,
    /// Manifests that are applied as they are here.
    Apply,
    /// Some of the manifests, or of their records.
    Part,
    Undo,
}

impl PlanSubject {
    pub(in crate::render) fn of(is_undo: bool, is_part: bool, is_proposal: bool) -> Self {
        match (is_undo, is_part, is_proposal) {
            (true, _, _) => Self::Undo,
            (false, true, _) => Self::Part,
            (false, false, true) => Self::Merge,
            (false, false, false) => Self::Apply,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Merge => "merging",
            Self::Apply => "an apply",
            Self::Part => "this part of the project",
            Self::Undo => "the undo",
        }
    }

    /// The same where the text of the change is at hand.
    pub(in crate::render) fn of_change(self) -> &'static str {
        match self {
            Self::Merge | Self::Apply => "This change",
            Self::Part => "This part of the project",
            Self::Undo => "The undo",
        }
    }
}

/// The verdict on a plan with the verb of deletions loud.
pub(in crate::render) fn loud(verdict: &str) -> String {
    let verb = word(ActionName::Delete);
    verdict.replacen(&format!("{verb} "), &format!("**{verb}** "), 1)
}

/// The verdict on a plan.
pub(in crate::render) fn verdict(
    changes: &[Change],
    ledger: &[LedgerAction],
    (subject, is_refused): (PlanSubject, bool),
) -> String {
    let what = subject.text();
    if is_refused {
        return format!("refused: {what} changes nothing");
    }
    let of_part = match subject {
        PlanSubject::Part => " in this part of the project",
        PlanSubject::Merge | PlanSubject::Apply | PlanSubject::Undo => "",
    };
    match (changes.is_empty(), ledger) {
        (true, []) => format!("no changes{of_part}"),
        (true, ledger) => format!(
            "no changes{of_part} in Marketo; the ledger {}",
            in_ledger(ledger)
        ),
        (false, []) => format!("{what} {}", tally(changes, "")),
        (false, ledger) => format!(
            "{what} {}; the ledger {}",
            tally(changes, ""),
            in_ledger(ledger)
        ),
    }
}

/// "adopts 11 records as they are".
pub(in crate::render) fn in_ledger(actions: &[LedgerAction]) -> String {
    let phrases = LedgerAction::ALL.iter().filter_map(|action| {
        let number = actions.iter().filter(|other| *other == action).count();
        let records = counted(number, "record");
        (number > 0).then(|| match action {
            LedgerAction::Adopt if number == 1 => "adopts 1 record as it is".to_owned(),
            LedgerAction::Adopt => format!("adopts {records} as they are"),
            LedgerAction::Protect => format!("protects {records}"),
            LedgerAction::Unprotect => format!("ends the protection of {records}"),
            LedgerAction::Forget => format!("forgets {records}"),
        })
    });
    joined(&phrases.collect::<Vec<_>>())
}
