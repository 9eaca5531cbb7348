//! The language of `oppctl.yaml`, version 1: the types that serde reads and that the JSON Schema is derived from.
//!
//! The doc comments of these types are the descriptions that editors show. The types are plain structs with optional members,
//! because the errors of untagged enums do not name the mistake. `check` makes sure that exactly one of several members is written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

pub(super) use self::impact::ImpactFile;
pub(super) use self::limits::{GuardsFile, LimitsFile, MissingReference, ReferencesFile};
pub(super) use self::values::ScalarFile;
use self::values::named_values;
use super::answers::AnswersFile;
use super::severity_rules::{severity_rule, severity_words};
use crate::model::Level;
use crate::simulator::Crm;

mod impact;
mod limits;
mod values;

/// How grave something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum LevelFile {
    Error,
    Warning,
    Info,
    Off,
}

/// Each word with the levels that it may have.
fn severities(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let properties: serde_json::Map<String, serde_json::Value> = severity_words()
        .into_iter()
        .filter_map(|word| {
            let rule = severity_rule(word)?;
            let levels = Level::ALL.iter();
            let levels = levels.filter(|it| rule.least <= **it && **it <= rule.most);
            let levels: Vec<&str> = levels.map(|level| level.word()).collect();
            let default = rule.default.word();
            let property = serde_json::json!({ "enum": levels, "default": default });
            Some((word.to_owned(), property))
        })
        .collect();
    schemars::json_schema!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

/// The name of the configuration file.
pub const FILE_NAME: &str = "oppctl.yaml";

/// What others would call it.
pub(super) const OTHER_NAME: &str = "oppctl.yml";

/// The configuration of oppctl, version 1.
///
/// oppctl looks for `oppctl.yaml` in the working directory and then in its parent directories. Paths in the file are relative to
/// the file's folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `version`, `manifests` and `instances`")]
#[schemars(title = "oppctl configuration, version 1")]
pub(super) struct ConfigFile {
    /// The version of the configuration language. Always 1.
    #[schemars(extend("const" = 1))]
    #[expect(
        dead_code,
        reason = "the loader has checked it already; it is here for the schema"
    )]
    pub version: u32,
    /// The versions of oppctl that may use this file, for example `>=0.4`, as Cargo writes requirements. Any other version refuses it.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "the reader has checked it already; it is here for the schema"
    )]
    pub oppctl: Option<String>,
    /// Patterns of the manifest files, for example `pipeline/**/*.yaml`.
    #[schemars(length(min = 1), inner(length(min = 1)))]
    pub manifests: Vec<String>,
    /// Patterns of files that are no manifests, whatever `manifests` matches, for example `pipeline/drafts`.
    #[serde(default)]
    #[schemars(inner(length(min = 1)))]
    pub ignore: Vec<String>,
    /// The name of this project, for example `acme/pipeline`. A ledger belongs to one project: it takes the name with the first apply, and refuses every other one. Needed where the ledger lies outside of the folder of this file.
    #[schemars(length(min = 1, max = 100))]
    pub project: Option<String>,
    /// The instance that commands work on unless `--instance` or `OPPCTL_INSTANCE` names another. Not needed with a single instance.
    pub default_instance: Option<String>,
    /// The Marketo instances by the names that commands, reports and `--instance` use.
    #[serde(default)]
    pub instances: BTreeMap<String, InstanceFile>,
    /// How oppctl knows which records this project manages. Without it, oppctl deletes only records with `ensure: absent`, and the undeclared roles of opportunities with `rolesMode: exact`.
    #[serde(default)]
    pub ownership: OwnershipFile,
    /// Fields whose values are never shown, beside those that the instance marks as sensitive, for example `description`. Their names are those of `oppctl describe`.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(min = 1)))]
    pub sensitive: Vec<String>,
    /// The journals that applies write on this machine: the planned changes, their outcomes, and the previous values of the fields.
    #[serde(default)]
    pub journal: JournalFile,
    /// Limits on what one run may change: a run that would change more is refused.
    #[serde(default)]
    pub guards: GuardsFile,
    /// How grave problems, findings and notes are, by their codes: `error` refuses, `warning` is looked at first, `info` is only told, and `off` hides. `oppctl explain CODE` tells the default and what is possible.
    #[serde(default)]
    #[schemars(schema_with = "severities")]
    pub severity: BTreeMap<String, LevelFile>,
    /// How plans tell what they do to the pipeline.
    #[serde(default)]
    pub impact: ImpactFile,
    /// What becomes of entries that refer to records which are not there.
    #[serde(default)]
    pub references: ReferencesFile,
    /// How many calls oppctl may make. All integrations of an instance share Marketo's limits.
    #[serde(default)]
    pub limits: LimitsFile,
}

