//! The records that a rebuilt ledger would own.

use std::fmt::Write as _;

use crate::run::FoundRecord;

use super::counting::counted;
use super::escape::escaped;

/// The most records that are named.
const NAMED: usize = 40;

/// The records that exist, are declared and are not owned, and what owning them means.
#[must_use]
pub fn rebuild_text(instance: &str, found: &[FoundRecord]) -> String {
    let instance = escaped(instance);
    if found.is_empty() {
        return format!("Every declared record that exists on {instance} is owned already.\n");
    }
    let mut text = format!("Found on {instance}, declared, and not owned:\n");
    for record in found.iter().take(NAMED) {
        let entry = &record.entry;
        let differing = match record.differing {
            0 => String::new(),
            count => format!("   {} not as declared", counted(count, "field")),
        };
        writeln!(
            text,
            "  {} {}   {}:{}{differing}",
            record.kind.noun,
            escaped(&record.key().to_string()),
            escaped(&entry.declared.file),
            entry.declared.line,
        )
        .expect("strings take all text");
    }
    if found.len() > NAMED {
        let more = counted(found.len() - NAMED, "more record");
        writeln!(text, "  and {more}").expect("strings take all text");
    }
    let records = counted(found.len(), "record");
    writeln!(
        text,
        "\n{records} to own. Nothing is sent to Marketo, and nothing is removed from the ledger. Records of entries that were removed since the ledger was lost stay in Marketo."
    )
    .expect("strings take all text");
    text
}
