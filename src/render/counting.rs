//! Numbers with their nouns and verbs.

use crate::model::grouped;
use crate::plan::file::SavedPart;
use crate::plan::{ActionName, Counts};

/// "1 call", "2 calls".
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{} {noun}s", grouped(count))
    }
}

/// "in 4 calls", or "without a call".
pub(super) fn in_calls(count: u64) -> String {
    match usize::try_from(count).unwrap_or(usize::MAX) {
        0 => "without a call".to_owned(),
        count => format!("in {}", counted(count, "call")),
    }
}

/// "; 399,980 records were not looked at", behind what a plan of the changed records alone comes to.
pub(super) fn not_looked_at(part: Option<&SavedPart>) -> String {
    let count = part.map(|part| part.not_looked_at);
    count.map_or_else(String::new, |count| {
        let were = if count == 1 { "was" } else { "were" };
        format!("; {} {were} not looked at", counted(count, "record"))
    })
}

/// "3 entries".
#[must_use]
pub fn counted_entries(count: usize) -> String {
    if count == 1 {
        "1 entry".to_owned()
    } else {
        format!("{count} entries")
    }
}

/// "to create": an action that is planned.
pub(super) fn infinitive(action: ActionName) -> &'static str {
    match action {
        ActionName::Create => "to create",
        ActionName::Adopt => "to adopt",
        ActionName::Update => "to update",
        ActionName::Delete => "to delete",
    }
}

/// "create": an action that is asked for.
pub(super) fn imperative(action: ActionName) -> &'static str {
    match action {
        ActionName::Create => "create",
        ActionName::Adopt => "adopt",
        ActionName::Update => "update",
        ActionName::Delete => "delete",
    }
}

/// "a role", "an opportunity".
pub(super) fn with_article(noun: &str) -> String {
    let article = match noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => "an",
        false => "a",
    };
    format!("{article} {noun}")
}

/// "created": an action that was carried out.
pub(super) fn participle(action: ActionName) -> &'static str {
    match action {
        ActionName::Create => "created",
        ActionName::Adopt => "adopted",
        ActionName::Update => "updated",
        ActionName::Delete => "deleted",
    }
}

/// "1 created, 2 deleted": the number of records of each action, with the action in these words; empty if there are none.
pub(super) fn tallied(counts: Counts, word: fn(ActionName) -> &'static str) -> String {
    let counted = counts.iter().filter(|(_, count)| *count > 0);
    let parts: Vec<String> = counted
        .map(|(action, count)| format!("{} {}", grouped(count), word(action)))
        .collect();
    parts.join(", ")
}

/// How much of a whole a part is: "0.006 %".
#[must_use]
pub fn share(part: usize, whole: usize) -> String {
    if part == 0 || whole == 0 {
        return "0 %".to_owned();
    }
    // Counts of calls are far below 2^52.
    #[expect(clippy::cast_precision_loss, reason = "the share is rounded anyway")]
    let percent = part as f64 * 100.0 / whole as f64;
    let decimals = match percent {
        percent if percent >= 10.0 => 0,
        percent if percent >= 1.0 => 1,
        percent if percent >= 0.01 => 2,
        _ => 3,
    };
    format!("{percent:.decimals$} %")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn shares_have_the_digits_that_matter() {
        let rows = [
            (0, 50_000, "0 %"),
            (1, 50_000, "0.002 %"),
            (34, 50_000, "0.07 %"),
            (600, 50_000, "1.2 %"),
            (25_000, 50_000, "50 %"),
            (60_000, 50_000, "120 %"),
            (1, 0, "0 %"),
        ];
        for (part, whole, expected) in rows {
            assert_eq!(share(part, whole), expected);
        }
    }
}
