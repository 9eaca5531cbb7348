//! Moments at which a test kills a process: a piece on the wire, a file that appears.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::Caught;

/// A number that whoever runs the test has set.
pub(crate) fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().expect("it is a number"))
}

/// The piece that is held up, unless the process ends before.
pub(crate) fn wait_for(held: &Receiver<Caught>, child: &mut Child) -> Option<Caught> {
    loop {
        match held.recv_timeout(Duration::from_millis(2)) {
            Ok(caught) => return Some(caught),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
        if child.try_wait().expect("the process is ours").is_some() {
            return None;
        }
    }
}

/// The files below a folder, which may change meanwhile.
pub(crate) fn names(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        for entry in entries {
            let name = format!("{prefix}{}", entry.file_name().display());
            if entry.file_type().is_ok_and(|found| found.is_dir()) {
                folders.push((format!("{name}/"), entry.path()));
            } else {
                names.insert(name);
            }
        }
    }
    names
}

/// Parts are what is not yet in its place: the store writes `000124#1` before `000124`.
pub(crate) fn label(name: &str) -> String {
    let (_, name) = name.split_once('/').unwrap_or(("", name));
    let is_part = name.contains('#');
    let folder = name.split(['/', '-']).next().unwrap_or_default();
    format!("File {folder}{}", if is_part { ", a part" } else { "" })
}
