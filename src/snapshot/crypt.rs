//! Encryption, by the program `age` or `rage`: see <https://age-encryption.org>. What is encrypted goes through pipes, and is in no file.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::error::{SnapshotError, Task};
use crate::lean_command::lean_command;

/// The programs, the first of which is taken that is there. Both have the same arguments.
const PROGRAMS: [&str; 2] = ["age", "rage"];

/// Enough for gigabytes, and for a person who touches a hardware key.
const LIMIT: Duration = Duration::from_secs(300);

/// How encrypted files begin: those of bytes, and those of text.
const BEGINNINGS: [&[u8]; 2] = [
    b"age-encryption.org/",
    b"-----BEGIN AGE ENCRYPTED FILE-----",
];

/// The most of its words that are repeated.
const MOST_WORDS: usize = 300;

/// Whether a file begins as encrypted ones do.
#[must_use]
pub fn is_encrypted(text: &[u8]) -> bool {
    BEGINNINGS
        .iter()
        .any(|beginning| text.starts_with(beginning))
}

/// Who can decrypt a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Recipients {
    /// Public keys.
    pub keys: Vec<String>,
    /// Files with public keys.
    pub files: Vec<PathBuf>,
}

/// The private key that decrypts a snapshot.
#[derive(Clone)]
pub enum Identity {
    File(PathBuf),
    /// The text of such a file.
    Text(secrecy::SecretString),
}

/// The program that encrypts and decrypts.
#[derive(Clone, Copy, Debug)]
pub struct Age {
    program: &'static str,
}

impl Age {
    /// The one that is installed.
    ///
    /// # Errors
    /// None is.
    pub async fn find() -> Result<Self, SnapshotError> {
        for program in PROGRAMS {
            let mut command = command(program);
            command.arg("--version").stdin(Stdio::null());
            match command.spawn() {
                Ok(child) => {
                    drop(within(program, child.wait_with_output()).await?);
                    return Ok(Self { program });
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(SnapshotError::NotRun { program, source }),
            }
        }
        Err(SnapshotError::NoAge)
    }

    /// Encrypts a text for these recipients.
    ///
    /// # Errors
    /// The program fails, for instance because a recipient is none.
    pub async fn encrypt(self, text: &[u8], to: &Recipients) -> Result<Vec<u8>, SnapshotError> {
        let mut command = command(self.program);
        command.arg("--encrypt");
        for key in &to.keys {
            command.arg("--recipient").arg(key);
        }
        for file in &to.files {
            command.arg("--recipients-file").arg(file);
        }
        self.piped(command, text, Task::Encrypt).await
    }

    /// Decrypts a file.
    ///
    /// # Errors
    /// The program fails, for instance because the identity is that of somebody else.
    pub async fn decrypt(self, path: &Path, by: &Identity) -> Result<Vec<u8>, SnapshotError> {
        let mut command = command(self.program);
        command.arg("--decrypt").arg("--identity");
        let input = match by {
            Identity::File(file) => {
                command.arg(file);
                ""
            }
            Identity::Text(text) => {
                command.arg("-");
                secrecy::ExposeSecret::expose_secret(text)
            }
        };
        // A name such as `-` would mean something else.
        command.arg(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
        self.piped(command, input.as_bytes(), Task::Decrypt).await
    }

    /// What it prints when it is given this.
    async fn piped(
        self,
        mut command: Command,
        input: &[u8],
        task: Task,
    ) -> Result<Vec<u8>, SnapshotError> {
        let program = self.program;
        let not_run = |source| SnapshotError::NotRun { program, source };
        let child = command.stdin(Stdio::piped()).spawn().map_err(not_run)?;
        let (status, printed, said) = within(program, all(child, input)).await?;
        if status.success() {
            return Ok(printed);
        }
        let said = String::from_utf8_lossy(&said);
        let said = said.lines().find(|line| !line.trim().is_empty());
        let said: String = said
            .unwrap_or("it does not say why")
            .chars()
            .take(MOST_WORDS)
            .collect();
        Err(SnapshotError::Refused {
            program,
            task,
            said,
        })
    }
}

/// Gives a program its input, while what it prints is read.
async fn all(mut child: Child, input: &[u8]) -> std::io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let mut stdin = child.stdin.take();
    let give = async {
        if let Some(stdin) = &mut stdin {
            // A program that ends early says itself why.
            drop(stdin.write_all(input).await);
            drop(stdin.shutdown().await);
        }
        drop(stdin.take());
    };
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let (mut printed, mut said) = (Vec::new(), Vec::new());
    let read = async {
        if let Some(out) = &mut out {
            out.read_to_end(&mut printed).await?;
        }
        Ok(())
    };
    let listen = async {
        if let Some(err) = &mut err {
            err.read_to_end(&mut said).await?;
        }
        Ok(())
    };
    let ((), read, listened): ((), std::io::Result<()>, std::io::Result<()>) =
        tokio::join!(give, read, listen);
    read?;
    listened?;
    Ok((child.wait().await?, printed, said))
}

/// The program without its arguments.
fn command(program: &'static str) -> Command {
    let mut command = lean_command(program, &[]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn within<T>(
    program: &'static str,
    doing: impl Future<Output = std::io::Result<T>>,
) -> Result<T, SnapshotError> {
    match tokio::time::timeout(LIMIT, doing).await {
        Ok(done) => done.map_err(|source| SnapshotError::NotRun { program, source }),
        Err(_) => Err(SnapshotError::TimedOut {
            program,
            limit: LIMIT,
        }),
    }
}
