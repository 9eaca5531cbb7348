//! The lock: a lease that one run has on the ledger of an instance, and with it on the instance.
//!
//! It is the newest of the numbered objects beside the ledger's. It says who holds it and until when; the holder
//! renews it while it writes, and says at the end that it has let go. A holder that died lets it expire. Whoever
//! wants it creates the next number, which only one can.
//!
//! The clocks of machines differ, so nobody takes a lease over until some time after its end, nor relies on it up to
//! its end by its own clock alone. A run that was stopped for long and goes on finds out before its next batch
//! ([`Watch::check`]); what it had under way by then nobody can call back.

mod clock;
mod error;
mod held;
mod lease;
mod owner;
mod take;

pub use clock::Clock;
pub use error::{LockError, Lost};
pub use held::{HeldLock, Watch};
pub use lease::Lease;
pub use owner::Owner;
pub use take::{Lock, Terms};

#[cfg(test)]
mod tests;
