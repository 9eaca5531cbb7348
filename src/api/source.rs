//! Where a client gets its answers from: the one place that all reads go through, so that a kept answer is read like one of the instance.

use std::sync::{Arc, Mutex, PoisonError};

use super::answers::Answers;

/// Where a client gets its answers from.
#[derive(Clone, Debug, Default)]
pub enum Source {
    /// From the instance.
    #[default]
    Instance,
    /// From the instance, and they are kept.
    Keeping(Keeper),
    /// From what was kept. Anything else is not known.
    Kept(Arc<Answers>),
    /// From nowhere: nothing is sent, and every call is an error.
    Nothing,
}

/// Keeps what an instance answers.
#[derive(Clone, Debug, Default)]
pub struct Keeper(Arc<Mutex<Answers>>);

impl Keeper {
    /// What was kept so far; from now on that is nothing.
    #[must_use]
    pub fn take(&self) -> Answers {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *answers)
    }
}

impl Source {
    /// Whether calls are sent.
    pub(super) fn is_instance(&self) -> bool {
        match self {
            Self::Instance | Self::Keeping(_) => true,
            Self::Kept(_) | Self::Nothing => false,
        }
    }

    /// What was kept, if the answers come from there.
    pub(super) fn kept(&self) -> Option<&Answers> {
        match self {
            Self::Kept(answers) => Some(answers),
            Self::Instance | Self::Keeping(_) | Self::Nothing => None,
        }
    }

    /// Keeps an answer of the instance, if answers are kept.
    pub(super) fn keep(&self, keep: impl FnOnce(&mut Answers)) {
        match self {
            Self::Keeping(Keeper(answers)) => {
                keep(&mut answers.lock().unwrap_or_else(PoisonError::into_inner));
            }
            Self::Instance | Self::Kept(_) | Self::Nothing => {}
        }
    }
}
