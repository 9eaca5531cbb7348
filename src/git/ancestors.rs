//! The commits of a branch, as its merges made it.

use std::path::Path;

use super::commit::WorkTree;

/// The commit that is checked out in a folder and those before it, the newest first, at most `most`: of a merge only the side that it was
/// merged into. Nothing where git does not tell.
pub async fn first_parents(folder: &Path, most: usize) -> Vec<String> {
    let Some(tree) = WorkTree::around(folder) else {
        return Vec::new();
    };
    let most = format!("--max-count={most}");
    let arguments = ["rev-list", "--first-parent", &most, "HEAD"];
    let said = tree.git(&arguments).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    said.lines().map(str::to_owned).collect()
}
