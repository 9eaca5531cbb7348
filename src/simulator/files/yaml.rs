//! Reads a YAML or JSON file.

use std::fs;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::simulator::error::SimulatorError;

/// Reads a YAML or JSON file.
pub(in crate::simulator) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, SimulatorError> {
    let text = text(path).map_err(|source| SimulatorError::File {
        path: path.to_owned(),
        source,
    })?;
    serde_yaml::from_str(&text).map_err(|source| SimulatorError::Yaml {
        path: path.to_owned(),
        source,
    })
}

/// The text of a file. A pipe would keep the simulator waiting for ever.
fn text(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.is_file() {
        return fs::read_to_string(path);
    }
    let message = "it is not a file";
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}
