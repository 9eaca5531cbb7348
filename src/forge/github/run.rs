//! What a job of GitHub Actions is about, from its variables and its event.
//!
//! Source: docs.github.com, "Variables reference" and "Webhook events and payloads".

use secrecy::SecretString;
use serde_json::Value;

use crate::forge::calls::Pull;
use crate::forge::error::ForgeError;
use crate::forge::variables::{ApiAddress, Variables, is_commit};

/// A job of GitHub Actions.
#[derive(Debug)]
pub struct GithubRun {
    pub(super) api: ApiAddress,
    /// `OWNER/NAME`.
    pub(super) repository: String,
    /// The commit of the run: for a pull request its last one, and not the merge that GitHub tries out.
    pub(super) commit: String,
    pub(super) pull: Option<Pull>,
    /// `refs/heads/…`, or something else.
    pub(super) reference: Option<String>,
    /// The address of the run's log.
    pub(super) log: Option<String>,
    pub(super) token: SecretString,
}

impl GithubRun {
    /// Reads the variables. `read` reads the file of the event.
    ///
    /// # Errors
    /// A variable is missing or unusable.
    pub fn of(
        lookup: &dyn Fn(&str) -> Option<String>,
        read: impl FnOnce(&str) -> std::io::Result<String>,
    ) -> Result<Self, ForgeError> {
        let variables = Variables {
            forge: "GitHub Actions",
            lookup,
        };
        let api = variables.required("GITHUB_API_URL")?;
        let api = ApiAddress::parse("GITHUB_API_URL", &api)?;
        let repository = variables.required("GITHUB_REPOSITORY")?;
        if !is_repository(&repository) {
            return Err(ForgeError::Variable {
                variable: "GITHUB_REPOSITORY",
                why: "is not OWNER/NAME",
            });
        }
        let of_run = variables.commit("GITHUB_SHA")?;
        let pull = match variables.optional(EVENT) {
            Some(path) => proposed(path, read)?,
            None => None,
        };
        let commit = pull.as_ref().map_or(of_run, |pull| pull.head.clone());
        let server = variables.optional("GITHUB_SERVER_URL");
        let id = variables.optional("GITHUB_RUN_ID");
        let log = server
            .zip(id)
            .map(|(server, id)| format!("{server}/{repository}/actions/runs/{id}"));
        Ok(Self {
            api,
            repository,
            commit,
            pull,
            reference: variables.optional("GITHUB_REF"),
            log,
            token: variables.required("GITHUB_TOKEN")?.into(),
        })
    }

    /// The branch of the run.
    pub(super) fn branch(&self) -> Result<&str, ForgeError> {
        let variable = "GITHUB_REF";
        let forge = "GitHub Actions";
        let reference = self.reference.as_deref();
        let reference = reference.ok_or(ForgeError::NoVariable { variable, forge })?;
        let why = "is not a branch: run this in a job of the branch that was merged into";
        let branch = reference.strip_prefix("refs/heads/");
        branch.ok_or(ForgeError::Variable { variable, why })
    }

    /// The commit that the run is about.
    #[must_use]
    pub fn commit(&self) -> &str {
        &self.commit
    }
}

/// The variable with the path of the event.
const EVENT: &str = "GITHUB_EVENT_PATH";

/// The pull request that started a run, by the file of its event.
fn proposed(
    path: String,
    read: impl FnOnce(&str) -> std::io::Result<String>,
) -> Result<Option<Pull>, ForgeError> {
    let variable = EVENT;
    let event = match read(&path) {
        Ok(event) => event,
        Err(source) => {
            return Err(ForgeError::Event {
                variable,
                path,
                source,
            });
        }
    };
    let event: Option<Value> = serde_json::from_str(&event).ok();
    let why = match event.filter(Value::is_object) {
        None => "it is not an object of JSON, as if it were cut off",
        Some(event) if event["pull_request"].is_null() => return Ok(None),
        Some(event) => match pull(&event["pull_request"]) {
            Some(pull) => return Ok(Some(pull)),
            None => "its pull request has no number or no last commit",
        },
    };
    Err(ForgeError::NotAnEvent {
        variable,
        path,
        why,
    })
}

/// The pull request of an event, or of an answer of the API.
pub(super) fn pull(value: &Value) -> Option<Pull> {
    let head = value["head"]["sha"].as_str()?;
    Some(Pull {
        number: value["number"].as_u64()?,
        head: Some(head).filter(|head| is_commit(head))?.to_owned(),
    })
}

/// Whether this is `OWNER/NAME`: it becomes a part of each address.
fn is_repository(text: &str) -> bool {
    let is_name = |part: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !matches!(part, "" | "." | "..") && part.bytes().all(is_plain)
    };
    text.split_once('/')
        .is_some_and(|(owner, name)| is_name(owner) && is_name(name))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

    fn run(repository: &str, event: &'static str) -> Result<GithubRun, ForgeError> {
        let lookup = |name: &str| {
            let value = match name {
                "GITHUB_API_URL" => "https://api.github.com",
                "GITHUB_REPOSITORY" => repository,
                "GITHUB_SHA" => "ffffffffffffffffffffffffffffffffffffffff",
                "GITHUB_EVENT_PATH" => "event.json",
                "GITHUB_TOKEN" => "hush",
                _ => return None,
            };
            Some(value.to_owned())
        };
        GithubRun::of(&lookup, |_| Ok(event.to_owned()))
    }

    #[test]
    fn the_check_of_a_pull_request_is_at_its_last_commit() {
        let event = r#"{"pull_request": {"number": 7, "head": {"sha": "0123456789abcdef0123456789abcdef01234567"}}}"#;
        let found = run("acme/pipeline", event).expect("it is a job");
        assert_eq!(
            (found.commit(), found.pull.as_ref().map(|pull| pull.number)),
            (SHA, Some(7))
        );
        let push = run("acme/pipeline", "{}").expect("it is a job");
        assert_eq!((push.commit(), &push.pull), (&*"f".repeat(40), &None));
        for repository in ["acme", "acme/..", "acme/a b", "a/b/c", "acme/x?y"] {
            assert!(run(repository, "{}").is_err(), "{repository}");
        }
    }
}
