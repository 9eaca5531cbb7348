//! The room as a whole: histories that run the very course that commands run, and the course step by step.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod proof;
