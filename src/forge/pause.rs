//! How long to wait before a call is repeated; pure.
//!
//! Sources: docs.github.com, "Rate limits for the REST API" and "Best practices for using the REST API": a used-up limit is 403 or 429;
//! wait for `retry-after` seconds, else until `x-ratelimit-reset` if `x-ratelimit-remaining` is 0, else at least one minute.
//! docs.gitlab.com, "User and IP rate limits": 429 with `Retry-After`, `RateLimit-Reset` and `RateLimit-Remaining`.

use std::time::Duration;

/// The most tries of a call that a forge could not answer.
const MOST_TRIES: u32 = 4;

/// What an answer says about the next try.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    pub(super) status: u16,
    /// The seconds of `retry-after`.
    pub(super) retry_after: Option<u64>,
    /// How many calls are left.
    pub(super) remaining: Option<u64>,
    /// When the limit is renewed, in seconds since 1970.
    pub(super) reset: Option<u64>,
    /// Whether the forge's sentence names a rate limit.
    pub(super) names_limit: bool,
}

/// What to do after an answer that is not the one that was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The limit is used up, for so long. The call had no effect.
    Limit(Duration),
    /// The forge may answer the next time, after so long. The call may have had its effect.
    Again(Duration),
    /// Another try gives the same answer.
    Final,
}

impl Limits {
    /// What to do after try number `tries`, at `now`, in seconds since 1970.
    pub(super) fn next(self, tries: u32, now: u64) -> Next {
        let Self {
            status,
            retry_after,
            remaining,
            reset,
            names_limit,
        } = self;
        let is_used_up = remaining == Some(0);
        let is_limit = status == 429
            || (status == 403 && (retry_after.is_some() || is_used_up || names_limit));
        if is_limit {
            let until_reset = reset.filter(|_| is_used_up || status == 429);
            let until_reset = until_reset.map(|reset| reset.saturating_sub(now) + 1);
            let seconds = retry_after.or(until_reset).unwrap_or(60);
            return Next::Limit(Duration::from_secs(seconds));
        }
        match status {
            500 | 502..=504 if tries < MOST_TRIES => {
                Next::Again(retry_after.map_or_else(|| backoff(tries), Duration::from_secs))
            }
            _ => Next::Final,
        }
    }
}

/// How long to wait after an answer that was lost, if another try is left.
pub(super) fn after_silence(tries: u32) -> Option<Duration> {
    (tries < MOST_TRIES).then(|| backoff(tries))
}

fn backoff(tries: u32) -> Duration {
    Duration::from_millis(250 << tries)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn each_answer_has_its_wait() {
        let of = |status| Limits {
            status,
            ..Limits::default()
        };
        let seconds = |seconds| Next::Limit(Duration::from_secs(seconds));
        let rows = [
            (
                Limits {
                    retry_after: Some(30),
                    ..of(403)
                },
                seconds(30),
            ),
            (
                Limits {
                    remaining: Some(0),
                    reset: Some(1_090),
                    ..of(403)
                },
                seconds(91),
            ),
            (
                Limits {
                    remaining: Some(0),
                    reset: Some(900),
                    ..of(429)
                },
                seconds(1),
            ),
            (
                Limits {
                    names_limit: true,
                    remaining: Some(4_000),
                    reset: Some(4_600),
                    ..of(403)
                },
                seconds(60),
            ),
            (of(429), seconds(60)),
            (
                Limits {
                    remaining: Some(10),
                    ..of(403)
                },
                Next::Final,
            ),
            (of(502), Next::Again(Duration::from_millis(500))),
            (
                Limits {
                    retry_after: Some(7),
                    ..of(503)
                },
                Next::Again(Duration::from_secs(7)),
            ),
            (of(501), Next::Final),
            (of(404), Next::Final),
        ];
        for (limits, expected) in rows {
            assert_eq!(limits.next(1, 1_000), expected, "{limits:?}");
        }
        assert_eq!(of(502).next(MOST_TRIES, 1_000), Next::Final);
        assert_eq!(after_silence(MOST_TRIES), None);
    }
}
