//! Finding and reading policies. A policy that is there and cannot be read is an error, never "no policy".

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::super::error::ConfigError;
use super::super::outline::Mistake;
use super::super::text::{self, Language};
use super::check;
use super::file::PolicyFile;
use super::rules::{Policies, Policy};
use crate::manifest::{folder_of, read_regular};

/// Where the policy of a machine lies. Nothing that a branch can set moves it.
pub const SYSTEM_POLICY: &str = "/etc/oppctl/policy.yaml";

/// The variable that names a further policy.
const VARIABLE: &str = "OPPCTL_POLICY";

/// More than any policy has.
const MOST_BYTES: u64 = 1024 * 1024;

const LANGUAGE: Language = Language {
    name: "policy",
    expecting: "a mapping with `version`",
    least: "write at least `version: 1`",
};

impl Policies {
    /// The policies that bind this process: that of the machine, and the one that `OPPCTL_POLICY` names.
    ///
    /// # Errors
    /// One of them cannot be read or has a mistake, or the variable names no file.
    pub fn of_this_process() -> Result<Self, ConfigError> {
        Self::load(Path::new(SYSTEM_POLICY), env::var_os(VARIABLE))
    }

    /// The policy at a fixed place, if there is one, and the one that a variable names, if it is set.
    pub(in crate::config) fn load(
        system: &Path,
        named: Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let mut policies = Vec::new();
        // A link that leads nowhere is a policy that cannot be read.
        let is_absent =
            fs::symlink_metadata(system).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if !is_absent {
            policies.push(read(system.to_owned())?);
        }
        if let Some(named) = named.map(PathBuf::from) {
            // An empty variable is a slip, and a relative path may lie in the checkout.
            if !named.is_absolute() {
                return Err(ConfigError::PolicyVariable { named });
            }
            policies.push(read(named)?);
        }
        Ok(Self(policies))
    }
}

/// Whether every user of this machine can write the file, or put another one in its place: it would limit nobody. In a folder such as
/// `/tmp` only the owner of a file can replace it. Whether the owner or the group can be trusted is not for this program to know.
#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    const BY_OTHERS: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    let mode = |path: &Path| fs::metadata(path).map_or(0, |found| found.mode());
    let folder = mode(folder_of(path));
    mode(path) & BY_OTHERS != 0 || folder & (BY_OTHERS | STICKY) == BY_OTHERS
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

fn read(path: PathBuf) -> Result<Policy, ConfigError> {
    let bytes =
        read_regular(&path, MOST_BYTES).map_err(|source| ConfigError::PolicyUnreadable {
            path: path.clone(),
            source,
        })?;
    if is_open(&path) {
        return Err(ConfigError::PolicyWritable { path });
    }
    let policy = text::read::<PolicyFile>(bytes, &LANGUAGE).and_then(|(file, outline)| {
        check::policy(file, path.clone()).map_err(|finding| Mistake {
            problem: finding.problem,
            at: outline.place(&finding.path),
        })
    });
    policy.map_err(|Mistake { problem, at }| ConfigError::Invalid {
        path,
        at,
        problem: Box::new(problem),
    })
}
