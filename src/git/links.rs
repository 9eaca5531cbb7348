//! Where a forge shows the manifests, as the variables of its CI tell.

use std::path::Path;
use std::str::FromStr;

use serde::Deserialize;

use super::commit::folder_in_tree;
use crate::manifest::read_regular;
use crate::run::CodeLinks;

/// More than any event has.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The event that started a workflow of GitHub, as far as it tells which commit is reviewed.
#[derive(Deserialize)]
struct Event {
    pull_request: Option<PullRequest>,
}

#[derive(Deserialize)]
struct PullRequest {
    head: Head,
}

#[derive(Deserialize)]
struct Head {
    sha: String,
}

/// The pages of a forge: those that a person names, else those of the forge in whose CI this process runs. `root` is the folder of
/// the configuration, and `commit` the one that is checked out.
#[must_use]
pub fn code_links(
    root: &Path,
    commit: Option<&str>,
    named: Option<&LinkBase>,
) -> Option<CodeLinks> {
    links(
        |name| std::env::var(name).ok(),
        folder_in_tree(root)?,
        commit,
        named,
    )
}

/// Where a forge shows lines: an address with `{commit}`, `{path}` and `{line}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkBase(String);

/// What follows the address of a repository's files on GitHub, on GitLab and on others.
const LINE: &str = "/{commit}/{path}#L{line}";

impl FromStr for LinkBase {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = ["{commit}", "{path}", "{line}"];
        // The path must not take the host's place.
        let host = text
            .split_once("://")
            .map(|(_, rest)| rest.split('/').next());
        let has_host = host
            .flatten()
            .is_some_and(|host| !host.is_empty() && !host.contains('{'));
        let template = if text.contains('{') {
            text.to_owned()
        } else {
            format!("{}{LINE}", text.trim_end_matches('/'))
        };
        let rest = names
            .iter()
            .fold(template.clone(), |text, name| text.replacen(name, "", 1));
        // What is not an address would break the Markdown around it.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/.-~%_?&=#+@".contains(c);
        let is_web = ["https://", "http://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        let is_whole = names.iter().all(|name| template.contains(name));
        if is_web && has_host && is_whole && rest.chars().all(is_plain) {
            Ok(Self(template))
        } else {
            Err("expected an address such as https://forge.example/acme/pipeline/src, or one with {commit}, {path} and {line}".to_owned())
        }
    }
}

fn links(
    variable: impl Fn(&str) -> Option<String>,
    folder: String,
    commit: Option<&str>,
    named: Option<&LinkBase>,
) -> Option<CodeLinks> {
    let on_github = || {
        let (server, name) = (
            variable("GITHUB_SERVER_URL")?,
            variable("GITHUB_REPOSITORY")?,
        );
        Some(format!("{server}/{name}/blob"))
    };
    let on_gitlab = || Some(format!("{}/-/blob", variable("CI_PROJECT_URL")?));
    let template = match named {
        Some(LinkBase(template)) => template.clone(),
        None => {
            let base = on_github().or_else(on_gitlab)?;
            let LinkBase(template) = base.parse().ok().filter(|_| base.starts_with("https://"))?;
            template
        }
    };
    // A pull request is planned on a merge commit, which nobody can look at later.
    let reviewed = variable("GITHUB_EVENT_PATH").and_then(|path| head(Path::new(&path)));
    let commit = reviewed.or_else(|| commit.map(str::to_owned));
    Some(CodeLinks {
        template,
        commit,
        folder,
    })
}

/// The head of the pull request that an event is about.
pub(super) fn head(event: &Path) -> Option<String> {
    let text = read_regular(event, MOST_BYTES).ok()?;
    let event: Event = serde_json::from_slice(&text).ok()?;
    Some(event.pull_request?.head.sha)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn forges_show_their_own_pages() {
        let dir = tempfile::tempdir().expect("a folder");
        let event = dir.path().join("event.json");
        fs::write(
            &event,
            r#"{"pull_request": {"head": {"sha": "356ef327fd"}}}"#,
        )
        .expect("it is written");
        let event = event.to_string_lossy().into_owned();
        let github = [
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/pipeline"),
            ("GITHUB_EVENT_PATH", &event),
        ];
        let gitlab = [("CI_PROJECT_URL", "https://gitlab.example/acme/pipeline")];
        let evil = [("CI_PROJECT_URL", "https://gitlab.example/) [x](y")];
        let bitbucket = "https://bitbucket.org/acme/pipeline/src/{commit}/{path}#lines-{line}";
        let named: LinkBase = bitbucket.parse().expect("it is an address");
        let from = |set: &[(&str, &str)], named| {
            let variable = |name: &str| {
                let found = set.iter().find(|(other, _)| *other == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let links = links(variable, String::new(), Some("c0ffee0123"), named);
            links.and_then(|links| links.here("a.yaml", 3))
        };
        let of = |set: &[(&str, &str)]| from(set, None);
        assert_eq!(
            from(&github, Some(&named)).as_deref(),
            Some("https://bitbucket.org/acme/pipeline/src/356ef327fd/a.yaml#lines-3")
        );
        assert_eq!(
            of(&github).as_deref(),
            Some("https://github.com/acme/pipeline/blob/356ef327fd/a.yaml#L3")
        );
        assert_eq!(
            of(&gitlab).as_deref(),
            Some("https://gitlab.example/acme/pipeline/-/blob/c0ffee0123/a.yaml#L3")
        );
        assert_eq!((of(&evil), of(&[])), (None, None));
    }

    #[test]
    fn an_address_for_lines_is_an_address() {
        let parsed = |text: &str| text.parse().ok().map(|LinkBase(template)| template);
        assert_eq!(
            parsed("https://forge.example/acme/src/").as_deref(),
            Some("https://forge.example/acme/src/{commit}/{path}#L{line}")
        );
        for text in [
            "",
            "https://",
            "ftp://forge.example",
            "javascript:alert(1)",
            "https://forge.example/) [x](y",
            "https://forge.example/{commit}/{path}",
            "https://forge.example/{commit}/{path}#{line}{other}",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
