//! Which fields of a kind may be sensitive without anybody knowing: a field that is not told to be sensitive is *not known*, which is
//! not the same as *not sensitive*.

use std::fmt;
use std::sync::Arc;

use crate::api::{ApiError, FieldInfo};
use crate::model::{ObjectKind, Schema};

/// Why it is not known which fields of a kind are sensitive.
#[derive(Debug)]
pub enum Unmasked {
    /// The call that tells failed: of no field.
    Call(&'static ObjectKind, ApiError),
    /// Nobody has asked: of none either.
    NotAsked(&'static ObjectKind),
    /// Its answer lists no field: of none either.
    Nothing(&'static ObjectKind),
    /// Its answer does not list these fields.
    Fields(&'static ObjectKind, Vec<Arc<str>>),
}

impl Unmasked {
    /// What an answer with these fields leaves open.
    pub(super) fn by(schema: &Schema, fields: &[FieldInfo]) -> Option<Self> {
        let kind = schema.kind;
        if fields.is_empty() {
            return Some(Self::Nothing(kind));
        }
        let is_listed = |name: &str| {
            let mut fields = fields.iter();
            fields.any(|field| field.name.eq_ignore_ascii_case(name))
        };
        // Ids and times that every record has, which the documentation names, hold nobody's data.
        let is_system = |name: &str| {
            let mut documented = kind.documented.iter();
            documented.any(|field| !field.updateable && field.name == name)
        };
        let open = schema.fields().iter().filter(|field| !field.sensitive);
        let open = open.map(|field| &field.name);
        let open = open.filter(|name| !kind.is_key(name) && !is_system(name) && !is_listed(name));
        let open: Vec<Arc<str>> = open.cloned().collect();
        (!open.is_empty()).then_some(Self::Fields(kind, open))
    }

    /// Whether it is not known of this field.
    #[must_use]
    pub fn is_about(&self, kind: &ObjectKind, name: &str) -> bool {
        match self {
            Self::Call(of, _) | Self::Nothing(of) | Self::NotAsked(of) => *of == kind,
            Self::Fields(of, fields) => {
                let mut fields = fields.iter();
                *of == kind && fields.any(|field| field.eq_ignore_ascii_case(name))
            }
        }
    }
}

impl fmt::Display for Unmasked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(_, error) => error.fmt(f),
            Self::NotAsked(kind) => write!(
                f,
                "the instance was not asked which fields of {} are sensitive, and no file of `oppctl describe --save` tells",
                kind.nouns
            ),
            Self::Nothing(kind) => write!(f, "the instance lists no field of {}", kind.nouns),
            Self::Fields(kind, fields) => {
                let fields = fields.join(", ");
                write!(
                    f,
                    "the instance does not list these fields of {}: {fields}",
                    kind.nouns
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::kind::OPPORTUNITY;
    use crate::model::{DataType, Field};

    fn info(name: &str) -> FieldInfo {
        FieldInfo {
            name: name.into(),
            display_name: None,
            description: None,
            data_type: DataType::String,
            length: None,
            hidden: false,
            html_encoded: false,
            sensitive: false,
            custom: true,
            api_created: false,
        }
    }

    #[test]
    fn a_field_is_known_only_if_it_is_listed() {
        let names = ["marketoGUID", "externalOpportunityId", "name", "salary"];
        let fields = names.map(|name| Field {
            name: name.into(),
            data_type: DataType::String,
            length: None,
            updateable: true,
            sensitive: false,
        });
        let schema = Schema::new(&OPPORTUNITY, fields.to_vec());
        let rows: [(&[&str], Option<&str>); 3] = [
            (&["NAME", "Salary", "other"], None),
            (
                &["name"],
                Some("the instance does not list these fields of opportunities: salary"),
            ),
            (&[], Some("the instance lists no field of opportunities")),
        ];
        for (listed, expected) in rows {
            let listed: Vec<FieldInfo> = listed.iter().map(|name| info(name)).collect();
            let open = Unmasked::by(&schema, &listed).map(|open| open.to_string());
            assert_eq!(open.as_deref(), expected);
        }
    }
}
