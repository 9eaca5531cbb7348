//! Why a call was given up. A record that Marketo refuses is not an error but a [`super::RecordStatus`].

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::{Call, Disposition};

/// Why the client cannot do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The settings' base URL cannot be used. It is not repeated: it may have a password in it.
    #[error("the base URL {reason}")]
    BaseUrl { reason: &'static str },
    /// The HTTP client cannot be set up.
    #[error("cannot set up HTTP")]
    Setup {
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Identity refuses the client id or the secret.
    #[error("the instance refuses the client id or secret: {description}")]
    Credentials { description: Box<str> },
    /// A new token was refused as well.
    #[error("{call}: the token is refused, and a new one as well: {refusal}")]
    Token { call: Call, refusal: CallRefusal },
    /// The API user may not do this.
    #[error("{call}: access denied{}: {refusal}", needs(*call))]
    Denied { call: Call, refusal: CallRefusal },
    /// A native CRM sync makes the records read-only.
    #[error("{call}: a native CRM sync is on: {refusal}")]
    NativeCrmSync { call: Call, refusal: CallRefusal },
    /// The calls of the day are used up.
    #[error("{call}: the daily quota is reached: {refusal}")]
    Quota { call: Call, refusal: CallRefusal },
    /// A code that is temporary, still there after the last try.
    #[error("{call}: {refusal}")]
    Unavailable { call: Call, refusal: CallRefusal },
    /// An HTTP status of something between, or of a server that could not answer.
    #[error("{call}: HTTP status {status}: {excerpt}")]
    Gateway {
        call: Call,
        status: u16,
        /// What `Retry-After` asks for.
        retry_after: Option<Duration>,
        excerpt: Box<str>,
    },
    /// No connection came about; nothing was sent.
    #[error("{call}: cannot connect to {server}")]
    Unreachable {
        call: Call,
        /// The instance's URL, which holds no secret.
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
    /// No reply within the client's own limit.
    #[error("{call}: no reply within {} s", limit.as_secs_f32())]
    TimedOut { call: Call, limit: Duration },
    /// Identity answers with a token that has no time left, again and again.
    #[error("identity keeps answering with a token that has no time left")]
    TokenRunsOut,
    /// A reply that is not one of this API.
    #[error("{call}: the reply (HTTP status {status}) is not one of Marketo's API: {excerpt}")]
    NotTheApi {
        call: Call,
        status: u16,
        excerpt: Box<str>,
    },
    /// A reply that contradicts the API's documentation.
    #[error("{call}: {problem}: {excerpt}")]
    Protocol {
        call: Call,
        problem: &'static str,
        excerpt: Box<str>,
    },
    /// A value that cannot be asked for, because a comma separates the values of a query.
    #[error("{call}: a value with a comma in it cannot be asked for: {value}")]
    Comma { call: Call, value: Box<str> },
    /// Whoever asked for the call did not want it any more when its turn came; nothing was sent.
    #[error("{call}: called off before it was sent")]
    CalledOff { call: Call },
    /// A record that one call found and the next one does not.
    #[error("{call}: {record} was there a moment ago, and is not any more")]
    Vanished { call: Call, record: Box<str> },
    /// A code that calling again would not change.
    #[error("{call}: {refusal}")]
    Refused { call: Call, refusal: CallRefusal },
}

/// Marketo's own words for why it refused a whole call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRefusal {
    /// Empty where the reply has none.
    pub code: Box<str>,
    pub message: Box<str>,
    /// Adobe's support asks for it.
    pub request_id: Option<Box<str>>,
}

impl ApiError {
    /// The error that a code of the whole call means.
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

    /// The error that an HTTP status without an API reply means.
    pub(super) fn status(
        call: Call,
        status: u16,
        retry_after: Option<Duration>,
        excerpt: Box<str>,
    ) -> Self {
        let refusal = |message| CallRefusal {
            code: status.to_string().into(),
            message,
            request_id: None,
        };
        match Disposition::of_status(status) {
            Disposition::Renew => Self::Token {
                call,
                refusal: refusal(excerpt),
            },
            Disposition::Content => Self::Refused {
                call,
                refusal: refusal(excerpt),
            },
            Disposition::Fatal => Self::NotTheApi {
                call,
                status,
                excerpt,
            },
            Disposition::Ambiguous if status < 300 => Self::NotTheApi {
                call,
                status,
                excerpt,
            },
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
                excerpt,
            },
        }
    }

    /// What the error means for the call that met it.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Token { .. } => Disposition::Renew,
            Self::Denied { .. } => Disposition::Denied,
            Self::NativeCrmSync { .. } => Disposition::NativeCrm,
            Self::Quota { .. } => Disposition::Quota,
            Self::Unavailable { refusal, .. } | Self::Refused { refusal, .. } => {
                Disposition::of_code(&refusal.code)
            }
            Self::Gateway { status, .. } | Self::NotTheApi { status, .. } => {
                Disposition::of_status(*status)
            }
            Self::Unreachable { .. } | Self::TokenRunsOut => Disposition::Unexecuted,
            Self::Dropped { .. } | Self::TimedOut { .. } => Disposition::Ambiguous,
            Self::BaseUrl { .. }
            | Self::Setup { .. }
            | Self::Credentials { .. }
            | Self::Protocol { .. }
            | Self::Comma { .. }
            | Self::CalledOff { .. }
            | Self::Vanished { .. } => Disposition::Fatal,
        }
    }

    /// Whether records may have changed although the call failed: they must be read back.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.disposition() == Disposition::Ambiguous && self.call().is_some_and(Call::writes)
    }

    /// The call that failed; for a call that got no token, identity.
    #[must_use]
    pub fn call(&self) -> Option<Call> {
        match self {
            Self::BaseUrl { .. } | Self::Setup { .. } => None,
            Self::Credentials { .. } | Self::TokenRunsOut => Some(Call::IDENTITY),
            Self::Token { call, .. }
            | Self::Denied { call, .. }
            | Self::NativeCrmSync { call, .. }
            | Self::Quota { call, .. }
            | Self::Unavailable { call, .. }
            | Self::Gateway { call, .. }
            | Self::Unreachable { call, .. }
            | Self::Dropped { call, .. }
            | Self::TimedOut { call, .. }
            | Self::NotTheApi { call, .. }
            | Self::Protocol { call, .. }
            | Self::Comma { call, .. }
            | Self::CalledOff { call }
            | Self::Vanished { call, .. }
            | Self::Refused { call, .. } => Some(*call),
        }
    }

    /// Marketo's own words, where it answered in the API's form.
    #[must_use]
    pub fn refusal(&self) -> Option<&CallRefusal> {
        match self {
            Self::Token { refusal, .. }
            | Self::Denied { refusal, .. }
            | Self::NativeCrmSync { refusal, .. }
            | Self::Quota { refusal, .. }
            | Self::Unavailable { refusal, .. }
            | Self::Refused { refusal, .. } => Some(refusal),
            Self::BaseUrl { .. }
            | Self::Setup { .. }
            | Self::Credentials { .. }
            | Self::Gateway { .. }
            | Self::Unreachable { .. }
            | Self::Dropped { .. }
            | Self::TimedOut { .. }
            | Self::TokenRunsOut
            | Self::NotTheApi { .. }
            | Self::Protocol { .. }
            | Self::Comma { .. }
            | Self::CalledOff { .. }
            | Self::Vanished { .. } => None,
        }
    }
}

fn needs(call: Call) -> String {
    match &call.permissions()[..] {
        [] => String::new(),
        permissions => {
            let permissions = permissions.join("\" and \"");
            format!(" (the API user's role needs \"{permissions}\")")
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
