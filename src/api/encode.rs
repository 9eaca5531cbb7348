//! Records as the JSON text that a write sends: exact decimals, instants in UTC, only the members that a call needs.
//!
//! A record is encoded once, before batches are cut, so that batches are cut by true sizes.

use std::fmt::{Display, Write as _};

use crate::model::{Key, KeyValue, ObjectKind, Value};

/// One record of a write, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded(String);

impl Encoded {
    /// Its size in bytes.
    #[must_use]
    #[expect(
        clippy::len_without_is_empty,
        reason = "a JSON object is never empty text"
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

/// A record to be created: its key and its fields. Null is left out: a new record has nothing to clear.
pub fn create<'v, N: AsRef<str>>(
    kind: &ObjectKind,
    key: &Key,
    fields: impl IntoIterator<Item = (N, &'v Value)>,
) -> Encoded {
    let mut object = JsonObject::default();
    object.key(kind, key);
    for (name, value) in fields {
        if !value.is_null() {
            object.member(name.as_ref(), value);
        }
    }
    object.end()
}

/// A record to be updated: its id and the changed fields; null clears a field.
pub fn update<'v, N: AsRef<str>>(
    kind: &ObjectKind,
    id: &str,
    fields: impl IntoIterator<Item = (N, &'v Value)>,
) -> Encoded {
    let mut object = JsonObject::default();
    object.text(kind.id_field, id);
    for (name, value) in fields {
        object.member(name.as_ref(), value);
    }
    object.end()
}

/// A record to be deleted: its id and nothing else, or Marketo skips it.
#[must_use]
pub fn delete(kind: &ObjectKind, id: &str) -> Encoded {
    let mut object = JsonObject::default();
    object.text(kind.id_field, id);
    object.end()
}

/// The members of a key: what a query by a compound key asks for.
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
    // RFC 8259, section 7: nothing else has to be escaped.
    let is_special = |byte| matches!(byte, 0..=0x1f | b'"' | b'\\');
    if text.bytes().any(is_special) {
        json.push_str(&serde_json::to_string(text).expect("text is always JSON"));
    } else {
        json.push('"');
        json.push_str(text);
        json.push('"');
    }
}

/// More than most records take.
const USUAL_BYTES: usize = 256;

/// A JSON object in the making.
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

    fn member(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => self.raw(name, "null"),
            Value::Text(text) => self.text(name, text),
            Value::Boolean(value) => self.raw(name, value),
            Value::Integer(value) => self.raw(name, value),
            // Its own digits, not a float's: 12345678901234567.89 stays what it is.
            Value::Decimal(value) => self.raw(name, value),
            Value::Date(value) => self.text(name, &value.to_string()),
            // Page "Field types": ISO 8601 with an offset; Marketo keeps whole seconds.
            Value::Datetime(value) => {
                self.text(name, &value.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
            }
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        push_string(&mut self.0, text);
    }

    /// A member whose value is printed as JSON writes it.
    fn raw(&mut self, name: &str, json: impl Display) {
        self.name(name);
        write!(self.0, "{json}").expect("strings take all text");
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
