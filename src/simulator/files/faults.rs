//! The file with a fault script; `faults/script.rs` describes it.

use std::path::Path;

use serde_json::Value;

use super::yaml::read;
use crate::simulator::error::SimulatorError;
use crate::simulator::faults::fault::Fault;
use crate::simulator::faults::script::script_faults;

/// The faults of the file at `path`.
pub(in crate::simulator) fn load(path: &Path) -> Result<Vec<Fault>, SimulatorError> {
    let script: Value = read(path)?;
    script_faults(script).map_err(|(number, problem)| SimulatorError::Fault {
        path: path.to_owned(),
        number,
        problem,
    })
}
