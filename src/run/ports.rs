//! What a run needs from its caller. Commands, tests and programs that embed this crate each bring their own.

use std::io;

use futures_util::future::LocalBoxFuture;
use tokio::sync::watch;

use crate::api::Client;
use crate::apply::Urgency;
use crate::journal::Journals;
use crate::ledger::{Clock, Store};

use super::event::RunEvent;
use super::instance::InstanceId;
use super::planned::Planned;

/// What a run needs from its caller: client, store, journals, clock, requests to end, and the callbacks that ask and tell a person.
pub struct Ports<'p> {
    pub client: &'p Client,
    pub instance: &'p InstanceId,
    /// The store of the ledger; without one the project is stateless.
    pub store: Option<Store>,
    pub journals: &'p dyn Journals,
    pub clock: Clock,
    /// How soon a person or the system wants the run to end.
    pub urgency: watch::Receiver<Urgency>,
    /// Asks a person whether the plan may be applied. Without it nobody is asked, and the lock is held from before the plan.
    pub ask: Option<&'p mut Ask<'p>>,
    /// Is told how the run goes on. If it cannot take the plan, nothing is sent.
    pub tell: Option<&'p mut Tell<'p>>,
}

impl<'p> Ports<'p> {
    /// The ports of a run without a ledger, which nobody interrupts, and which asks and tells nobody.
    #[must_use]
    pub fn new(client: &'p Client, instance: &'p InstanceId, journals: &'p dyn Journals) -> Self {
        Self {
            client,
            instance,
            store: None,
            journals,
            clock: Clock::system(),
            urgency: watch::channel(Urgency::None).1,
            ask: None,
            tell: None,
        }
    }
}

/// Hears of the events of a run.
pub type Tell<'a> = dyn FnMut(RunEvent<'_>) -> io::Result<()> + 'a;

/// Asks a person whether this plan may be applied. The lock is not held meanwhile.
pub type Ask<'a> = dyn for<'p> FnMut(&'p Planned) -> LocalBoxFuture<'p, io::Result<bool>> + 'a;

/// A closure that asks about any plan.
pub fn asking<F>(ask: F) -> F
where
    F: for<'p> FnMut(&'p Planned) -> LocalBoxFuture<'p, io::Result<bool>>,
{
    ask
}
