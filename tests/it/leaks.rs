//! No secret, no token and no sensitive value is anywhere where it can be read afterwards: everything that a project's life leaves behind is searched,
//! and everything that it prints.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use oppctl::simulator::{CallOperation, Fault, FaultKind, Garbling};
use pretty_assertions::assert_eq;

use crate::harness::{Marketo, Project};

/// With everything that a form or a URL writes differently.
const SECRET: &str = "T0p+s3cr3t/of%20us=&?ü";

const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: salary, dataType: currency, isSensitive: true }
    - { name: story, dataType: textarea, isSensitive: true }
";

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    salary: 471135471135.5
    story: The mermaid that swam
    roles: [{ leadId: 1001, role: Champion }]
  - { externalOpportunityId: A-2, name: Tables, salary: 471236471236 }
";

/// The sensitive values that the project and the instance have at any time.
const VALUES: [&str; 7] = [
    "471135471135",
    "471236471236",
    "471337471337",
    "471438471438",
    "mermaid",
    "dolphin",
    "swam",
];

/// The ways in which these bytes are written.
fn forms(text: &str) -> Vec<String> {
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
fn token(marketo: &Marketo) -> String {
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
struct Hunt {
    marketo: Marketo,
    project: Project,
    hunted: Vec<String>,
    /// The manifests, which have the values because somebody has written them there.
    spared: &'static str,
}

impl Hunt {
    fn begin() -> Self {
        let leads = "leads:\n  - { id: 1001, email: ada@example.com }\n";
        let marketo = Marketo::secret(SCHEMA, leads, SECRET);
        let mut project = marketo
            .project(MANIFEST)
            .with("ownership: { ledger: .ledger }");
        project.set("MARKETO_CLIENT_SECRET", SECRET);
        let mut hunted = forms(SECRET);
        hunted.extend(forms(&token(&marketo)));
        hunted.extend(VALUES.map(str::to_owned));
        Self {
            marketo,
            project,
            hunted,
            spared: "pipeline",
        }
    }

    #[track_caller]
    fn search(&self, what: &str, text: &str) {
        let found: Vec<&String> = self
            .hunted
            .iter()
            .filter(|form| text.contains(&***form))
            .collect();
        assert_eq!(found, Vec::<&String>::new(), "{what}: {text}");
    }

    /// Runs a command, and searches what it prints and all that is in the project.
    #[track_caller]
    fn run(&self, args: &str, exit: i32) -> String {
        let run = self.project.run(args).exits(exit);
        self.search(args, &run.stdout);
        self.search(args, &run.stderr);
        self.files(self.project.root());
        run.stdout
    }

    fn files(&self, folder: &Path) {
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

const WRITES: &str = "--write json=r.json --write markdown=r.md";

#[test]
fn a_whole_life_leaves_none_behind() {
    let hunt = Hunt::begin();
    for format in ["text", "json", "markdown"] {
        hunt.run(
            &format!("plan -v --format {format} --out plan.json {WRITES}"),
            0,
        );
        hunt.run(&format!("show -v plan.json --format {format}"), 0);
    }
    hunt.run(&format!("apply --yes -v --plan plan.json {WRITES}"), 0);
    let page = hunt.project.read("r.md");
    assert!(page.contains("salary: (sensitive)"), "{page}");
    for (from, to) in [("471135471135.5", "471337471337"), ("mermaid", "dolphin")] {
        hunt.project.edit("pipeline/main.yaml", from, to);
    }
    // An answer that quotes them, and one that is lost.
    let skip = FaultKind::SkipRecord {
        index: 0,
        code: "1003".to_owned(),
        message: "Invalid value for field 'salary': '471337471337.00', was 471135471135.5"
            .to_owned(),
    };
    hunt.marketo.fault(Fault::new(skip).on(CallOperation::Sync));
    hunt.run(&format!("apply --yes -v {WRITES}"), 4);
    hunt.run("history last -v", 0);
    hunt.run("history last --format json", 0);
    let refused = FaultKind::Answer {
        code: "1099".to_owned(),
        message: Some("salary 471337471337 of 'dolphin' by '471135471135.5'".to_owned()),
    };
    hunt.marketo
        .fault(Fault::new(refused).on(CallOperation::Sync));
    hunt.run(&format!("apply --yes -v {WRITES}"), 4);
    hunt.run(&format!("apply --yes -v {WRITES}"), 0);
    hunt.run("plan --drift", 0);
    for args in [
        "history -v",
        "history --format json",
        "history last -v",
        "history last --format json",
        "ledger list",
        "ledger list --format json",
        "ledger show opportunity A-1",
        "get opportunity A-1 -v",
        "get opportunity A-1 --format json",
        "fields",
        "describe",
        "usage",
    ] {
        hunt.run(args, 0);
    }
    hunt.run(&format!("undo last --out undo.json -v {WRITES}"), 0);
    hunt.run(&format!("undo last --yes -v {WRITES}"), 4);
    fs::remove_file(hunt.project.root().join("pipeline/main.yaml")).expect("it is there");
    hunt.run("import opportunity A-1 --out imported.yaml", 0);
    let imported = hunt.project.read("imported.yaml");
    assert!(imported.contains("name: Chairs"), "{imported}");
}

#[test]
fn a_refused_secret_and_a_lost_token_leave_none_behind() {
    let mut hunt = Hunt::begin();
    for kind in [Fault::code("601"), Fault::code("603"), Fault::code("606")] {
        hunt.marketo.fault(kind.on(CallOperation::Query));
    }
    drop(hunt.project.run("plan -v"));
    hunt.project
        .set("MARKETO_CLIENT_SECRET", &format!("{SECRET}x"));
    hunt.run(&format!("plan -v {WRITES}"), 8);
    hunt.run(&format!("apply --yes -v {WRITES}"), 8);
}

#[test]
fn half_replies_leave_none_behind() {
    let hunt = Hunt::begin();
    hunt.run("apply --yes", 0);
    hunt.project
        .edit("pipeline/main.yaml", "471135471135.5", "471337471337");
    for operation in [
        CallOperation::Identity,
        CallOperation::Schema,
        CallOperation::Describe,
        CallOperation::Query,
        CallOperation::Sync,
    ] {
        let half = Fault::new(FaultKind::Garble(Garbling::Truncate)).on(operation);
        hunt.marketo.fault(half);
        let is_write = operation == CallOperation::Sync;
        let command = if is_write { "apply --yes" } else { "plan" };
        let run = hunt.project.run(&format!("{command} -v {WRITES}"));
        hunt.search("what it prints", &run.text());
        hunt.files(hunt.project.root());
        // It is tried again, which is told.
        let is_told = run.stderr.contains(": incomplete JSON (");
        assert!(is_told || is_write, "{}", run.text());
        assert!(!hunt.marketo.has_faults(), "{operation:?}");
    }
    hunt.run("history last -v", 0);
}
