//! What a message about a problem is made of: title, label and help, and the words that recur in them.

use crate::model::kind::KINDS;
use crate::model::{KeyType, ObjectKind, Shape};

/// The words for one problem. They may hold text from files and are not yet escaped.
pub(super) struct Wording {
    /// What is wrong, in one line.
    pub(super) title: String,
    /// What the place has to do with it; empty if the title says all.
    pub(super) label: String,
    /// What to do; empty if that is obvious.
    pub(super) help: String,
}

impl Wording {
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            label: String::new(),
            help: String::new(),
        }
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    pub(super) fn suggest(self, suggestion: Option<&String>, otherwise: impl Into<String>) -> Self {
        match suggestion {
            Some(word) => self.help(format!("did you mean `{word}`?")),
            None => self.help(otherwise),
        }
    }
}

/// "a list".
pub(super) fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Mapping => "a mapping",
        Shape::List => "a list",
        Shape::Scalar => "a single value",
        Shape::Nothing => "nothing",
    }
}

/// The word that may be written in place of a part of a key that holds a lead.
pub(super) fn lead_reference(field: &str) -> Option<&'static str> {
    KINDS
        .into_iter()
        .flat_map(|kind| kind.key)
        .filter(|part| part.field == field)
        .find_map(|part| match part.holds {
            KeyType::Lead { reference } => Some(reference),
            KeyType::Text { .. } => None,
        })
}

/// The part of a key that has the id of a lead.
pub(super) fn lead_id_field() -> &'static str {
    let mut parts = KINDS.into_iter().flat_map(|kind| kind.key);
    let of_lead = parts.find(|part| matches!(part.holds, KeyType::Lead { .. }));
    of_lead.map_or("id", |part| part.field)
}

/// The word for the parent of a kind.
pub(super) fn parent_name(kind: &ObjectKind) -> &'static str {
    kind.parent().map_or("parent", |parent| parent.kind.noun)
}

/// "`a`, `b` or `c`", with another word for the last joint.
pub(super) fn listed(words: &[&str], joint: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    enumerated(&quoted, joint)
}

/// "a, b and c", with another word for the last joint.
pub(in crate::render) fn enumerated<W: AsRef<str>>(words: &[W], joint: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} {joint} {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A text whose combining marks are escaped: with them, two spellings of one text may look the same.
pub(super) fn marks_escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\u{300}'..='\u{36f}') {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}
