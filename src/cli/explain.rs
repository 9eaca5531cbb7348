//! `oppctl explain`: what a code means, and what to do about it. It needs neither a configuration nor an instance.

use crate::render::{explained, like};

use super::args::ExplainArgs;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::width;

pub(super) fn run(context: &Context, args: &ExplainArgs) -> Result<Exit, CliError> {
    let id = args.id.as_deref();
    let text = explained(id, width()).ok_or_else(|| unknown(id.unwrap_or_default()))?;
    context.out.data(&text)?;
    Ok(Exit::Done)
}

fn unknown(id: &str) -> CliError {
    let meant: Vec<String> = like(id).iter().map(|word| format!("`{word}`")).collect();
    let error = CliError::new(Exit::Usage, format!("there is no page about `{id}`"));
    match meant.is_empty() {
        true => error.hint("`oppctl explain` lists all of them"),
        false => error.hint(format!("did you mean {}?", meant.join(" or "))),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use pretty_assertions::assert_eq;

    use crate::cli::args::Cli;
    use crate::render::listed;

    #[test]
    fn every_command_of_a_page_is_one() {
        let mut count = 0;
        for page in listed() {
            for command in page.commands() {
                let arguments = command.split(" >").next().unwrap_or_default();
                let parsed = Cli::try_parse_from(arguments.split(' '));
                let wrong = parsed.err().filter(clap::Error::use_stderr);
                assert_eq!(
                    wrong.map(|it| it.to_string()),
                    None,
                    "{}: {command}",
                    page.id
                );
                count += 1;
            }
        }
        assert!(count > 50, "{count}");
    }
}
