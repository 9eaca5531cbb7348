//! One run, from its settings to how it ended: the only way to change an instance.
//!
//! ```text
//! Settings, Goal, Ports ─▶ course ─▶ Ended
//!
//! open the ledger ─▶ lock ─▶ planning ─▶ review ─▶ guard ─▶ ask ─▶ journal ─▶ claim ─▶ apply ─▶ settle ─▶ save ─▶ end ─▶ release
//! ```
//!
//! [`preview`] opens the ledger, plans and guards. It takes no lock, compares with no reviewed plan and tells no events. The
//! commands, the tests and programs that embed this crate all use these two. What differs between them comes in through [`Ports`]:
//! the client, the ledger's store, the journals, the clock, the requests to end, who is asked and who is told. Nothing here prints;
//! the text of an error is made in `cli` and `render`.

mod as_applied;
mod ask;
mod basis;
mod bound_goal;
mod calls_left;
mod canary;
mod checkout;
mod code_links;
mod course;
mod ended;
mod error;
mod event;
mod first_notes;
mod goal;
mod guarded;
mod instance;
mod instance_checks;
mod journal;
mod keep;
mod ledger;
mod left_behind;
mod lock_left;
mod marker;
mod mistakes;
mod narrowed;
mod noted;
mod planned;
mod planning;
mod ports;
mod prune;
mod rebuild;
mod record_runs;
mod references;
mod review;
mod second_look;
mod sensitive;
mod session;
mod settings;
mod status;
mod undo;
mod why;
mod withheld;

pub use checkout::{Ancestry, Checkout, Lag, LagKind};
pub use code_links::CodeLinks;
pub use course::{course, keep, preview};
pub use ended::{Completion, Ended, Sent};
pub use error::{Problems, RunError};
pub use event::RunEvent;
pub use goal::Goal;
pub use instance::InstanceId;
pub use instance_checks::{InstanceCheck, QuotaUse, instance_checks};
pub use ledger::RunLedger;
pub use lock_left::{LockLeft, lock_owner};
pub use marker::{MarkerError, marked_schemas};
pub use planned::Planned;
pub use ports::{Ask, Ports, Tell, asking};
pub use rebuild::{FoundRecord, Rebuilt, rebuilt};
pub use record_runs::RunTouch;
pub use review::{PlannedRecord, Reviewed, Stale};
pub use sensitive::SensitiveFieldError;
pub use session::{Session, SessionError, existing_fingerprint, fingerprint};
pub use settings::{Settings, SettingsError};
pub use status::{
    LedgerStatus, ReviewedFile, ReviewedStatus, Status, StatusError, StatusNow, Waiting,
};
pub use undo::{UndoRequest, UndoneError, UndoneRun};
pub use why::{DeclaredAt, DeclaredChild, ProjectFiles, RecordHistory, RecordNow};
#[cfg(test)]
pub(crate) use {
    ledger::OwnedRecords,
    planning::{Planning, Purpose},
};

#[cfg(test)]
mod tests;
