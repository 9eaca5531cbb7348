//! What can end an apply before its last batch: the lost lock, and how soon a person or the system wants the end.

use std::future::pending;

use tokio::sync::watch;

use crate::ledger::Watch;

/// What can end a run before its last batch.
#[derive(Clone, Debug)]
pub struct Stop {
    /// How soon a person or the system wants it to end.
    pub urgency: watch::Receiver<Urgency>,
    /// The lock, if there is one. Once it is lost, no further batch is sent.
    pub lock: Option<Watch>,
}

/// How soon a run shall end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    #[default]
    None,
    /// After the batches in flight are answered.
    Soon,
    /// At once: the outcome of batches in flight stays unknown.
    Now,
    /// At once, without writing down what is known.
    Abandon,
}

impl Urgency {
    /// Completes when a run is asked to end this soon or sooner.
    pub async fn reaches(mut asked: watch::Receiver<Self>, level: Self) {
        let reached = asked.wait_for(|urgency| *urgency >= level).await;
        if reached.is_err() {
            // Without a sender there is no further request.
            pending::<()>().await;
        }
    }

    /// Runs a future to its end; nothing if the run is asked to end before.
    pub async fn unless<T>(
        asked: watch::Receiver<Self>,
        doing: impl Future<Output = T>,
    ) -> Option<T> {
        tokio::select! {
            biased;
            done = doing => Some(done),
            () = Self::reaches(asked, Self::Soon) => None,
        }
    }
}
