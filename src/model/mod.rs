//! The vocabulary that every stage shares: kinds as data, keys, typed values, described fields, and what a manifest declares.
//!
//! Plain values only: no I/O and no clock, and only keys know serde. Text becomes a [`Value`] here once, by the field's data
//! type, so that everything after it compares with `==`.

mod assignments;
mod base_url;
mod covered;
mod data_type;
mod deal;
mod desired;
mod fields;
mod hidden;
mod instant;
mod invocation;
mod key;
mod key_index;
mod key_parts;
mod key_pattern;
pub mod kind;
mod narrowed;
mod needed;
mod number;
pub(crate) mod packed;
mod problem;
mod record;
mod scalar_text;
mod schema;
mod severity;
mod shell_word;
mod sought_keys;
mod source;
mod spelling;
mod stray;
mod value;
mod verb;

pub use assignments::{Assignment, Assignments};
pub(crate) use base_url::host_of;
#[cfg(feature = "remote-ledger")]
pub(crate) use base_url::is_loopback;
pub use base_url::{BaseUrl, BaseUrlError};
pub use data_type::DataType;
pub use deal::DealField;
pub use desired::{Declared, DeclaredPart, Desired, Ensure, LeadReference, Lifecycle, RenamedFrom};
pub use fields::Fields;
#[cfg(test)]
pub(crate) use fields::tests::value as any_value;
pub(crate) use fields::{put_value, skip_value, take_value};
pub use hidden::is_hidden;
pub use instant::Instant;
pub use invocation::Invocation;
pub use key::{FoldedKey, Folding, Key, KeyValue, RecordKey, RecordKeys};
pub use key_index::{KeyIndex, LastFound, is_same as is_same_key};
pub use key_parts::{KeyParts, UnfoldedPart};
pub use key_pattern::{KeyPattern, KeyPatternError, of_kind};
pub use kind::{IdForm, KeyPart, KeyType, ObjectKind, Parent, Reference, Referred};
pub use narrowed::{ChangedSince, Narrowed, OnlyRecords, WhyAll};
pub use needed::LeadTwins;
pub use number::grouped;
pub(crate) use number::grouped_digits;
pub use problem::{Diagnostic, LengthUnit, Problem, Related, Shape, WhyNotRenamed};
pub use record::{Record, is_same_id};
pub use scalar_text::ValueError;
pub use schema::{Field, Schema};
pub use severity::{Level, Severities};
pub use shell_word::shell_word;
pub use sought_keys::SoughtKeys;
pub use source::{FileId, Position, SourceFile, Sources, Span};
pub use spelling::is_alike;
pub use stray::{Stray, StrayPlace};
pub use value::{Form, Scalar, Value};
pub use verb::Verb;
