//! What can be wrong with the configuration, and what to do about it.
//!
//! The `Display` of a [`ConfigError`] says what is wrong. Its path, its place and its hint have methods, so that `cli` can lay
//! them out. No text repeats anything that may be a secret.

use std::io;
use std::path::{Path, PathBuf};

use super::error_words::{
    bounds, inside, known, listed, named, not_found, suggestion, unsupported, wrong_answer,
};
use super::file::FILE_NAME;
use crate::manifest::PatternError;
use crate::model::{BaseUrlError, Position, shell_word};
use crate::simulator::{AnswerError, Crm};
use crate::store::LocationError;

/// Why there is no configuration, or no instance.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("no {FILE_NAME} in {} or in a parent directory", dir.display())]
    NotFound { dir: PathBuf },
    #[error("cannot read {}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{problem}")]
    Invalid {
        path: PathBuf,
        at: Option<Position>,
        problem: Box<ConfigProblem>,
    },
    #[error("there is no instance `{name}`")]
    UnknownInstance {
        path: PathBuf,
        name: String,
        known: Vec<String>,
    },
    #[error("no instance is chosen: the file declares {} instances", known.len())]
    NoInstanceChosen { path: PathBuf, known: Vec<String> },
    #[error("the file declares no instances")]
    NoInstances { path: PathBuf },
    #[error("cannot read the policy {}", path.display())]
    PolicyUnreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the policy {} can be changed by every user of this machine", path.display())]
    PolicyWritable { path: PathBuf },
    #[error("OPPCTL_POLICY must name a file by its absolute path, and is \"{}\"", named.display())]
    PolicyVariable { named: PathBuf },
}

