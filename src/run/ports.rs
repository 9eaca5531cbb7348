//! What a run meets the world through. Commands, tests and programs that embed this crate each bring their own.

use std::io;

use futures_util::future::LocalBoxFuture;
use tokio::sync::watch;

use crate::api::Client;
use crate::apply::Urgency;
use crate::journal::Journals;
use crate::ledger::{Clock, Store};

use super::event::Event;
use super::instance::InstanceId;
use super::planned::Planned;

/// What a run meets the world through.
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
    /// Is told how the run goes on. If a plan cannot be told, nothing is sent.
    pub tell: &'p mut Tell<'p>,
}

/// Hears of the events of a run.
pub type Tell<'a> = dyn FnMut(Event<'_>) -> io::Result<()> + 'a;

/// Asks a person whether this plan may be applied. The lock is not held meanwhile.
pub type Ask<'a> = dyn FnMut(&Planned) -> LocalBoxFuture<'static, io::Result<bool>> + 'a;
