//! What a person allows for one run.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was allowed on the command line: everything else that a guard refuses stays refused.
///
/// Its members are those of `permits` in a plan file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Permits {
    /// The marker of another owner whose records may be adopted.
    pub adopt_foreign: Option<String>,
    /// Whether children that no manifest declares may be deleted with their parents.
    pub with_undeclared: bool,
    /// The manifests that no pattern matches whose records may be deleted all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_unread: Vec<String>,
    /// The records that may be deleted although others name them, as `KIND=KEY`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_used: Vec<String>,
    /// How many deletions are allowed, whatever the guards of the configuration say.
    pub allow_deletes: Option<usize>,
    /// How many findings or notes of a word are allowed that the configuration has raised to errors.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub allow_findings: BTreeMap<String, usize>,
}

impl Permits {
    /// Nothing beyond what the guards let pass.
    pub const NONE: Self = Self {
        adopt_foreign: None,
        with_undeclared: false,
        allow_unread: Vec::new(),
        allow_used: Vec::new(),
        allow_deletes: None,
        allow_findings: BTreeMap::new(),
    };
}
