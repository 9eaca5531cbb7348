//! Parts of rows that ledger, lock and journal share.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::Origin;
use super::owner::Owner;

/// An apply.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct OriginRow<'a> {
    time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<Cow<'a, str>>,
}

/// The process that runs oppctl.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct OwnerRow<'a> {
    id: Cow<'a, str>,
    host: Cow<'a, str>,
    user: Cow<'a, str>,
    pid: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<Cow<'a, str>>,
}

impl<'a> From<&'a Origin> for OriginRow<'a> {
    fn from(origin: &'a Origin) -> Self {
        let Origin { time, commit } = origin;
        Self {
            time: *time,
            commit: commit.as_deref().map(Cow::Borrowed),
        }
    }
}

impl From<OriginRow<'_>> for Origin {
    fn from(row: OriginRow<'_>) -> Self {
        let OriginRow { time, commit } = row;
        Self {
            time,
            commit: commit.map(Into::into),
        }
    }
}

impl<'a> From<&'a Owner> for OwnerRow<'a> {
    fn from(owner: &'a Owner) -> Self {
        let Owner {
            id,
            host,
            user,
            pid,
            run,
        } = owner;
        Self {
            id: id.into(),
            host: host.into(),
            user: user.into(),
            pid: *pid,
            run: run.as_deref().map(Cow::Borrowed),
        }
    }
}

impl From<OwnerRow<'_>> for Owner {
    fn from(row: OwnerRow<'_>) -> Self {
        let OwnerRow {
            id,
            host,
            user,
            pid,
            run,
        } = row;
        Self {
            id: id.into(),
            host: host.into(),
            user: user.into(),
            pid,
            run: run.map(Into::into),
        }
    }
}
