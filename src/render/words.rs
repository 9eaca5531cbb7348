//! Numbers with their nouns and verbs.

/// "1 call", "2 calls".
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

/// "1 created, 2 deleted": how many records were or will be created, adopted, updated and deleted, in the words for these; empty if none.
pub(super) fn tallied(counts: [usize; 4], words: [&str; 4]) -> String {
    let counted = counts.iter().zip(words).filter(|(count, _)| **count > 0);
    let parts: Vec<String> = counted
        .map(|(count, word)| format!("{count} {word}"))
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
