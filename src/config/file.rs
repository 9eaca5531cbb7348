//! The language of `oppctl.yaml`, version 1: what serde reads and what the JSON Schema is derived from.
//!
//! The doc comments of these types are the descriptions that editors show. The shapes are plain
//! structs with optional members instead of untagged enums, whose errors name no mistake; that
//! exactly one of several members is written is checked in `check`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use schemars::{JsonSchema, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::json;

use crate::plan::Guards;
use crate::simulator::{Answers, Crm};

/// The configuration of oppctl, version 1.
///
/// oppctl looks for `oppctl.yaml` in the working directory and then in the folders above it. Paths
/// in it are relative to the folder of this file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `version`, `manifests` and `instances`")]
#[schemars(title = "oppctl configuration, version 1")]
pub(super) struct ConfigFile {
    /// The version of this file's language. Always 1.
    #[schemars(extend("const" = 1))]
    #[expect(
        dead_code,
        reason = "the loader has looked at it before; it is here for the schema"
    )]
    pub version: u32,
    /// Patterns of the manifest files, for example `pipeline/**/*.yaml`.
    #[schemars(length(min = 1), inner(length(min = 1)))]
    pub manifests: Vec<String>,
    /// The instance that commands work on unless `--instance` or `OPPCTL_INSTANCE` names another. Not needed with a single instance.
    pub default_instance: Option<String>,
    /// The Marketo instances by the names that commands, reports and `--instance` use.
    #[serde(default)]
    pub instances: BTreeMap<String, InstanceFile>,
    /// Which records are this project's: without it, nothing is deleted but what an entry says with `ensure: absent` or `rolesMode: exact`.
    #[serde(default)]
    pub ownership: OwnershipFile,
    /// What every apply writes down on this machine: what it was about to do, what became of it, and what fields held before.
    #[serde(default)]
    pub journal: JournalFile,
    /// What refuses a run that would delete more than expected.
    #[serde(default)]
    pub guards: GuardsFile,
    /// How hard oppctl may press on the API. Marketo's limits are shared by all integrations of an instance.
    #[serde(default)]
    pub limits: Limits,
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
    /// The built-in simulator: a Marketo of its own in a folder, for trying things out and for tests.
    pub simulator: Option<SimulatorFile>,
    /// The instance's address, for example `https://123-ABC-456.mktorest.com`: *Endpoint* on Marketo's page Admin > Integration > Web Services, with or without `/rest`.
    /// Plain http is accepted for loopback addresses only.
    #[schemars(regex(
        pattern = r"^(https://|http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?(/|$))[^?#@]*$"
    ))]
    pub base_url: Option<String>,
    /// Where the client id and the client secret of the API user's custom service are.
    pub credentials: Option<CredentialsFile>,
    /// Whether `apply` has to be told this instance's name (`--confirm NAME`).
    #[serde(default)]
    pub confirm: bool,
}

/// The built-in simulator. oppctl starts it in its own process and talks HTTP to it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `data`")]
#[schemars(rename = "Simulator")]
pub(super) struct SimulatorFile {
    /// The folder that keeps the simulator's records; made on first use. It does not belong into version control.
    #[schemars(length(min = 1))]
    pub data: PathBuf,
    /// A YAML file with the leads that a new simulator starts with: `leads: [ { id: 456783, email: ada@example.com } ]`.
    #[schemars(length(min = 1))]
    pub leads: Option<PathBuf>,
    /// A YAML or JSON file with custom fields.
    #[schemars(length(min = 1))]
    pub schema: Option<PathBuf>,
    /// A YAML or JSON file with API users and their permissions. oppctl itself comes as the client `simulator`, who may do everything unless the file says otherwise.
    #[schemars(length(min = 1))]
    pub users: Option<PathBuf>,
    /// A fault script, YAML or JSON. `oppctl simulator faults` lists the faults.
    #[schemars(length(min = 1))]
    pub faults: Option<PathBuf>,
    /// The native CRM sync that the instance has, with which opportunities are read-only and roles are not exposed.
    #[schemars(extend("enum" = Crm::ALL.map(|(name, _)| name)))]
    pub crm: Option<String>,
    /// How cases are answered that Marketo's documentation leaves open. `oppctl simulator answers` lists them.
    #[serde(default)]
    pub answers: AnswersFile,
}

/// Settings of the simulator's switches, by name.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct AnswersFile(pub(super) BTreeMap<String, AnswerFile>);

/// The value of a switch: a word, or a code with or without quotes.
#[derive(Debug)]
pub(super) struct AnswerFile(pub(super) String);

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

/// A credential as the file writes it.
#[derive(Debug)]
pub(super) enum CredentialFile {
    /// Says where the credential is.
    Sources(CredentialSources),
    /// Anything but a mapping: presumably the secret itself, which is not kept.
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
    /// The path of a file that holds it; one line break at its end is dropped.
    #[schemars(length(min = 1))]
    pub file: Option<PathBuf>,
    /// A program and its arguments, run without a shell in the folder of the configuration; what it prints is the credential.
    #[schemars(length(min = 1))]
    pub command: Option<Vec<String>>,
}

