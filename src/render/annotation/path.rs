//! The path of a file in its repository, from its path below the folder of the configuration.

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
    }
}
