//! What a column becomes: a part of a key, a field, or something that fields are made of.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::manifest::closest;
use crate::model::kind::KINDS;
use crate::model::{DataType, KeyType, ObjectKind};

/// What a column becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The part of a key with this name.
    KeyPart(&'static str),
    /// The lead that a key names, by the value of this field.
    LeadBy(Box<str>),
    Field {
        name: Arc<str>,
        /// The type, if a map names it.
        data_type: Option<DataType>,
    },
    Use(Use),
}

/// What fields are made of, and what tells something of a whole row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Open, won or lost: whether the deal is closed, and whether it is won.
    Status,
    /// Whether the deal is lost. Together with whether it is won this tells whether it is closed.
    Lost,
    /// The currency of the amounts of the row.
    Currency,
    /// Whether the record is deleted. Then the row is passed over.
    Deleted,
    /// A quarter and a year, as `Q1-2026`.
    Period,
}

impl Use {
    pub(super) const ALL: [Self; 5] = [
        Self::Status,
        Self::Lost,
        Self::Currency,
        Self::Deleted,
        Self::Period,
    ];

    /// The word for it in maps.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Status => "(status)",
            Self::Lost => "(lost)",
            Self::Currency => "(currency)",
            Self::Deleted => "(deleted)",
            Self::Period => "(fiscal period)",
        }
    }
}

impl Target {
    pub(super) fn field(name: &str) -> Self {
        Self::Field {
            name: name.into(),
            data_type: None,
        }
    }

    /// The name of the field that it becomes.
    pub(super) fn field_name(&self) -> Option<&str> {
        match self {
            Self::Field { name, .. } => Some(name),
            Self::KeyPart(_) | Self::LeadBy(_) | Self::Use(_) => None,
        }
    }
}

/// The type of a field of a kind, as far as it is known without an instance.
pub(super) fn data_type(kind: &ObjectKind, name: &str) -> DataType {
    let known = kind.documented.iter().chain(kind.standard);
    let found = { known }.find(|field| field.name == name);
    found.map_or(DataType::String, |field| field.data_type.clone())
}

/// The standard field that a name of a custom one is almost.
pub(super) fn almost_standard(name: &str) -> Option<String> {
    let of = |kind: &'static ObjectKind| {
        let fields = kind.documented.iter().chain(kind.standard);
        let parts = kind.key.iter().map(|part| part.field);
        let references = kind.references.iter().map(|reference| reference.field);
        { fields.map(|field| field.name) }
            .chain(parts)
            .chain(references)
    };
    let known: Vec<&str> = KINDS.into_iter().flat_map(of).collect();
    match known.contains(&name) {
        true => None,
        false => closest(name, known),
    }
}

/// The word by which entries name a lead.
fn lead_words() -> impl Iterator<Item = &'static str> {
    let parts = KINDS.into_iter().flat_map(|kind| kind.key);
    parts.filter_map(|part| match part.holds {
        KeyType::Lead { reference } => Some(reference),
        KeyType::Text { .. } => None,
    })
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyPart(field) => f.write_str(field),
            Self::LeadBy(field) => {
                let word = lead_words().next().unwrap_or_default();
                write!(f, "{word}.{field}")
            }
            Self::Field {
                name,
                data_type: Some(data_type),
            } => write!(f, "{name} ({data_type})"),
            Self::Field {
                name,
                data_type: None,
            } => f.write_str(name),
            Self::Use(word) => f.write_str(word.word()),
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(word) = Use::ALL.into_iter().find(|word| word.word() == text) {
            return Ok(Self::Use(word));
        }
        if text.starts_with('(') {
            let words: Vec<&str> = Use::ALL.into_iter().map(Use::word).collect();
            return Err(format!("expected one of {}", words.join(", ")));
        }
        let mut references = KINDS.into_iter().flat_map(ObjectKind::field_references);
        let is_field = references.any(|(reference, _)| reference.field == text);
        let mut parts = KINDS.into_iter().flat_map(|kind| kind.key);
        if let Some(part) = parts.find(|part| part.field == text && !is_field) {
            return Ok(Self::KeyPart(part.field));
        }
        if let Some((word, field)) = text.split_once('.') {
            return match lead_words().any(|lead| lead == word) {
                true => Ok(Self::LeadBy(field.into())),
                false => Err("expected the name of a field".to_owned()),
            };
        }
        let (name, data_type) = match text.split_once(" (") {
            Some((name, data_type)) => {
                let data_type = DataType::named(data_type.trim_end_matches(')'));
                if let DataType::Other(name) = data_type {
                    return Err(format!("`{name}` is not a type of fields"));
                }
                (name, Some(data_type))
            }
            None => (text, None),
        };
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|char| char.is_alphanumeric() || char == '_');
        if !is_name {
            return Err("expected the name of a field".to_owned());
        }
        Ok(Self::Field {
            name: name.into(),
            data_type,
        })
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_field_that_names_another_record_is_no_misspelling() {
        for name in ["externalCompanyId", "externalSalesPersonId", "name"] {
            assert_eq!(almost_standard(name), None, "{name}");
        }
        assert_eq!(almost_standard("nmae").as_deref(), Some("name"));
    }

    #[test]
    fn targets_are_read_as_they_are_written() {
        let key = KINDS[0].key[0].field;
        for text in [
            key,
            "amount",
            "budget (currency)",
            "(status)",
            "(fiscal period)",
        ] {
            let target: Target = text.parse().expect("it is a target");
            assert_eq!(target.to_string(), text);
        }
        let lead = format!("{}.email", lead_words().next().expect("there is one"));
        let target: Target = lead.parse().expect("it is a target");
        assert_eq!(target, Target::LeadBy("email".into()));
        for text in ["", "(state)", "a b", "account.name", "budget (money)"] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