/// How oppctl knows which records are this project's.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `ledger` or `marker`")]
#[schemars(rename = "Ownership", extend("dependencies" = {"lease": ["ledger"]}))]
pub(super) struct OwnershipFile {
    /// Where oppctl remembers which records it manages: a directory, or `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH` with credentials from the environment.
    /// With it, a record whose entry is removed from the manifests is deleted. A directory does not belong into version control: every machine that applies has to see the same one.
    #[schemars(regex(
        pattern = r"^(?!~(/|$))([^:]|:(?!//))+$|^([sS]3|[gG][sS]|[aA][zZ])://[A-Za-z0-9._-]+(/[^/?#]+)*/?$"
    ))]
    pub ledger: Option<String>,
    /// A field on which managed records carry the name of this project.
    pub marker: Option<MarkerFile>,
    /// How long the lock on the ledger is good without a sign of life from its holder: after a crash, others wait half as long again. Between 1s and 1h.
    #[schemars(regex(pattern = "^[0-9]+[smh]$"), extend("default" = "60s"))]
    pub lease: Option<String>,
}

/// A custom field that names the owner of a record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `field` and `value`")]
#[schemars(rename = "Marker")]
pub(super) struct MarkerFile {
    /// The API name of the field: a custom string field, which no manifest sets.
    #[schemars(regex(pattern = r"^[A-Za-z][A-Za-z0-9_]*$"))]
    pub field: String,
    /// The name of this project, for example `acme/pipeline`.
    #[schemars(regex(pattern = r"^\S(.*\S)?$"))]
    pub value: String,
}

/// The journals of applies, a file for each: `oppctl history` shows them, `oppctl undo` goes back by them.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `directory` or `sensitive`")]
#[schemars(rename = "Journal")]
pub(super) struct JournalFile {
    /// The folder of the journals. It holds values of records, and does not belong into version control.
    #[schemars(length(min = 1), extend("default" = JOURNALS))]
    pub directory: Option<PathBuf>,
    /// Whether values of sensitive fields are written down as well. Without them, an undo cannot restore these fields.
    #[serde(default)]
    pub sensitive: bool,
}

/// Where journals are if the configuration does not say.
pub(super) const JOURNALS: &str = ".oppctl/journal";

/// What refuses a run that would delete more than expected; whichever is reached first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `maxDeletes` or `maxDeletePercent`")]
#[schemars(rename = "Guards")]
pub(super) struct GuardsFile {
    /// The most records that one run may delete.
    pub max_deletes: u32,
    /// The most records that one run may delete, in percent of the declared ones; counted from 20 declared records up.
    #[schemars(range(max = 100))]
    pub max_delete_percent: u32,
}

/// How hard oppctl may press on the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with `callsPer20s`, `concurrency` or `dailyCalls`")]
pub struct Limits {
    /// Calls in any 20 seconds. Marketo allows an instance 100 and advises an integration to stay at 50. More than 100 is accepted if all instances are local.
    #[schemars(range(min = 1))]
    pub calls_per_20s: u32,
    /// Calls at the same time. Marketo allows an instance 10 and advises an integration to stay at 5. More than 10 is accepted if all instances are local.
    #[schemars(range(min = 1))]
    pub concurrency: u32,
    /// Calls that the subscription has in a day: 50,000 usually.
    #[schemars(range(min = 1))]
    pub daily_calls: u32,
}

impl Default for GuardsFile {
    fn default() -> Self {
        let Guards {
            max_deletes,
            max_delete_percent,
        } = Guards::default();
        Self {
            max_deletes: max_deletes as u32,
            max_delete_percent: max_delete_percent as u32,
        }
    }
}

impl Default for Limits {
    // Page "Integration best practices": half of the instance's limits, which all integrations share.
    // Page "REST API": 50,000 calls a day.
    fn default() -> Self {
        Self {
            calls_per_20s: 50,
            concurrency: 5,
            daily_calls: 50_000,
        }
    }
}

impl<'de> Deserialize<'de> for CredentialFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CredentialVisitor)
    }
}

/// Takes a scalar or list without looking at it, so that no error can repeat it.
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

impl<'de> Deserialize<'de> for AnswerFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}

struct AnswerVisitor;

impl Visitor<'_> for AnswerVisitor {
    type Value = AnswerFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word or a code")
    }

    fn visit_u64<E: Error>(self, code: u64) -> Result<Self::Value, E> {
        Ok(AnswerFile(code.to_string()))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        Ok(AnswerFile(word.to_owned()))
    }
}

/// A member for each switch, with its values.
impl JsonSchema for AnswersFile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Answers".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let members: serde_json::Map<_, _> = Answers::all()
            .iter()
            .map(|switch| {
                let words = switch.values.iter().map(|value| json!(value));
                // In YAML a code is a number unless it is quoted.
                let codes = switch.values.iter().filter_map(|value| {
                    let code: Option<u64> = value.parse().ok();
                    code.map(|code| json!(code))
                });
                let member = json!({
                    "description": switch.reason,
                    "enum": words.chain(codes).collect::<Vec<_>>(),
                    "default": switch.default(),
                });
                (switch.name.to_owned(), member)
            })
            .collect();
        json_schema!({
            "type": "object",
            "properties": members,
            "additionalProperties": false,
        })
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
