//! Who holds a lock, for the people who wait for it.

use std::fmt;
use std::fs;
use std::process::Command;

use reqwest::Url;

use crate::ledger::hex;

/// A run of oppctl.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Random: the only part that tells runs apart.
    pub id: String,
    pub host: String,
    pub user: String,
    pub pid: u32,
    /// Where the log of the CI run is.
    pub run: Option<String>,
}

/// The variables that hold the address of a run: GitLab, Jenkins, Buildkite, CircleCI, Drone and Travis.
const RUN_URLS: [&str; 6] = [
    "CI_JOB_URL",
    "BUILD_URL",
    "BUILDKITE_BUILD_URL",
    "CIRCLE_BUILD_URL",
    "DRONE_BUILD_LINK",
    "TRAVIS_JOB_WEB_URL",
];

/// Who started a run: in CI first, where the system's user is the same for all.
const USERS: [&str; 6] = [
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILD_USER_ID",
    "USER",
    "LOGNAME",
    "USERNAME",
];

impl Owner {
    /// This process.
    #[must_use]
    pub fn here() -> Self {
        Self::of(&|name| std::env::var(name).ok(), host())
    }

    /// This process, on this host and in this environment.
    pub(super) fn of(variable: &dyn Fn(&str) -> Option<String>, host: Option<String>) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let host = host.or_else(|| ["HOSTNAME", "COMPUTERNAME"].into_iter().find_map(variable));
        let unknown = || "unknown".to_owned();
        Self {
            id: hex::unique(),
            host: host.unwrap_or_else(unknown),
            user: USERS.into_iter().find_map(variable).unwrap_or_else(unknown),
            pid: std::process::id(),
            run: run(&variable),
        }
    }
}

fn run(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let github = || {
        let server = variable("GITHUB_SERVER_URL")?;
        let repository = variable("GITHUB_REPOSITORY")?;
        let id = variable("GITHUB_RUN_ID")?;
        Some(format!("{server}/{repository}/actions/runs/{id}"))
    };
    let azure = || {
        let server = variable("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI")?;
        let project = variable("SYSTEM_TEAMPROJECT")?;
        let id = variable("BUILD_BUILDID")?;
        let server = server.trim_end_matches('/');
        Some(format!("{server}/{project}/_build/results?buildId={id}"))
    };
    let url = github()
        .or_else(azure)
        .or_else(|| RUN_URLS.into_iter().find_map(variable))?;
    // Whatever the environment says is stored and shown: an address of the web, and nothing that lets anyone in.
    let mut url = Url::parse(&url).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url.into())
}

/// The name of this machine; `std` cannot tell.
fn host() -> Option<String> {
    let named = |text: String| Some(text.trim().to_owned()).filter(|name| !name.is_empty());
    let file = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    file.and_then(named).or_else(|| {
        let output = Command::new("hostname").output().ok()?;
        named(String::from_utf8(output.stdout).ok()?)
    })
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
