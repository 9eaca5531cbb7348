//! A field of an object, and its data type.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::simulator::answers::Answers;

/// A standard or custom field of an object.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct ObjectField {
    pub name: Cow<'static, str>,
    pub display: Cow<'static, str>,
    /// The display name in the schema endpoint, if it differs.
    pub schema_display: Option<&'static str>,
    pub description: Option<String>,
    pub data_type: FieldType,
    pub length: Option<u32>,
    pub updateable: bool,
    /// Whether the sample of describe lists it.
    pub sampled: bool,
    /// Whether describe lists it at all.
    pub described: bool,
    /// Whether only Marketo writes it.
    pub system: bool,
    pub custom: bool,
    pub hidden: bool,
    pub sensitive: bool,
    pub html_encoding: bool,
    pub api_created: bool,
    /// Changes the field as the switches say.
    pub switched: Option<fn(&Answers, &mut Self)>,
}

/// The data types of fields. Source: Adobe REST documentation, "Field types", and describe replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::simulator) enum FieldType {
    Boolean,
    Currency,
    Date,
    Datetime,
    Email,
    Float,
    Formula,
    Integer,
    Link,
    Percent,
    Phone,
    Reference,
    Score,
    String,
    Text,
    Textarea,
    Url,
}

impl ObjectField {
    pub(super) const fn new(
        name: &'static str,
        display: &'static str,
        data_type: FieldType,
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            display: Cow::Borrowed(display),
            schema_display: None,
            description: None,
            data_type,
            length: None,
            updateable: true,
            sampled: true,
            described: true,
            system: false,
            custom: false,
            hidden: false,
            sensitive: false,
            html_encoding: true,
            api_created: false,
            switched: None,
        }
    }

    pub(super) const fn string(name: &'static str, display: &'static str, length: u32) -> Self {
        let mut field = Self::new(name, display, FieldType::String);
        field.length = Some(length);
        field
    }

    pub(super) const fn fixed(mut self) -> Self {
        self.updateable = false;
        self
    }

    pub(super) const fn system(mut self) -> Self {
        self.system = true;
        self.fixed()
    }

    pub(super) const fn unsampled(mut self) -> Self {
        self.sampled = false;
        self
    }

    pub(super) const fn custom(mut self) -> Self {
        self.custom = true;
        self
    }

    pub(super) const fn schema_display(mut self, display: &'static str) -> Self {
        self.schema_display = Some(display);
        self
    }

    /// Without the encoding for HTML in e-mails.
    pub(super) const fn unencoded(mut self) -> Self {
        self.html_encoding = false;
        self
    }

    /// With a switch that decides about a property.
    pub(super) const fn switched(mut self, change: fn(&Answers, &mut Self)) -> Self {
        self.switched = Some(change);
        self
    }

    /// A custom field with default properties.
    pub(in crate::simulator) fn custom_of(name: String, data_type: FieldType) -> Self {
        Self {
            display: Cow::Owned(name.clone()),
            name: Cow::Owned(name),
            // Describe shows this length for a string that is declared without one.
            length: (data_type == FieldType::String).then_some(255),
            custom: true,
            ..Self::new("", "", data_type)
        }
    }
}
