//! What kept a run from its end, as far as it can be told without words: what has to be mended first, and where Marketo stored something
//! else than a canary sent.

use std::collections::HashMap;

use crate::api::ApiError;
use crate::apply::CanaryFailure;
use crate::plan::{ActionName, Change, FieldChange};

/// What has to happen before an instance takes the calls of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// A new day: the daily quota is used up.
    Quota,
    /// These permissions in the role of the API user.
    Permissions(Vec<Box<str>>),
    /// Another client id or secret.
    Credentials,
    /// An instance without a native CRM sync.
    NoCrmSync,
}

impl Need {
    /// What an error of the client asks for, if it is more than another try.
    #[must_use]
    pub fn of(error: &ApiError) -> Option<Self> {
        match error {
            ApiError::Quota { .. } => Some(Self::Quota),
            ApiError::Denied { call, .. } => {
                let permissions = call.permissions().into_iter();
                Some(Self::Permissions(permissions.map(Into::into).collect()))
            }
            ApiError::Credentials { .. } | ApiError::Token { .. } => Some(Self::Credentials),
            ApiError::NativeCrmSync { .. } => Some(Self::NoCrmSync),
            ApiError::BaseUrl { .. }
            | ApiError::Setup { .. }
            | ApiError::Unavailable { .. }
            | ApiError::Gateway { .. }
            | ApiError::Unreachable { .. }
            | ApiError::Untrusted { .. }
            | ApiError::Dropped { .. }
            | ApiError::TimedOut { .. }
            | ApiError::TokenRunsOut
            | ApiError::NotTheApi { .. }
            | ApiError::Protocol { .. }
            | ApiError::Contradictory { .. }
            | ApiError::Unasked { .. }
            | ApiError::Comma { .. }
            | ApiError::CallLimit { .. }
            | ApiError::CalledOff { .. }
            | ApiError::NotAsked { .. }
            | ApiError::Vanished { .. }
            | ApiError::Refused { .. } => None,
        }
    }
}

/// A record of a canary in which the instance has something else than was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlike {
    /// The index of the change that was sent.
    pub change: usize,
    /// What would still have to be done: a record to create is not there, one to delete is still there.
    pub action: ActionName,
    /// The fields that differ: before what is stored, after what was sent.
    pub fields: Vec<FieldChange>,
}

impl Unlike {
    /// What a canary of these changes found.
    #[must_use]
    pub fn all(failure: &CanaryFailure, changes: &[Change]) -> Vec<Self> {
        let CanaryFailure::Unlike { remains } = failure else {
            return Vec::new();
        };
        let places: HashMap<_, usize> = changes
            .iter()
            .enumerate()
            .map(|(index, change)| ((change.kind.name, change.key.folded()), index))
            .collect();
        let found = remains.changes.iter().filter_map(|remaining| {
            let key = (remaining.kind.name, remaining.key.folded());
            Some(Self {
                change: *places.get(&key)?,
                action: remaining.action.name(),
                fields: remaining.fields().iter().collect(),
            })
        });
        found.collect()
    }
}
