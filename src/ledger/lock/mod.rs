//! The lock: a lease that one run has on the ledger of an instance, and so on the instance itself.
//!
//! The lock is the newest of the numbered objects in the folder `lock`. It says who holds the lock and until when. The
//! holder renews it while it writes and marks it as released at the end; the lock of a run that died expires. To take the
//! lock, a run creates the object with the next number, which only one run can do.
//!
//! The clocks of machines differ. So a run takes over a lease only after it has seen no newer one for the length of the lease, by
//! the time that passed and not by a clock, and a holder trusts its lease only as long as both the clock and the time that passed
//! allow. A run that was suspended checks before its next batch whether it still holds the lock ([`Watch::check`]). A batch that it had already sent cannot be stopped.

mod acquire;
mod clock;
mod error;
mod held;
mod lease;
mod leases;

pub use acquire::{Lock, Terms};
pub use clock::Clock;
pub use error::{LockError, Lost};
pub use held::{HeldLock, Watch};
pub use lease::Lease;

#[cfg(test)]
mod tests;
