//! `oppctl snapshot` and `plan --against`: what a plan reads is kept, encrypted, and planned with where there is no instance.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use snapbox::str;

use crate::harness::{Marketo, Project};

/// Where `age` is, and `age-keygen` beside it.
const AGE: &str = "OPPCTL_TEST_AGE";

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    stage: Open
    amount: 1000
    roles:
      - { leadId: 1001, role: Champion }
      - { lead: { email: grace@example.com }, role: Influencer }
  - { externalOpportunityId: A-2, name: Tables, amount: 700 }
  - { externalOpportunityId: B-1, name: Lamps }
";

/// The folder of the program, or nothing where there is none; then a line says so.
fn age() -> Option<PathBuf> {
    let named = env::var_os(AGE).map(PathBuf::from);
    let on_path = || {
        let path = env::var_os("PATH")?;
        let mut programs = env::split_paths(&path).map(|folder| folder.join("age"));
        programs.find(|program| program.is_file())
    };
    let Some(program) = named.or_else(on_path) else {
        writeln!(io::stderr(), "SKIPPED: there is no age, and no {AGE}").expect("it is open");
        return None;
    };
    program.parent().map(Path::to_owned)
}

/// Somebody with a key.
struct Reader {
    folder: PathBuf,
    recipient: String,
}

impl Reader {
    /// One whose key is in a file of the project, which has the program on its path from now on.
    fn of(project: &mut Project) -> Option<Self> {
        let folder = age()?;
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([folder.clone()].into_iter().chain(env::split_paths(&path)));
        let path = path.expect("folders have no colons");
        project.set("PATH", path.to_str().expect("the path is UTF-8"));
        let recipient = key(&folder, &project.root().join("key.txt"));
        Some(Self { folder, recipient })
    }

    /// Makes a snapshot.
    fn snapshot(&self, project: &Project) -> String {
        let snapshot = format!("snapshot --out kept.age --recipient {}", self.recipient);
        project.run(&snapshot).exits(0).stdout
    }

    /// Encrypts a text for it.
    fn encrypt(&self, text: &str, to: &Path) {
        let mut child = Command::new(self.folder.join("age"))
            .args(["--recipient", &self.recipient, "--output"])
            .arg(to)
            .stdin(Stdio::piped())
            .spawn()
            .expect("age is there");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(text.as_bytes()).expect("age reads");
        drop(stdin);
        assert!(child.wait().expect("age ends").success());
    }
}

/// Makes a key, and returns the public one.
fn key(folder: &Path, file: &Path) -> String {
    let made = Command::new(folder.join("age-keygen"))
        .arg("-o")
        .arg(file)
        .output()
        .expect("age-keygen is there");
    let said = String::from_utf8(made.stderr).expect("keys are ASCII");
    let key = said
        .split_whitespace()
        .find(|word| word.starts_with("age1"));
    key.expect("a public key is told").to_owned()
}

const AGAINST: &str = "--against kept.age --identity key.txt";

/// A project with a ledger that is applied.
fn applied(marketo: &Marketo) -> Project {
    let project = marketo.project(MANIFEST).with_ledger();
    let project = project.with("guards: { maxDeletes: 100, maxDeletePercent: 100 }");
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

/// An instance, a project that is applied in it, and somebody with a key; nothing where there is no age.
struct Scene {
    marketo: Marketo,
    project: Project,
    reader: Reader,
}

impl Scene {
    fn of_reader() -> Option<Self> {
        let marketo = Marketo::start();
        let mut project = applied(&marketo);
        let reader = Reader::of(&mut project)?;
        Some(Self {
            marketo,
            project,
            reader,
        })
    }

    /// With a snapshot of what was applied.
    fn of_snapshot() -> Option<Self> {
        let scene = Self::of_reader()?;
        scene.reader.snapshot(&scene.project);
        Some(scene)
    }
}

/// The members of a plan file that say what it does.
fn plan(project: &Project, arguments: &str) -> BTreeMap<&'static str, Value> {
    let plan = project.run(&format!("plan --format json {arguments}"));
    let mut plan: Value = serde_json::from_str(&plan.stdout).expect("plans are JSON");
    let members = [
        "changes",
        "counts",
        "adopted",
        "forgotten",
        "refusals",
        "permits",
        "not_known",
    ];
    let mut said: BTreeMap<&'static str, Value> =
        members.map(|member| (member, plan[member].take())).into();
    said.insert("impact", plan["brief"]["impact"].take());
    said
}

