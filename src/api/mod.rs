//! The client of Marketo's REST API: describe, fields, query, write, leads and usage, with typed requests and replies.
//!
//! All calls go through one loop (`execute`): it waits for a slot of the `throttle`, gets a valid token, and sends the call
//! through the `transport`. If the call fails, its `disposition` decides what to do. A failed read is an error, never
//! "absent". A write whose outcome is unknown is an error that says so, and is not repeated.
//!
//! Deliberately absent: batching, settling of unknown outcomes, and all decisions about records. The caller splits its work into
//! calls of at most [`MAX_RECORDS`] and [`MAX_BODY`].

mod answered;
mod answers;
mod asked;
mod body;
mod call;
mod client;
mod columns;
mod describe;
mod disposition;
pub mod encode;
mod error;
mod error_facts;
mod execute;
mod fields;
mod filter;
mod halves;
mod identity;
mod leads;
mod looks;
mod meaning;
mod paging;
mod proxy;
mod query;
mod quota;
mod reply;
mod settings;
mod share;
mod source;
mod text;
mod throttle;
mod token;
mod transport;
mod untrusted;
mod usage;
mod words;
mod write;

#[cfg(test)]
mod tests;

pub use answered::{AnsweredRecord, LeadValue, Told};
pub use answers::{AnsweredKind, Answers, FieldValue, ListedFields};
pub use asked::respelled;
pub use call::{Call, Calls, Operation};
pub use client::Client;
pub use describe::{Description, FieldNote};
pub use disposition::{Disposition, Limit, Presence};
pub use encode::Encoded;
pub use error::{ApiError, CallRefusal};
pub use execute::SendPermit;
pub use fields::FieldInfo;
pub use filter::Filter;
pub use leads::Lead;
pub use looks::Looks;
pub use meaning::{
    CodeMeaning, meaning, meaning_of_call, meaning_of_write, meanings, references_of,
};
pub use proxy::proxy_hint;
pub use quota::quota_reset;
#[cfg(test)]
pub(crate) use settings::Carrier;
pub use settings::{
    ClientSettings, MaxTries, Notice, NoticeListener, READ_LAG, Retry, Timeouts, Why,
};
pub use source::{Keeper, Source};
pub use usage::{Counted, Period, UsageDay};
pub use words::Withhold;
pub use write::{
    BODY_OVERHEAD, FailedWrite, MAX_BODY, MAX_RECORDS, Reason, RecordStatus, WriteReply,
};
