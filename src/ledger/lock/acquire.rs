//! The lock of an instance: acquire it, see who holds it, release it for another run.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::clock::Clock;
use super::error::LockError;
use super::held::HeldLock;
use super::lease::Lease;
use super::leases::{Leases, Newest};
use crate::ledger::folder::InstanceFolder;
use crate::ledger::owner::Owner;
use crate::store::Creation;

/// The lock of one instance.
#[derive(Clone, Debug)]
pub struct Lock {
    leases: Leases,
}

/// How long to hold the lock, and how long to wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long the lock stays valid without a renewal.
    pub lease: Duration,
    /// How long to wait until another run releases the lock.
    pub wait: Duration,
}

/// The pause before a run that waits looks at the lock again. It doubles from the first value up to the last one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LAST_PAUSE: Duration = Duration::from_secs(5);

/// What a run has seen of a lock that another run holds.
#[derive(Default)]
struct Observation {
    /// The number of the newest lease, and since when it has been the newest.
    newest: Option<(u64, Instant)>,
    /// Whether a newer lease came while it looked: then somebody is alive, whatever the clocks say.
    is_alive: bool,
}

impl Lock {
    pub(in crate::ledger) fn new(folder: InstanceFolder, clock: Clock) -> Self {
        Self {
            leases: Leases::new(folder, clock),
        }
    }

    /// Takes the lock. It is then renewed in the background until it is released. `notify` hears of each holder that this run
    /// waits for.
    ///
    /// A lease that is over by the clock is watched for its length before it is taken, however short the waiting time is: the
    /// clock may be wrong, and a living owner renews it meanwhile.
    ///
    /// # Errors
    /// Another run held the lock for the whole waiting time; or the store fails or cannot be trusted.
    pub async fn acquire(
        &self,
        owner: Owner,
        terms: Terms,
        mut notify: impl FnMut(&Lease),
    ) -> Result<HeldLock, LockError> {
        let until = Instant::now() + terms.wait;
        let mut pause = FIRST_PAUSE;
        let mut observation = Observation::default();
        let mut notified: Option<String> = None;
        loop {
            let newest = self.leases.newest().await?;
            let next = newest.as_ref().map_or(1, |(number, _)| number + 1);
            let Some(lease) = self.respected(newest, &mut observation) else {
                // The lease starts before it is written, so its owner never trusts it for longer than other runs respect it.
                let started = Instant::now();
                let lease = Lease::new(owner.clone(), self.leases.now(), terms.lease);
                match self.leases.write(next, &lease).await? {
                    Creation::Created => {
                        return Ok(HeldLock::new(self.leases.clone(), next, lease, started));
                    }
                    Creation::Taken => continue,
                }
            };
            let mut left = until.saturating_duration_since(Instant::now());
            if !observation.is_alive && lease.is_over(self.leases.now()) {
                left = left.max(lease.length().saturating_sub(observation.silence()));
            }
            if left.is_zero() {
                return Err(LockError::Held {
                    lease: Box::new(lease),
                });
            }
            if notified.as_ref() != Some(&lease.owner.id) {
                notify(&lease);
                notified = Some(lease.owner.id);
            }
            // Runs that wait for the same holder must not all look at the same moment.
            sleep(pause.mul_f64(0.75 + fastrand::f64() / 2.0).min(left)).await;
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    /// The lease of the run that holds the lock or held it last. `None` if no run ever took it.
    ///
    /// # Errors
    /// The store fails.
    pub async fn status(&self) -> Result<Option<Lease>, LockError> {
        Ok(self.leases.newest().await?.map(|(_, lease)| lease))
    }

    /// Releases the lock of the run with this id. Returns the lease that it had.
    ///
    /// # Errors
    /// No run or another run holds the lock; or the store fails.
    pub async fn unlock(&self, owner: &str) -> Result<Lease, LockError> {
        loop {
            let (number, lease) = match self.leases.newest().await? {
                Some((number, lease)) if lease.released.is_none() => (number, lease),
                Some(_) | None => return Err(LockError::Free),
            };
            if lease.owner.id != owner {
                return Err(LockError::Held {
                    lease: Box::new(lease),
                });
            }
            let released = lease.released(self.leases.now());
            match self.leases.write(number + 1, &released).await? {
                Creation::Created => return Ok(lease),
                // The owner renewed or released it meanwhile.
                Creation::Taken => {}
            }
        }
    }

    /// The newest lease, unless this run may take the lock over.
    fn respected(&self, newest: Newest, observation: &mut Observation) -> Option<Lease> {
        let (number, lease) = newest?;
        observation.see(number);
        if lease.released.is_some() {
            return None;
        }
        // A living owner would have renewed its lease by now. Where the clock says otherwise, it gets some time more.
        let enough = if lease.is_over(self.leases.now()) {
            lease.length()
        } else {
            lease.length() + lease.grace()
        };
        (observation.silence() < enough).then_some(lease)
    }
}

impl Observation {
    fn see(&mut self, number: u64) {
        match self.newest {
            Some((seen, _)) if seen == number => {}
            before @ (Some(_) | None) => {
                self.is_alive = before.is_some();
                self.newest = Some((number, Instant::now()));
            }
        }
    }

    /// How long the newest lease has been the newest one, as far as this run has seen.
    fn silence(&self) -> Duration {
        self.newest
            .map_or(Duration::ZERO, |(_, since)| since.elapsed())
    }
}
