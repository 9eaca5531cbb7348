//! The members `guards`, `references` and `limits`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::settings::ApiLimits;
use crate::plan::Guards;

/// Limits on what one run may change. A run that exceeds one of them is refused. Those of deletions hold always, the others only if they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with limits such as `maxDeletes`")]
#[schemars(rename = "Guards")]
pub(in crate::config) struct GuardsFile {
    /// The most records that one run may delete.
    #[schemars(extend("default" = Guards::default().max_deletes))]
    pub max_deletes: Option<u32>,
    /// The most records that one run may delete, in percent of the owned ones, or without a ledger of the declared ones. It counts from 5 of them up, and never against one or two deletions.
    #[schemars(range(max = 100), extend("default" = Guards::default().max_delete_percent))]
    pub max_delete_percent: Option<u32>,
    /// The most records that one run may create.
    pub max_creates: Option<u32>,
    /// The most records that one run may update, adopted ones that it changes included.
    pub max_updates: Option<u32>,
    /// The most records that one run may update, in percent, counted as `maxDeletePercent` is.
    #[schemars(range(max = 100))]
    pub max_update_percent: Option<u32>,
    /// How many times larger or smaller an amount may become. A change from or to zero or nothing is no factor.
    #[schemars(range(min = 2))]
    pub max_amount_factor: Option<u32>,
    /// By how much the sum of the open opportunities may become larger or smaller in one run, for example `10%`. The opportunities are those that the manifests declare, and those that the run deletes.
    #[schemars(regex(pattern = r"^[0-9]{1,9}(\.[0-9]{1,9})?%$"))]
    pub max_pipeline_change: Option<String>,
}

/// What becomes of entries that refer to records which are not there.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `missing`")]
#[schemars(rename = "References")]
pub(in crate::config) struct ReferencesFile {
    /// Without a ledger: what to do with an entry whose lead is missing or doubled. With a ledger such an entry is an error if it is new, and left out if its record is owned.
    #[serde(default)]
    pub missing: MissingReference,
}

/// What to do with an entry whose lead is missing or doubled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::config) enum MissingReference {
    /// Nothing is planned until the entry is corrected.
    #[default]
    Error,
    /// The entry is left out, the rest is applied, and the apply ends with 4.
    Skip,
}

/// How many calls oppctl may make, and how long it waits for what it wrote to be read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[serde(
    expecting = "a mapping with `callsPer20s`, `concurrency`, `dailyCalls`, `maxCalls` or `readLag`"
)]
#[schemars(rename = "ApiLimits")]
pub(in crate::config) struct LimitsFile {
    /// Calls in any 20 seconds. Marketo allows 100 per instance and recommends 50 per integration. More than 100 is accepted only if all instances are local.
    #[schemars(range(min = 1))]
    pub calls_per_20s: u32,
    /// Calls at the same time. Marketo allows 10 per instance and recommends 5 per integration. More than 10 is accepted only if all instances are local.
    #[schemars(range(min = 1))]
    pub concurrency: u32,
    /// Calls per day that the subscription includes, usually 50,000.
    #[schemars(range(min = 1))]
    pub daily_calls: u32,
    /// Calls of one run. A run stops before a further one, and a plan whose apply needs more is refused. `--max-calls` replaces it.
    #[schemars(range(min = 1))]
    pub max_calls: Option<u32>,
    /// How long after a write the instance may still answer with what was there before. An apply that is in doubt looks again until then. At most 10m.
    #[schemars(regex(pattern = "^[0-9]+[smh]$"), extend("default" = "20s"))]
    pub read_lag: Option<String>,
}

impl Default for LimitsFile {
    fn default() -> Self {
        let ApiLimits {
            calls_per_20s,
            concurrency,
            daily_calls,
            max_calls,
            read_lag: _,
        } = ApiLimits::default();
        Self {
            calls_per_20s,
            concurrency,
            daily_calls,
            max_calls,
            read_lag: None,
        }
    }
}
