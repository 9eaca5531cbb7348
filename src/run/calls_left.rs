//! Whether an apply can make all of its calls: those that the day has left, and those that the run may make.

use crate::api::ApiError;
use crate::plan::Refusal;

use super::planning::{Planning, Purpose};
use super::settings::Settings;

impl Planning<'_> {
    /// How many calls of the day all users of the instance have made. Asked only for an apply that makes calls; not known where the instance does
    /// not tell at once.
    pub(super) async fn used_today(self, write_calls: usize) -> Option<usize> {
        if write_calls == 0 {
            return None;
        }
        match self.client.calls_today().await {
            Ok(used) => usize::try_from(used).ok(),
            Err(ApiError::Quota { .. }) => Some(self.settings.daily_calls),
            Err(_) => None,
        }
    }

    /// The limits of calls that an apply would exceed.
    pub(super) fn over_limits(
        self,
        needed: usize,
        used_today: Option<usize>,
    ) -> impl Iterator<Item = Refusal> {
        let Settings {
            daily_calls,
            max_calls,
            allow_over_quota,
            ..
        } = *self.settings;
        let made = usize::try_from(self.client.calls().counted()).unwrap_or(usize::MAX);
        let is_over = |limit: &usize| needed > 0 && made.saturating_add(needed) > *limit;
        let too_many = max_calls
            .filter(is_over)
            .map(|limit| Refusal::TooManyCalls {
                made,
                needed,
                limit,
            });
        let is_refused = self.purpose == Purpose::Send && !allow_over_quota;
        let left = used_today.map(|used| daily_calls.saturating_sub(used));
        let over_quota = left
            .filter(|left| is_refused && needed > *left)
            .map(|left| Refusal::OverQuota {
                needed,
                left,
                daily: daily_calls,
                at: self.now,
            });
        too_many.into_iter().chain(over_quota)
    }
}
