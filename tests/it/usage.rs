//! Command lines that are wrong: exit 64, and nothing is read or sent.

use snapbox::str;

use crate::harness::Project;

#[test]
fn usage_is_told_apart_from_everything_else() {
    let project = Project::simulated("version: 1\n");
    project.run("plan --frob").shows(str![[r#"
exit: 64
---- stderr
error: unexpected argument '--frob' found

  tip: to pass '--frob' as a value, use '-- --frob'

Usage: oppctl plan [OPTIONS] [PATHS]...

For more information, try '--help'.

"#]]);
    project.run("frobnicate").shows(str![[r#"
exit: 64
---- stderr
error: unrecognized subcommand 'frobnicate'

Usage: oppctl [OPTIONS] <COMMAND>

For more information, try '--help'.

"#]]);
}

#[test]
fn without_a_command_the_commands_are_listed() {
    let project = Project::simulated("version: 1\n");
    project.run("").shows(str![[r#"
exit: 64
---- stderr
Opportunities as code for Adobe Marketo Engage

Usage: oppctl [OPTIONS] <COMMAND>

Commands:
  init         Write the files of a new project
  validate     Check manifests without an instance and without credentials
  fmt          Write manifests in their canonical layout, comments included
  plan         Show what an apply would change
  snapshot     Keep what a plan reads in an encrypted file, for `plan --against`
  show         Show a saved plan
  apply        Change the instance to match the manifests
  publish      Publish what a command came to on GitHub or GitLab
  doctor       Check configuration, credentials, permissions, quota and ledger; change nothing
  describe     Show which fields the instance has, with their types
  fields       Show which fields are custom, hidden or sensitive
  get          Show records of the instance
  import       Write manifests for existing records
  convert      Write manifests for the rows of a spreadsheet, without an instance
  pull         Take what Marketo has into the manifests
  usage        Show the API calls and errors of the instance, from all integrations together
  history      List earlier runs, or show what one of them did
  why          Show what is known about one record, and what the next apply would do
  status       Show whether everything is applied, and what waits for somebody
  undo         Undo an earlier run, except for what others have changed since
  ledger       Show and change which records this project owns
  explain      Explain a code of a message, or list all codes
  schema       Print a JSON Schema for editors
  simulator    Run the built-in Marketo simulator, or list its switches and faults
  completions  Print a completion script for a shell
  man          Print the manual page, or write the pages of all commands
  help         Print this message or the help of the given subcommand(s)

Options:
  -h, --help     Print help (see more with '--help')
  -V, --version  Print version

Global options:
  -C <DIR>                 Change to this directory first
      --config <FILE>      Use this configuration instead of the nearest oppctl.yaml in this or a
                           parent directory
  -i, --instance <NAME>    Use this instance of the configuration instead of its default [env:
                           OPPCTL_INSTANCE=]
      --max-calls <COUNT>  Send at most COUNT calls to the instance: stop before a further one, and
                           refuse a plan whose apply needs more [default: limits.maxCalls of the
                           configuration]
      --color <WHEN>       Colour the output [default: auto] [possible values: auto, always, never]
  -v, --verbose            Show more: the fields of new and deleted records, every change, every
                           retry and wait
  -q, --quiet              Show less: counts instead of each change, and no progress

"#]]);
}

#[test]
fn other_slips_are_told_apart_too() {
    let project = Project::simulated("version: 1\n");
    project.run("get opportunities A-1").shows(str![[r#"
exit: 64
---- stderr
error: invalid value 'opportunities' for '<KIND>'
  [possible values: salesPerson, company, opportunity, role]

  tip: a similar value exists: 'opportunity'

For more information, try '--help'.

"#]]);
    project.run("get role A-1/1001").shows(str![[r#"
exit: 1
---- stderr
not found in local: any role of A-1/1001

"#]]);
    project.run("apply --allow-deletes many").shows(str![[r#"
exit: 64
---- stderr
error: invalid value 'many' for '--allow-deletes <COUNT>': expected a whole number, 0 or more

For more information, try '--help'.

"#]]);
    project.run("plan --verbose --quiet").shows(str![[r#"
exit: 64
---- stderr
error: the argument '--verbose' cannot be used with '--quiet'

Usage: oppctl plan --verbose [PATHS]...

For more information, try '--help'.

"#]]);
    project
        .run("simulator serve --data d --listen 0.0.0.0:0")
        .shows(str![[r#"
exit: 1
---- stderr
error: cannot run the simulator
  caused by: the simulator listens on loopback addresses only, not on 0.0.0.0:0

"#]]);
    project
        .run("simulator serve --data d --latency fast")
        .shows(str![[r#"
exit: 64
---- stderr
error: invalid value 'fast' for '--latency <DURATION>': expected a duration, for example 150ms, 20s or 5m

For more information, try '--help'.

"#]]);
}

#[test]
fn long_flags_with_one_dash_are_understood_as_what_they_were_meant() {
    let project = Project::simulated("version: 1\n");
    for (args, tip) in [
        ("apply -auto-approve", "`oppctl apply --yes`"),
        ("plan -out=plan.json", "two dashes: --out"),
        ("plan --target=A-1", "`oppctl plan --only A-1`"),
    ] {
        let told = project.run(args).exits(64).stderr;
        assert!(told.contains(tip), "{args}: {told}");
    }
}