/// A Marketo instance: either `simulator`, or `baseUrl` with `credentials`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `simulator`, or with `baseUrl` and `credentials`")]
#[schemars(rename = "Instance", extend("oneOf" = [
    {"required": ["simulator"], "not": {"anyOf": [{"required": ["baseUrl"]}, {"required": ["credentials"]}]}},
    {"required": ["baseUrl", "credentials"], "not": {"required": ["simulator"]}},
]))]
pub(super) struct InstanceFile {
    /// The built-in simulator, which keeps its records in a folder: for trying things out and for tests.
    pub simulator: Option<SimulatorFile>,
    /// The instance's address, for example `https://123-ABC-456.mktorest.com`: *Endpoint* on Marketo's page Admin > Integration > Web Services, with or without `/rest`.
    /// Plain http is accepted for loopback addresses only.
    #[schemars(regex(
        pattern = r"^(https://|http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?(/|$))[^?#@]*$"
    ))]
    pub base_url: Option<String>,
    /// Where the client id and the client secret of the API user's custom service are.
    pub credentials: Option<CredentialsFile>,
    /// Whether `apply` and `undo` need this instance's name as confirmation: `--confirm NAME`.
    #[serde(default)]
    pub confirm: bool,
    /// Patterns of manifests that this instance has beside the common ones, for example `sandbox/**/*.yaml`.
    #[serde(default)]
    #[schemars(inner(length(min = 1)))]
    pub manifests: Vec<String>,
    /// Values that differ between instances. Manifests name them, as in `ownerEmail: ${owner}`.
    #[serde(default)]
    #[schemars(schema_with = "named_values")]
    pub set: BTreeMap<String, ScalarFile>,
    /// Whether an apply protects this instance's declared records from deletion, except those of entries with `protect: false`. It needs a ledger.
    #[serde(default)]
    pub protect: bool,
}

/// The built-in simulator. oppctl starts it in its own process and talks HTTP to it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `data`")]
#[schemars(rename = "Simulator")]
pub(super) struct SimulatorFile {
    /// The folder of the simulator's records, created on first use. Keep it out of version control.
    #[schemars(length(min = 1))]
    pub data: PathBuf,
    /// A YAML file with the leads that a new simulator starts with: `leads: [ { id: 456783, email: ada@example.com } ]`.
    #[schemars(length(min = 1))]
    pub leads: Option<PathBuf>,
    /// A YAML or JSON file with custom fields.
    #[schemars(length(min = 1))]
    pub schema: Option<PathBuf>,
    /// A YAML or JSON file with API users and their permissions. oppctl itself uses the client id `simulator`, which has all permissions unless the file says otherwise.
    #[schemars(length(min = 1))]
    pub users: Option<PathBuf>,
    /// A fault script, YAML or JSON. `oppctl simulator faults` lists the faults.
    #[schemars(length(min = 1))]
    pub faults: Option<PathBuf>,
    /// The native CRM sync of the instance. With one, opportunities are read-only and the API of roles is absent.
    #[schemars(extend("enum" = Crm::ALL.map(|(name, _)| name)))]
    pub crm: Option<String>,
    /// The answers in cases that Marketo's documentation leaves open: `preset`, and switches that override it. `oppctl simulator answers` lists the cases.
    #[serde(default)]
    pub answers: AnswersFile,
}

/// The client id and the client secret: Admin > Integration > LaunchPoint > View Details.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `clientId` and `clientSecret`")]
#[schemars(rename = "Credentials")]
pub(super) struct CredentialsFile {
    /// Where the client id is.
    pub client_id: CredentialFile,
    /// Where the client secret is. Never the secret itself.
    pub client_secret: CredentialFile,
}

/// The value of a credential in the file.
#[derive(Debug)]
pub(super) enum CredentialFile {
    /// Says where the credential is.
    Sources(CredentialSources),
    /// Anything but a mapping: probably the secret itself, so it is dropped.
    Literal,
}

