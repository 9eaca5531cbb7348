//! Native CRM sync and its effect on objects.

use std::fmt;
use std::str::FromStr;

/// The native CRM sync of an instance. It makes opportunities, companies and sales persons read-only,
/// and hides the endpoints of roles. Source: Adobe REST documentation, "Opportunities", "Companies", "Sales Persons".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crm {
    #[default]
    None,
    /// Salesforce; the API treats it like `Dynamics`.
    Sfdc,
    Dynamics,
}

impl Crm {
    /// All values, with their names on the command line and in the configuration.
    pub const ALL: [(&'static str, Self); 3] = [
        ("none", Self::None),
        ("sfdc", Self::Sfdc),
        ("dynamics", Self::Dynamics),
    ];

    /// Whether any CRM sync is on.
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

/// The effect of native CRM sync on an object. Source: Adobe REST documentation, "Opportunities" and
/// "Opportunity Roles".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) enum UnderCrm {
    Unchanged,
    ReadOnly,
    NotExposed,
}
