//! Fetching credentials, and errors that do not repeat them.

use std::fs;

use pretty_assertions::assert_eq;
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::*;

const SECRET: &str = "s3cret-value";

/// Fetches a credential in `dir`, with an environment of one variable.
fn fetch(credential: &Credential, dir: &TempDir) -> Result<String, CredentialError> {
    credential
        .read_with(dir.path(), variable, COMMAND_LIMIT)
        .map(|secret| {
            assert!(!format!("{secret:?}").contains(SECRET));
            secret.expose_secret().to_owned()
        })
}

fn variable(name: &str) -> Option<OsString> {
    match name {
        "ID" => Some(OsString::from(SECRET)),
        "BLANK" => Some(OsString::from(" ")),
        _ => None,
    }
}

/// The error, which must not repeat the secret in any of its forms.
fn failure(credential: &Credential, dir: &TempDir) -> CredentialError {
    let error = fetch(credential, dir).expect_err("there is no credential");
    assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
    error
}

fn dir() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn file(dir: &TempDir, content: impl AsRef<[u8]>) -> Credential {
    fs::write(dir.path().join("id.txt"), content).expect("the file is written");
    Credential::File("id.txt".into())
}

fn shell(script: &str) -> Credential {
    Credential::Command(["sh", "-c", script].map(str::to_owned).to_vec())
}

#[test]
fn a_variable_is_taken_as_it_is() {
    let dir = dir();
    assert_eq!(
        fetch(&Credential::Env("ID".into()), &dir).ok().as_deref(),
        Some(SECRET)
    );
    assert!(matches!(
        failure(&Credential::Env("NONE".into()), &dir),
        CredentialError::VariableUnset { name } if name == "NONE"
    ));
    assert!(matches!(
        failure(&Credential::Env("BLANK".into()), &dir),
        CredentialError::Empty { origin: CredentialOrigin::Variable(name) } if name == "BLANK"
    ));
}

#[test]
fn line_breaks_at_the_end_of_a_file_do_not_count() {
    let dir = dir();
    let rows = [
        ("s3cret-value", "s3cret-value"),
        ("s3cret-value\n", "s3cret-value"),
        ("s3cret-value\r\n", "s3cret-value"),
        (" s3cret-value \n\n", " s3cret-value "),
        ("\u{feff}s3cret-value\r\n", "s3cret-value"),
    ];
    for (content, secret) in rows {
        assert_eq!(
            fetch(&file(&dir, content), &dir).ok().as_deref(),
            Some(secret)
        );
    }
}

#[test]
fn a_file_without_a_credential_is_named() {
    let dir = dir();
    for content in ["", "\n"] {
        assert!(matches!(
            failure(&file(&dir, content), &dir),
            CredentialError::Empty {
                origin: CredentialOrigin::File(_)
            }
        ));
    }
    let latin1 = [SECRET.as_bytes(), b"\xe9"].concat();
    assert!(matches!(
        failure(&file(&dir, latin1), &dir),
        CredentialError::NotUtf8 { origin: CredentialOrigin::File(path) } if path == dir.path().join("id.txt")
    ));
    assert!(matches!(
        failure(&file(&dir, SECRET.repeat(10_000)), &dir),
        CredentialError::TooLong { .. }
    ));
    assert!(matches!(
        failure(&Credential::File("none.txt".into()), &dir),
        CredentialError::Unreadable { path, .. } if path == dir.path().join("none.txt")
    ));
}

#[test]
fn a_program_prints_the_credential() {
    let dir = dir();
    file(&dir, SECRET);
    for script in ["echo ' s3cret-value '", "cat id.txt"] {
        let printed = fetch(&shell(script), &dir).ok();
        assert_eq!(printed.as_deref(), Some(SECRET), "{script}");
    }
}

#[cfg(unix)]
#[test]
fn a_program_with_a_path_is_relative_to_the_configuration() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = dir();
    let script = dir.path().join("secret.sh");
    fs::write(&script, "#!/bin/sh\necho s3cret-value\n").expect("the script is written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).expect("it is executable");
    let credential = Credential::Command(vec!["./secret.sh".to_owned()]);
    assert_eq!(fetch(&credential, &dir).ok().as_deref(), Some(SECRET));
}

#[test]
fn a_program_that_fails_is_named_without_what_it_said() {
    let dir = dir();
    assert!(matches!(
        failure(&shell("echo s3cret-value; echo s3cret-value >&2; exit 3"), &dir),
        CredentialError::Failed { program, status } if program == "sh" && status.code() == Some(3)
    ));
    assert!(matches!(
        failure(&shell(":"), &dir),
        CredentialError::Empty { origin: CredentialOrigin::Command(program) } if program == "sh"
    ));
    assert!(matches!(
        failure(&shell("yes s3cret-value"), &dir),
        CredentialError::TooLong { .. }
    ));
    assert!(matches!(
        failure(&Credential::Command(vec!["./none".to_owned()]), &dir),
        CredentialError::NotRun { program, .. } if program == "./none"
    ));
}

#[test]
fn a_program_that_hangs_is_ended() {
    let dir = dir();
    // The first holds its output open, the second closes it and goes on.
    for script in ["exec sleep 600", "exec >&-; exec sleep 600"] {
        let result = shell(script).read_with(dir.path(), |_| None, Duration::from_millis(50));
        assert!(
            matches!(result, Err(CredentialError::TimedOut { .. })),
            "{script}"
        );
    }
}

#[test]
fn a_second_line_is_refused_and_not_shown() {
    let dir = dir();
    let two = "s3cret-value\nother-s3cret-value\n";
    for credential in [
        file(&dir, two),
        file(&dir, "s3cret-value\rx"),
        shell("printf 'id\\ns3cret-value\\n'"),
    ] {
        let error = failure(&credential, &dir);
        assert!(matches!(error, CredentialError::Lines { .. }), "{error}");
    }
}

#[test]
fn a_file_in_another_encoding_is_refused() {
    let dir = dir();
    let utf_16: Vec<u8> = "\u{feff}s3cret-value"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let error = failure(&file(&dir, utf_16), &dir);
    assert!(matches!(error, CredentialError::NotUtf8 { .. }), "{error}");
}
