//! SIGINT and SIGTERM. The first signal ends a run after the calls in flight, the second ends it at once with a report, and the
//! third ends it even without one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::apply::Urgency;

use super::exit::{CliError, Exit};

/// The signals of this process, from now on.
pub(super) struct Signals {
    urgency: watch::Receiver<Urgency>,
    terminated: Arc<AtomicBool>,
}

impl Signals {
    /// Takes the signals over from their default, which is to end the process.
    pub(super) fn listen() -> Result<Self, CliError> {
        let (sender, urgency) = watch::channel(Urgency::None);
        let terminated = Arc::new(AtomicBool::new(false));
        let mut incoming = Incoming::new().map_err(|source| {
            CliError::new(Exit::Failed, "cannot listen to signals").caused_by(&source)
        })?;
        let seen = Arc::clone(&terminated);
        tokio::spawn(async move {
            for urgency in [Urgency::Soon, Urgency::Now, Urgency::Abandon] {
                if incoming.next().await == Exit::Terminated {
                    seen.store(true, Ordering::Relaxed);
                }
                sender.send_replace(urgency);
            }
            // The sender is kept until the run is over: a closed channel would read as no request at all.
            sender.closed().await;
        });
        Ok(Self {
            urgency,
            terminated,
        })
    }

    /// How soon a run shall end.
    pub(super) fn urgency(&self) -> watch::Receiver<Urgency> {
        self.urgency.clone()
    }

    /// Completes when the first signal has come.
    pub(super) async fn first(&self) {
        let mut urgency = self.urgency.clone();
        drop(urgency.wait_for(|urgency| *urgency > Urgency::None).await);
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
