//! What a person has to know when an instance refuses to go on: what a native CRM sync means, when a quota is renewed, and what can be
//! done about each other error of the client.

use jiff::Zoned;

use crate::api::{ApiError, quota_reset};
use crate::model::kind::KINDS;

use super::wording::enumerated;

/// What answers with 407.
pub(super) const PROXY: &str =
    "it is not Marketo that answers, but a proxy that asks for a user and a password";
/// What answers with 403 and 451.
pub(super) const FIREWALL: &str = "a firewall or gateway refuses this machine, not Marketo: have its address put on the allow-list of your network and of the instance (Admin > Security > IP allowlist)";

/// What a native CRM sync means for this tool, how to see it, and what is left to do.
#[must_use]
pub(super) fn native_crm() -> Vec<String> {
    let named = |beside: bool| {
        let kinds = KINDS.into_iter();
        let named = kinds.filter(|kind| kind.beside_native_crm == beside);
        enumerated(&named.map(|kind| kind.nouns).collect::<Vec<_>>(), "and")
    };
    vec![
        format!(
            "with a native sync of Salesforce or Microsoft Dynamics the CRM owns these records: Marketo's API reads {} and does not write them, \
             and it has no {} at all; oppctl cannot manage such an instance",
            named(true),
            named(false)
        ),
        "in Marketo, Admin > Integration > Salesforce (or Microsoft Dynamics) shows whether the sync is on".to_owned(),
        "change the records in the CRM, or point oppctl to an instance without the sync".to_owned(),
    ]
}

/// The way out of an error of the client that has none of its own, where it does not follow from the exit.
#[must_use]
pub fn api_advice(error: &ApiError) -> Option<&'static str> {
    match error {
        ApiError::Untrusted { .. } => Some(
            "if a proxy of your organisation opens connections, name the file with its certificate in SSL_CERT_FILE; else check baseUrl and this machine's clock",
        ),
        ApiError::NotTheApi { status: 407, .. } => Some(PROXY),
        ApiError::NotTheApi {
            status: 403 | 451, ..
        } => Some(FIREWALL),
        // It answered, so its address is right.
        ApiError::Refused { .. } => Some(
            "Marketo's documentation does not list this code: correct what the message names, or ask Adobe's support with the request id",
        ),
        ApiError::Contradictory { .. } | ApiError::Vanished { .. } | ApiError::TokenRunsOut => {
            Some("run the command again later")
        }
        ApiError::Protocol { .. } | ApiError::Unasked { .. } => Some(
            "nothing was sent or changed because of this answer; run again, and if it stays so, ask whoever runs what stands between this machine and Marketo, or Adobe's support",
        ),
        ApiError::CallLimit { .. } => {
            Some("allow more calls: --max-calls COUNT, or limits.maxCalls in oppctl.yaml")
        }
        ApiError::BaseUrl { .. }
        | ApiError::Setup { .. }
        | ApiError::Credentials { .. }
        | ApiError::Token { .. }
        | ApiError::Denied { .. }
        | ApiError::NativeCrmSync { .. }
        | ApiError::Quota { .. }
        | ApiError::Unavailable { .. }
        | ApiError::Gateway { .. }
        | ApiError::Unreachable { .. }
        | ApiError::Dropped { .. }
        | ApiError::TimedOut { .. }
        | ApiError::NotTheApi { .. }
        | ApiError::Comma { .. }
        | ApiError::CalledOff { .. } => None,
        ApiError::NotAsked { .. } => Some(
            "the snapshot was made without this: make a new one, `oppctl snapshot`, from a checkout that declares such records",
        ),
    }
}

/// When calls are possible again after the quota of a day was used up.
#[must_use]
pub(super) fn quota_renewal(now: &Zoned) -> String {
    let reset = quota_reset(now.timestamp());
    let here = reset.to_zoned(now.time_zone().clone());
    let here = if here.offset().seconds() == 0 {
        String::new()
    } else {
        format!(" ({} here)", here.strftime("%Y-%m-%d %H:%M %:z"))
    };
    format!("the quota is renewed at {reset}{here}")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::{Offset, TimeZone};
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn the_renewal_is_told_in_utc_and_in_local_time() {
        let now: Timestamp = "2026-11-21T23:30:00Z".parse().expect("an instant");
        let rows = [
            (0, "the quota is renewed at 2026-11-22T06:00:00Z"),
            (
                1,
                "the quota is renewed at 2026-11-22T06:00:00Z (2026-11-22 07:00 +01:00 here)",
            ),
            (
                -8,
                "the quota is renewed at 2026-11-22T06:00:00Z (2026-11-21 22:00 -08:00 here)",
            ),
        ];
        for (hours, expected) in rows {
            let zone = TimeZone::fixed(Offset::constant(hours));
            assert_eq!(quota_renewal(&now.to_zoned(zone)), expected);
        }
    }
}
