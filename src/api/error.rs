//! Why a call failed. A record that Marketo refuses is not an error but a [`super::RecordStatus`]. What follows from an error is in
//! `error_facts.rs`.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde_json::value::RawValue;

use crate::model::BaseUrlError;

use super::call::Call;
use super::disposition::Disposition;
use super::text::{members, shown};

/// Why a client or one of its calls failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The base URL cannot be used. The message does not repeat it, because it may contain a password.
    #[error("the base URL {reason}")]
    BaseUrl { reason: BaseUrlError },
    /// The HTTP client cannot be set up.
    #[error("cannot set up the HTTP client")]
    Setup {
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Marketo refuses the client id or the client secret.
    #[error("the instance refuses the client id or secret: {description}")]
    Credentials { description: Box<str> },
    /// Marketo refuses the token, and new tokens too.
    #[error("{call}: the instance also refuses a new token: {refusal}")]
    Token { call: Call, refusal: CallRefusal },
    /// The API user does not have the permission.
    #[error("{call}: access denied{}: {refusal}", needs(*call))]
    Denied { call: Call, refusal: CallRefusal },
    /// A native CRM sync makes the records read-only.
    #[error("{call}: a native CRM sync is on: {refusal}")]
    NativeCrmSync { call: Call, refusal: CallRefusal },
    /// The daily quota of calls is used up.
    #[error("{call}: the daily quota is reached: {refusal}")]
    Quota { call: Call, refusal: CallRefusal },
    /// The run has made as many calls as it may.
    #[error("{call}: not sent, because the run may make {limit} calls, and has made them")]
    CallLimit { call: Call, limit: u64 },
    /// Marketo answered the last try with a code for a temporary failure.
    #[error("{call}: {refusal}")]
    Unavailable { call: Call, refusal: CallRefusal },
    /// An HTTP status from a gateway, or from a server that could not answer.
    #[error("{call}: HTTP status {status}: {body}")]
    Gateway {
        call: Call,
        status: u16,
        /// The wait that the header `Retry-After` asks for.
        retry_after: Option<Duration>,
        body: Box<str>,
    },
    /// The connection failed, so nothing was sent.
    #[error("{call}: cannot connect to {server}")]
    Unreachable {
        call: Call,
        /// The URL of the instance, without secrets.
        server: Box<str>,
        #[source]
        source: reqwest::Error,
    },
    /// The certificate of the server, or of something before it, is not trusted, so nothing was sent.
    #[error("{call}: the certificate of {server} is not trusted")]
    Untrusted {
        call: Call,
        /// The URL of the instance, without secrets.
        server: Box<str>,
        #[source]
        source: reqwest::Error,
    },
    /// The connection broke before the reply was complete.
    #[error("{call}: the connection broke")]
    Dropped {
        call: Call,
        #[source]
        source: reqwest::Error,
    },
    /// There was no reply within the client's own timeout.
    #[error("{call}: no reply within {} s", limit.as_secs_f32())]
    TimedOut { call: Call, limit: Duration },
    /// Identity returned an expired token at every try.
    #[error("Marketo's identity service returned only expired tokens")]
    TokenRunsOut,
    /// A reply that does not have the form of Marketo's API.
    #[error("{call}: the reply (HTTP status {status}) is not from Marketo's API: {body}")]
    NotTheApi {
        call: Call,
        status: u16,
        body: Box<str>,
    },
    /// A reply that contradicts the API's documentation.
    #[error("{call}: {problem}: {detail}")]
    Protocol {
        call: Call,
        problem: &'static str,
        /// In our own words, with the names of fields at most.
        detail: Box<str>,
    },
    /// A write that the reply reports as a success and as an error at once.
    #[error("{call}: the reply reports success and an error: {refusal}")]
    Contradictory { call: Call, refusal: CallRefusal },
    /// Rows that no question asked for. None of the reply is believed.
    #[error("{call}: asked for {asked}, the instance answered {answered}")]
    Unasked {
        call: Call,
        /// The first values of the question.
        asked: Box<str>,
        /// The key of the first such record.
        answered: Box<str>,
    },
    /// A query cannot contain this value, because commas separate the values of a query.
    #[error("{call}: Marketo cannot search for a value that contains a comma: {value}")]
    Comma { call: Call, value: Box<str> },
    /// The caller withdrew its permit before the call was sent.
    #[error("{call}: cancelled before it was sent")]
    CalledOff { call: Call },
    /// The client has nothing to ask: it plans without the instance.
    #[error("{call}: the plan is made without Marketo, and does not have the answer")]
    NotAsked { call: Call },
    /// A record that one call found and the next one did not.
    #[error("{call}: {record} was found a moment ago, and is now missing")]
    Vanished { call: Call, record: Box<str> },
    /// Marketo answered with a code that would be the same at the next try.
    #[error("{call}: {refusal}")]
    Refused { call: Call, refusal: CallRefusal },
}

