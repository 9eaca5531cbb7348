//! From the bytes of a file to the types that serde reads: the checks that the configuration and the policy share.

use semver::{Version, VersionReq};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::ConfigProblem;
use super::outline::{Mistake, Outline};
use super::translate;
use crate::manifest::conflict;
use crate::model::Position;

/// The version of this program.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// The version of both languages that this program reads.
const VERSION: u64 = 1;

/// What errors call a file and say of it.
pub(super) struct Language {
    pub(super) name: &'static str,
    /// What the file has to be, as serde expects it.
    pub(super) expecting: &'static str,
    /// The least that a file has, as the hint for an empty one.
    pub(super) least: &'static str,
}

/// The members that are read before the others, because a later version may have others.
#[derive(Deserialize)]
struct VersionMember {
    version: serde_yaml::Value,
    #[serde(default)]
    oppctl: Option<serde_yaml::Value>,
}

/// Reads a file, and the places of its values.
pub(super) fn read<T: DeserializeOwned>(
    bytes: Vec<u8>,
    language: &Language,
) -> Result<(T, Outline), Mistake> {
    let text = String::from_utf8(bytes).map_err(|_| Mistake {
        problem: ConfigProblem::NotUtf8,
        at: None,
    })?;
    // Some editors put a byte order mark at the start of a file.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if let Some(offset) = conflict(text) {
        let line = text[..offset].lines().count() + 1;
        return Err(Mistake {
            problem: ConfigProblem::MergeConflict,
            at: Some(Position { line, column: 1 }),
        });
    }
    let outline = Outline::read(text)?;
    check_version(text, &outline, language)?;
    let file = serde_yaml::from_str(text).map_err(|error| translate::mistake(&error))?;
    Ok((file, outline))
}

/// Checks that this program is one of those which the file requires.
fn check_program(requirement: &serde_yaml::Value) -> Result<(), ConfigProblem> {
    let bad = || ConfigProblem::BadRequirement;
    // Without quotes `0.4` is a number.
    let requirement = match requirement {
        serde_yaml::Value::String(text) => text.clone(),
        serde_yaml::Value::Number(number) => number.to_string(),
        serde_yaml::Value::Null
        | serde_yaml::Value::Bool(_)
        | serde_yaml::Value::Sequence(_)
        | serde_yaml::Value::Mapping(_)
        | serde_yaml::Value::Tagged(_) => return Err(bad()),
    };
    let wanted = VersionReq::parse(&requirement).map_err(|_| bad())?;
    let running = Version::parse(PROGRAM).expect("Cargo checks the version of a package");
    if wanted.matches(&running) {
        return Ok(());
    }
    Err(ConfigProblem::OtherProgram {
        wanted: wanted.to_string(),
    })
}

/// Checks the version before anything else: a later version may have keys that are unknown here, and they are not mistakes.
fn check_version(text: &str, outline: &Outline, language: &Language) -> Result<(), Mistake> {
    let member = serde_yaml::from_str(text).map_err(|error| {
        let mut mistake = translate::mistake(&error);
        if let ConfigProblem::WrongType { path, wanted, .. } = &mut mistake.problem
            && path.is_empty()
        {
            language.expecting.clone_into(wanted);
        }
        mistake
    })?;
    let Some(VersionMember { version, oppctl }) = member else {
        return Err(Mistake {
            problem: ConfigProblem::Empty {
                least: language.least,
            },
            at: None,
        });
    };
    if let Some(requirement) = oppctl {
        check_program(&requirement).map_err(|problem| Mistake {
            problem,
            at: outline.place(&["oppctl".to_owned()]),
        })?;
    }
    if version.as_u64() == Some(VERSION) {
        return Ok(());
    }
    let found = match version {
        serde_yaml::Value::Number(number) => Some(number.to_string()),
        serde_yaml::Value::Null
        | serde_yaml::Value::String(_)
        | serde_yaml::Value::Bool(_)
        | serde_yaml::Value::Sequence(_)
        | serde_yaml::Value::Mapping(_)
        | serde_yaml::Value::Tagged(_) => None,
    };
    Err(Mistake {
        problem: ConfigProblem::UnsupportedVersion {
            found,
            language: language.name,
        },
        at: outline.place(&["version".to_owned()]),
    })
}
