//! The language of policy files, version 1: the types that serde reads and that the JSON Schema is derived from.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

/// The policy of oppctl, version 1: what a project's configuration, its manifests and the flags of a run may not decide.
///
/// oppctl obeys `/etc/oppctl/policy.yaml` and the file that `OPPCTL_POLICY` names; with both, a run needs the consent of both.
/// A member that is left out restricts nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `version`")]
#[schemars(title = "oppctl policy, version 1")]
pub(in crate::config) struct PolicyFile {
    /// The version of the policy language. Always 1.
    #[schemars(extend("const" = 1))]
    #[expect(
        dead_code,
        reason = "the reader has checked it already; it is here for the schema"
    )]
    pub(super) version: u32,
    /// The versions of oppctl that may use this file, for example `>=0.4`, as Cargo writes requirements. Any other version refuses it.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "the reader has checked it already; it is here for the schema"
    )]
    pub(super) oppctl: Option<String>,
    /// The hosts that instances may have: exact names such as `123-ABC-456.mktorest.com`, or all names below one, such as `*.mktorest.com`. The built-in simulator is always allowed. An empty list allows only the simulator.
    #[serde(default, deserialize_with = "written")]
    #[schemars(
        with = "Vec<String>",
        inner(regex(
            pattern = r"^(\*\.[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])$"
        ))
    )]
    pub(super) allowed_hosts: Option<Vec<String>>,
    /// Whether `credentials: { …: { command: … } }` may run its program.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String", extend("enum" = ["allow", "deny"], "default" = "allow"))]
    pub(super) credential_commands: Option<String>,
    /// Where ledgers may be: absolute directories, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`. A ledger may be at one of them or below it. With this member, plans and applies on an instance other than the built-in simulator need a ledger.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "Vec<String>", inner(length(min = 1)))]
    pub(super) allowed_ledgers: Option<Vec<String>>,
    /// Where journals may be: absolute directories, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`. A journal may be at one of them, below it, or in the project's own folder. Without this member, `allowedLedgers` holds for journals in object storage.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "Vec<String>", inner(length(min = 1)))]
    pub(super) allowed_journals: Option<Vec<String>>,
    /// The highest number of records that one run may delete, whatever `guards` or a flag says.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "u32")]
    pub(super) max_deletes: Option<u32>,
    /// The highest share of records that one run may delete, in percent, whatever `guards` or a flag says. It is counted as `guards.maxDeletePercent` is.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "u32", range(max = 100))]
    pub(super) max_delete_percent: Option<u32>,
    /// The highest number of records that one run may create, whatever `guards` says.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "u32")]
    pub(super) max_creates: Option<u32>,
    /// The highest number of records that one run may update, whatever `guards` says.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "u32")]
    pub(super) max_updates: Option<u32>,
    /// The highest share of records that one run may update, in percent, whatever `guards` says. It is counted as `guards.maxUpdatePercent` is.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "u32", range(max = 100))]
    pub(super) max_update_percent: Option<u32>,
    /// How many times larger or smaller an amount may become at most, whatever `guards` says.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "u32", range(min = 2))]
    pub(super) max_amount_factor: Option<u32>,
    /// By how much the sum of the open opportunities may change at most in one run, for example `10%`, whatever `guards` says.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String", regex(pattern = r"^[0-9]{1,9}(\.[0-9]{1,9})?%$"))]
    pub(super) max_pipeline_change: Option<String>,
    /// Whether oppctl may show or save values of fields where it is not known whether they are sensitive, and import sensitive fields.
    #[serde(default, deserialize_with = "written")]
    #[schemars(with = "String", extend("enum" = ["allow", "deny"], "default" = "allow"))]
    pub(super) unmasked_values: Option<String>,
}

/// A member that is written has a value: without one, a slip such as `allowedHosts:` would lift the restriction.
fn written<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
