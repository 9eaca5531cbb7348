//! The client of Marketo's REST API: describe, fields, query, write and leads, typed at the boundary.
//!
//! One call goes through one loop ([`execute`]): a place in the [`throttle`], a token that is still good,
//! the [`transport`], and, when it failed, the [`disposition`] of what came back. A read that fails is
//! never "absent"; a write whose outcome is not known is an error that says so, and is not sent again.
//!
//! Deliberately absent: batching, settling of unknown outcomes and any decision about a record. The
//! caller cuts its work into calls of at most [`MAX_RECORDS`] and [`MAX_BODY`].

mod call;
mod client;
mod columns;
mod describe;
mod disposition;
pub mod encode;
mod error;
mod execute;
mod fields;
mod instance_url;
mod leads;
mod meaning;
mod query;
mod quota;
mod reply;
mod settings;
mod text;
mod throttle;
mod token;
mod transport;
mod usage;
mod write;

#[cfg(test)]
mod tests;

pub use call::{Call, Calls, Operation};
pub use client::Client;
pub use describe::{Description, FieldNote};
pub use disposition::{Disposition, Limit};
pub use encode::Encoded;
pub use error::{ApiError, CallRefusal};
pub use execute::Permit;
pub use fields::FieldInfo;
pub(crate) use instance_url::is_loopback;
pub use leads::Lead;
pub use meaning::{CodeMeaning, meaning};
pub use query::Filter;
pub use quota::quota_reset;
#[cfg(test)]
pub(crate) use settings::Carrier;
pub use settings::{MaxTries, Notice, NoticeListener, Retry, Settings, Timeouts, Why};
pub use usage::{Counted, Period, UsageDay};
pub use write::{BODY_OVERHEAD, MAX_BODY, MAX_RECORDS, Reason, RecordStatus, WriteReply};
