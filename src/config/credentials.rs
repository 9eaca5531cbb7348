//! Where a credential is, and fetching it from there.
//!
//! The text of a credential exists only in a [`SecretString`], which does not print. Errors name the
//! variable, file or program, never what was in it; what a program writes to its standard error is
//! discarded, because some repeat the secret there.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, thread};

use secrecy::SecretString;

/// Where a credential is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// In this environment variable.
    Env(String),
    /// In this file, relative to the configuration's folder; one line break at its end does not count.
    File(PathBuf),
    /// In what this program prints, without the blanks around it. Not empty.
    Command(Vec<String>),
}

/// Why a credential could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    #[error("the environment variable {name} is not set")]
    VariableUnset { name: String },
    #[error("{origin} holds no credential: it is empty")]
    Empty { origin: Origin },
    #[error("{origin} holds no credential: it is not UTF-8")]
    NotUtf8 { origin: Origin },
    #[error("{origin} holds no credential: it is longer than {MOST_BYTES} bytes")]
    TooLong { origin: Origin },
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
    #[error("the credential command `{program}` was not done after {} seconds", limit.as_secs())]
    TimedOut { program: String, limit: Duration },
}

/// What was asked for a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Variable(String),
    File(PathBuf),
    /// The program alone: its arguments may be nobody's business.
    Command(String),
}

/// Long enough for a password manager on a slow network, short enough for a CI job to say what hangs.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// Far more than any credential has. A wrong path may lead to a file of any size, or one without an end.
const MOST_BYTES: usize = 64 * 1024;

impl Credential {
    /// Fetches the credential. Blocks: on a file, or for up to 30 seconds on a program.
    ///
    /// # Errors
    /// There is none, with the name of the place but nothing of its content.
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
                let origin = Origin::Variable(name.clone());
                match value.into_string() {
                    // Secrets of CI systems often end with a line break that nobody sees.
                    Ok(text) => secret(text.trim_end_matches(['\r', '\n']), origin),
                    Err(_) => Err(CredentialError::NotUtf8 { origin }),
                }
            }
            Self::File(path) => {
                let path = root.join(path);
                let bytes = File::open(&path).and_then(read_bounded).map_err(|source| {
                    CredentialError::Unreadable {
                        path: path.clone(),
                        source,
                    }
                })?;
                let origin = Origin::File(path);
                let text = utf8(&bytes, &origin)?;
                let text = text.strip_suffix('\n').unwrap_or(text);
                secret(text.strip_suffix('\r').unwrap_or(text), origin)
            }
            Self::Command(argv) => {
                let bytes = run(argv, root, limit)?;
                let origin = Origin::Command(argv[0].clone());
                secret(utf8(&bytes, &origin)?.trim(), origin)
            }
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the environment variable {name}"),
            Self::File(path) => write!(f, "the credential file {}", path.display()),
            Self::Command(program) => write!(f, "the output of the credential command `{program}`"),
        }
    }
}

fn secret(text: &str, origin: Origin) -> Result<SecretString, CredentialError> {
    if text.trim().is_empty() {
        return Err(CredentialError::Empty { origin });
    }
    Ok(SecretString::from(text))
}

fn utf8<'b>(bytes: &'b [u8], origin: &Origin) -> Result<&'b str, CredentialError> {
    let origin = || origin.clone();
    if bytes.len() > MOST_BYTES {
        return Err(CredentialError::TooLong { origin: origin() });
    }
    str::from_utf8(bytes).map_err(|_| CredentialError::NotUtf8 { origin: origin() })
}

/// Reads to the end, or one byte more than is allowed.
fn read_bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    source.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Runs a program in the folder `root` and returns what it prints.
fn run(argv: &[String], root: &Path, limit: Duration) -> Result<Vec<u8>, CredentialError> {
    let program = || argv[0].clone();
    let not_run = |source| CredentialError::NotRun {
        program: program(),
        source,
    };
    let mut child = Command::new(executable(&argv[0], root))
        .args(&argv[1..])
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(not_run)?;
    let deadline = Instant::now() + limit;
    let output = child.stdout.take().expect("the output is piped");
    let (send, receive) = mpsc::channel();
    // Not joined: a grandchild that keeps the pipe open must not hold up the run.
    thread::spawn(move || send.send(read_bounded(output)));
    let bytes = receive.recv_timeout(limit).ok();
    let status = match &bytes {
        Some(_) => wait_until(&mut child, deadline).map_err(not_run)?,
        None => None,
    };
    let (Some(bytes), Some(status)) = (bytes, status) else {
        child.kill().and_then(|()| child.wait()).map_err(not_run)?;
        return Err(CredentialError::TimedOut {
            program: program(),
            limit,
        });
    };
    let bytes = bytes.map_err(not_run)?;
    // One that printed too much was cut off, and says nothing by its status.
    if status.success() || bytes.len() > MOST_BYTES {
        Ok(bytes)
    } else {
        Err(CredentialError::Failed {
            program: program(),
            status,
        })
    }
}

/// A program with a path is relative to the configuration, as all paths in it; one without is looked up as usual.
fn executable(program: &str, root: &Path) -> PathBuf {
    if Path::new(program).components().count() > 1 {
        // Not relative, because that would be resolved against the child's folder on some systems only.
        let path = root.join(program);
        std::path::absolute(&path).unwrap_or(path)
    } else {
        PathBuf::from(program)
    }
}

/// Waits for a program that has closed its output, which therefore is about to end.
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