/// A mistake in the text of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigProblem {
    #[error("the file is not UTF-8")]
    NotUtf8,
    #[error("{message}")]
    NotYaml { message: String },
    #[error("the file has a second document")]
    SecondDocument,
    #[error("git left a conflict in this file")]
    MergeConflict,
    #[error("the file is empty")]
    Empty { least: &'static str },
    #[error("{} occurs twice in one mapping", named(name.as_deref(), "a key"))]
    DuplicateKey { name: Option<String> },
    #[error("unknown key{}{}", name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default(), inside(within))]
    UnknownKey {
        within: String,
        /// `None` where the key itself may be a secret.
        name: Option<String>,
        /// The allowed key that is close to it.
        meant: Option<String>,
        allowed: Vec<String>,
    },
    #[error("`{name}` is missing{}", inside(within))]
    MissingKey { within: String, name: String },
    #[error("{} must be {wanted}{}", named((!path.is_empty()).then_some(path), "the file"), found.as_ref().map(|found| format!(", not {found}")).unwrap_or_default())]
    WrongType {
        path: String,
        found: Option<String>,
        wanted: String,
    },
    #[error("{}", unsupported(found.as_deref(), language))]
    UnsupportedVersion {
        /// `None` if it is not a number.
        found: Option<String>,
        language: &'static str,
    },
    #[error("the file needs oppctl {wanted}, and this is oppctl {}", env!("CARGO_PKG_VERSION"))]
    OtherProgram { wanted: String },
    #[error("`oppctl` does not name versions of oppctl")]
    BadRequirement,
    #[error("`manifests` has no pattern")]
    NoManifests,
    #[error("not a valid pattern: {0}")]
    BadPattern(PatternError),
    #[error("the name of an instance is empty or has blanks around it")]
    BadInstanceName,
    #[error("the name of a value is not a letter followed by letters, digits, `_` and `-`")]
    BadValueName,
    #[error("a value of `set` is an alias or has a tag")]
    AliasAsValue,
    #[error("{} has neither `simulator` nor `baseUrl`", instance.as_ref().map_or_else(|| "an instance".to_owned(), |name| format!("instance `{name}`")))]
    NoTarget {
        /// `None` where nothing at all is written: in `instances: { a, b }` a name may be a secret.
        instance: Option<String>,
    },
    #[error("instance `{instance}` has both `simulator` and `{other}`")]
    TwoTargets {
        instance: String,
        other: &'static str,
    },
    #[error("instance `{instance}` has `{written}` but not `{missing}`")]
    HalfTarget {
        instance: String,
        written: &'static str,
        missing: &'static str,
    },
    #[error("`baseUrl` {0}")]
    BaseUrl(BaseUrlError),
    #[error("`{member}` does not say where the credential is")]
    LiteralCredential { member: &'static str },
    #[error("`{member}` has {found} of `env`, `file` and `command`")]
    CredentialSources { member: &'static str, found: usize },
    #[error("`env` is not the name of an environment variable")]
    BadVariableName,
    #[error("`{member}` looks like a URL, and has to be a path on this machine")]
    UrlAsPath { member: &'static str },
    #[error("`{member}` is empty")]
    EmptyMember { member: &'static str },
    #[error("`{member}` must be {}, not {found}", bounds(*least, *most))]
    OutOfBounds {
        member: &'static str,
        found: u32,
        least: u32,
        most: u32,
    },
    #[error(
        "`{member}` is {found}, but Marketo allows {most} per instance, for all integrations together"
    )]
    OverSharedLimit {
        member: &'static str,
        found: u32,
        most: u32,
    },
    #[error("`crm` is not one of the known words")]
    UnknownCrm { meant: Option<String> },
    #[error("{}", wrong_answer(.0))]
    Answer(AnswerError),
    #[error("`{member}` {error}")]
    Location {
        member: &'static str,
        error: LocationError,
    },
    #[error("`project` is empty, longer than 100 characters, or has blanks around it")]
    BadProject,
    #[error(
        "`{member}` lies outside of this project, where others may have theirs, and the project has no name"
    )]
    NoProject { member: &'static str },
    #[error("`lease` has no effect without `ledger`")]
    LeaseAlone,
    #[error("`lease` is not a duration between 1s and 1h")]
    BadLease,
    #[error("`keep` is not a duration of at least 1d")]
    BadKeep,
    #[error("`missing: skip` has no effect with a ledger")]
    SkipWithLedger,
    #[error("`readLag` is not a duration of at most 10m")]
    BadReadLag,
    #[error("`maxPipelineChange` is not a share in percent")]
    BadShare,
    #[error("`field` is not the API name of a field")]
    BadFieldName,
    #[error("`{name}` is a standard field of Marketo, but the marker needs a custom field")]
    StandardField { name: String },
    #[error("`value` is empty or has blanks around it")]
    BadMarker,
    #[error("`{word}` is not the code of a problem, a finding or a note")]
    UnknownSeverity {
        word: String,
        meant: Option<&'static str>,
    },
    #[error("`{word}` is a refusal, which no severity changes")]
    RefusalSeverity { word: String },
    #[error("`{word}` cannot be `{level}`: {reason}")]
    FixedSeverity {
        word: &'static str,
        level: &'static str,
        reason: &'static str,
    },
    #[error("this is neither a host nor `*.` and a domain")]
    BadHost,
    #[error("this directory is relative, or has a part `..`")]
    BadLedgerPlace,
    #[error("`{member}` is neither `allow` nor `deny`")]
    BadVerdict { member: &'static str },
    #[error("`defaultInstance` names `{name}`, which is not one of the instances")]
    UnknownDefault { name: String, known: Vec<String> },
}

impl ConfigError {
    /// The file with the mistake, if there is a file.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::NotFound { dir: _ } | Self::PolicyVariable { named: _ } => None,
            Self::Unreadable { path, source: _ }
            | Self::PolicyUnreadable { path, source: _ }
            | Self::PolicyWritable { path }
            | Self::Invalid {
                path,
                at: _,
                problem: _,
            }
            | Self::UnknownInstance {
                path,
                name: _,
                known: _,
            }
            | Self::NoInstanceChosen { path, known: _ }
            | Self::NoInstances { path } => Some(path),
        }
    }

    /// The place of the mistake in the file.
    #[must_use]
    pub fn location(&self) -> Option<Position> {
        match self {
            Self::Invalid { at, .. } => *at,
            Self::NotFound { .. }
            | Self::Unreadable { .. }
            | Self::UnknownInstance { .. }
            | Self::NoInstanceChosen { .. }
            | Self::NoInstances { .. }
            | Self::PolicyUnreadable { .. }
            | Self::PolicyWritable { .. }
            | Self::PolicyVariable { .. } => None,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { dir } => Some(not_found(dir)),
            Self::Unreadable { .. } => None,
            Self::PolicyUnreadable { .. } => Some(
                "make the file readable for this user; oppctl does nothing without its policy"
                    .to_owned(),
            ),
            Self::PolicyWritable { path } => Some(format!(
                "take the right to write it away: `chmod o-w {}`; the same for its folder",
                shell_word(&path.to_string_lossy())
            )),
            Self::PolicyVariable { .. } => Some(
                "write the absolute path of a policy file outside of the repository, or unset the variable"
                    .to_owned(),
            ),
            Self::Invalid { problem, .. } => problem.hint(),
            Self::UnknownInstance { name, known, .. } => Some(suggestion(name, known)),
            Self::NoInstanceChosen { known, .. } => Some(format!(
                "choose one with `--instance NAME` or `defaultInstance`: {}",
                listed(known)
            )),
            Self::NoInstances { .. } => Some(
                "declare one: `instances: { local: { simulator: { data: .oppctl/simulator } } }`"
                    .to_owned(),
            ),
        }
    }
}

