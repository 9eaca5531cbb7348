//! Whether git leaves a path out of the repository.

use std::path::Path;

use super::command::{LIMIT, git, within};

/// Whether a path is ignored. `None` where there is no repository, or git does not say.
pub async fn is_ignored(root: &Path, path: &Path) -> Option<bool> {
    within(LIMIT, async {
        // Something in the folder: a pattern such as `.oppctl/` matches what is a folder.
        let status = git(root)
            .args(["check-ignore", "--quiet", "--"])
            .arg(path.join("run"))
            .status()
            .await
            .ok()?;
        match status.code()? {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        }
    })
    .await
}
