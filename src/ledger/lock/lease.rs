//! A lease, and its text: one line of JSON, version 1. `docs/ledger.md` describes it for people.

use std::borrow::Cow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use object_store::PutPayload;
use serde::{Deserialize, Serialize};

use super::Owner;
use crate::ledger::format::{Damage, Flaw, Head, VERSION, json};
use crate::ledger::{Fingerprint, hex};

/// Who has the lock, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub owner: Owner,
    /// When its owner took it.
    pub started: Timestamp,
    /// When its owner last said that it is alive.
    pub renewed: Timestamp,
    /// When it ends unless it is renewed.
    pub expires: Timestamp,
    /// When it was let go.
    pub released: Option<Timestamp>,
}

/// The longest time that passes between the end of a lease and its being taken over, for clocks that differ.
const MOST_GRACE: Duration = Duration::from_secs(30);

impl Lease {
    /// A lease from now on.
    pub(super) fn new(owner: Owner, now: Timestamp, length: Duration) -> Self {
        Self {
            owner,
            started: now,
            renewed: now,
            expires: after(now, length),
            released: None,
        }
    }

    /// The same, renewed now.
    pub(super) fn renewed(&self, now: Timestamp, length: Duration) -> Self {
        Self {
            renewed: now,
            expires: after(now, length),
            ..self.clone()
        }
    }

    /// The same, let go now.
    pub(super) fn released(&self, now: Timestamp) -> Self {
        Self {
            released: Some(now),
            ..self.clone()
        }
    }

    /// For how long it is good from a renewal on.
    pub(super) fn length(&self) -> Duration {
        let length = self.expires.duration_since(self.renewed);
        length.try_into().unwrap_or(Duration::ZERO)
    }

    /// How long it is respected after its end.
    pub(super) fn grace(&self) -> Duration {
        MOST_GRACE.min(self.length() / 2)
    }

    /// Whether it is over by a clock that may differ from its owner's.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.released.is_some() || now > after(self.expires, self.grace())
    }

    /// The text of a lease; no two are alike.
    pub(super) fn text(&self, instance: &Fingerprint) -> PutPayload {
        let Self {
            owner,
            started,
            renewed,
            expires,
            released,
        } = self;
        let row = LeaseRow {
            oppctl: Cow::Borrowed("lock"),
            version: VERSION,
            write: hex::unique(),
            instance: instance.as_str().to_owned(),
            owner: OwnerRow {
                id: owner.id.clone(),
                host: owner.host.clone(),
                user: owner.user.clone(),
                pid: owner.pid,
                run: owner.run.clone(),
            },
            started: *started,
            renewed: *renewed,
            expires: *expires,
            released: *released,
        };
        let mut text = serde_json::to_vec(&row).expect("rows have nothing that JSON lacks");
        text.push(b'\n');
        text.into()
    }

    /// Reads the text of a lease.
    pub(super) fn read(text: &[u8], instance: &Fingerprint) -> Result<Self, Flaw> {
        let damaged = |damage| Flaw::Damaged { line: 1, damage };
        let Head { oppctl, version } = json(text).map_err(damaged)?;
        if oppctl != "lock" {
            return Err(damaged(Damage::Other { wanted: "lock" }));
        }
        if version > VERSION {
            return Err(Flaw::Newer { found: version });
        }
        let row: LeaseRow<'_> = json(text).map_err(damaged)?;
        if row.instance != instance.as_str() {
            return Err(Flaw::Foreign {
                found: row.instance,
            });
        }
        let OwnerRow {
            id,
            host,
            user,
            pid,
            run,
        } = row.owner;
        Ok(Self {
            owner: Owner {
                id,
                host,
                user,
                pid,
                run,
            },
            started: row.started,
            renewed: row.renewed,
            expires: row.expires,
            released: row.released,
        })
    }
}

fn after(time: Timestamp, length: Duration) -> Timestamp {
    let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
    time.saturating_add(length).unwrap_or(Timestamp::MAX)
}

#[derive(Debug, Deserialize, Serialize)]
struct LeaseRow<'a> {
    #[serde(borrow)]
    oppctl: Cow<'a, str>,
    version: u64,
    /// Tells this write from every other.
    write: String,
    instance: String,
    owner: OwnerRow,
    started: Timestamp,
    renewed: Timestamp,
    expires: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released: Option<Timestamp>,
}

#[derive(Debug, Deserialize, Serialize)]
struct OwnerRow {
    id: String,
    host: String,
    user: String,
    pid: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<String>,
}
