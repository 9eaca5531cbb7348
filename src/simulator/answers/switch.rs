//! What a switch is, how a setting of one is read, and the macro that makes types of the table.

use thiserror::Error;

use crate::simulator::spelling::closest;

/// One answer that no document settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// As the configuration and the command line write it.
    pub name: &'static str,
    /// What it can be set to; the first is the default.
    pub values: &'static [&'static str],
    /// The case, and why the default is what it is.
    pub reason: &'static str,
}

impl Switch {
    /// The value that it has unless it is set.
    #[must_use]
    pub fn default(&self) -> &'static str {
        self.values[0]
    }
}

/// Why a setting of a switch is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    #[error("there is no switch `{name}`")]
    UnknownName {
        name: String,
        switches: &'static [Switch],
    },
    #[error("`{value}` is no value of the switch `{name}`")]
    UnknownValue {
        name: &'static str,
        value: String,
        values: &'static [&'static str],
    },
}

impl AnswerError {
    /// The way out.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownName { name, switches } => {
                let names: Vec<&str> = switches.iter().map(|switch| switch.name).collect();
                let all = "`oppctl simulator answers` lists all";
                match closest(name, &names) {
                    Some(close) => format!("did you mean `{close}`? {all}"),
                    None => all.to_owned(),
                }
            }
            Self::UnknownValue { value, values, .. } => {
                let listed: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                let all = format!("it has {}", listed.join(", "));
                match closest(value, values) {
                    Some(close) => format!("did you mean `{close}`? {all}"),
                    None => all,
                }
            }
        }
    }
}

/// Makes an enum of each switch, the struct of all settings, and the table.
macro_rules! switches {
    ($($name:ident $field:ident: $kind:ident {
        $($variant:ident = $value:literal),+ $(,)?
    } $reason:literal)+) => {
        $(
            #[doc = concat!("What `", stringify!($name), "` is set to.")]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub(in crate::simulator) enum $kind {
                $($variant),+
            }

            impl $kind {
                const ALL: &'static [Self] = &[$(Self::$variant),+];
                const VALUES: &'static [&'static str] = &[$($value),+];

                /// As it is written.
                pub(in crate::simulator) fn value(self) -> &'static str {
                    Self::VALUES[self as usize]
                }

                fn parse(text: &str) -> Option<Self> {
                    let index = Self::VALUES.iter().position(|value| *value == text)?;
                    Some(Self::ALL[index])
                }
            }
        )+

        /// The answers that a simulator gives where no document settles them.
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
            /// All switches, each with its values.
            #[must_use]
            pub fn all() -> &'static [Switch] {
                SWITCHES
            }

            /// What a switch is set to.
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
            /// There is no such switch, or it has no such value.
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
