//! A lock that is held: its renewal, what tells of its loss, and its release.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{Clock, Lease, Lock, LockError, Lost, Owner};
use crate::ledger::LedgerError;
use crate::ledger::numbered::Creation;

/// A lock that this run holds. Dropping it ends the renewal without waiting: the lock then expires.
#[derive(Debug)]
#[must_use = "a lock that is dropped is not released: it expires"]
pub struct HeldLock {
    owner: Owner,
    watch: Watch,
    /// Dropped to end the renewal.
    stop: oneshot::Sender<()>,
    renewal: JoinHandle<Renewal>,
}

/// Tells whether a lock is still held. Copies are cheap.
#[derive(Clone, Debug)]
pub struct Watch {
    state: watch::Receiver<LockState>,
    clock: Clock,
}

/// How it stands with a lock.
#[derive(Clone, Debug)]
struct LockState {
    /// The end of the lease by the clock on the wall, and by time that passed; whichever comes first counts. The
    /// first goes on while a machine sleeps, the second does not jump.
    expires: Timestamp,
    good_until: Instant,
    lost: Option<Lost>,
}

/// What renews a lock in the background.
#[derive(Debug)]
struct Renewal {
    lock: Lock,
    number: u64,
    lease: Lease,
    length: Duration,
    state: watch::Sender<LockState>,
}

/// What became of an attempt.
enum Attempt {
    Renewed,
    Lost(Lost),
}

impl HeldLock {
    pub(super) fn new(lock: Lock, number: u64, lease: Lease, begun: Instant) -> Self {
        let length = lease.length();
        let (sender, state) = watch::channel(LockState {
            expires: lease.expires,
            good_until: begun + length,
            lost: None,
        });
        let (owner, clock) = (lease.owner.clone(), lock.clock.clone());
        let (stop, stopped) = oneshot::channel();
        let renewal = Renewal {
            lock,
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

    /// Who this run is to others.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// What tells whether the lock is still held.
    #[must_use]
    pub fn watch(&self) -> Watch {
        self.watch.clone()
    }

    /// Lets go.
    ///
    /// # Errors
    /// The lock had been lost, or the store fails; then it expires.
    pub async fn release(self) -> Result<(), LockError> {
        drop(self.stop);
        let Ok(renewal) = self.renewal.await else {
            return Err(LockError::Lost(Lost::Stopped));
        };
        renewal.release().await
    }
}

impl Watch {
    /// Whether the lock is held at this moment. To be asked before each batch.
    ///
    /// # Errors
    /// It is lost.
    pub fn check(&self) -> Result<(), Lost> {
        let state = self.state.borrow();
        if let Some(lost) = &state.lost {
            return Err(lost.clone());
        }
        if state.good_until <= Instant::now() || state.expires <= self.clock.now() {
            return Err(Lost::Expired);
        }
        Ok(())
    }

    /// Waits until the lock is lost; for ever, if it is released.
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
    /// Renews until it is stopped or the lock is lost.
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) -> Self {
        let mut pause = self.length / 3;
        loop {
            tokio::select! {
                biased;
                _ = &mut stopped => return self,
                () = sleep(pause) => {}
            }
            let good_until = self.state.borrow().good_until;
            // An attempt that hangs must leave time for another.
            let attempt = timeout(self.length / 3, self.renew());
            pause = match timeout_at(good_until, attempt).await {
                Ok(Ok(Ok(Attempt::Renewed))) => self.length / 3,
                Ok(Ok(Ok(Attempt::Lost(lost)))) => {
                    self.lose(lost);
                    return self;
                }
                Ok(Ok(Err(_)) | Err(_)) if Instant::now() < good_until => self.length / 12,
                Ok(Ok(Err(_)) | Err(_)) | Err(_) => {
                    self.lose(Lost::Expired);
                    return self;
                }
            };
        }
    }

    async fn renew(&mut self) -> Result<Attempt, LedgerError> {
        loop {
            let (begun, now) = (Instant::now(), self.lock.clock.now());
            let lease = self.lease.renewed(now, self.length);
            match self.lock.write(self.number + 1, &lease).await? {
                Creation::Created => {
                    self.number += 1;
                    self.lease = lease;
                    self.state.send_modify(|state| {
                        state.expires = self.lease.expires;
                        state.good_until = begun + self.length;
                    });
                    return Ok(Attempt::Renewed);
                }
                // Possibly an earlier attempt of its own, which had come through though its answer had not.
                Creation::Taken => {
                    if let Some(lost) = self.look().await? {
                        return Ok(Attempt::Lost(lost));
                    }
                }
            }
        }
    }

    /// Who has the number after the last; nothing if that is this run itself.
    async fn look(&mut self) -> Result<Option<Lost>, LedgerError> {
        let Some((number, lease)) = self.lock.newest().await? else {
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
            let released = self.lease.released(self.lock.clock.now());
            match self.lock.write(self.number + 1, &released).await? {
                Creation::Created => return Ok(()),
                Creation::Taken => {}
            }
            if let Some(lost) = self.look().await? {
                return Err(LockError::Lost(lost));
            }
        }
    }
}
