//! A real server of object storage: SeaweedFS, where `weed` is on the path or OPPCTL_TEST_WEED names it.
//!
//! OPPCTL_TEST_STORE names another store that is there already, as `s3://BUCKET/PATH`, `gs://…` or `az://…`; its
//! credentials and endpoint then come from the environment, as they do for oppctl.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Project;

const STORE: &str = "OPPCTL_TEST_STORE";
const WEED: &str = "OPPCTL_TEST_WEED";
const BUCKET: &str = "oppctl-test";

/// A store that several processes use, in a folder that no other test has; its server ends with it.
pub(crate) struct ObjectStorage {
    location: String,
    server: Option<Server>,
}

/// A server of this test's own.
struct Server {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl ObjectStorage {
    /// One for a test, or nothing where there is none; then a line says so.
    pub(crate) fn open() -> Option<Self> {
        let name = fastrand::u64(..);
        if let Ok(location) = env::var(STORE) {
            return Some(Self {
                location: format!("{location}/{name:016x}"),
                server: None,
            });
        }
        let Some(weed) = env::var_os(WEED).map(PathBuf::from).or_else(on_path) else {
            writeln!(
                io::stderr(),
                "SKIPPED: there is no weed, no {WEED} and no {STORE}"
            )
            .expect("it is open");
            return None;
        };
        let storage = Self {
            location: format!("s3://{BUCKET}/team/{name:016x}"),
            server: Some(Server::start(&weed)),
        };
        storage.wait();
        Some(storage)
    }

    /// Where the store is.
    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    /// Where its server listens, if it is the test's own.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        let server = self.server.as_ref()?;
        Some((Ipv4Addr::LOCALHOST, server.port).into())
    }

    /// What its clients need in their environment, if its server is reached at this address.
    pub(crate) fn environment(&self, address: Option<SocketAddr>) -> Vec<(String, String)> {
        let Some(address) = address else {
            let clouds = ["AWS_", "GOOGLE_", "AZURE_", "AZURITE_"];
            return env::vars()
                .filter(|(name, _)| clouds.iter().any(|cloud| name.starts_with(cloud)))
                .collect();
        };
        let endpoint = format!("http://{address}");
        [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "testkey123"),
            ("AWS_SECRET_ACCESS_KEY", "testsecret123"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Until the server is up: its port opens before it can do anything.
    fn wait(&self) {
        let mut project = Project::empty();
        project.write(
            "oppctl.yaml",
            format!(
                "version: 1\nmanifests: [none.yaml]\nproject: probe\nownership: {{ ledger: \"{}\" }}\ninstances:\n  up:\n    \
                 baseUrl: http://127.0.0.1:9\n    credentials: {{ clientId: {{ env: A }}, clientSecret: {{ env: A }} }}\n",
                self.location
            ),
        );
        for (name, value) in self.environment(self.address()) {
            project.set(&name, &value);
        }
        let begun = Instant::now();
        loop {
            let list = project.run("ledger list");
            if list.exit == 0 {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{}", list.text());
        }
    }
}

impl Server {
    /// All of SeaweedFS in one process.
    fn start(weed: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let port = free_port();
        Self {
            process: weed_mini(weed, folder.path(), port),
            port,
            _folder: folder,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Everything that it answered for has been looked at; nothing of it is wanted any more.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn on_path() -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let weed = format!("weed{}", env::consts::EXE_SUFFIX);
    env::split_paths(&folders)
        .map(|folder| folder.join(&weed))
        .find(|file| file.is_file())
}

/// All of SeaweedFS in one process.
fn weed_mini(weed: &Path, folder: &Path, port: u16) -> Child {
    let mut command = Command::new(weed);
    // It takes flags from the environment too.
    command.env_clear();
    command.env("HOME", folder);
    command.env("AWS_ACCESS_KEY_ID", "testkey123");
    command.env("AWS_SECRET_ACCESS_KEY", "testsecret123");
    command.args(["mini", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]);
    command.args(["-admin.ui=false", "-webdav=false"]);
    command.args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
    command.arg(format!("-bucket={BUCKET}"));
    command.arg(format!("-s3.port={port}"));
    for flag in [
        "s3.port.grpc",
        "master.port",
        "master.port.grpc",
        "volume.port",
        "volume.port.grpc",
        "filer.port",
        "filer.port.grpc",
        "admin.port",
        "admin.port.grpc",
    ] {
        command.arg(format!("-{flag}={}", free_port()));
    }
    command.arg(format!("-dir={}", folder.join("data").display()));
    fs::create_dir(folder.join("data")).expect("the folder is made");
    let log = File::create(folder.join("log")).expect("the file is made");
    command.stdout(Stdio::null()).stderr(log);
    command.spawn().expect("weed starts")
}

/// A port that nobody had a moment ago. SeaweedFS adds 10000 to some, so it is a low one.
fn free_port() -> u16 {
    loop {
        let port = fastrand::u16(20_000..30_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
