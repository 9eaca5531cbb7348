//! A switch, the parsing of its settings, and the macro that generates types from the table.

use thiserror::Error;

use crate::simulator::spelling::closest;

/// One answer that the documentation leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The name in the configuration and on the command line.
    pub name: &'static str,
    /// The possible values; the first is the default.
    pub values: &'static [&'static str],
    /// The case, and the reason for the default.
    pub reason: &'static str,
}

impl Switch {
    /// The default value.
    #[must_use]
    pub fn default(&self) -> &'static str {
        self.values[0]
    }
}

/// The name under which a preset is chosen, among those of switches.
pub(super) const PRESET: &str = "preset";

/// Why a setting of a switch is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    #[error("there is no preset `{name}`")]
    UnknownPreset {
        name: String,
        presets: Vec<&'static str>,
    },
    #[error("there is no switch `{name}`")]
    UnknownName {
        name: String,
        switches: &'static [Switch],
    },
    #[error("switch `{name}` has no value `{value}`")]
    UnknownValue {
        name: &'static str,
        value: String,
        values: &'static [&'static str],
    },
}

impl AnswerError {
    /// The member that is wrong.
    #[must_use]
    pub fn member(&self) -> &str {
        match self {
            Self::UnknownPreset { .. } => PRESET,
            Self::UnknownName { name, .. } => name,
            Self::UnknownValue { name, .. } => name,
        }
    }

    /// How to correct the setting.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownPreset { name, presets } => hint(name, presets, "the presets are"),
            Self::UnknownName { name, switches } => {
                let names = switches.iter().map(|switch| switch.name);
                let names: Vec<&str> = names.chain([PRESET]).collect();
                let all = "`oppctl simulator answers` lists all";
                match closest(name, &names) {
                    Some(close) => format!("did you mean `{close}`? {all}"),
                    None => all.to_owned(),
                }
            }
            Self::UnknownValue { value, values, .. } => hint(value, values, "its values are"),
        }
    }
}

/// All valid words, and the one that was probably meant.
fn hint(word: &str, valid: &[&str], introduction: &str) -> String {
    let listed: Vec<String> = valid.iter().map(|word| format!("`{word}`")).collect();
    let all = format!("{introduction} {}", listed.join(", "));
    match closest(word, valid) {
        Some(close) => format!("did you mean `{close}`? {all}"),
        None => all,
    }
}

/// Makes an enum of each switch, the struct of all settings, and the table.
macro_rules! switches {
    ($($name:ident $field:ident: $kind:ident {
        $($variant:ident = $value:literal),+ $(,)?
    } $reason:literal)+) => {
        $(
            #[doc = concat!("The setting of the switch `", stringify!($name), "`.")]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub(in crate::simulator) enum $kind {
                $($variant),+
            }

            impl $kind {
                const ALL: &'static [Self] = &[$(Self::$variant),+];
                const VALUES: &'static [&'static str] = &[$($value),+];

                /// The value as it is written.
                pub(in crate::simulator) fn value(self) -> &'static str {
                    Self::VALUES[self as usize]
                }

                fn parse(text: &str) -> Option<Self> {
                    let index = Self::VALUES.iter().position(|value| *value == text)?;
                    Some(Self::ALL[index])
                }
            }
        )+

        /// The settings of all switches of one simulator.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Answers {
            $(pub(in crate::simulator) $field: $kind),+
        }

        impl Default for Answers {
            /// The first value of each switch.
            fn default() -> Self {
                Self { $($field: $kind::ALL[0]),+ }
            }
        }

        /// All switches.
        pub static SWITCHES: &[Switch] = &[$(
            Switch {
                name: stringify!($name),
                values: $kind::VALUES,
                reason: $reason,
            }
        ),+];

        impl Answers {
            /// All switches with their values.
            #[must_use]
            pub fn all() -> &'static [Switch] {
                SWITCHES
            }

            /// The setting of a switch; `None` if there is no such switch.
            #[must_use]
            pub fn get(&self, name: &str) -> Option<&'static str> {
                $(if name == stringify!($name) {
                    return Some(self.$field.value());
                })+
                None
            }

            /// Sets a switch.
            ///
            /// # Errors
            /// The switch does not exist or has no such value.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), AnswerError> {
                $(if name == stringify!($name) {
                    let parsed = $kind::parse(value);
                    self.$field = parsed.ok_or_else(|| AnswerError::UnknownValue {
                        name: stringify!($name),
                        value: value.to_owned(),
                        values: $kind::VALUES,
                    })?;
                    return Ok(());
                })+
                Err(AnswerError::UnknownName { name: name.to_owned(), switches: SWITCHES })
            }
        }
    };
}

pub(in crate::simulator) use switches;