#[test]
fn a_plan_from_a_snapshot_is_the_plan_of_that_time() {
    let Some(mut scene) = Scene::of_snapshot() else {
        return;
    };
    let Scene {
        marketo, project, ..
    } = &mut scene;
    let edits = [
        ("", ""),
        ("stage: Open", "stage: Won"),
        (
            "    amount: 1000\n",
            "    amount: 1200\n    description: Oak\n",
        ),
        (
            "  - { externalOpportunityId: A-2, name: Tables, amount: 700 }\n",
            "",
        ),
        ("name: Lamps }", "ensure: absent }"),
        ("      - { leadId: 1001, role: Champion }\n", ""),
        (
            ", role: Influencer }",
            ", role: Influencer, isPrimary: true }",
        ),
    ];
    // One after the other, and together.
    for (from, to) in edits {
        if from != to {
            project.edit("pipeline/main.yaml", from, to);
        }
        let now = plan(project, "");
        let calls = marketo.calls().len();
        assert_eq!(plan(project, AGAINST), now, "{from}");
        assert_eq!(marketo.calls().len(), calls, "{}", marketo.tally(calls));
    }
    let before = plan(project, AGAINST);
    // What others change afterwards does not show.
    let other = marketo.project(
        "version: 1\nopportunities: [ { externalOpportunityId: B-1, name: Lights }, { externalOpportunityId: A-1, name: Stools } ]\n",
    );
    drop(other.run("apply --yes --quiet").exits(0));
    assert_eq!(plan(project, AGAINST), before);
    // No credentials, and the key from the environment.
    project.set("MARKETO_CLIENT_ID", "");
    project.set("MARKETO_CLIENT_SECRET", "");
    let key = project.read("key.txt");
    project.set("OPPCTL_SNAPSHOT_IDENTITY", &key);
    assert_eq!(plan(project, "--against kept.age"), before);
}

