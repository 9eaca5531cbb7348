//! The parts of what an instance has answered: a record with what it was asked for, and an answer or its refusal.

use std::sync::Arc;

use super::call::Call;
use super::error::{ApiError, CallRefusal};
use crate::model::Record;

/// The id of a lead, and its value of the field that was asked for.
pub type LeadValue = (i64, Box<str>);

/// A record, and the fields that it was asked for.
#[derive(Clone, Debug)]
pub struct AnsweredRecord {
    pub record: Record,
    /// Sorted, each once.
    pub asked: Arc<[Arc<str>]>,
}

/// An answer, or the refusal of an instance that does not give one.
#[derive(Clone, Debug)]
pub enum Told<T> {
    Answer(T),
    Refused(CallRefusal),
}

impl<T> Told<T> {
    /// What a call has told; nothing if it failed for a reason that is not in the question.
    pub(super) fn of(result: Result<T, &ApiError>) -> Option<Self> {
        match result {
            Ok(answer) => Some(Self::Answer(answer)),
            Err(error) => error.refusal().cloned().map(Self::Refused),
        }
    }

    pub(super) fn again(&self, call: Call) -> Result<&T, ApiError> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::Refused(refusal) => Err(ApiError::refused(call, refusal.clone())),
        }
    }
}

impl AnsweredRecord {
    pub(super) fn has(&self, fields: &[Arc<str>]) -> bool {
        let has = |name: &Arc<str>| self.asked.binary_search(name).is_ok();
        fields.iter().all(has)
    }
}
