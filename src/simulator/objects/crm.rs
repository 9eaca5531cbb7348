//! Native CRM sync, and what it does to objects.

use std::fmt;
use std::str::FromStr;

/// The native CRM sync of an instance. Source: Adobe REST documentation, "Opportunities": with it
/// opportunities are read-only, and the endpoints of roles are not exposed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crm {
    #[default]
    None,
    /// Salesforce; for the API the same as `Dynamics`.
    Sfdc,
    Dynamics,
}

impl Crm {
    /// All of them, by the names that the command line and the configuration use.
    pub const ALL: [(&'static str, Self); 3] = [
        ("none", Self::None),
        ("sfdc", Self::Sfdc),
        ("dynamics", Self::Dynamics),
    ];

    /// Whether there is any.
    #[must_use]
    pub fn is_on(self) -> bool {
        match self {
            Self::None => false,
            Self::Sfdc | Self::Dynamics => true,
        }
    }
}

impl FromStr for Crm {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, crm)| *crm).ok_or(())
    }
}

impl fmt::Display for Crm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = Self::ALL.iter().find(|(_, crm)| crm == self);
        f.write_str(found.map_or("", |(name, _)| name))
    }
}

/// What native CRM sync does to an object. Source: Adobe REST documentation, "Opportunities" and
/// "Opportunity Roles".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum UnderCrm {
    Unchanged,
    ReadOnly,
    NotExposed,
}