impl ConfigProblem {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotUtf8 => "save the file as UTF-8",
            Self::NotYaml { .. } => return None,
            Self::SecondDocument => "remove the line `---`: the file must be a single document",
            Self::MergeConflict => {
                "keep what is right of the two sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`"
            }
            Self::Empty { least } => least,
            Self::DuplicateKey { .. } => "remove one of the two",
            Self::UnknownKey { meant, allowed, .. } => {
                return Some(known(meant.as_deref(), allowed));
            }
            Self::MissingKey { name, .. } if name == "version" => "write `version: 1`",
            Self::MissingKey { name, .. } if name == "manifests" => {
                "write the patterns of the manifests, for example `manifests: [\"pipeline/**/*.yaml\"]`"
            }
            Self::MissingKey { .. } => return None,
            Self::WrongType { .. } => return None,
            Self::UnsupportedVersion { .. } => "this oppctl reads version 1",
            Self::OtherProgram { .. } => {
                "install a version that satisfies it, or correct `oppctl` in the file if it asks for too much"
            }
            Self::BadRequirement => {
                "write a requirement as for Cargo, for example `oppctl: \">=0.4\"`"
            }
            Self::NoManifests => "write at least one pattern, for example `pipeline/**/*.yaml`",
            Self::BadPattern(error) => error.hint(),
            Self::BadInstanceName => "write a name for `--instance`, for example `production`",
            Self::BadValueName => {
                "write a name as in `set: { owner: ada@example.com }`; manifests refer to it as `${owner}`"
            }
            Self::AliasAsValue => "write the value itself",
            Self::NoTarget { .. } => {
                "write either `simulator: { data: DIR }`, or `baseUrl` and `credentials`"
            }
            Self::TwoTargets { .. } => "declare two instances, or remove one of the two members",
            Self::HalfTarget { .. } => "a Marketo instance needs `baseUrl` and `credentials`",
            Self::BaseUrl(error) => error.hint(),
            Self::LiteralCredential { .. } => {
                "never write a credential in this file: write `{ env: NAME }`, `{ file: PATH }` or `{ command: [PROGRAM, ARGUMENT] }`; if a secret was written here, renew it"
            }
            Self::CredentialSources { .. } => "write exactly one of them",
            Self::BadVariableName => {
                "write the variable's name, for example `MARKETO_CLIENT_SECRET`"
            }
            Self::EmptyMember { .. } => return None,
            Self::UrlAsPath { .. } => {
                "name a folder or a file, for example `.oppctl/runs`; only `ownership.ledger` and `journal.directory` can be in object storage"
            }
            Self::OutOfBounds { .. } => return None,
            Self::OverSharedLimit { most, .. } => {
                return Some(format!(
                    "write at most {most}; more is accepted only if all instances are on this machine"
                ));
            }
            Self::UnknownCrm { meant } => {
                return Some(known(
                    meant.as_deref(),
                    &Crm::ALL.map(|(name, _)| name.to_owned()),
                ));
            }
            Self::Answer(error) => return Some(error.hint()),
            Self::Location { error, .. } => error.hint(),
            Self::BadProject => {
                "write a name that only this project has, for example `project: acme/pipeline`"
            }
            Self::NoProject { .. } => {
                "add a name that only this project has, for example `project: acme/pipeline`: oppctl then refuses what belongs to other projects"
            }
            Self::LeaseAlone => {
                "add `ledger`, or remove `lease`: it is the lease of the lock on the ledger"
            }
            Self::BadLease => "write a duration such as `60s` or `2m`",
            Self::BadKeep => "write a duration such as `90d`, or remove it to keep all journals",
            Self::SkipWithLedger => {
                "remove it: the ledger tells which references were lost, and their entries are left out"
            }
            Self::BadReadLag => "write a duration such as `20s`, or `0s` if reads never lag",
            Self::BadShare => "write a share such as `10%` or `2.5%`",
            Self::BadFieldName | Self::StandardField { .. } => {
                "name a custom field of type string, for example `managedBy`; `oppctl fields` lists them"
            }
            Self::BadMarker => {
                "write a name that only this project has, for example `acme/pipeline`"
            }
            Self::UnknownSeverity { meant, .. } => {
                return Some(code_meant(*meant));
            }
            Self::RefusalSeverity { word } => return Some(removed(word)),
            Self::FixedSeverity { word, .. } => return Some(removed(word)),
            Self::BadHost => {
                "write a host such as `123-ABC-456.mktorest.com`, or all below a domain: `*.mktorest.com`"
            }
            Self::BadLedgerPlace => {
                "write an absolute directory, or a place such as `s3://acme-ops/oppctl`"
            }
            Self::BadVerdict { .. } => "write `allow` or `deny`",
            Self::UnknownDefault { name, known } => return Some(suggestion(name, known)),
        };
        Some(hint.to_owned())
    }
}

/// The code that may have been meant.
fn code_meant(meant: Option<&str>) -> String {
    meant.map_or_else(
        || "`oppctl explain` lists all codes".to_owned(),
        |word| format!("did you mean `{word}`?"),
    )
}

/// The way out for a severity that cannot be set.
fn removed(word: &str) -> String {
    format!("remove it; see `oppctl explain {word}`")
}
