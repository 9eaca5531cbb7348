//! Whether a CI system runs this process for a change that is not merged yet, as its variables tell.

use std::path::Path;

use super::links::head;

/// The variables that have the number of a pull request: in GitLab's jobs of merge requests and of branches that have one, in
/// Bitbucket's, in Azure's and in those of Jenkins.
const NUMBERS: [&str; 5] = [
    "CI_MERGE_REQUEST_IID",
    "CI_OPEN_MERGE_REQUESTS",
    "BITBUCKET_PR_ID",
    "SYSTEM_PULLREQUEST_PULLREQUESTID",
    "CHANGE_ID",
];

/// Whether this process is a job for a pull request: then a merge applies what is planned, and else an apply does.
#[must_use]
pub fn is_proposal() -> bool {
    proposed(|name| std::env::var(name).ok())
}

fn proposed(variable: impl Fn(&str) -> Option<String>) -> bool {
    let event = variable("GITHUB_EVENT_NAME");
    let has_number = |name: &&str| variable(name).is_some_and(|number| !number.is_empty());
    event.is_some_and(|event| event.starts_with("pull_request"))
        || variable("GITHUB_EVENT_PATH").is_some_and(|path| head(Path::new(&path)).is_some())
        || NUMBERS.iter().any(has_number)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn jobs_for_pull_requests_are_known_by_their_variables() {
        let of =
            |name: &str, value: &str| proposed(|asked| (asked == name).then(|| value.to_owned()));
        for (name, value, expected) in [
            ("GITHUB_EVENT_NAME", "pull_request", true),
            ("GITHUB_EVENT_NAME", "pull_request_target", true),
            ("GITHUB_EVENT_NAME", "push", false),
            ("GITHUB_EVENT_PATH", "/nowhere/event.json", false),
            ("CI_MERGE_REQUEST_IID", "7", true),
            ("CI_OPEN_MERGE_REQUESTS", "", false),
            ("BITBUCKET_PR_ID", "7", true),
            ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7", true),
            ("CHANGE_ID", "7", true),
            ("CI", "true", false),
        ] {
            assert_eq!(of(name, value), expected, "{name}={value}");
        }
    }
}
