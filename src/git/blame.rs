//! Who wrote a line.

use std::path::Path;

use super::command;
use crate::manifest::or_here;

/// Who wrote a line last, and in which commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineAuthor {
    pub commit: String,
    pub author: String,
    /// The first line of the commit's message.
    pub summary: String,
}

/// Who wrote a line of a file of the project; nothing if git does not know, or the line is not committed.
pub async fn line_author(root: &Path, file: &str, line: usize) -> Option<LineAuthor> {
    let mut git = command::git(or_here(root));
    git.args([
        "blame",
        "--porcelain",
        "-L",
        &format!("{line},{line}"),
        "HEAD",
        "--",
        file,
    ]);
    let said = command::within(command::LIMIT, async { git.output().await.ok() }).await?;
    let said = said.status.success().then_some(said.stdout)?;
    parsed(&String::from_utf8(said).ok()?)
}

fn parsed(said: &str) -> Option<LineAuthor> {
    let member = |name: &str| {
        let mut lines = said.lines();
        let found = lines.find_map(|line| line.strip_prefix(name));
        found.map(|text| text.trim().to_owned())
    };
    Some(LineAuthor {
        commit: said.split_whitespace().next()?.to_owned(),
        author: member("author ")?,
        summary: member("summary ")?,
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn the_porcelain_of_git_is_read() {
        let said = "356ef327fd0c 3 3 1\nauthor Ada\nauthor-mail <ada@example.com>\nsummary State B\nfilename a.yaml\n\t  - x\n";
        let author = LineAuthor {
            commit: "356ef327fd0c".to_owned(),
            author: "Ada".to_owned(),
            summary: "State B".to_owned(),
        };
        assert_eq!(parsed(said), Some(author));
        assert_eq!(parsed(""), None);
    }
}
