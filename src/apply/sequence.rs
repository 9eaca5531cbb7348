//! The order of an apply's calls: the two stages, and in each the canary before the rest.

use futures_util::future::LocalBoxFuture;

use crate::api::ApiError;
use crate::plan::{Canary, Plan, Wave, stages};

/// The calls of a plan: those that create and update, then those that delete.
pub struct CallSequence<'c> {
    pub plan: &'c Plan,
    pub writes: CallStage<'c>,
    pub deletes: CallStage<'c>,
}

/// The calls of a stage.
pub struct CallStage<'c> {
    /// The canary's, if it has a part in this stage.
    pub trial: Option<CanaryCalls<'c>>,
    /// The rest, or all of them.
    pub waves: &'c [Wave],
}

/// The calls of a canary's part in one stage, and the second look at its records.
pub struct CanaryCalls<'c> {
    pub canary: &'c Canary,
    pub waves: &'c [Wave],
    /// Reads the records of the canary back, and returns what a further plan would still change in them.
    pub look: LocalBoxFuture<'c, Result<Plan, ApiError>>,
}

impl<'c> CallSequence<'c> {
    /// The calls of these waves of a plan, which are in its order. The trials are those of writes and deletes.
    #[must_use]
    pub fn new(
        plan: &'c Plan,
        waves: &'c [Wave],
        [writes, deletes]: [Option<CanaryCalls<'c>>; 2],
    ) -> Self {
        let [first, last] = stages(waves);
        Self {
            plan,
            writes: CallStage {
                trial: writes,
                waves: first,
            },
            deletes: CallStage {
                trial: deletes,
                waves: last,
            },
        }
    }
}
