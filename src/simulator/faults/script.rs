//! Fault scripts: lists of faults in YAML or JSON, from a file or from the control endpoint.
//!
//! ```yaml
//! faults:
//!   - { at: 3, operation: sync, fault: { kind: drop, when: afterCommit } }
//!   - { at: 5, times: 4, code: "606" }
//!   - { probability: 0.05, seed: 7, match: /rest/v1/opportunities, fault: badGateway }
//! ```
//!
//! `at` counts, from 1, the calls that `operation` and `match` select. `match` is the beginning of a
//! path; with a `*`, its beginning and its end. The default of `times` is 1, or unlimited with a
//! `probability`. `code: X` is short for `fault: { kind: code, code: X }`.

use serde_json::{Map, Value};

use super::fault::{Fault, FaultKind};
use super::members::{FaultProblem, MemberReader};
use super::table::{FAULTS, FaultType};
use crate::simulator::wire::call_log::CallOperation;

/// The faults of a script, of a list, or a single fault. An error has the number of the fault.
pub(in crate::simulator) fn script_faults(
    mut script: Value,
) -> Result<Vec<Fault>, (usize, FaultProblem)> {
    if let Value::Object(members) = &mut script
        && members.len() == 1
        && let Some(list) = members.remove("faults")
    {
        script = list;
    }
    let list = match script {
        Value::Array(list) => list,
        // The file is empty.
        Value::Null => Vec::new(),
        single @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            vec![single]
        }
    };
    let numbered = (1..).zip(list);
    numbered
        .map(|(number, value)| fault(value).map_err(|problem| (number, problem)))
        .collect()
}

const MEMBERS: [&str; 8] = [
    "at",
    "probability",
    "seed",
    "operation",
    "match",
    "times",
    "fault",
    "code",
];

fn fault(value: Value) -> Result<Fault, FaultProblem> {
    let mut reader = MemberReader::of(value)?;
    let kind = match (reader.value("fault"), reader.code("code")?) {
        (Some(fault), None) => kind(fault)?,
        (None, Some(code)) => FaultKind::Answer {
            code,
            message: None,
        },
        (Some(_), Some(_)) => {
            return Err(FaultProblem::Both {
                one: "fault",
                other: "code",
            });
        }
        (None, None) => return Err(FaultProblem::Missing { member: "fault" }),
    };
    let mut fault = Fault::new(kind);
    let path = reader.text("match")?.unwrap_or_default();
    let (prefix, suffix) = path.split_once('*').unwrap_or((&path, ""));
    fault = fault.prefix(prefix).suffix(suffix);
    fault.operation = reader.choice("operation", &CallOperation::ALL)?;
    let at = reader.count("at")?;
    let seed = reader.whole("seed")?;
    let probability = reader.probability()?;
    if let (Some(_), Some(_)) = (at, probability) {
        let (one, other) = ("at", "probability");
        return Err(FaultProblem::Both { one, other });
    }
    fault.after = at.map_or(0, |at| at - 1);
    if let Some(per_million) = probability {
        fault = fault.by_chance(per_million, seed.unwrap_or(0));
    } else if seed.is_some() {
        let member = "probability";
        return Err(FaultProblem::Missing { member });
    }
    if let Some(times) = reader.count("times")? {
        fault.times = times;
    }
    reader.end(&MEMBERS)?;
    Ok(fault)
}

/// The kind of a fault, from its name or from a mapping with its `kind` and members.
fn kind(value: Value) -> Result<FaultKind, FaultProblem> {
    let mut reader = match value.as_str() {
        Some(_) => MemberReader::from(Map::from_iter([("kind".to_owned(), value)])),
        None => MemberReader::of(value)?,
    };
    let name = reader.required("kind", MemberReader::text)?;
    let found = FAULTS.iter().find(|known| known.name == name);
    let Some(FaultType { members, read, .. }) = found else {
        let known = FAULTS.iter().map(|known| known.name).collect();
        return Err(FaultProblem::UnknownKind { name, known });
    };
    let kind = read(&mut reader)?;
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    reader.end(&names)?;
    Ok(kind)
}
