//! The member `answers` of a simulator: its preset and its switches, as the file has them.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::simulator::{Answers, PRESETS, Preset};

/// Settings of the simulator's switches, by name, and `preset`.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct AnswersFile(pub(super) BTreeMap<String, AnswerFile>);

/// The value of a switch: a word, or a code with or without quotes.
#[derive(Debug)]
pub(super) struct AnswerFile(pub(super) String);

impl<'de> Deserialize<'de> for AnswerFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}

struct AnswerVisitor;

impl Visitor<'_> for AnswerVisitor {
    type Value = AnswerFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word or a code")
    }

    fn visit_u64<E: Error>(self, code: u64) -> Result<Self::Value, E> {
        Ok(AnswerFile(code.to_string()))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        Ok(AnswerFile(word.to_owned()))
    }
}

/// One member for the preset, and one for each switch with its allowed values.
impl JsonSchema for AnswersFile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Answers".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
        let summaries = PRESETS.iter();
        let summaries = summaries.map(|preset| format!("`{}`: {}", preset.name, preset.summary));
        let preset = json!({
            "description": format!("Which answers the switches have that are not set here. {}.", summaries.collect::<Vec<_>>().join(". ")),
            "enum": names,
            "default": names[0],
        });
        let switches = Answers::all().iter();
        let members: serde_json::Map<_, _> = std::iter::once((Preset::MEMBER.to_owned(), preset))
            .chain(switches.map(|switch| {
                let mut values: Vec<_> = switch.values.iter().map(|value| json!(value)).collect();
                // In YAML a code is a number unless it is quoted.
                for code in switch.values {
                    if let Ok(code) = code.parse::<u64>() {
                        values.push(json!(code));
                    }
                }
                let member = json!({
                    "description": switch.reason,
                    "enum": values,
                    "default": switch.default(),
                });
                (switch.name.to_owned(), member)
            }))
            .collect();
        json_schema!({
            "type": "object",
            "properties": members,
            "additionalProperties": false,
        })
    }
}
