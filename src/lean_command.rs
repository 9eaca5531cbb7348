//! Programs of others that are run: with little of our environment, none of which is a secret.

use tokio::process::Command;

/// What each of them gets: where it and its files are, and the language of its user.
const PASSED_ON: [&str; 8] = [
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "USERPROFILE",
    "SYSTEMROOT",
    "TMPDIR",
    "LANG",
    "LC_ALL",
];

/// A program without its arguments, which gets these further variables. It ends with its caller.
pub(crate) fn lean_command(program: &str, further: &[&str]) -> Command {
    let names = PASSED_ON.iter().chain(further);
    let passed_on = names.filter_map(|name| Some((name, std::env::var_os(name)?)));
    let mut command = Command::new(program);
    command.env_clear().envs(passed_on).kill_on_drop(true);
    command
}
