//! Reads a YAML or JSON file.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::misread::Misread;
use crate::regular_file::read_text;
use crate::simulator::error::SimulatorError;

/// Reads a YAML or JSON file.
pub(in crate::simulator) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, SimulatorError> {
    let text = read_text(path).map_err(|source| SimulatorError::File {
        path: path.to_owned(),
        source,
    })?;
    serde_yaml::from_str(&text).map_err(|error| SimulatorError::Yaml {
        path: path.to_owned(),
        // A file of users has secrets, and serde would quote them.
        source: Misread::of_yaml(&error).into(),
    })
}
