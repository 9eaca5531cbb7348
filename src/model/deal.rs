//! What a field says of a deal.

/// A field that says what a deal is worth and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DealField {
    Stage,
    Amount,
    /// Whether it is decided. A deal counts as won only if it is.
    Closed,
    Won,
    /// The day on which it is expected to be decided, or was.
    CloseDate,
    Owner,
}

impl DealField {
    pub const ALL: [Self; 6] = [
        Self::Stage,
        Self::Amount,
        Self::Closed,
        Self::Won,
        Self::CloseDate,
        Self::Owner,
    ];

    /// The member of `impact` in the configuration that names the field.
    #[must_use]
    pub fn member(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Amount => "amount",
            Self::Closed => "closed",
            Self::Won => "won",
            Self::CloseDate => "closeDate",
            Self::Owner => "owner",
        }
    }
}
