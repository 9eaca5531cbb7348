//! Where a client gets its answers from.

/// Where a client gets its answers from.
#[derive(Clone, Debug, Default)]
pub enum Source {
    /// From the instance.
    #[default]
    Instance,
    /// From nowhere: nothing is sent, and every call is an error.
    Nothing,
}

impl Source {
    /// Whether calls are sent.
    pub(super) fn is_instance(&self) -> bool {
        match self {
            Self::Instance => true,
            Self::Nothing => false,
        }
    }
}
