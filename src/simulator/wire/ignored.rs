//! The members of calls that the simulator does not know and ignores, for whoever writes a client.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

/// A member of calls that the simulator ignores.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IgnoredMember {
    /// The path of the calls.
    pub path: String,
    /// Their operation: `query`, `sync` or `delete`.
    pub operation: &'static str,
    /// The name of the member, or the beginning of a long one.
    pub member: String,
}

impl fmt::Display for IgnoredMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            operation,
            member,
        } = self;
        write!(
            f,
            "a {operation} of {path} has no member `{member}`: ignored"
        )
    }
}

/// The most different members that are kept; their names come from clients.
const MOST: usize = 1_000;
/// The most characters of a name that are kept.
const MOST_CHARS: usize = 100;

/// The ignored members, each with the number of its calls.
#[derive(Debug)]
pub(in crate::simulator) struct IgnoredMembers {
    counts: Mutex<BTreeMap<IgnoredMember, u64>>,
    listener: Option<UnboundedSender<IgnoredMember>>,
}

impl IgnoredMembers {
    /// No members yet; `listener` gets each new one.
    pub(in crate::simulator) fn new(listener: Option<UnboundedSender<IgnoredMember>>) -> Self {
        Self {
            counts: Mutex::default(),
            listener,
        }
    }

    /// Counts a member of a call.
    pub(in crate::simulator) fn note(&self, path: &str, operation: &'static str, member: &str) {
        let ignored = IgnoredMember {
            path: path.to_owned(),
            operation,
            member: member.chars().take(MOST_CHARS).collect(),
        };
        let mut counts = self.lock();
        if let Some(calls) = counts.get_mut(&ignored) {
            *calls += 1;
        } else if counts.len() < MOST {
            if let Some(listener) = &self.listener {
                // A listener that is gone needs no news.
                drop(listener.send(ignored.clone()));
            }
            counts.insert(ignored, 1);
        }
    }

    /// All ignored members, each with the number of its calls.
    pub(in crate::simulator) fn all(&self) -> Vec<(IgnoredMember, u64)> {
        let counts = self.lock();
        let all = counts.iter();
        all.map(|(member, calls)| (member.clone(), *calls))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<IgnoredMember, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
