//! The `oppctl` command.

fn main() {}
