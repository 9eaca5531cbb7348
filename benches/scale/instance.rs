//! The instance that is planned and applied against: the simulator as a process of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use super::process::{Figures, so_far};

/// A running simulator; dropping it ends it.
pub(crate) struct Instance {
    pub(crate) port: u16,
    child: Child,
}

impl Instance {
    /// Starts a simulator that keeps its records in `data`, with these further arguments.
    pub(crate) fn start(data: &Path, further: &[&str]) -> io::Result<Self> {
        fs::create_dir_all(data)?;
        let port_file = data.join("port");
        let child = Command::new(env!("CARGO_BIN_EXE_oppctl"))
            .args(["simulator", "serve", "--data"])
            .arg(data)
            .arg("--port-file")
            .arg(&port_file)
            .args(further)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut instance = Self { port: 0, child };
        instance.port = port(&port_file)?;
        Ok(instance)
    }

    /// What it has used since it started.
    pub(crate) fn figures(&self) -> Figures {
        so_far(self.child.id())
    }
}

fn port(file: &Path) -> io::Result<u16> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        let written = fs::read_to_string(file).ok();
        if let Some(port) = written.and_then(|text| text.trim().parse().ok()) {
            return Ok(port);
        }
        thread::sleep(Duration::from_millis(5));
    }
    Err(io::Error::other("the simulator does not start"))
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It has answered everything that was asked; nothing of it is wanted any more.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