/// Why Marketo refused a whole call, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRefusal {
    /// Empty if the reply has no code.
    pub code: Box<str>,
    pub message: Box<str>,
    /// The id by which Adobe's support finds the call.
    pub request_id: Option<Box<str>>,
}

impl ApiError {
    /// The error for a code of a whole call.
    pub(super) fn refused(call: Call, refusal: CallRefusal) -> Self {
        match Disposition::of_code(&refusal.code) {
            Disposition::Renew => Self::Token { call, refusal },
            Disposition::Denied => Self::Denied { call, refusal },
            Disposition::NativeCrm => Self::NativeCrmSync { call, refusal },
            Disposition::Quota => Self::Quota { call, refusal },
            Disposition::SlowDown(_) | Disposition::Unexecuted | Disposition::Ambiguous => {
                Self::Unavailable { call, refusal }
            }
            Disposition::NoData | Disposition::Content | Disposition::Fatal => {
                Self::Refused { call, refusal }
            }
        }
    }

    /// The error for an HTTP status without a reply of the API. `body` tells the form of the body, and quotes nothing of it.
    pub(super) fn status(
        call: Call,
        status: u16,
        retry_after: Option<Duration>,
        body: Box<str>,
    ) -> Self {
        match Disposition::of_status(status) {
            Disposition::Renew => Self::Token {
                call,
                refusal: CallRefusal::of_status(status, body),
            },
            Disposition::Content => Self::Refused {
                call,
                refusal: CallRefusal::of_status(status, body),
            },
            Disposition::Fatal => Self::NotTheApi { call, status, body },
            Disposition::Ambiguous if status < 300 => Self::NotTheApi { call, status, body },
            Disposition::SlowDown(_)
            | Disposition::Unexecuted
            | Disposition::Ambiguous
            | Disposition::Quota
            | Disposition::Denied
            | Disposition::NativeCrm
            | Disposition::NoData => Self::Gateway {
                call,
                status,
                retry_after,
                body,
            },
        }
    }

    /// The error of a row that contradicts the documentation. It does not show the row's values, because they are personal data.
    pub(super) fn malformed(call: Call, problem: &'static str, row: &RawValue) -> Self {
        Self::protocol(call, problem, &members(row.get()))
    }

    /// The error of a reply that contradicts the documentation.
    pub(super) fn protocol(call: Call, problem: &'static str, detail: &str) -> Self {
        Self::Protocol {
            call,
            problem,
            detail: shown(detail),
        }
    }
}

fn needs(call: Call) -> String {
    match &call.permissions()[..] {
        [] => String::new(),
        permissions => format!(
            " (the API user's role needs \"{}\")",
            permissions.join("\" and \"")
        ),
    }
}

impl CallRefusal {
    fn of_status(status: u16, message: Box<str>) -> Self {
        Self {
            code: status.to_string().into(),
            message,
            request_id: None,
        }
    }
}

impl fmt::Display for CallRefusal {
    /// `611 "System error", request e42b#14272d07d78`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            message,
            request_id,
        } = self;
        match (code.is_empty(), message.is_empty()) {
            (false, false) => write!(f, "{code} \"{message}\"")?,
            (false, true) => write!(f, "code {code}")?,
            (true, false) => write!(f, "\"{message}\"")?,
            (true, true) => f.write_str("no reason given")?,
        }
        match request_id {
            Some(id) => write!(f, ", request {id}"),
            None => Ok(()),
        }
    }
}