#[test]
fn what_the_snapshot_was_not_asked_about_is_neither_there_nor_absent() {
    let Some(scene) = Scene::of_snapshot() else {
        return;
    };
    let Scene {
        marketo, project, ..
    } = &scene;
    // Two of them are in Marketo.
    let other = marketo.project(
        "version: 1\nopportunities: [ { externalOpportunityId: C-1, name: Rugs }, { externalOpportunityId: A-3, name: Tables } ]\n",
    );
    drop(other.run("apply --yes --quiet").exits(0));
    for (from, to) in [
        ("stage: Open", "stage: Won"),
        (
            "role: Influencer }\n",
            "role: Influencer }\n      - { lead: { email: ada@example.com }, role: Buyer }\n      - { leadId: 1004, role: Buyer }\n",
        ),
        (
            "  - { externalOpportunityId: B-1, name: Lamps }\n",
            "  - { externalOpportunityId: B-1, name: Lamps }\n  - { externalOpportunityId: C-1, name: Carpets, roles: [ { leadId: 1001, role: Buyer } ] }\n",
        ),
        (
            "externalOpportunityId: A-2,",
            "externalOpportunityId: A-3, renamedFrom: A-2,",
        ),
    ] {
        project.edit("pipeline/main.yaml", from, to);
    }
    let calls = marketo.calls().len();
    let shown = project.run(&format!("plan {AGAINST}"));
    let said: Vec<&str> = shown
        .stdout
        .lines()
        .filter(|line| line.starts_with("Note: ") || line.starts_with("Plan: "))
        .collect();
    let said = said.join("\n");
    let time = said
        .split("snapshot of ")
        .nth(1)
        .and_then(|rest| rest.get(..17));
    let said = said.replace(time.expect("the time is told"), "[TIME]");
    crate::harness::shows(
        &said,
        str![[r#"
Note: Marketo was not read: the plan compares the manifests with a snapshot of [TIME]. What was changed in Marketo since is not known. A plan to apply: `oppctl plan`
Note: role A-1 / ada@example.com / Buyer (pipeline/main.yaml:10:17) is not known: the snapshot does not tell which lead has the email ada@example.com. Nothing of it is planned.
Note: opportunity A-3 (pipeline/main.yaml:12:30) is not known: it is not in the snapshot. Nothing of it is planned.
Note: opportunity C-1 (pipeline/main.yaml:14:30) is not known: it is not in the snapshot. Nothing of it is planned.
Note: role C-1 / 1001 / Buyer (pipeline/main.yaml:14:69) is not known: it is not in the snapshot. Nothing of it is planned.
Note: opportunity A-2 is not known: it goes on under another key, of which nothing is known. Nothing of it is planned.
Note: it was not checked whether the leads that records name are there: the snapshot does not have all of them
Plan: 1 to create, 1 to update; 3 unchanged; 5 records are not known.
"#]],
    );
    let files = project.plan_files(&format!("plan {AGAINST}"));
    assert_eq!(marketo.calls().len(), calls, "{}", marketo.tally(calls));
    let time = time.expect("the time is told");
    for (file, text) in files {
        assert!(
            text.to_lowercase()
                .contains(&format!("as of {time}").to_lowercase()),
            "{file}: {text}"
        );
        assert!(text.contains("are not known"), "{file}: {text}");
        assert!(!text.contains("Apply exactly this plan"), "{file}: {text}");
    }
    let saved: Value = serde_json::from_str(&project.read("plan.json")).expect("plans are JSON");
    assert_eq!(saved["basis"]["kind"], "snapshot");
    let unknown = saved["not_known"].as_array().expect("it is a list");
    let unknown: Vec<_> = unknown
        .iter()
        .map(|it| json!([it["kind"], it["shown"], it["why"]]))
        .collect();
    assert_eq!(unknown.len(), 5, "{unknown:?}");
    let shown = project.run("show plan.json").exits(0).stdout;
    assert!(shown.contains(&format!("As of {time}")), "{shown}");
}

#[test]
fn no_apply_accepts_it() {
    let Some(scene) = Scene::of_snapshot() else {
        return;
    };
    let Scene { project, .. } = &scene;
    project.edit("pipeline/main.yaml", "stage: Open", "stage: Won");
    drop(
        project
            .run(&format!("plan {AGAINST} --out plan.json --quiet"))
            .exits(0),
    );
    project
        .run("apply --plan plan.json --yes")
        .shows(str![[r#"
exit: 6
---- stderr
error: the plan was made from a snapshot and not from what Marketo has, and no apply accepts it; nothing was sent
  hint: make a plan from what Marketo has, and review it: `oppctl plan --out FILE`

"#]]);
    let digest = project
        .run(&format!("plan {AGAINST} --digest"))
        .exits(0)
        .stdout;
    assert!(digest.starts_with("snapshot-"), "{digest}");
    let refused = project
        .run(&format!("apply --yes --expect {digest}"))
        .exits(64);
    assert!(
        refused.stderr.contains("no apply accepts it"),
        "{}",
        refused.text()
    );
    let plan = project.run("plan --quiet").exits(0).stdout;
    assert!(plan.contains("1 to update"), "{plan}");
}

#[test]
fn what_an_apply_has_written_since_is_not_as_the_snapshot_has_it() {
    let Some(scene) = Scene::of_snapshot() else {
        return;
    };
    let Scene {
        project, reader, ..
    } = &scene;
    project.edit("pipeline/main.yaml", "stage: Open", "stage: Won");
    drop(project.run("apply --yes --quiet").exits(0));
    let plan = project.run(&format!("plan {AGAINST}")).exits(0).stdout;
    let note = "opportunity A-1 (pipeline/main.yaml:3:28) is not known: an apply has written it since the snapshot";
    assert!(plan.contains(note), "{plan}");
    assert!(plan.contains("No changes."), "{plan}");
    // A new one knows it.
    reader.snapshot(project);
    let plan = project.run(&format!("plan {AGAINST}")).exits(0).stdout;
    assert!(!plan.contains("record is not known"), "{plan}");
}

#[test]
fn the_file_is_encrypted_and_nothing_else_is_written() {
    let Some(scene) = Scene::of_reader() else {
        return;
    };
    let Scene {
        marketo,
        project,
        reader,
    } = &scene;
    let names = |project: &Project| {
        let files = fs::read_dir(project.root()).expect("the folder is there");
        let mut names: Vec<_> = files
            .map(|file| file.expect("it is there").file_name())
            .collect();
        names.sort();
        names
    };
    let mut before = names(project);
    let other = key(&reader.folder, &project.root().join("other.txt"));
    project.write("readers.txt", format!("{other}\n"));
    let said = project
        .run(&format!(
            "snapshot --out kept.age --recipient {} --recipients-file readers.txt",
            reader.recipient
        ))
        .exits(0);
    assert!(
        said.stdout
            .contains("kept.age was written, encrypted: 3 opportunities, 2 roles of production"),
        "{}",
        said.text()
    );
    before.extend(["kept.age", "other.txt", "readers.txt"].map(Into::into));
    before.sort();
    assert_eq!(names(project), before);
    let kept = fs::read(project.root().join("kept.age")).expect("the file is there");
    assert!(kept.starts_with(b"age-encryption.org/v1"));
    let has = |text: &str| kept.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(!has("Chairs") && !has("externalOpportunityId"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let found = fs::metadata(project.root().join("kept.age")).expect("the file is there");
        assert_eq!(found.permissions().mode() & 0o777, 0o600);
    }
    // Each recipient can plan with it.
    drop(
        project
            .run("plan --against kept.age --identity other.txt")
            .exits(0),
    );
    // Nothing is asked for nobody, and no other file is overwritten.
    let calls = marketo.calls().len();
    drop(project.run("snapshot --out kept.age").exits(64));
    project
        .run("snapshot --out kept.age --recipient age1wrong")
        .shows(str![[r#"
exit: 1
---- stderr
error: `age` could not encrypt the snapshot: age: error: malformed recipient "age1wrong": separator '1' at invalid position: pos=3, len=9
  hint: a recipient is a public key, age1…, which `age-keygen -y KEYFILE` prints

"#]]);
    project
        .run(&format!("snapshot --out oppctl.yaml --recipient {other}"))
        .shows(str![[r#"
exit: 1
---- stderr
error: oppctl.yaml exists and is not a snapshot; not overwriting it
  hint: name another file with --out

"#]]);
    assert_eq!(marketo.calls().len(), calls, "{}", marketo.tally(calls));
}

#[test]
fn a_file_that_is_no_snapshot_of_this_instance_is_refused() {
    let Some(scene) = Scene::of_snapshot() else {
        return;
    };
    let Scene {
        project, reader, ..
    } = &scene;
    // Of another instance.
    let elsewhere = Marketo::start();
    let mut other = elsewhere.project(MANIFEST);
    let path = env::join_paths([reader.folder.clone()]).expect("it has no colon");
    other.set("PATH", path.to_str().expect("the path is UTF-8"));
    for file in ["kept.age", "key.txt"] {
        let bytes = fs::read(project.root().join(file)).expect("the file is there");
        other.write(file, bytes);
    }
    let refused = other.run(&format!("plan {AGAINST}")).exits(3);
    assert!(
        refused
            .stderr
            .contains("the snapshot is of the instance production"),
        "{}",
        refused.text()
    );
    // Of somebody else, without a key, damaged.
    drop(key(&reader.folder, &project.root().join("other.txt")));
    project
        .run("plan --against kept.age --identity other.txt")
        .shows(str![[r#"
exit: 8
---- stderr
error: `age` could not decrypt the snapshot: age: error: no identity matched any of the recipients
  hint: name the private key of one of its recipients: --identity KEYFILE, a file that `age-keygen -o KEYFILE` has made; if it is the right one, the file is damaged: make a new snapshot

"#]]);
    project.run("plan --against kept.age").shows(str![[r#"
exit: 8
---- stderr
error: no identity is given that decrypts the snapshot
  hint: name the file of a private key: --identity KEYFILE; in CI put the key into the variable OPPCTL_SNAPSHOT_IDENTITY

"#]]);
    let mut bytes = fs::read(project.root().join("kept.age")).expect("the file is there");
    let last = bytes.len() - 40;
    bytes[last] ^= 1;
    project.write("damaged.age", bytes);
    project
        .run("plan --against damaged.age --identity key.txt")
        .shows(str![[r#"
exit: 8
---- stderr
error: `age` could not decrypt the snapshot: age: error: failed to decrypt and authenticate payload chunk
  hint: name the private key of one of its recipients: --identity KEYFILE, a file that `age-keygen -o KEYFILE` has made; if it is the right one, the file is damaged: make a new snapshot

"#]]);
    // Others.
    project
        .run("plan --against oppctl.yaml --identity key.txt")
        .shows(str![[r#"
exit: 3
---- stderr
error: oppctl.yaml is not encrypted by age, so it is no snapshot of oppctl
  hint: make one: `oppctl snapshot --out FILE --recipient age1…`

"#]]);
    project
        .run("plan --against none.age --identity key.txt")
        .shows(str![[r#"
exit: 1
---- stderr
error: cannot read none.age
  caused by: No such file or directory (os error 2)

"#]]);
    for text in [
        "secret: 1",
        "{\"oppctl\":\"snapshot\",\"format_version\":\"1.0\",\"secret\":1}",
        "{\"oppctl\":\"plan\",\"format_version\":\"1.0\"}",
    ] {
        reader.encrypt(text, &project.root().join("foreign.age"));
        let refused = project
            .run("plan --against foreign.age --identity key.txt")
            .exits(3);
        assert!(
            refused.stderr.contains("no snapshot of oppctl"),
            "{}",
            refused.text()
        );
        assert!(!refused.text().contains("secret"), "{}", refused.text());
    }
    reader.encrypt(
        "{\"oppctl\":\"snapshot\",\"format_version\":\"2.0\"}",
        &project.root().join("newer.age"),
    );
    project
        .run("plan --against newer.age --identity key.txt")
        .shows(str![[r#"
exit: 3
---- stderr
error: newer.age is a snapshot of the format 2.0, which a newer oppctl has written
  hint: plan with the version of oppctl that made the snapshot

"#]]);
}

#[test]
fn without_the_program_there_is_a_hint_and_no_call() {
    let marketo = Marketo::start();
    let mut project = marketo.project(MANIFEST);
    let nothing = project.root().join("nothing");
    project.set("PATH", nothing.to_str().expect("the path is UTF-8"));
    project
        .run("snapshot --out kept.age --recipient age1wrong")
        .shows(str![[r#"
exit: 1
---- stderr
error: neither `age` nor `rage` is on the PATH, which encrypts snapshots
  hint: install it: `brew install age`, `apt-get install age`, or see https://age-encryption.org

"#]]);
    assert_eq!(marketo.calls().len(), 0);
}
