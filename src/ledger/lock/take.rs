//! Taking the lock, telling who has it, and letting go somebody else's.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Clock, HeldLock, Lease, LockError, Owner};
use crate::ledger::error::Doing;
use crate::ledger::numbered::{Creation, Numbered};
use crate::ledger::{LedgerError, Store};

/// The lock of one instance.
#[derive(Clone, Debug)]
pub struct Lock {
    store: Store,
    objects: Numbered,
    pub(super) clock: Clock,
}

/// For how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long the lock is good without a renewal.
    pub lease: Duration,
    /// How long to wait for somebody else to let go.
    pub wait: Duration,
}

/// The newest lease, with its number.
pub(super) type Newest = Option<(u64, Lease)>;

/// How often the holder is looked after: first soon, then at most this seldom.
const FIRST_LOOK: Duration = Duration::from_millis(250);
const LAST_LOOK: Duration = Duration::from_secs(5);

/// How often the list of objects is read again because the one to be read has been removed.
const ATTEMPTS: usize = 5;

impl Lock {
    pub(in crate::ledger) fn new(store: Store, objects: Numbered, clock: Clock) -> Self {
        Self {
            store,
            objects,
            clock,
        }
    }

    /// Takes the lock, and renews it until it is let go. `notify` is told of each holder that is waited for.
    ///
    /// # Errors
    /// Somebody else has it for as long as the terms allow to wait; or the store fails, or cannot be trusted.
    pub async fn acquire(
        &self,
        owner: Owner,
        terms: Terms,
        mut notify: impl FnMut(&Lease),
    ) -> Result<HeldLock, LockError> {
        let until = Instant::now() + terms.wait;
        let mut look = FIRST_LOOK;
        let mut watched: Option<(u64, Instant)> = None;
        let mut notified: Option<String> = None;
        loop {
            let newest = self.newest().await?;
            let next = newest.as_ref().map_or(1, |(number, _)| number + 1);
            let Some(lease) = self.respected(newest, &mut watched) else {
                // The lease begins before it is written, so its owner never takes it for longer than others do.
                let begun = Instant::now();
                let lease = Lease::new(owner.clone(), self.clock.now(), terms.lease);
                match self.write(next, &lease).await? {
                    Creation::Created => {
                        return Ok(HeldLock::new(self.clone(), next, lease, begun));
                    }
                    Creation::Taken => continue,
                }
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(LockError::Held {
                    lease: Box::new(lease),
                });
            }
            if notified.as_ref() != Some(&lease.owner.id) {
                notify(&lease);
                notified = Some(lease.owner.id);
            }
            // Several that wait for one holder should not all come at once.
            sleep(look.mul_f64(0.75 + fastrand::f64() / 2.0).min(left)).await;
            look = (look * 2).min(LAST_LOOK);
        }
    }

    /// Who has the lock, or had it last.
    ///
    /// # Errors
    /// The store fails.
    pub async fn status(&self) -> Result<Option<Lease>, LockError> {
        Ok(self.newest().await?.map(|(_, lease)| lease))
    }

    /// Lets go the lock of the run with this id, and gives what it had.
    ///
    /// # Errors
    /// Nobody or somebody else has it; or the store fails.
    pub async fn unlock(&self, owner: &str) -> Result<Lease, LockError> {
        loop {
            let (number, lease) = match self.newest().await? {
                Some((number, lease)) if lease.released.is_none() => (number, lease),
                Some(_) | None => return Err(LockError::Free),
            };
            if lease.owner.id != owner {
                return Err(LockError::Held {
                    lease: Box::new(lease),
                });
            }
            let released = lease.released(self.clock.now());
            match self.write(number + 1, &released).await? {
                Creation::Created => return Ok(lease),
                // It was renewed meanwhile, or let go.
                Creation::Taken => {}
            }
        }
    }

    /// The lease, unless it may be taken over.
    fn respected(&self, newest: Newest, watched: &mut Option<(u64, Instant)>) -> Option<Lease> {
        let (number, lease) = newest?;
        if lease.is_over(self.clock.now()) {
            return None;
        }
        let now = Instant::now();
        match watched {
            // However wrong the clocks are: a living owner would have renewed it.
            Some((seen, since)) if *seen == number => {
                let silence = now.duration_since(*since);
                (silence <= lease.length() + lease.grace()).then_some(lease)
            }
            Some(_) | None => {
                *watched = Some((number, now));
                Some(lease)
            }
        }
    }

    pub(super) async fn newest(&self) -> Result<Newest, LedgerError> {
        for _ in 0..ATTEMPTS {
            let Some(number) = self.objects.latest().await? else {
                return Ok(None);
            };
            let Some(found) = self.objects.get(number).await? else {
                continue;
            };
            let text = found.bytes().await;
            let text = text.map_err(|error| self.objects.error(Doing::Read, &error))?;
            let lease = Lease::read(&text, self.store.fingerprint());
            let lease = lease.map_err(|flaw| {
                let object = self.objects.shown(number);
                flaw.of(object, self.store.fingerprint())
            })?;
            return Ok(Some((number, lease)));
        }
        Err(LedgerError::Changed {
            location: self.store.shown().to_owned(),
        })
    }

    pub(super) async fn write(&self, number: u64, lease: &Lease) -> Result<Creation, LedgerError> {
        self.store.probe().await?;
        let text = lease.text(self.store.fingerprint());
        self.objects.create(number, text).await
    }
}
