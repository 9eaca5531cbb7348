//! What a brief is made from.

use jiff::civil::Date;

use crate::model::Severities;
use crate::plan::{DealFields, DealView, Observed, Plan};

/// What a brief is made from.
#[derive(Clone, Copy, Debug)]
pub struct BriefBasis<'b> {
    pub plan: &'b Plan,
    pub observed: &'b Observed,
    pub fields: &'b DealFields,
    pub view: &'b DealView,
    /// The stages of the configuration, in order.
    pub stages: &'b [Box<str>],
    pub currency: Option<&'b str>,
    pub today: Date,
    /// Whether the checkout is behind what was applied last.
    pub is_behind: bool,
    /// The records that are not declared any more, and that stay because there is no ledger.
    pub left_behind: &'b [String],
    /// Whether the manifests are not what was committed.
    pub is_uncommitted: bool,
    /// The levels of findings that are not the usual ones.
    pub severities: &'b Severities,
}