/// Where a credential is: exactly one of `env`, `file` and `command`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "Credential", extend("minProperties" = 1, "maxProperties" = 1))]
pub(super) struct CredentialSources {
    /// The name of an environment variable that holds it.
    #[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*$"))]
    pub env: Option<String>,
    /// The path of a file that holds it; a byte order mark and line breaks at its end are dropped.
    #[schemars(length(min = 1))]
    pub file: Option<PathBuf>,
    /// A program and its arguments, run without a shell in the folder of the configuration. Its output is the credential.
    #[schemars(length(min = 1))]
    pub command: Option<Vec<String>>,
}

/// How oppctl knows which records this project manages.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `ledger` or `marker`")]
#[schemars(rename = "Ownership", extend("dependencies" = {"lease": ["ledger"]}))]
pub(super) struct OwnershipFile {
    /// Where oppctl keeps the list of the records that it manages: a directory, or `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH` with credentials from the environment.
    /// With a ledger, oppctl deletes a record when its entry is removed from the manifests. Every machine that applies must use the same ledger: keep a directory out of version control.
    #[schemars(regex(
        pattern = r"^(?!~(/|$))([^:]|:(?!//))+$|^([sS]3|[gG][sS]|[aA][zZ])://[A-Za-z0-9._-]+(/[^/?#]+)*/?$"
    ))]
    pub ledger: Option<String>,
    /// A custom field in which oppctl writes the project's name for every managed opportunity.
    pub marker: Option<MarkerFile>,
    /// How long the lock on the ledger stays valid without a renewal. After a crash, other runs wait until it has expired and for half as long again, but at most 30 s more. Between 1s and 1h.
    #[schemars(regex(pattern = "^[0-9]+[smh]$"), extend("default" = "60s"))]
    pub lease: Option<String>,
}

/// A custom field that names the owner of a record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `field` and `value`")]
#[schemars(rename = "Marker")]
pub(super) struct MarkerFile {
    /// The API name of the field: a custom string field that no manifest sets.
    #[schemars(regex(pattern = r"^[A-Za-z][A-Za-z0-9_]*$"))]
    pub field: String,
    /// The name of this project, for example `acme/pipeline`.
    #[schemars(regex(pattern = r"^\S(.*\S)?$"))]
    pub value: String,
}

/// The journals, one file for each apply. `oppctl history` shows them, and `oppctl undo` needs them.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `directory`, `keep` or `sensitive`")]
#[schemars(rename = "Journal")]
pub(super) struct JournalFile {
    /// Where the journals are: a directory relative to this file, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`. They contain values of records: keep a directory out of version control, and a bucket for those who may see the values.
    #[schemars(length(min = 1), extend("default" = JOURNALS))]
    pub directory: Option<String>,
    /// How long journals of finished runs are kept, for example `90d`. An apply removes older ones at its end; without this member none is removed. Journals of runs that did not finish, or whose outcome is unknown, stay.
    #[schemars(regex(pattern = r"^[0-9]+[smhd]$"))]
    pub keep: Option<String>,
    /// Whether the journals contain the values of sensitive fields too. Without them, `oppctl undo` cannot restore these fields.
    #[serde(default)]
    pub sensitive: bool,
}

/// The folder of the journals if the configuration names none.
pub(super) const JOURNALS: &str = ".oppctl/journal";

impl<'de> Deserialize<'de> for CredentialFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CredentialVisitor)
    }
}

/// Reads a scalar or list without keeping it, so that no error can repeat it.
struct CredentialVisitor;

impl<'de> Visitor<'de> for CredentialVisitor {
    type Value = CredentialFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping with one of `env`, `file` and `command`")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        CredentialSources::deserialize(MapAccessDeserializer::new(map)).map(CredentialFile::Sources)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(CredentialFile::Literal)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(CredentialFile::Literal)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(CredentialFile::Literal)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Self::Value, E> {
        Ok(CredentialFile::Literal)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(CredentialFile::Literal)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
        Ok(CredentialFile::Literal)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(CredentialFile::Literal)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(CredentialFile::Literal)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(CredentialFile::Literal)
    }
}

impl JsonSchema for CredentialFile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        CredentialSources::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        CredentialSources::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        CredentialSources::json_schema(generator)
    }
}
