//! Where the lines of manifests are on the web.

use std::fmt::Write as _;

/// The digits of a commit in an address: forges find it by them, and a page has room for more records.
const DIGITS: usize = 10;

/// The pages of a forge that show the lines of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLinks {
    /// An address with `{commit}`, `{path}` and `{line}`: `https://github.com/acme/pipeline/blob/{commit}/{path}#L{line}`.
    pub template: String,
    /// The commit that is planned; none if it is not known.
    pub commit: Option<String>,
    /// The folder of the configuration in the repository, with a slash at its end unless it is the repository's own.
    pub folder: String,
}

impl CodeLinks {
    /// What all addresses begin with.
    #[must_use]
    pub fn base(&self) -> &str {
        let end = self.template.find('{');
        &self.template[..end.unwrap_or_default()]
    }

    /// The address of a line in the commit that is planned.
    #[must_use]
    pub fn here(&self, file: &str, line: usize) -> Option<String> {
        self.at(self.commit.as_deref()?, file, line)
    }

    /// The address of a line in another commit.
    #[must_use]
    pub fn at(&self, commit: &str, file: &str, line: usize) -> Option<String> {
        // What stands behind the digits says that not all was committed: then the line may be another one.
        let is_hash = commit.len() >= 7 && commit.bytes().all(|digit| digit.is_ascii_hexdigit());
        // A path that leads out of the repository is not on its pages.
        let is_inside = !file.starts_with('/') && !file.split(['/', '\\']).any(|part| part == "..");
        (is_hash && is_inside).then(|| {
            let path = encoded(&format!("{}{file}", self.folder));
            let commit = &commit[..commit.len().min(DIGITS)];
            // The path comes last: it may have braces, which are encoded.
            self.template
                .replace("{commit}", commit)
                .replace("{line}", &line.to_string())
                .replace("{path}", &path)
        })
    }
}

/// A path with everything encoded that means something in an address or in Markdown.
fn encoded(path: &str) -> String {
    let mut shown = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'~' => shown.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => shown.push(char::from(byte)),
            _ => write!(shown, "%{byte:02X}").expect("strings take all text"),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn addresses_are_made_of_encoded_parts() {
        let links = CodeLinks {
            template: "https://github.com/acme/pipeline/blob/{commit}/{path}#L{line}".to_owned(),
            commit: Some("356ef327fd".to_owned()),
            folder: "sales team/".to_owned(),
        };
        let expected = "https://github.com/acme/pipeline/blob/356ef327fd/sales%20team/a%29%5D%28x%5F%25.yaml#L7";
        assert_eq!(links.here("a)](x_%.yaml", 7).as_deref(), Some(expected));
        for (commit, file) in [
            ("356ef327fd + uncommitted", "a.yaml"),
            ("main", "a.yaml"),
            ("356ef327fd", "../a.yaml"),
            ("356ef327fd", "/etc/a.yaml"),
        ] {
            assert_eq!(links.at(commit, file, 1), None, "{commit} {file}");
        }
    }
}
