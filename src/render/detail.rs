//! How much of a plan or a run is shown.

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Only the head and the summary.
    Summary,
    Normal,
    /// The fields of new records as well, and nothing folded.
    Full,
}
