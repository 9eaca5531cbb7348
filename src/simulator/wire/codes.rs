//! Marketo's error codes, for whole calls and for single records.
//!
//! Source: Adobe REST documentation, "Error codes". Where that page does not state
//! the code of a case, the file that handles the case chooses it.

use std::borrow::Cow;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// A code with its message, in `errors` of a response or `reasons` of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct CodedReason {
    pub code: Cow<'static, str>,
    pub message: String,
}

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum CallFailure {
    /// HTTP 200 with `success: false`.
    Refused(CodedReason),
    /// An HTTP status with an HTML page, as from a gateway.
    Gateway(u16),
    /// An error in the form of the identity endpoint.
    Identity {
        status: u16,
        error: &'static str,
        description: String,
    },
    /// The connection closes without an answer.
    Cut,
}

impl CodedReason {
    /// A code with its own message.
    pub(in crate::simulator) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code: Cow::Borrowed(code),
            message: message.into(),
        }
    }

    /// A code with the documented message.
    pub(in crate::simulator) fn of(code: &'static str) -> Self {
        Self::new(code, message(code))
    }

    /// 1003: invalid data of any sort.
    pub(in crate::simulator) fn invalid(message: impl Into<String>) -> Self {
        Self::new("1003", message)
    }

    /// 1006: no such field.
    pub(in crate::simulator) fn no_field(name: &str) -> Self {
        Self::new("1006", format!("Field '{name}' not found"))
    }
}

impl CallFailure {
    /// A response-level error with the documented message.
    pub(in crate::simulator) fn code(code: &'static str) -> Self {
        Self::Refused(CodedReason::of(code))
    }

    /// 1003 for the whole call.
    pub(in crate::simulator) fn invalid(message: impl Into<String>) -> Self {
        Self::Refused(CodedReason::invalid(message))
    }

    /// 605: the endpoint has no such method.
    pub(in crate::simulator) fn method(method: &str) -> Self {
        let message = format!("Request method '{method}' not supported");
        Self::Refused(CodedReason::new("605", message))
    }
}

impl From<CodedReason> for CallFailure {
    fn from(reason: CodedReason) -> Self {
        Self::Refused(reason)
    }
}

/// The documented message of a code.
pub(in crate::simulator) fn message(code: &str) -> &'static str {
    let found = MESSAGES.iter().find(|(known, _)| *known == code);
    found.map_or("Simulated fault", |(_, message)| message)
}

const MESSAGES: &[(&str, &str)] = &[
    ("502", "Bad Gateway"),
    ("600", "Access token empty"),
    ("601", "Access token invalid"),
    ("602", "Access token expired"),
    ("603", "Access denied"),
    ("604", "Request time-out"),
    ("605", "Request method not supported"),
    ("606", "Max rate limit '100' exceeded with in '20' secs"),
    ("607", "Daily quota reached"),
    ("608", "API Temporarily Unavailable"),
    ("609", "Invalid JSON"),
    ("610", "Requested resource not found"),
    ("611", "System error"),
    ("612", "Invalid Content Type"),
    ("614", "Invalid Subscription"),
    ("615", "Concurrent access limit reached"),
    ("616", "Invalid subscription type"),
    ("702", "No data found"),
    ("703", "The feature is not enabled for the subscription"),
    ("713", "Transient Error"),
    ("718", "ExternalSalesPersonID not found"),
    ("1004", "Lead not found"),
    ("1005", "Lead already exists"),
    ("1007", "Multiple leads match the lookup criteria"),
    ("1013", "Object not found"),
    ("1014", "Failed to create Object"),
    ("1017", "Object already exists"),
    ("1018", "CRM Enabled"),
    ("1021", "Company update not allowed"),
    ("1022", "Object in use"),
    ("1036", "Duplicate object found in input"),
];

impl Serialize for CodedReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("message", &self.message)?;
        map.end()
    }
}
