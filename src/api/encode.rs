//! Encodes records as the JSON text that a write sends: exact decimals, times in UTC, and only the members that a call needs.
//!
//! Each record is encoded once, before the batches are formed, so that the sizes of the batches are exact.

use std::borrow::Borrow;
use std::fmt::{Display, Write as _};

use crate::model::{IdForm, Key, KeyValue, ObjectKind, Value};

/// The JSON text of one record of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded(String);

impl Encoded {
    /// The size in bytes.
    #[must_use]
    #[expect(
        clippy::len_without_is_empty,
        reason = "the text of a JSON object is never empty"
    )]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The JSON text.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.0
    }
}

/// A record to create: its key and its fields. Fields that are null are left out, because a new record has nothing to clear.
pub fn create<N: AsRef<str>, V: Borrow<Value>>(
    kind: &ObjectKind,
    key: &Key,
    fields: impl IntoIterator<Item = (N, V)>,
) -> Encoded {
    let mut object = JsonObject::default();
    object.key(kind, key);
    for (name, value) in fields {
        let value = value.borrow();
        if !value.is_null() {
            object.member(name.as_ref(), value);
        }
    }
    object.end()
}

/// A record to update: its id and the changed fields. Null clears a field.
pub fn update<N: AsRef<str>, V: Borrow<Value>>(
    kind: &ObjectKind,
    id: &str,
    fields: impl IntoIterator<Item = (N, V)>,
) -> Encoded {
    let mut object = JsonObject::default();
    object.id(kind, id);
    for (name, value) in fields {
        object.member(name.as_ref(), value.borrow());
    }
    object.end()
}

/// A record to delete: its id only. Marketo skips records with other members.
#[must_use]
pub fn delete(kind: &ObjectKind, id: &str) -> Encoded {
    let mut object = JsonObject::default();
    object.id(kind, id);
    object.end()
}

/// The key of a record, for a query by compound keys.
pub(super) fn key(kind: &ObjectKind, key: &Key) -> Encoded {
    let mut object = JsonObject::default();
    object.key(kind, key);
    object.end()
}

/// `text` as a JSON string.
pub(super) fn string(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    push_string(&mut json, text);
    json
}

fn push_string(json: &mut String, text: &str) {
    // RFC 8259, section 7: no other characters need an escape.
    if text
        .bytes()
        .any(|byte| matches!(byte, 0..=0x1f | b'"' | b'\\'))
    {
        json.push_str(&serde_json::to_string(text).expect("JSON can hold every text"));
    } else {
        json.push('"');
        json.push_str(text);
        json.push('"');
    }
}

/// The size in bytes that most records do not exceed.
const USUAL_BYTES: usize = 256;

/// A JSON object that is being written.
struct JsonObject(String);

impl Default for JsonObject {
    fn default() -> Self {
        Self(String::with_capacity(USUAL_BYTES))
    }
}

impl JsonObject {
    fn key(&mut self, kind: &ObjectKind, key: &Key) {
        for (part, value) in kind.key.iter().zip(key.parts()) {
            match value {
                KeyValue::Text(text) => self.text(part.field, text),
                KeyValue::Lead(id) => self.raw(part.field, id),
            }
        }
    }

    fn id(&mut self, kind: &ObjectKind, id: &str) {
        match kind.id_form {
            // Marketo refuses an id that is no number.
            IdForm::Number if id.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.raw(kind.id_field, id);
            }
            IdForm::Guid | IdForm::Number => self.text(kind.id_field, id),
        }
    }

    fn member(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => self.raw(name, "null"),
            Value::Text(text) => self.text(name, text),
            Value::Boolean(value) => self.raw(name, value),
            Value::Integer(value) => self.raw(name, value),
            // With all its digits, which a float would lose: 12345678901234567.89 stays the same.
            Value::Decimal(value) => self.raw(name, value),
            Value::Date(value) => self.text(name, &value.to_string()),
            // Page "Field types": ISO 8601 with an offset. Marketo stores whole seconds.
            Value::Datetime(value) => {
                self.text(name, &value.to_string());
            }
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        push_string(&mut self.0, text);
    }

    /// A member whose value is printed as it stands in JSON.
    fn raw(&mut self, name: &str, json: impl Display) {
        self.name(name);
        write!(self.0, "{json}").expect("writing to a string cannot fail");
    }

    fn name(&mut self, name: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        push_string(&mut self.0, name);
        self.0.push(':');
    }

    fn end(mut self) -> Encoded {
        self.0.push('}');
        Encoded(self.0)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::kind::{OPPORTUNITY, ROLE};
    use crate::model::{DataType, Form};

    fn value(text: &str, data_type: &DataType) -> Value {
        Value::observed(Form::Text, text, data_type)
    }

    #[test]
    fn every_type_has_its_form() {
        let fields = [
            (
                "name",
                value("Chairs \"& tables\"\n日本", &DataType::String),
            ),
            (
                "amount",
                value("12345678901234567.890", &DataType::Currency),
            ),
            ("tiny", value("1e-10", &DataType::Float)),
            ("probability", value("50", &DataType::Percent)),
            ("isWon", value("false", &DataType::Boolean)),
            ("closeDate", value("2026-12-31", &DataType::Date)),
            (
                "at",
                value("2026-03-01T10:00:00.75+01:00", &DataType::Datetime),
            ),
            ("stage", Value::Null),
        ];
        let fields = || fields.iter().map(|(name, value)| (*name, value));
        assert_eq!(
            update(&OPPORTUNITY, "g-1", fields()).json(),
            r#"{"marketoGUID":"g-1","name":"Chairs \"& tables\"\n日本","amount":12345678901234567.890,"tiny":0.0000000001,"probability":50,"isWon":false,"closeDate":"2026-12-31","at":"2026-03-01T09:00:00Z","stage":null}"#
        );
        let key = Key::new(vec![KeyValue::Text("A-1".into())]);
        assert_eq!(
            create(&OPPORTUNITY, &key, fields().skip(5)).json(),
            r#"{"externalOpportunityId":"A-1","closeDate":"2026-12-31","at":"2026-03-01T09:00:00Z"}"#
        );
    }

    #[test]
    fn keys_and_ids_stand_alone() {
        let role = Key::new(vec![
            KeyValue::Text("A-1".into()),
            KeyValue::Lead(456_783),
            KeyValue::Text("Buyer".into()),
        ]);
        assert_eq!(
            key(&ROLE, &role).json(),
            r#"{"externalOpportunityId":"A-1","leadId":456783,"role":"Buyer"}"#
        );
        assert_eq!(delete(&ROLE, "g-1").json(), r#"{"marketoGUID":"g-1"}"#);
        assert_eq!(delete(&ROLE, "g-1").len(), 21);
    }
}
