//! From what the YAML crate could not read to problems of the configuration.
//!
//! Below `instances` no message repeats a value or a key: either may be a secret in the wrong place. Elsewhere no message repeats
//! a value either, except for a number where a number is expected.

use super::error::ConfigProblem;
use super::error_words::closest;
use super::outline::{Mistake, is_secret};
use crate::misread::{Misread, Misreading};
use crate::model::Position;

/// Turns an error of the YAML crate into a problem with a place.
pub(super) fn mistake(error: &serde_yaml::Error) -> Mistake {
    let Misread { what, at } = Misread::of_yaml(error);
    Mistake {
        problem: problem(what),
        at: at.map(|(line, column)| Position { line, column }),
    }
}

fn problem(what: Misreading) -> ConfigProblem {
    match what {
        Misreading::UnknownKey {
            within,
            name,
            known: allowed,
        } => {
            let meant = closest(&name, &allowed).map(str::to_owned);
            let name = (!is_secret(&within.split('.').collect::<Vec<_>>())).then_some(name);
            ConfigProblem::UnknownKey {
                within,
                name,
                meant,
                allowed,
            }
        }
        Misreading::MissingKey { within, name } => ConfigProblem::MissingKey { within, name },
        Misreading::WrongType {
            path,
            found,
            wanted,
        } => ConfigProblem::WrongType {
            path,
            found,
            wanted,
        },
        Misreading::Other(message) => ConfigProblem::NotYaml { message },
    }
}
