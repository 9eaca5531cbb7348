//! What a check of the configuration found: a problem and the path of the member that has it.

use super::error::ConfigProblem;

/// A problem and the path of its member; the loader turns the path into a line and a column.
pub(super) struct Finding {
    pub(super) problem: ConfigProblem,
    pub(super) path: Vec<String>,
}

impl Finding {
    pub(super) fn new(problem: ConfigProblem, path: &[&str]) -> Self {
        Self {
            problem,
            path: path.iter().map(|&name| name.to_owned()).collect(),
        }
    }
}
