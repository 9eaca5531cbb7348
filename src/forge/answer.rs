//! An answer of a forge, and what stands in its headers.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{StatusCode, Url};
use serde_json::Value;

use super::pause::Limits;

/// An answer that has arrived whole.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The address to which a call to `from` is sent on.
    pub(super) fn location(&self, from: &Url) -> Option<Url> {
        let to = self.headers.get(LOCATION)?;
        from.join(to.to_str().ok()?).ok()
    }

    /// What it says about the next try. `message` is the forge's own sentence.
    pub(super) fn limits(&self, message: &str) -> Limits {
        let number = |names: &[&str]| {
            let mut values = names.iter().filter_map(|name| self.headers.get(*name));
            values.find_map(|value| value.to_str().ok()?.trim().parse().ok())
        };
        Limits {
            status: self.status.as_u16(),
            retry_after: number(&["retry-after"]),
            remaining: number(&["x-ratelimit-remaining", "ratelimit-remaining"]),
            reset: number(&["x-ratelimit-reset", "ratelimit-reset"]),
            names_limit: message.to_ascii_lowercase().contains("rate limit"),
        }
    }
}

/// A point in time, as both forges write it.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}
