//! What a plan of the changed records alone looked at.

/// What a plan of the records whose declaration changed looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPart {
    /// The revision as the user named it.
    pub revision: Box<str>,
    /// The commit that the manifests were compared with.
    pub base: Box<str>,
    /// How many entries were looked at: those that changed, and those that they need.
    pub entries: usize,
    /// How many keys no entry has any more.
    pub gone: usize,
    /// How many entries were not looked at.
    pub others: usize,
    /// How many owned records that no manifest declares were not looked at.
    pub undeclared: usize,
    /// The guard that cannot judge a part, if it is set.
    pub unjudged: Option<&'static str>,
}

impl ChangedPart {
    /// How many records were not looked at.
    #[must_use]
    pub fn not_looked_at(&self) -> usize {
        self.others + self.undeclared
    }
}
