//! Looks at records that were just written. For some seconds after a write, a read may still show what was there before.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::client::Client;
use super::settings::{Notice, Why};

/// The pause before the second look. It doubles with every further look.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The further looks at records, until every read has to show what was written.
pub struct Looks {
    client: Client,
    until: Instant,
    /// When the last look began.
    last: Instant,
    pause: Duration,
}

impl Client {
    /// The further looks at records, the last write of which was answered just now.
    #[must_use]
    pub fn looks(&self) -> Looks {
        let now = Instant::now();
        Looks {
            client: self.clone(),
            until: now + self.0.read_lag,
            last: now,
            pause: FIRST_PAUSE,
        }
    }

    /// How long after a write a read may still show what was there before.
    #[must_use]
    pub fn read_lag(&self) -> Duration {
        self.0.read_lag
    }
}

impl Looks {
    /// Waits until it is time for another look. Returns false if the last one came late enough.
    pub async fn again(&mut self) -> bool {
        if self.last >= self.until {
            return false;
        }
        let left = self.until.saturating_duration_since(Instant::now());
        let wait = self.pause.min(left);
        self.client.0.notify(&Notice::Waiting {
            wait,
            why: Why::ReadLag,
        });
        sleep(wait).await;
        self.last = Instant::now();
        self.pause *= 2;
        true
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::api::ClientSettings;

    fn looks(read_lag: Duration) -> Looks {
        let url = "http://127.0.0.1:1".to_owned();
        let settings = ClientSettings {
            read_lag,
            ..ClientSettings::new(url, "id".into(), "secret".into())
        };
        Client::new(settings)
            .expect("the settings are right")
            .looks()
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_look_comes_when_the_lag_is_over() {
        let began = Instant::now();
        let mut looks = looks(Duration::from_secs(20));
        let mut times = Vec::new();
        while looks.again().await {
            times.push(began.elapsed().as_secs());
        }
        assert_eq!(times, [1, 3, 7, 15, 20]);
    }

    #[tokio::test(start_paused = true)]
    async fn where_reads_do_not_lag_one_look_is_enough() {
        assert!(!looks(Duration::ZERO).again().await);
    }
}
