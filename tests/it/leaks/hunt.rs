//! A project, and what must not be found in anything that it prints or leaves behind.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use pretty_assertions::assert_eq;

use crate::harness::{Marketo, Project, Run};

/// With everything that a form or a URL writes differently.
pub(super) const SECRET: &str = "T0p+s3cr3t/of%20us=&?ü";

pub(super) const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: salary, dataType: currency, isSensitive: true }
    - { name: story, dataType: textarea, isSensitive: true }
";

pub(super) const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    salary: 471135471135.5
    story: The mermaid that swam
    roles: [{ leadId: 1001, role: Champion }]
  - { externalOpportunityId: A-2, name: Tables, salary: 471236471236 }
";

/// Secrets that are cut short are cut here.
pub(super) const CUT: usize = 10;

/// The sensitive values that the project and the instance have at any time, and how they begin where they are cut short.
pub(super) const VALUES: [&str; 8] = [
    "47133747",
    "471135471135",
    "471236471236",
    "471337471337",
    "471438471438",
    "mermaid",
    "dolphin",
    "swam",
];

/// The ways in which these bytes are written.
pub(super) fn forms(text: &str) -> Vec<String> {
    let percent = |keep: &str| -> String {
        let bytes = text.bytes().map(|byte| {
            let kept = byte.is_ascii_alphanumeric() || keep.as_bytes().contains(&byte);
            if kept {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        });
        bytes.collect()
    };
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let json = serde_json::to_string(text).expect("text is JSON");
    let mut forms = vec![
        text.to_owned(),
        percent("-._~"),
        percent("-._*").replace("%20", "+"),
        percent("-._~").to_lowercase(),
        hex,
        json.trim_matches('"').to_owned(),
        text.chars().rev().collect(),
    ];
    for prefix in ["", "simulator:"] {
        for alphabet in [STANDARD, URL] {
            forms.push(base64(&format!("{prefix}{text}"), alphabet));
        }
    }
    forms
}

const STANDARD: &[u8] = b"+/";
const URL: &[u8] = b"-_";

/// Without its padding, and without the last digits, which depend on what follows.
fn base64(text: &str, last: &[u8]) -> String {
    let digits: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(last.iter().copied())
        .collect();
    let whole = text.as_bytes().chunks_exact(3);
    let digits = whole.flat_map(|bytes| {
        let number = bytes
            .iter()
            .fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(digits[number >> shift & 63]))
    });
    digits.collect()
}

/// The token that the client has: the same for everybody with its secret.
pub(super) fn token(marketo: &Marketo) -> String {
    let secret = &forms(SECRET)[1];
    let path = format!(
        "/identity/oauth/token?grant_type=client_credentials&client_id=simulator&client_secret={secret}"
    );
    let mut stream = TcpStream::connect(marketo.address()).expect("it listens");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (_, token) = answer
        .split_once("\"access_token\":\"")
        .expect("there is a token");
    token.split('"').next().unwrap_or_default().to_owned()
}

/// Everything that is searched for.
pub(super) struct Hunt {
    pub(super) marketo: Marketo,
    pub(super) project: Project,
    hunted: Vec<String>,
    /// The manifests, which have the values because somebody has written them there.
    spared: &'static str,
}

impl Hunt {
    pub(super) fn begin() -> Self {
        let leads = "leads:\n  - { id: 1001, email: ada@example.com }\n";
        let marketo = Marketo::secret(SCHEMA, leads, SECRET);
        let mut project = marketo
            .project(MANIFEST)
            .with("ownership: { ledger: .ledger }");
        project.set("MARKETO_CLIENT_SECRET", SECRET);
        let token = token(&marketo);
        let mut hunted = forms(SECRET);
        hunted.extend(forms(&token));
        // What is left of them where they are cut short.
        hunted.extend([SECRET, &token].map(|text| text[..CUT].to_owned()));
        hunted.extend(VALUES.map(str::to_owned));
        for form in &mut hunted {
            *form = form.to_lowercase();
        }
        Self {
            marketo,
            project,
            hunted,
            spared: "pipeline",
        }
    }

    #[track_caller]
    pub(super) fn search(&self, what: &str, text: &str) {
        let lower = text.to_lowercase();
        let found: Vec<&String> = self
            .hunted
            .iter()
            .filter(|form| lower.contains(&***form))
            .collect();
        assert_eq!(found, Vec::<&String>::new(), "{what}: {text}");
    }

    /// Searches what a run has printed, and all that is in the project.
    #[track_caller]
    pub(super) fn search_all(&self, what: &str, run: &Run) {
        self.search(what, &run.stdout);
        self.search(what, &run.stderr);
        self.files(self.project.root());
    }

    /// Runs a command, and searches what it prints and all that is in the project.
    #[track_caller]
    pub(super) fn run(&self, args: &str, exit: i32) -> String {
        let run = self.project.run(args).exits(exit);
        self.search_all(args, &run);
        run.stdout
    }

    pub(super) fn files(&self, folder: &Path) {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                if !path.ends_with(self.spared) {
                    self.files(&path);
                }
            } else {
                let text = fs::read(&path).expect("the file can be read");
                self.search(&path.display().to_string(), &String::from_utf8_lossy(&text));
            }
        }
    }
}
