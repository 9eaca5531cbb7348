//! Presets: named sets of settings of the switches.
//!
//! A preset sets every switch: those that it does not list have their default. Whoever chooses one can still set single
//! switches.

use super::switch::{AnswerError, PRESET, Switch};
use super::table::Answers;

/// A named set of settings.
#[derive(Debug)]
pub struct Preset {
    /// The value of `preset` on the command line and in the configuration.
    pub name: &'static str,
    /// What the instance answers like.
    pub summary: &'static str,
    /// The switches that do not have their default, with their values.
    settings: &'static [(&'static str, &'static str)],
}

/// All presets; the first is the default.
pub static PRESETS: &[Preset] = &[
    Preset {
        name: "recorded",
        summary: "as live instances have answered; where no answer is recorded, the stricter reading of the documentation",
        settings: &[],
    },
    Preset {
        name: "documented",
        summary: "so that the examples of the documentation work exactly as printed",
        settings: &[
            ("companyIdLength", "100"),
            ("decimalForm", "decimal"),
            ("defaultFields", "sample"),
            ("deleteOpportunityWithRoles", "inUse"),
            ("describeForm", "samples"),
            ("emptyField", "omitted"),
            ("guidBlank", "trailing"),
            ("missingToken", "600"),
            ("numberForm", "amountsAsText"),
            ("percentValue", "whole"),
            ("probabilityType", "percent"),
            ("queryToken", "601"),
            ("roleKeyFields", "fixed"),
            ("salesPersonIdLength", "255"),
            ("sampleFields", "present"),
            ("unsetBoolean", "null"),
            ("websiteType", "url"),
        ],
    },
];

impl Preset {
    /// The member that names a preset, among those that set switches.
    pub const MEMBER: &'static str = PRESET;

    /// The preset with this name.
    ///
    /// # Errors
    /// There is none.
    pub fn named(name: &str) -> Result<&'static Self, AnswerError> {
        let found = PRESETS.iter().find(|preset| preset.name == name);
        found.ok_or_else(|| AnswerError::UnknownPreset {
            name: name.to_owned(),
            presets: PRESETS.iter().map(|preset| preset.name).collect(),
        })
    }

    /// The value of a switch.
    #[must_use]
    pub fn value(&self, switch: &Switch) -> &'static str {
        let set = self.settings.iter().find(|(name, _)| *name == switch.name);
        set.map_or(switch.default(), |(_, value)| value)
    }
}

impl Answers {
    /// The answers of a preset.
    ///
    /// # Errors
    /// There is no such preset.
    pub fn preset(name: &str) -> Result<Self, AnswerError> {
        let preset = Preset::named(name)?;
        let mut answers = Self::default();
        for (name, value) in preset.settings {
            answers.set(name, value)?;
        }
        Ok(answers)
    }

    /// The answers of these settings: of switches, and of `preset`. A switch overrides the preset, wherever each of them stands.
    ///
    /// # Errors
    /// A preset, a switch or its value does not exist.
    pub fn of<'s>(
        settings: impl IntoIterator<Item = (&'s str, &'s str)>,
    ) -> Result<Self, AnswerError> {
        let (presets, switches): (Vec<_>, Vec<_>) = settings
            .into_iter()
            .partition(|(name, _)| *name == Preset::MEMBER);
        let mut answers = Self::default();
        for (_, preset) in presets {
            answers = Self::preset(preset)?;
        }
        for (name, value) in switches {
            answers.set(name, value)?;
        }
        Ok(answers)
    }
}
