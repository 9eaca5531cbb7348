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

/// "1 created, 2 deleted": how many records were or will be created, updated and deleted, in the words for these; empty if none.
pub(super) fn tallied(counts: [usize; 3], words: [&str; 3]) -> String {
    let counted = counts.iter().zip(words).filter(|(count, _)| **count > 0);
    let parts: Vec<String> = counted
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    parts.join(", ")
}
