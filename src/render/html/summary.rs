//! What a row says of its change on one line.

use super::data::{FieldData, RowData};
use super::look::cut;
use crate::model::Verb;

impl RowData {
    /// The same row with its summary.
    pub(super) fn summed_up(mut self, verb: Verb) -> Self {
        let mut parts = Vec::new();
        // Why deletions are made is the same for many, and the outcome of what was applied has its own column.
        let is_told = match self.outcome {
            Some(outcome) => outcome != "applied",
            None => verb != Verb::Delete,
        };
        if is_told {
            parts.extend(self.notes.iter().cloned());
        }
        match verb {
            Verb::Update => parts.extend(self.fields.iter().map(change)),
            Verb::Create | Verb::Delete => {
                parts.extend(self.closes.iter().map(|day| format!("closes {day}")));
                if self.name.is_empty() {
                    parts.extend(self.fields.iter().map(value));
                }
            }
        }
        self.summary = parts.join(" · ");
        self
    }
}

fn change(field: &FieldData) -> String {
    let FieldData {
        name,
        before,
        after,
        note,
        long,
    } = field;
    let side = |side: &Option<String>| cut(side.as_deref().unwrap_or_default());
    let change = if *long {
        "edited".to_owned()
    } else {
        format!("{} → {}", side(before), side(after))
    };
    match &**note {
        "" => format!("{name} {change}"),
        note => format!("{name} {change} ({note})"),
    }
}

fn value(field: &FieldData) -> String {
    let value = field.after.as_deref().or(field.before.as_deref());
    format!("{} {}", field.name, cut(value.unwrap_or_default()))
}
