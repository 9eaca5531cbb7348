//! The exact format, what a crash leaves, damage, sensitive values, and the folder.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod damage;
mod folder;
mod format;
mod objects;
mod random;
mod sample;
mod sensitive;
