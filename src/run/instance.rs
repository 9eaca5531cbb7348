//! The instance of a run, as plans, journals and people know it.

use crate::ledger::Fingerprint;

/// The instance of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceId {
    /// Its name in the configuration.
    pub name: String,
    /// Its base URL, or that it is the simulator.
    pub place: String,
    /// What tells it from every other instance.
    pub fingerprint: Fingerprint,
}
