//! The `oppctl` command; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    oppctl::cli::main()
}
