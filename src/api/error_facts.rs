//! What is known of a failed call: whether it was sent, what it may have done, what to do about it, and whose words its message has.
//!
//! These are the only matches over all errors outside of `cli`, which chooses exits and advice.

use super::call::Call;
use super::disposition::Disposition;
use super::error::{ApiError, CallRefusal};
use super::meaning::meaning;

impl ApiError {
    /// What to do about the failed call.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Token { .. } => Disposition::Renew,
            Self::Denied { .. } => Disposition::Denied,
            Self::NativeCrmSync { .. } => Disposition::NativeCrm,
            Self::Quota { .. } | Self::CallLimit { .. } => Disposition::Quota,
            Self::Unavailable { refusal, .. } | Self::Refused { refusal, .. } => {
                Disposition::of_code(&refusal.code)
            }
            Self::Gateway { status, .. } | Self::NotTheApi { status, .. } => {
                Disposition::of_status(*status)
            }
            Self::Unreachable { .. } | Self::TokenRunsOut => Disposition::Unexecuted,
            Self::Dropped { .. } | Self::TimedOut { .. } | Self::Contradictory { .. } => {
                Disposition::Ambiguous
            }
            Self::BaseUrl { .. }
            | Self::Setup { .. }
            | Self::Credentials { .. }
            | Self::Untrusted { .. }
            | Self::Protocol { .. }
            | Self::Unasked { .. }
            | Self::Comma { .. }
            | Self::CalledOff { .. }
            | Self::NotAsked { .. }
            | Self::Vanished { .. } => Disposition::Fatal,
        }
    }

    /// Whether records may have changed although the call failed. Then they must be read back.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.disposition() == Disposition::Ambiguous && self.call().is_some_and(Call::writes)
    }

    /// Whether a write may have been executed although its answer is a refusal. Then the records must be read back before it is
    /// believed: gateways answer for Marketo, and Marketo has answered with codes for temporary failures after it had written.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        if !self.call().is_some_and(Call::writes) {
            return false;
        }
        match self {
            // Statuses without a reply of the API, and codes that mean a failure amid the work.
            Self::NotTheApi { .. }
            | Self::Gateway { .. }
            | Self::Unavailable { .. }
            | Self::Dropped { .. }
            | Self::TimedOut { .. }
            | Self::Contradictory { .. }
            | Self::Protocol { .. } => true,
            // 401, 413 and 414 are statuses too. What the documentation does not know may mean anything.
            Self::Token { refusal, .. } => &*refusal.code == "401",
            Self::Refused { refusal, .. } => {
                let is_status = matches!(&*refusal.code, "413" | "414");
                is_status || meaning(&refusal.code).is_none()
            }
            Self::BaseUrl { .. }
            | Self::Setup { .. }
            | Self::Credentials { .. }
            | Self::Denied { .. }
            | Self::NativeCrmSync { .. }
            | Self::Quota { .. }
            | Self::CallLimit { .. }
            | Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::TokenRunsOut
            | Self::Unasked { .. }
            | Self::Comma { .. }
            | Self::CalledOff { .. }
            | Self::NotAsked { .. }
            | Self::Vanished { .. } => false,
        }
    }

    /// The call that failed. For a call that got no token, this is identity.
    #[must_use]
    pub fn call(&self) -> Option<Call> {
        match self {
            Self::BaseUrl { .. } | Self::Setup { .. } => None,
            Self::Credentials { .. } | Self::TokenRunsOut => Some(Call::IDENTITY),
            Self::Token { call, .. }
            | Self::Denied { call, .. }
            | Self::NativeCrmSync { call, .. }
            | Self::Quota { call, .. }
            | Self::Unavailable { call, .. }
            | Self::Gateway { call, .. }
            | Self::Unreachable { call, .. }
            | Self::Untrusted { call, .. }
            | Self::Dropped { call, .. }
            | Self::TimedOut { call, .. }
            | Self::NotTheApi { call, .. }
            | Self::Protocol { call, .. }
            | Self::Unasked { call, .. }
            | Self::Contradictory { call, .. }
            | Self::Comma { call, .. }
            | Self::CallLimit { call, .. }
            | Self::CalledOff { call }
            | Self::NotAsked { call }
            | Self::Vanished { call, .. }
            | Self::Refused { call, .. } => Some(*call),
        }
    }

    /// The HTTP status of an answer without the form of the API.
    #[must_use]
    pub fn status_code(&self) -> Option<u16> {
        if let Self::Gateway { status, .. } | Self::NotTheApi { status, .. } = self {
            Some(*status)
        } else {
            None
        }
    }

    /// Why Marketo refused the call, if it answered in the form of the API.
    #[must_use]
    pub fn refusal(&self) -> Option<&CallRefusal> {
        match self {
            Self::Token { refusal, .. }
            | Self::Denied { refusal, .. }
            | Self::NativeCrmSync { refusal, .. }
            | Self::Quota { refusal, .. }
            | Self::Unavailable { refusal, .. }
            | Self::Contradictory { refusal, .. }
            | Self::Refused { refusal, .. } => Some(refusal),
            Self::BaseUrl { .. }
            | Self::Setup { .. }
            | Self::Credentials { .. }
            | Self::Gateway { .. }
            | Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::Dropped { .. }
            | Self::TimedOut { .. }
            | Self::TokenRunsOut
            | Self::NotTheApi { .. }
            | Self::Protocol { .. }
            | Self::Unasked { .. }
            | Self::Comma { .. }
            | Self::CallLimit { .. }
            | Self::CalledOff { .. }
            | Self::NotAsked { .. }
            | Self::Vanished { .. } => None,
        }
    }

    /// Whether the call went out. Without a token, a permit or a connection it does not.
    pub(super) fn was_sent(&self) -> bool {
        match self {
            Self::BaseUrl { .. }
            | Self::CallLimit { .. }
            | Self::CalledOff { .. }
            | Self::NotAsked { .. }
            | Self::Comma { .. }
            | Self::Setup { .. }
            | Self::TokenRunsOut
            | Self::Unreachable { .. }
            | Self::Untrusted { .. } => false,
            Self::Credentials { .. }
            | Self::Token { .. }
            | Self::Denied { .. }
            | Self::NativeCrmSync { .. }
            | Self::Quota { .. }
            | Self::Unavailable { .. }
            | Self::Gateway { .. }
            | Self::Dropped { .. }
            | Self::TimedOut { .. }
            | Self::NotTheApi { .. }
            | Self::Protocol { .. }
            | Self::Unasked { .. }
            | Self::Contradictory { .. }
            | Self::Vanished { .. }
            | Self::Refused { .. } => self.call() != Some(Call::IDENTITY),
        }
    }

    /// What the message quotes of the instance, at its end: words that are not ours.
    #[must_use]
    pub fn quoted(&self) -> Option<&str> {
        match self {
            Self::Credentials { description } => Some(description),
            Self::Comma { value, .. } => Some(value),
            Self::Token { refusal, .. }
            | Self::Denied { refusal, .. }
            | Self::NativeCrmSync { refusal, .. }
            | Self::Quota { refusal, .. }
            | Self::Unavailable { refusal, .. }
            | Self::Contradictory { refusal, .. }
            | Self::Refused { refusal, .. } => Some(&refusal.message),
            Self::BaseUrl { .. }
            | Self::Setup { .. }
            | Self::Gateway { .. }
            | Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::Dropped { .. }
            | Self::TimedOut { .. }
            | Self::TokenRunsOut
            | Self::NotTheApi { .. }
            | Self::Protocol { .. }
            | Self::Unasked { .. }
            | Self::CallLimit { .. }
            | Self::CalledOff { .. }
            | Self::NotAsked { .. }
            | Self::Vanished { .. } => None,
        }
    }
}
