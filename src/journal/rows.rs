//! The lines as serde reads and writes them. They are types of their own, so that the domain types can change without the format.
//!
//! Every line but the first is an object with one member, which tells what the line is. A reader ignores members that it does not
//! know, and thus also lines of a later sort.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ledger::shared_rows::{OriginRow, OwnerRow};
use crate::model::Key;

use super::fields::FieldRow;

/// The version that is written, and the newest that is read.
pub(super) const VERSION: u64 = 1;

/// The first line.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HeadRow<'a> {
    pub(super) oppctl: Cow<'a, str>,
    pub(super) version: u64,
    pub(super) run: Cow<'a, str>,
    pub(super) began: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<Timestamp>,
    pub(super) instance: Cow<'a, str>,
    pub(super) fingerprint: Cow<'a, str>,
    pub(super) who: OwnerRow<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) undoes: Option<Cow<'a, str>>,
    pub(super) program: Cow<'a, str>,
    pub(super) planned: CountsRow,
}

/// The number of changes of each action.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct CountsRow {
    pub(super) create: usize,
    pub(super) adopt: usize,
    pub(super) update: usize,
    pub(super) delete: usize,
}

/// Every further line: exactly one of these.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct LineRow<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<ChangeRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) adopted: Option<AdoptedRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ledger: Option<LedgerRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sending: Option<SendingRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) settled: Option<SettledRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tried: Option<TriedRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<EndRow<'a>>,
}

/// A change, before anything is sent. Later lines refer to it by its number, from 0.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ChangeRow<'a> {
    pub(super) kind: Cow<'a, str>,
    pub(super) key: Cow<'a, Key>,
    pub(super) action: ActionRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<WhyRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Cow<'a, str>>,
    /// The key in the words of the manifest, if they differ from the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) shown: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<Cow<'a, str>>,
    pub(super) file: Cow<'a, str>,
    pub(super) line: u32,
    /// The earlier apply after which the entry was removed from that place, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<OriginRow<'a>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) owned: bool,
    pub(super) fields: Vec<FieldRow<'a>>,
}

/// What a change does.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ActionRow {
    Create,
    Adopt,
    Update,
    Delete,
}

/// What asks for a deletion.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WhyRow {
    Tombstone,
    NotListed,
    Removed,
    WithParent,
    Undone,
}

/// A record that becomes owned without a change.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct AdoptedRow<'a> {
    pub(super) kind: Cow<'a, str>,
    pub(super) key: Cow<'a, Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) file: Cow<'a, str>,
    pub(super) line: u32,
}

/// What the run changes in the ledger beside adoptions and what follows from the changes.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct LedgerRow<'a> {
    pub(super) action: LedgerActionRow,
    pub(super) kind: Cow<'a, str>,
    pub(super) key: Cow<'a, Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) file: Cow<'a, str>,
    pub(super) line: u32,
    /// The change without which it does not happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<usize>,
}

/// What is done to an entry of the ledger.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LedgerActionRow {
    Adopt,
    Forget,
    Protect,
    Unprotect,
}

/// A batch that is sent next.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct SendingRow<'a> {
    pub(super) time: Timestamp,
    pub(super) kind: Cow<'a, str>,
    pub(super) verb: ActionRow,
    pub(super) changes: Cow<'a, [usize]>,
}

/// Outcomes of changes.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct SettledRow<'a> {
    pub(super) time: Timestamp,
    pub(super) outcomes: Vec<OutcomeRow<'a>>,
}

/// A canary that was applied and checked before the rest was sent, with the number of its changes.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct TriedRow {
    pub(super) time: Timestamp,
    pub(super) changes: usize,
}

/// The outcome of a change: exactly one of the last four members.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutcomeRow<'a> {
    pub(super) change: usize,
    pub(super) tries: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) applied: Option<AppliedRow<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rejected: Option<RejectedRow<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unknown: Option<UnknownRow<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) not_attempted: Option<NotAttemptedRow>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct AppliedRow<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RejectedRow<'a> {
    pub(super) reasons: Vec<ReasonRow<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) request_id: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ReasonRow<'a> {
    pub(super) code: Cow<'a, str>,
    pub(super) message: Cow<'a, str>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct UnknownRow<'a> {
    pub(super) why: Cow<'a, str>,
}

/// The change that prevented this one, if one did.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct NotAttemptedRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) child: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unwritten: Option<usize>,
}

/// The last line.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EndRow<'a> {
    pub(super) time: Timestamp,
    pub(super) calls: usize,
    pub(super) how: HowRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<Cow<'a, str>>,
    /// What has to be mended before the instance takes further calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) need: Option<NeedRow<'a>>,
    /// What a canary found instead of what was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unlike: Vec<UnlikeRow<'a>>,
    /// Why the ledger was not saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unsaved: Option<Cow<'a, str>>,
    pub(super) applied: CountsRow,
    pub(super) rejected: usize,
    pub(super) unknown: usize,
    pub(super) not_attempted: usize,
}

/// Why the run ended.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum HowRow {
    Finished,
    Interrupted,
    NotBegun,
    LockLost,
    Unrecorded,
    Instance,
    Canary,
    Panicked,
}

/// What has to be mended before an instance takes further calls; a later sort is as good as none.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct NeedRow<'a> {
    pub(super) what: NeedWordRow,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) permissions: Vec<Cow<'a, str>>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum NeedWordRow {
    Quota,
    Permissions,
    Credentials,
    NoCrmSync,
    #[serde(other)]
    Unknown,
}

/// A record of a canary in which the instance has something else than was sent.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct UnlikeRow<'a> {
    pub(super) change: usize,
    pub(super) action: ActionRow,
    pub(super) fields: Vec<FieldRow<'a>>,
}
