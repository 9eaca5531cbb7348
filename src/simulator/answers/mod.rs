//! Answers that Adobe's documentation leaves open, each a named switch with a fixed set of values.
//!
//! [`SWITCHES`] is the only table: parsing, the listing of `oppctl simulator answers`, the schema of
//! the configuration and the documentation are generated from it. The first value of a switch is
//! its default. Exactly one place of the simulator reads each switch. A [`Preset`] is a named set of
//! settings.
//!
//! An answer that the documentation states, or a code that a live instance returned for the same
//! case, is not a switch: clients may depend on it.

mod preset;
mod switch;
mod table;

pub use preset::{PRESETS, Preset};
pub use switch::{AnswerError, Switch};
pub(super) use table::{
    AmountType, BadGrantType, BadValue, BatchSizeBeyond, BillingFields, CheckOrder,
    CompanyIdLength, CrmManaged, CrmWrite, DatetimeForm, DecimalForm, DedupeByInDelete,
    DefaultFields, DeleteCompanyInUse, DeleteExtraMembers, DeleteMissing,
    DeleteOpportunityWithRoles, DeleteSalesPersonInUse, DescribeForm, EmptyField, EmptyResult,
    Envelope, FieldNameCase, FourByteCharacters, GuidBlank, IdFieldWithCreateOnly,
    IdFieldWithUpsert, IdentityForm, KeyBlanks, KeyCase, LastPage, LeadCompanyFields,
    LeadLeavesCompany, LeadLinkFilters, MissingName, NoopUpdate, NotFoundStatus, NullBoolean,
    NullName, NumberForm, PageTokenLife, PercentValue, ProbabilityType, QueryInSync, QueryOrder,
    QuerySeq, QueryToken, ReadOnlyField, RefusedCalls, RepeatedKey, RoleKeyFields,
    SalesPersonEmail, SalesPersonIdLength, SampleFields, SchemaPermission, SecondPrimary,
    ServerTimeOut, TextLength, TimedOutWrite, TooLongString, TooManyValues, UnknownClient,
    UnknownCompany, UnknownField, UnknownMember, UnknownQueryField, UnknownSalesPerson,
    UnsetBoolean, UsageDays, WebsiteType, ZonelessDatetime,
};
pub use table::{Answers, SWITCHES};
