//! SIGINT and SIGTERM: the first ends a run after the calls in flight, the second at once, with a report; the third is for a run that
//! cannot even write down what it knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::apply::{Stop, Urgency};
use crate::ledger::Watch;

use super::exit::{CliError, Exit};

/// The signals of this process, from now on.
pub(super) struct Signals {
    urgency: watch::Receiver<Urgency>,
    /// Whether there were three.
    is_third: watch::Receiver<bool>,
    terminated: Arc<AtomicBool>,
}

impl Signals {
    /// Takes the signals over from their default, which is to end the process.
    pub(super) fn listen() -> Result<Self, CliError> {
        let (sender, urgency) = watch::channel(Urgency::None);
        let (third, is_third) = watch::channel(false);
        let terminated = Arc::new(AtomicBool::new(false));
        let mut incoming = Incoming::new().map_err(|source| {
            CliError::new(Exit::Failed, "cannot listen to signals").caused_by(&source)
        })?;
        let seen = Arc::clone(&terminated);
        tokio::spawn(async move {
            for urgency in [Urgency::Soon, Urgency::Now] {
                if incoming.next().await == Exit::Terminated {
                    seen.store(true, Ordering::Relaxed);
                }
                sender.send_replace(urgency);
            }
            incoming.next().await;
            third.send_replace(true);
            // The senders are kept until the run is over: a closed channel would read as no request at all.
            sender.closed().await;
        });
        Ok(Self {
            urgency,
            is_third,
            terminated,
        })
    }

    /// What a run watches that holds this lock.
    pub(super) fn stop(&self, lock: Option<Watch>) -> Stop {
        Stop {
            urgency: self.urgency.clone(),
            lock,
        }
    }

    /// Completes when the first signal has come.
    pub(super) async fn first(&self) {
        let mut urgency = self.urgency.clone();
        drop(urgency.wait_for(|urgency| *urgency > Urgency::None).await);
    }

    /// Does something to its end, unless there are three signals.
    pub(super) async fn until_third<T>(
        &self,
        run: impl Future<Output = Result<T, CliError>>,
    ) -> Result<T, CliError> {
        let mut is_third = self.is_third.clone();
        tokio::select! {
            done = run => done,
            Ok(_) = is_third.wait_for(|is_third| *is_third) => Err(CliError::new(
                self.exit(),
                "stopped at the third signal, before everything was written down",
            )
            .hint("`oppctl history last` shows what is known; a lock that was held ends by itself, and the next apply brings the ledger up to the instance")),
        }
    }

    /// Does something that changes nothing, unless a signal comes first.
    pub(super) async fn unless<T>(
        &self,
        run: impl Future<Output = Result<T, CliError>>,
    ) -> Result<T, CliError> {
        tokio::select! {
            done = run => done,
            () = self.first() => Err(CliError::new(self.exit(), "interrupted; nothing was changed")),
        }
    }

    /// The exit that the signals so far mean.
    pub(super) fn exit(&self) -> Exit {
        if self.terminated.load(Ordering::Relaxed) {
            Exit::Terminated
        } else {
            Exit::Interrupted
        }
    }
}

#[cfg(unix)]
struct Incoming {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Incoming {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
        }
    }
}

#[cfg(not(unix))]
struct Incoming;

#[cfg(not(unix))]
impl Incoming {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Exit {
        drop(tokio::signal::ctrl_c().await);
        Exit::Interrupted
    }
}
