//! What a person has to say before a command sends: an answer, or `--yes`; and the name of an instance that needs confirmation.

use std::io::{self, IsTerminal as _};

use crate::config::InstanceConfig;
use crate::model::shell_word;

use super::args::SendingArgs;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::progress;

/// Refuses to go on without `--yes` where no terminal can answer the question.
pub(super) fn answerable(yes: bool, command: &str, hint: &str) -> Result<(), CliError> {
    if yes || io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CliError::new(
        Exit::Usage,
        format!("{command} asks for confirmation, but standard input is not a terminal"),
    )
    .hint(hint))
}

/// The word that a person has to type before something is sent: nothing after `--yes`; the name of an instance that needs confirmation and
/// did not get it yet. Refuses such an instance after `--yes`, and another instance than the one that was confirmed.
pub(super) fn word<'w>(
    instance: &'w InstanceConfig,
    args: &SendingArgs,
) -> Result<Option<&'w str>, CliError> {
    let name = &instance.name;
    match &args.confirm {
        Some(given) if given != name => Err(CliError::new(
            Exit::Guarded,
            format!(
                "--confirm names {given}, but the instance of this run is {name}; nothing was sent"
            ),
        )),
        None if instance.confirm && !args.yes => Ok(Some(name)),
        None if instance.confirm => Err(CliError::new(
            Exit::Guarded,
            format!("the instance {name} needs confirmation; nothing was sent"),
        )
        .hint(format!("to confirm: add `--confirm {}`", shell_word(name)))),
        Some(_) | None => Ok((!args.yes).then_some("yes")),
    }
}

/// Asks a person, who has to answer with "yes".
pub(super) async fn agrees(context: &Context, question: &str) -> Result<bool, CliError> {
    progress::end();
    context.out.message(&format!("\n{question}: "));
    let answer = answer().await.map_err(|source| {
        CliError::new(Exit::Failed, "cannot read the answer").caused_by(&source)
    })?;
    Ok(answer.as_deref().map(str::trim) == Some("yes"))
}

/// The line that a person types; nothing at the end of the input. It is read on a thread of its own: a signal must be heard while the
/// question is open.
pub(super) async fn answer() -> io::Result<Option<String>> {
    let line = tokio::task::spawn_blocking(|| io::stdin().lines().next().transpose());
    line.await.map_err(io::Error::other)?
}
