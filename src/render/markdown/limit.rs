//! How long a page of Markdown may be: each forge refuses longer comments.

use std::str::FromStr;

/// Where a page goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarkdownLimit {
    /// A comment of GitHub.
    #[default]
    Github,
    /// The summary of a job of GitHub.
    GithubSummary,
    /// A comment of GitLab.
    Gitlab,
    /// A comment of Bitbucket.
    Bitbucket,
    /// A comment of Azure DevOps.
    Azure,
    /// Somewhere else.
    Bytes(usize),
}

/// With fewer bytes there is no room for headings and for the lines that say what is left out.
const LEAST: usize = 10_000;

impl MarkdownLimit {
    /// The names of the known places.
    pub const NAMES: [&str; 5] = ["github", "github-summary", "gitlab", "bitbucket", "azure"];

    /// The most bytes of a page. The forges count characters, most of them without saying which: a byte is never more than one. Room
    /// is left for text that a workflow adds.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            // "body is too long (maximum is 65536 characters)", as GitHub's API answers with 422.
            Self::Github => 60_000,
            // Page "Workflow commands for GitHub Actions": "Job summaries are isolated between steps and each step is restricted to a
            // maximum size of 1MiB."
            Self::GithubSummary => 1_000_000,
            // `Gitlab::Database::MAX_TEXT_SIZE_LIMIT`: 1,000,000 characters.
            Self::Gitlab => 950_000,
            // "Please enter a non-empty value less than 32768 characters", as Bitbucket's API answers with 400.
            Self::Bitbucket => 30_000,
            // Not documented; Atlantis splits comments at 150,000 characters.
            Self::Azure => 140_000,
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl FromStr for MarkdownLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "github" => Self::Github,
            "github-summary" => Self::GithubSummary,
            "gitlab" => Self::Gitlab,
            "bitbucket" => Self::Bitbucket,
            "azure" => Self::Azure,
            _ => {
                let bytes = text.parse().ok().filter(|bytes| *bytes >= LEAST);
                Self::Bytes(bytes.ok_or_else(|| {
                    let names = Self::NAMES.join(", ");
                    format!("expected {names}, or a number of bytes, at least {LEAST}")
                })?)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn limits_have_names_or_numbers() {
        let bytes = |text: &str| text.parse().map(MarkdownLimit::bytes);
        let all = MarkdownLimit::NAMES.map(bytes);
        let expected = [60_000, 1_000_000, 950_000, 30_000, 140_000];
        assert_eq!(all, expected.map(Ok));
        assert_eq!(bytes("10000"), Ok(10_000));
        for text in ["", "9999", "1e6", "Github"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
