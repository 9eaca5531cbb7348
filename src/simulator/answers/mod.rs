//! The answers that no document settles, each a named switch with a closed set of values.
//!
//! [`SWITCHES`] is the one table: parsing, the listing of `oppctl simulator answers`, the schema of
//! the configuration and the documentation follow from it. The first value of a switch is its
//! default. Each switch is consulted at exactly one place of the simulator.
//!
//! Answers that a document states, and codes that were seen on a live instance for the very same
//! case, are no switches: a client may depend on them.

mod switch;
mod table;

pub use switch::{AnswerError, Switch};
pub(super) use table::{
    AmountType, BadGrantType, BadValue, BatchSizeBeyond, CheckOrder, CompanyIdLength, CrmManaged,
    CrmWrite, DatetimeForm, DeleteExtraMembers, DeleteMissing, DeleteOpportunityWithRoles,
    EmptyField, EmptyResult, Envelope, FieldNameCase, FourByteCharacters, GuidBlank,
    IdFieldWithCreateOnly, IdFieldWithUpsert, IdentityForm, KeyBlanks, KeyCase, LastPage,
    MissingName, NoopUpdate, NotFoundStatus, NullName, NumberForm, PageTokenLife, ProbabilityType,
    QueryOrder, QuerySeq, QueryToken, ReadOnlyField, RefusedCalls, RepeatedKey, SchemaPermission,
    SecondPrimary, ServerTimeOut, TextLength, TimedOutWrite, TooLongString, TooManyValues,
    UnknownClient, UnknownCompany, UnknownField, UnknownQueryField, UnknownSalesPerson, UsageDays,
    ZonelessDatetime,
};
pub use table::{Answers, SWITCHES};
