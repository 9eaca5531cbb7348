//! The path of a file in its repository, from its path below the folder of the configuration.

use std::fmt::Write as _;

/// The path of a file from the root of its repository. `folder` is the folder of the configuration in it, with a slash at its end unless
/// it is the root. None for a file outside of the repository.
pub(super) fn in_repository(folder: &str, file: &str) -> Option<String> {
    let file = file.replace('\\', "/");
    if file.starts_with('/') || file.contains(':') && cfg!(windows) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(file.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// A path as a relative URI.
pub(super) fn uri(path: &str) -> String {
    let mut shown = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'~' | b'_' => shown.push(char::from(byte)),
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
    fn paths_begin_at_the_root_of_the_repository() {
        for (folder, file, expected) in [
            ("", "pipeline/a.yaml", Some("pipeline/a.yaml")),
            ("", "./a.yaml", Some("a.yaml")),
            (
                "sales/eu/",
                "pipeline/a.yaml",
                Some("sales/eu/pipeline/a.yaml"),
            ),
            ("sales/eu/", "../us/a.yaml", Some("sales/us/a.yaml")),
            ("sales/", "../../a.yaml", None),
            ("", "/etc/a.yaml", None),
            ("", "..", None),
        ] {
            let path = in_repository(folder, file);
            assert_eq!(path.as_deref(), expected, "{folder} {file}");
        }
        assert_eq!(uri("a b/ü_%.yaml"), "a%20b/%C3%BC_%25.yaml");
    }
}
