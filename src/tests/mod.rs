//! What the tests of several modules share, and nothing that the program uses.

mod examples;

pub(crate) use examples::{Example, examples};
