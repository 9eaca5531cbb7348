//! What a plan compares the manifests with.

use jiff::Timestamp;

/// What a plan compares the manifests with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PlanBasis {
    /// What the instance has.
    #[default]
    Instance,
    /// What the ledger says was last applied; nothing was read. No apply accepts such a plan.
    Ledger,
    /// What the instance had when a snapshot was made. No apply accepts such a plan.
    Snapshot { time: Timestamp },
}

impl PlanBasis {
    /// Whether the instance was read for the plan, so that it can be applied.
    #[must_use]
    pub fn is_instance(&self) -> bool {
        match self {
            Self::Instance => true,
            Self::Ledger | Self::Snapshot { .. } => false,
        }
    }
}
