//! Where a credential is, and fetching it from there.
//!
//! The text of a credential exists only in a [`SecretString`], which does not print. Errors name the variable, file or program,
//! and never its content. The standard error of a program is discarded, because some programs repeat the secret there.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, thread};

use secrecy::SecretString;

use crate::manifest::read_regular;

/// Where a credential is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// In this environment variable.
    Env(String),
    /// In this file, relative to the configuration's folder. A byte order mark and line breaks at the end are dropped.
    File(PathBuf),
    /// In the output of this program with these arguments, without the blanks around it. The list is not empty.
    Command(Vec<String>),
}

/// Why a credential could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    #[error("the environment variable{} is not set", shown(name))]
    VariableUnset { name: String },
    #[error("{origin} is empty")]
    Empty { origin: CredentialOrigin },
    #[error("{origin} is not UTF-8")]
    NotUtf8 { origin: CredentialOrigin },
    #[error("{origin} is longer than {MOST_BYTES} bytes")]
    TooLong { origin: CredentialOrigin },
    /// Two credentials in one place, or a file of another kind.
    #[error("{origin} has more than one line; a credential is the only line of its place")]
    Lines { origin: CredentialOrigin },
    #[error("cannot read the credential file {}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot run the credential command `{program}`")]
    NotRun {
        program: String,
        #[source]
        source: io::Error,
    },
    #[error("the credential command `{program}` failed ({status})")]
    Failed { program: String, status: ExitStatus },
    #[error("the credential command `{program}` did not finish within {} seconds", limit.as_secs())]
    TimedOut { program: String, limit: Duration },
}

/// The name of a variable, if it looks like one: what has been written in its place may be the secret.
fn shown(name: &str) -> String {
    let is_usual = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if name.chars().all(is_usual) {
        format!(" {name}")
    } else {
        " that the configuration names".to_owned()
    }
}

/// Where a credential was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialOrigin {
    Variable(String),
    File(PathBuf),
    /// The program alone: its arguments may be confidential.
    Command(String),
}

/// Long enough for a password manager on a slow network, short enough for a CI job to name the program that hangs.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// Far more than any credential has. A wrong path may name a file of any size, or one without an end.
const MOST_BYTES: usize = 64 * 1024;

impl Credential {
    /// Fetches the credential. Blocks: on a file, or for up to 30 seconds on a program.
    ///
    /// # Errors
    /// There is no credential. The error names the place and repeats nothing of its content.
    pub fn read(&self, root: &Path) -> Result<SecretString, CredentialError> {
        self.read_with(root, |name| env::var_os(name), COMMAND_LIMIT)
    }

    fn read_with(
        &self,
        root: &Path,
        variable: impl FnOnce(&str) -> Option<OsString>,
        limit: Duration,
    ) -> Result<SecretString, CredentialError> {
        match self {
            Self::Env(name) => {
                let value = variable(name)
                    .ok_or_else(|| CredentialError::VariableUnset { name: name.clone() })?;
                let origin = CredentialOrigin::Variable(name.clone());
                match value.into_string() {
                    // Secrets of CI systems often end with an invisible line break.
                    Ok(text) => secret(text.trim_end_matches(['\r', '\n']), origin),
                    Err(_) => Err(CredentialError::NotUtf8 { origin }),
                }
            }
            Self::File(path) => {
                let path = root.join(path);
                let bytes = read_regular(&path, MOST_BYTES as u64).map_err(|source| {
                    CredentialError::Unreadable {
                        path: path.clone(),
                        source,
                    }
                })?;
                let origin = CredentialOrigin::File(path);
                let text = utf8(&bytes, &origin)?;
                secret(text.trim_end_matches(['\r', '\n']), origin)
            }
            Self::Command(argv) => {
                let bytes = run(argv, root, limit)?;
                let origin = CredentialOrigin::Command(argv[0].clone());
                secret(utf8(&bytes, &origin)?.trim(), origin)
            }
        }
    }
}

impl std::fmt::Display for CredentialOrigin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the environment variable {name}"),
            Self::File(path) => write!(f, "the credential file {}", path.display()),
            Self::Command(program) => write!(f, "the output of the credential command `{program}`"),
        }
    }
}

fn secret(text: &str, origin: CredentialOrigin) -> Result<SecretString, CredentialError> {
    // Editors and shells of Windows begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(CredentialError::Empty { origin });
    }
    if text.contains(['\r', '\n']) {
        return Err(CredentialError::Lines { origin });
    }
    Ok(SecretString::from(text))
}

fn utf8<'b>(bytes: &'b [u8], origin: &CredentialOrigin) -> Result<&'b str, CredentialError> {
    if bytes.len() > MOST_BYTES {
        let origin = origin.clone();
        return Err(CredentialError::TooLong { origin });
    }
    str::from_utf8(bytes).map_err(|_| CredentialError::NotUtf8 {
        origin: origin.clone(),
    })
}

/// Reads to the end, but at most one byte more than the limit.
fn read_bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    source.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Runs a program in the folder `root` and returns its output.
fn run(argv: &[String], root: &Path, limit: Duration) -> Result<Vec<u8>, CredentialError> {
    let program = &argv[0];
    let mut child = Command::new(executable(program, root))
        .args(&argv[1..])
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(not_run(program))?;
    let deadline = Instant::now() + limit;
    let output = child.stdout.take().expect("the output is piped");
    let (send, receive) = mpsc::channel();
    // Not joined: a grandchild process that keeps the pipe open must not block the run.
    thread::spawn(move || send.send(read_bounded(output)));
    let bytes = receive.recv_timeout(limit).ok();
    let status = match &bytes {
        Some(_) => wait_until(&mut child, deadline).map_err(not_run(program))?,
        None => None,
    };
    let (Some(bytes), Some(status)) = (bytes, status) else {
        child
            .kill()
            .and_then(|()| child.wait())
            .map_err(not_run(program))?;
        return Err(CredentialError::TimedOut {
            program: program.clone(),
            limit,
        });
    };
    let bytes = bytes.map_err(not_run(program))?;
    // A program that printed too much was cut off, so its status means nothing.
    if status.success() || bytes.len() > MOST_BYTES {
        Ok(bytes)
    } else {
        Err(CredentialError::Failed {
            program: program.clone(),
            status,
        })
    }
}

fn not_run(program: &str) -> impl Fn(io::Error) -> CredentialError {
    move |source| CredentialError::NotRun {
        program: program.to_owned(),
        source,
    }
}

/// A program with a path is relative to the configuration's folder. A program without one is looked up as usual.
fn executable(program: &str, root: &Path) -> PathBuf {
    if Path::new(program).components().count() > 1 {
        // Made absolute, because some systems resolve a relative path against the child's folder and others do not.
        let path = root.join(program);
        std::path::absolute(&path).unwrap_or(path)
    } else {
        PathBuf::from(program)
    }
}

/// Waits for a program that has closed its output and so is about to end.
fn wait_until(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    const PAUSE: Duration = Duration::from_millis(5);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests;
