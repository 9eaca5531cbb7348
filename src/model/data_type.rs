//! Marketo's data types.

use std::fmt;

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
    /// A type that the page does not list. oppctl treats its values as text.
    Other(Box<str>),
}

impl DataType {
    /// The type with Marketo's name `name`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        // Page "Custom objects" has `String`, all others `string`.
        match name.to_ascii_lowercase().as_str() {
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
            _ => Self::Other(name.into()),
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
