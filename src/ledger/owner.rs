//! The owner of a lock, as people who wait for the lock see it.

use std::fmt;
use std::fs;
use std::process::Command;

use reqwest::Url;

use crate::store::hex;

/// A run of oppctl.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Random. No two runs have the same id; all other members may be equal.
    pub id: String,
    pub host: String,
    pub user: String,
    pub pid: u32,
    /// The address of the CI run.
    pub run: Option<String>,
}

/// The environment variables with the address of a CI run: GitLab, Jenkins, Buildkite, CircleCI, Drone and Travis.
const RUN_URLS: [&str; 6] = [
    "CI_JOB_URL",
    "BUILD_URL",
    "BUILDKITE_BUILD_URL",
    "CIRCLE_BUILD_URL",
    "DRONE_BUILD_LINK",
    "TRAVIS_JOB_WEB_URL",
];

/// The environment variables with the user who started a run. Those of CI systems come first, because there all runs have the
/// same system user.
const USERS: [&str; 13] = [
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILD_REQUESTEDFOR",
    "BUILD_USER_ID",
    "BUILD_USER",
    "CHANGE_AUTHOR",
    "BUILDKITE_BUILD_CREATOR",
    "BUILDKITE_BUILD_AUTHOR",
    "CIRCLE_USERNAME",
    "DRONE_COMMIT_AUTHOR",
    "USER",
    "LOGNAME",
    "USERNAME",
];

/// Reads an environment variable.
type Variable<'v> = &'v dyn Fn(&str) -> Option<String>;

impl Owner {
    /// This process.
    #[must_use]
    pub fn here() -> Self {
        let mut owner = Self::of(&|name| std::env::var(name).ok(), host());
        // Containers often set no variable.
        if owner.is_nameless()
            && let Some(user) = system_user()
        {
            owner.user = user;
        }
        owner
    }

    /// Whether nothing says who runs this.
    #[must_use]
    pub fn is_nameless(&self) -> bool {
        self.user == UNKNOWN
    }

    /// This process, on this host and in this environment.
    pub(super) fn of(variable: Variable<'_>, host: Option<String>) -> Self {
        let host = host.or_else(|| first_set(variable, &["HOSTNAME", "COMPUTERNAME"]));
        Self {
            id: hex::unique(),
            host: host.unwrap_or_else(|| UNKNOWN.to_owned()),
            user: first_set(variable, &USERS).unwrap_or_else(|| UNKNOWN.to_owned()),
            pid: std::process::id(),
            run: ci_run(variable),
        }
    }
}

const UNKNOWN: &str = "unknown";

/// A variable that is set and not empty.
fn set(variable: Variable<'_>, name: &str) -> Option<String> {
    variable(name).filter(|value| !value.is_empty())
}

/// The value of the first of these variables that is set.
fn first_set(variable: Variable<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| set(variable, name))
}

/// The address of the CI run of this process.
fn ci_run(variable: Variable<'_>) -> Option<String> {
    let address = github_run(variable)
        .or_else(|| azure_run(variable))
        .or_else(|| first_set(variable, &RUN_URLS))?;
    // The address is stored and shown, so it must be a web address without credentials.
    let mut url = Url::parse(&address).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url.into())
}

fn github_run(variable: Variable<'_>) -> Option<String> {
    let server = set(variable, "GITHUB_SERVER_URL")?;
    let repository = set(variable, "GITHUB_REPOSITORY")?;
    let id = set(variable, "GITHUB_RUN_ID")?;
    Some(format!("{server}/{repository}/actions/runs/{id}"))
}

fn azure_run(variable: Variable<'_>) -> Option<String> {
    let collection = set(variable, "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI")?;
    let project = set(variable, "SYSTEM_TEAMPROJECT")?;
    let id = set(variable, "BUILD_BUILDID")?;
    let server = collection.trim_end_matches('/');
    Some(format!("{server}/{project}/_build/results?buildId={id}"))
}

/// The name of the system user, as far as files tell it.
fn system_user() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let id = ids.split_whitespace().next()?;
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let of_id = |line: &str| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)? == id).then(|| name.to_owned())
    };
    users.lines().find_map(of_id)
}

/// The name of this machine, which `std` does not offer.
fn host() -> Option<String> {
    let from_kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    from_kernel.as_deref().and_then(trimmed).or_else(|| {
        // Another program needs none of our secrets.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut command = Command::new("hostname");
        let output = command.env_clear().env("PATH", path).output().ok()?;
        trimmed(std::str::from_utf8(&output.stdout).ok()?)
    })
}

/// The text without blanks around it, or `None` if nothing else is in it.
fn trimmed(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|name| !name.is_empty())
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            host,
            user,
            pid,
            run,
        } = self;
        write!(f, "{user} on {host} (process {pid}, owner {id}")?;
        if let Some(run) = run {
            write!(f, ", {run}")?;
        }
        f.write_str(")")
    }
}
