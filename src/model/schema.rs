//! The fields of a kind as an instance describes them, and Marketo's data types.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::ObjectKind;

/// A data type of Marketo. Source: REST documentation, page "Field types".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataType {
    Boolean,
    Currency,
    Date,
    Datetime,
    Email,
    Float,
    Integer,
    Percent,
    Phone,
    Score,
    String,
    Text,
    Textarea,
    Url,
    /// One that the page does not list: its values are text that oppctl does not look into.
    Other(Box<str>),
}

/// A field as the instance describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Arc<str>,
    pub data_type: DataType,
    /// In characters, for text.
    pub length: Option<u32>,
    pub updateable: bool,
    /// Its values are to be shown to nobody. Describe does not say; see [`Schema::mark_sensitive`].
    pub sensitive: bool,
}

/// The fields of one kind in one instance.
#[derive(Clone, Debug)]
pub struct Schema {
    pub kind: &'static ObjectKind,
    fields: Vec<Field>,
    /// By the name as it is and in lower case: Marketo's own samples write names in several cases.
    by_name: HashMap<Box<str>, usize>,
}

impl Schema {
    /// The schema of these fields. Of two fields with the same name the first counts.
    #[must_use]
    pub fn new(kind: &'static ObjectKind, fields: Vec<Field>) -> Self {
        let mut by_name = HashMap::new();
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

    /// What the documentation alone says of a kind: all that is known without an instance.
    #[must_use]
    pub fn documented(kind: &'static ObjectKind) -> Self {
        let fields = kind.documented.iter().map(|field| Field {
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

    /// Whether the values of the field of this name are to be shown to nobody.
    #[must_use]
    pub fn is_sensitive(&self, name: &str) -> bool {
        self.folded(name).is_some_and(|field| field.sensitive)
    }

    /// All fields in the order of the describe call.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields that updates may write; the parts of a key are none of them.
    pub fn writable(&self) -> impl Iterator<Item = &Field> {
        let is_key = |field: &Field| self.kind.key.iter().any(|part| *part.field == *field.name);
        let fields = self.fields.iter();
        fields.filter(move |field| field.updateable && !is_key(field))
    }
}

impl DataType {
    /// The type that Marketo calls `name`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "boolean" => Self::Boolean,
            "currency" => Self::Currency,
            "date" => Self::Date,
            "datetime" => Self::Datetime,
            "email" => Self::Email,
            "float" => Self::Float,
            "integer" => Self::Integer,
            "percent" => Self::Percent,
            "phone" => Self::Phone,
            "score" => Self::Score,
            "string" => Self::String,
            "text" => Self::Text,
            "textarea" => Self::Textarea,
            "url" => Self::Url,
            other => Self::Other(other.into()),
        }
    }

    /// Marketo's name of the type.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Boolean => "boolean",
            Self::Currency => "currency",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Email => "email",
            Self::Float => "float",
            Self::Integer => "integer",
            Self::Percent => "percent",
            Self::Phone => "phone",
            Self::Score => "score",
            Self::String => "string",
            Self::Text => "text",
            Self::Textarea => "textarea",
            Self::Url => "url",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
