//! A lock that this run holds: its renewal, its loss and its release.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use super::clock::Clock;
use super::error::{LockError, Lost};
use super::lease::Lease;
use super::leases::Leases;
use crate::ledger::error::LedgerError;
use crate::ledger::owner::Owner;
use crate::store::Creation;

/// A lock that this run holds. If it is dropped, its renewal stops and the lock expires.
#[derive(Debug)]
#[must_use = "a dropped lock is not released: it expires"]
pub struct HeldLock {
    owner: Owner,
    watch: Watch,
    /// Dropping it stops the renewal.
    stop: oneshot::Sender<()>,
    renewal: JoinHandle<Renewal>,
}

/// Shows whether this run still holds its lock. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Watch {
    state: watch::Receiver<LockState>,
    clock: Clock,
}

/// The state of a lock. Its lease ends at the earlier of the two times: the wall clock goes on while the machine sleeps, and
/// monotonic time does not jump.
#[derive(Clone, Debug)]
struct LockState {
    /// The end of the lease by the wall clock.
    expires: Timestamp,
    /// The end of the lease by monotonic time.
    valid_until: Instant,
    lost: Option<Lost>,
}

/// The background task that renews a lock.
#[derive(Debug)]
struct Renewal {
    leases: Leases,
    /// The number of the newest lease of this run.
    number: u64,
    lease: Lease,
    length: Duration,
    state: watch::Sender<LockState>,
}

/// The result of an attempt to renew.
enum Attempt {
    Renewed,
    Lost(Lost),
}

impl HeldLock {
    /// The lock of a run that wrote this lease with this number, and started to do so at this instant.
    pub(super) fn new(leases: Leases, number: u64, lease: Lease, started: Instant) -> Self {
        let length = lease.length();
        let (sender, state) = watch::channel(LockState {
            expires: lease.expires,
            valid_until: started + length,
            lost: None,
        });
        let (owner, clock) = (lease.owner.clone(), leases.clock().clone());
        let (stop, stopped) = oneshot::channel();
        let renewal = Renewal {
            leases,
            number,
            lease,
            length,
            state: sender,
        };
        Self {
            owner,
            watch: Watch { state, clock },
            stop,
            renewal: tokio::spawn(renewal.run(stopped)),
        }
    }

    /// How this run appears to other runs.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// A watch on this lock.
    #[must_use]
    pub fn watch(&self) -> Watch {
        self.watch.clone()
    }

    /// Releases the lock.
    ///
    /// # Errors
    /// The run had lost the lock; or the store fails, and the lock expires.
    pub async fn release(self) -> Result<(), LockError> {
        drop(self.stop);
        let Ok(renewal) = self.renewal.await else {
            return Err(LockError::Lost(Lost::Stopped));
        };
        renewal.release().await
    }
}

impl Watch {
    /// Checks that this run holds the lock now. Runs call it before each batch.
    ///
    /// # Errors
    /// The lock is lost.
    pub fn check(&self) -> Result<(), Lost> {
        let state = self.state.borrow();
        if let Some(lost) = &state.lost {
            return Err(lost.clone());
        }
        if state.valid_until <= Instant::now() || state.expires <= self.clock.now() {
            return Err(Lost::Expired);
        }
        Ok(())
    }

    /// Waits until the lock is lost. If the lock is released instead, it waits for ever.
    pub async fn lost(&self) -> Lost {
        let mut state = self.state.clone();
        let lost = state.wait_for(|state| state.lost.is_some()).await;
        match lost.ok().and_then(|state| state.lost.clone()) {
            Some(lost) => lost,
            None => std::future::pending().await,
        }
    }
}

impl Renewal {
    /// Renews the lock until the task is stopped or the lock is lost.
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) -> Self {
        let mut pause = self.length / 3;
        loop {
            tokio::select! {
                biased;
                _ = &mut stopped => return self,
                () = sleep(pause) => {}
            }
            let valid_until = self.state.borrow().valid_until;
            // An attempt without an answer must leave time for another one.
            let give_up = valid_until.min(Instant::now() + self.length / 3);
            pause = match timeout_at(give_up, self.renew()).await {
                Ok(Ok(Attempt::Renewed)) => self.length / 3,
                Ok(Ok(Attempt::Lost(lost))) => {
                    self.lose(lost);
                    return self;
                }
                Ok(Err(_)) | Err(_) if Instant::now() < valid_until => self.length / 12,
                Ok(Err(_)) | Err(_) => {
                    self.lose(Lost::Expired);
                    return self;
                }
            };
        }
    }

    async fn renew(&mut self) -> Result<Attempt, LedgerError> {
        loop {
            let started = Instant::now();
            let lease = self.lease.renewed(self.leases.now(), self.length);
            match self.leases.write(self.number + 1, &lease).await? {
                Creation::Created => {
                    self.number += 1;
                    self.lease = lease;
                    self.state.send_modify(|state| {
                        state.expires = self.lease.expires;
                        state.valid_until = started + self.length;
                    });
                    return Ok(Attempt::Renewed);
                }
                // Perhaps by an earlier attempt of this run whose answer was lost.
                Creation::Taken => {
                    if let Some(lost) = self.catch_up().await? {
                        return Ok(Attempt::Lost(lost));
                    }
                }
            }
        }
    }

    /// Finds out who wrote the newest lease. If it was this run, takes over its number and returns `None`.
    async fn catch_up(&mut self) -> Result<Option<Lost>, LedgerError> {
        let Some((number, lease)) = self.leases.newest().await? else {
            return Ok(Some(Lost::Unlocked));
        };
        if lease.owner.id != self.lease.owner.id {
            let owner = lease.owner.to_string();
            return Ok(Some(Lost::TakenOver { owner }));
        }
        if lease.released.is_some() {
            return Ok(Some(Lost::Unlocked));
        }
        self.number = number;
        Ok(None)
    }

    fn lose(&self, lost: Lost) {
        self.state.send_modify(|state| state.lost = Some(lost));
    }

    async fn release(mut self) -> Result<(), LockError> {
        if let Some(lost) = self.state.borrow().lost.clone() {
            return Err(LockError::Lost(lost));
        }
        loop {
            let released = self.lease.released(self.leases.now());
            match self.leases.write(self.number + 1, &released).await? {
                Creation::Created => return Ok(()),
                Creation::Taken => {}
            }
            if let Some(lost) = self.catch_up().await? {
                return Err(LockError::Lost(lost));
            }
        }
    }
}
