//! A project folder that a test may change, and the binary in it.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::Run;

/// A folder with a configuration and manifests; gone with the test.
pub(crate) struct Project {
    /// Removes the folder when it is dropped.
    _folder: TempDir,
    root: PathBuf,
    variables: Vec<(String, String)>,
    /// The hashes of its commits, in full and short, and what the test calls them.
    commits: RefCell<Vec<(String, String)>>,
}

impl Project {
    /// A folder without any file.
    pub(crate) fn empty() -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        // Some systems reach theirs through a link, and a program sees the folder's real name.
        let root = fs::canonicalize(folder.path()).expect("the folder is there");
        Self {
            _folder: folder,
            root,
            variables: Vec::new(),
            commits: RefCell::default(),
        }
    }

    /// A copy of one of the repository's examples.
    pub(crate) fn example(name: &str) -> Self {
        let project = Self::empty();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        copy(&examples.join(name), &project.root);
        project
    }

    /// Copies one of the repository's examples into a folder of its name.
    pub(crate) fn take_example(&self, name: &str) {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let folder = self.root.join(name);
        fs::create_dir(&folder).expect("the folder can be written");
        copy(&examples.join(name), &folder);
    }

    /// A folder with a simulator of its own, the leads 1001 to 1009 and this manifest.
    pub(crate) fn simulated(manifest: &str) -> Self {
        let project = Self::empty();
        project.write(
            "oppctl.yaml",
            "version: 1\n\
             manifests: [pipeline/*.yaml]\n\
             instances:\n  local: { simulator: { data: .oppctl, leads: leads.yaml } }\n",
        );
        project.write("leads.yaml", LEADS);
        project.write("pipeline/main.yaml", manifest);
        project
    }

    /// The same with a further section of the configuration.
    pub(crate) fn with(self, section: &str) -> Self {
        let config = self.read("oppctl.yaml");
        self.write("oppctl.yaml", format!("{config}{section}\n"));
        self
    }

    /// The same with a ledger in a folder of its own.
    pub(crate) fn with_ledger(self) -> Self {
        self.with("ownership: { ledger: .ledger }")
    }

    /// Commits the project with git; outputs then show the name in place of the hash.
    pub(crate) fn commit(&self, name: &str) {
        let git = |args: &[&str]| {
            let output = Command::new("git")
                .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
                .args(args)
                .current_dir(&self.root)
                .env_clear()
                .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
                .env("HOME", &self.root)
                .output()
                .expect("git is there");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).expect("hashes are ASCII")
        };
        drop(git(&["init", "--quiet"]));
        drop(git(&["add", "oppctl.yaml", "pipeline"]));
        drop(git(&["commit", "--quiet", "--message", name]));
        let hash = git(&["rev-parse", "HEAD"]).trim().to_owned();
        let mut commits = self.commits.borrow_mut();
        let short = hash[..10].to_owned();
        commits.extend([hash, short].map(|hash| (hash, format!("[{name}]"))));
    }

    /// Sets an environment variable for all further runs.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(file);
        let folder = path.parent().expect("files are in the folder");
        fs::create_dir_all(folder).expect("the folder can be written");
        fs::write(path, text).expect("the folder can be written");
    }

    /// Every file in which a plan with changes can be kept, and what it has. `command` makes the plan.
    pub(crate) fn plan_files(&self, command: &str) -> [(&'static str, String); 5] {
        let files = "--out plan.json --write html=plan.html --write json=report.json --write sarif=plan.sarif --write markdown=plan.md";
        let command = format!("{command} --quiet --exit-code {files}");
        drop(self.run(&command).exits(2));
        let names = [
            "plan.json",
            "report.json",
            "plan.html",
            "plan.sarif",
            "plan.md",
        ];
        names.map(|file| (file, self.read(file)))
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root.join(file)).expect("the file is there")
    }

    /// Replaces the one place in a file that reads `from`.
    #[track_caller]
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.matches(from).count() == 1, "{from:?} in {text}");
        self.write(file, text.replace(from, to));
    }

    /// The binary in this folder, with nothing of the machine's environment but the path.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oppctl"));
        self.scrub(&mut command);
        command.args(args).current_dir(&self.root);
        command
    }

    /// Gives a command an environment without settings of this machine.
    pub(crate) fn scrub(&self, command: &mut Command) {
        command
            .stdin(Stdio::null())
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", &self.root)
            .env("TZ", "UTC")
            // So that tests do not depend on where a line is parted.
            .env("COLUMNS", "1000")
            .env("USER", "ada")
            .envs(self.variables.iter().cloned());
    }

    /// Runs the binary to its end with arguments that have no blanks in them.
    pub(crate) fn run(&self, args: &str) -> Run {
        self.run_args(&args.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs the binary to its end.
    pub(crate) fn run_args(&self, args: &[&str]) -> Run {
        let output = self.command(args).output().expect("the binary runs");
        self.ended(output)
    }

    /// What a run that this test has started itself came to.
    pub(crate) fn ended(&self, output: std::process::Output) -> Run {
        let root = self.root.to_str().expect("the path is UTF-8");
        let mut names = vec![(root.to_owned(), "[ROOT]".to_owned())];
        names.extend(self.commits.borrow().iter().cloned());
        Run::new(output, names)
    }

    /// What every scenario ends with: nothing is left to do.
    #[track_caller]
    pub(crate) fn assert_plan_empty(&self) {
        let plan = self.run("plan --exit-code --quiet");
        assert!(
            plan.exit == 0 && plan.stdout.contains("\nNo changes. "),
            "{}",
            plan.text()
        );
    }
}

/// Leads that manifests of tests may name.
pub(super) const LEADS: &str = "\
leads:
  - { id: 1001, email: ada@example.com }
  - { id: 1002, email: grace@example.com }
  - { id: 1003, email: joan@example.com }
  - { id: 1004, email: twin@example.com }
  - { id: 1005, email: twin@example.com }
";

/// Copies a folder without what runs of its own have left in it.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the example is there") {
        let entry = entry.expect("the example can be read");
        if entry.file_name() == ".oppctl" {
            continue;
        }
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&to).expect("the folder can be written");
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("the folder can be written");
        }
    }
}
