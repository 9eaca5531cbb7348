//! The fields of a kind as an instance describes them.

use std::collections::HashMap;
use std::sync::Arc;

use hashbrown::DefaultHashBuilder;

use super::data_type::DataType;
use super::kind::{DocumentedField, ObjectKind};

/// A field as the instance describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Arc<str>,
    pub data_type: DataType,
    /// In characters, for text.
    pub length: Option<u32>,
    pub updateable: bool,
    /// Its values must never be shown. Describe does not tell; see [`Schema::mark_sensitive`].
    pub sensitive: bool,
}

/// The fields of one kind in one instance.
#[derive(Clone, Debug)]
pub struct Schema {
    pub kind: &'static ObjectKind,
    fields: Vec<Field>,
    /// By the exact name and by the name in lower case: Marketo's own samples write names in several cases.
    by_name: HashMap<Box<str>, usize, DefaultHashBuilder>,
}

impl Schema {
    /// The schema of these fields. If two of them have the same name, the first counts.
    #[must_use]
    pub fn new(kind: &'static ObjectKind, fields: Vec<Field>) -> Self {
        let mut by_name: HashMap<Box<str>, _, _> = HashMap::default();
        for (index, field) in fields.iter().enumerate() {
            let folded = field.name.to_lowercase().into_boxed_str();
            let first = *by_name.entry(folded).or_insert(index);
            by_name.entry((*field.name).into()).or_insert(first);
        }
        Self {
            kind,
            fields,
            by_name,
        }
    }

    /// The documented fields of a kind: all that is known without an instance.
    #[must_use]
    pub fn documented(kind: &'static ObjectKind) -> Self {
        Self::of(kind, kind.documented)
    }

    /// The further standard fields of a kind.
    #[must_use]
    pub fn standard(kind: &'static ObjectKind) -> Self {
        Self::of(kind, kind.standard)
    }

    fn of(kind: &'static ObjectKind, fields: &[DocumentedField]) -> Self {
        let fields = fields.iter().map(|field| Field {
            name: field.name.into(),
            data_type: field.data_type.clone(),
            length: field.length,
            updateable: field.updateable,
            sensitive: false,
        });
        Self::new(kind, fields.collect())
    }

    /// The field with exactly this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.folded(name).filter(|field| *field.name == *name)
    }

    /// The field with this name in any letter case.
    #[must_use]
    pub fn folded(&self, name: &str) -> Option<&Field> {
        self.by_name
            .get(name)
            .or_else(|| self.by_name.get(name.to_lowercase().as_str()))
            .map(|index| &self.fields[*index])
    }

    /// Marks the fields of these names, in any letter case, as sensitive.
    pub fn mark_sensitive<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        for name in names {
            if let Some(index) = self.by_name.get(name.to_lowercase().as_str()) {
                self.fields[*index].sensitive = true;
            }
        }
    }

    /// Whether the values of the field with this name must never be shown.
    #[must_use]
    pub fn is_sensitive(&self, name: &str) -> bool {
        self.folded(name).is_some_and(|field| field.sensitive)
    }

    /// All fields in the order of the describe call.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Whether a new record can be given a value of this field beside its key.
    #[must_use]
    pub fn is_creatable(&self, field: &Field) -> bool {
        let is_create_only = self.kind.create_only.contains(&&*field.name);
        (field.updateable || is_create_only) && !self.kind.is_key(&field.name)
    }

    /// The fields that updates may write: never a part of the key.
    pub fn writable(&self) -> impl Iterator<Item = &Field> {
        self.fields
            .iter()
            .filter(|field| field.updateable && !self.kind.is_key(&field.name))
    }
}
