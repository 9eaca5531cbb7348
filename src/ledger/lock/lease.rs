//! A lease, and its text: one line of JSON, version 1. `docs/ledger.md` describes it for people.

use std::borrow::Cow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use object_store::PutPayload;
use serde::{Deserialize, Serialize};

use crate::ledger::damage::Flaw;
use crate::ledger::fingerprint::Fingerprint;
use crate::ledger::format::VERSION;
use crate::ledger::lines;
use crate::ledger::owner::Owner;
use crate::ledger::shared_rows::OwnerRow;
use crate::store::hex;

/// Who holds the lock, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub owner: Owner,
    /// When the owner took the lock.
    pub started: Timestamp,
    /// When the owner last renewed the lease.
    pub renewed: Timestamp,
    /// When the lease ends if it is not renewed.
    pub expires: Timestamp,
    /// When the lock was released.
    pub released: Option<Timestamp>,
}

/// The longest time by which a clock may differ before it counts for the end of a lease.
const MAX_GRACE: Duration = Duration::from_secs(30);

impl Lease {
    /// A lease that starts now.
    pub(super) fn new(owner: Owner, now: Timestamp, length: Duration) -> Self {
        Self {
            owner,
            started: now,
            renewed: now,
            expires: after(now, length),
            released: None,
        }
    }

    /// This lease, renewed now.
    pub(super) fn renewed(&self, now: Timestamp, length: Duration) -> Self {
        Self {
            renewed: now,
            expires: after(now, length),
            ..self.clone()
        }
    }

    /// This lease, released now.
    pub(super) fn released(&self, now: Timestamp) -> Self {
        Self {
            released: Some(now),
            ..self.clone()
        }
    }

    /// The time from a renewal to the end of the lease.
    #[must_use]
    pub fn length(&self) -> Duration {
        let length = self.expires.duration_since(self.renewed);
        length.try_into().unwrap_or(Duration::ZERO)
    }

    /// How long after its end a lease is not over yet, by any clock.
    pub(super) fn grace(&self) -> Duration {
        MAX_GRACE.min(self.length() / 2)
    }

    /// Whether the lease has ended by a clock that may differ from the owner's clock. That alone does not end it: see
    /// [`Lock::acquire`](super::Lock::acquire).
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now > after(self.expires, self.grace())
    }

    /// The text of the lease, which no other write of the same lease repeats.
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
            owner: owner.into(),
            started: *started,
            renewed: *renewed,
            expires: *expires,
            released: *released,
        };
        let mut text = serde_json::to_vec(&row).expect("JSON can hold every row");
        text.push(b'\n');
        text.into()
    }

    /// Reads the text of a lease.
    pub(super) fn read(text: &[u8], instance: &Fingerprint) -> Result<Self, Flaw> {
        lines::check_start(text, "lock", VERSION)?;
        let LeaseRow {
            oppctl: _,
            version: _,
            write: _,
            instance: found,
            owner,
            started,
            renewed,
            expires,
            released,
        } = lines::json(text).map_err(Flaw::in_first_line)?;
        if found != instance.as_str() {
            return Err(Flaw::Foreign { found });
        }
        Ok(Self {
            owner: owner.into(),
            started,
            renewed,
            expires,
            released,
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
    /// Random, so that no two writes are alike.
    write: String,
    instance: String,
    #[serde(borrow)]
    owner: OwnerRow<'a>,
    started: Timestamp,
    renewed: Timestamp,
    expires: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released: Option<Timestamp>,
}
