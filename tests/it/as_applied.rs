//! `--refresh ledger`: a plan as last applied, for which nothing is read from Marketo.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use snapbox::str;

use crate::harness::{Marketo, Project};

const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: region, dataType: string, length: 40 }
    - { name: signedOn, dataType: date }
    - { name: isStrategic, dataType: boolean }
    - { name: seats, dataType: integer }
    - { name: margin, dataType: float }
    - { name: salary, dataType: string, isSensitive: true }
";

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    stage: Open
    roles:
      - { leadId: 1001, role: Champion }
      - { lead: { email: grace@example.com }, role: Influencer }
  - { externalOpportunityId: A-2, name: Tables, amount: 1000 }
  - { externalOpportunityId: B-1, name: Lamps }
";

/// Changes the manifest in each way that a plan tells apart.
fn edit(project: &Project) {
    let edits = [
        ("stage: Open", "stage: Won"),
        (
            "leadId: 1001, role: Champion",
            "leadId: 1003, role: Champion",
        ),
        ("  - { externalOpportunityId: B-1, name: Lamps }\n", ""),
        (
            "amount: 1000 }\n",
            "amount: 1200 }\n  - { externalOpportunityId: C-1, name: Rugs }\n",
        ),
    ];
    for (from, to) in edits {
        project.edit("pipeline/main.yaml", from, to);
    }
}

#[test]
fn a_plan_as_last_applied_reads_nothing_and_says_so_everywhere() {
    let marketo = Marketo::start();
    let mut project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("describe --save").exits(0));
    drop(project.run("apply --yes --quiet").exits(0));
    edit(&project);
    // Without credentials, and although others have changed what it is about.
    let theirs = "externalOpportunityId: A-2, name: Desks, amount: 5";
    let other = marketo.project(&format!("version: 1\nopportunities: [ {{ {theirs} }} ]\n"));
    drop(other.run("apply --yes --quiet").exits(0));
    project.set("MARKETO_CLIENT_SECRET", "");
    let before = marketo.calls().len();
    project.run("plan --refresh ledger").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan ledger-[DIGITS]
As last applied: nothing was read from Marketo, and no apply accepts this plan.

pipeline/main.yaml
  ~ opportunity A-1  "Chairs"          :3
      stage  (not read) → Won   you changed it
  + role        A-1 / 1003 / Champion  :7
  ~ opportunity A-2  "Tables"          :9
      amount  (not read) → 1200   you changed it
  + opportunity C-1  "Rugs"            :10

Deletes  1 opportunity and 1 role
  - role A-1 / 1001 / Champion  pipeline/main.yaml:7
  - opportunity B-1             pipeline/main.yaml:10
  Why: not declared any more, last applied on [DAY].

Note: nothing was read from Marketo: the plan compares the manifests with what the ledger says was last applied. What others changed in Marketo, values before, sensitive fields, the effect on the pipeline and records that others created are not known. A plan to apply: `oppctl plan`
Note: role A-1 / grace@example.com / Influencer (pipeline/main.yaml:8:17) is not known: Marketo was not asked which lead has the email grace@example.com. Nothing of it is planned.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to create, 2 to update, 2 to delete; 0 unchanged; 1 record is not known.
Made no call.

"#]]);
    project
        .run("plan --refresh ledger --format markdown")
        .shows(str![[r#"
exit: 0
---- stdout
<!-- oppctl:v1 instance=[INSTANCE] digest=ledger-[DIGEST] command=plan -->
### oppctl plan for `production`: an apply creates 1 opportunity and 1 role, updates 2 opportunities and **deletes** 1 opportunity and 1 role; as last applied, Marketo was not read; 1 record is not known

**As last applied: nothing was read from Marketo, and no apply accepts this plan.**

0 records stay as declared; 1 record is not known.

> [!WARNING]
> **Deleted: 1 opportunity and 1 role.** Why: not declared any more, last applied on [DAY]. Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
>
> | record |
> |:--|
> | role `A-1 / 1001 / Champion` |
> | `B-1` |

**This plan updates 2 opportunities**

| field | change | records |
|:--|:--|--:|
| `stage` | (not read) → Won | 1 |
| `amount` | (not read) → 1,200 | 1 |

**New: 1 opportunity and 1 role**

**Notes**

- nothing was read from Marketo: the plan compares the manifests with what the ledger says was last applied. What others changed in Marketo, values before, sensitive fields, the effect on the pipeline and records that others created are not known. A plan to apply: `oppctl plan`
- role A-1 / grace@&#8203;example.com / Influencer (pipeline/main.yaml:8:17) is not known: Marketo was not asked which lead has the email grace@&#8203;example.com. Nothing of it is planned.

<details>
<summary>All 2 updates</summary>

| record | change |
|:--|:--|
| Chairs `A-1` | `stage` (not read) → Won |
| Tables `A-2` | `amount` (not read) → 1,200 |

</details>

<details>
<summary>All 2 new records</summary>

| record |
|:--|
| role `A-1 / 1003 / Champion` |
| Rugs `C-1` |

</details>

Instance `production` (`http://127.0.0.1:[PORT]`).

"#]]);
    let files = project.plan_files("plan --refresh ledger");
    assert_eq!(marketo.calls().len(), before, "{}", marketo.tally(before));
    for (file, text) in files {
        let is_said = ["Marketo was not read", "nothing was read from Marketo"];
        assert!(
            is_said.iter().any(|said| text.contains(said)),
            "{file}: {text}"
        );
        assert!(!text.contains("Apply exactly this plan"), "{file}: {text}");
    }
    let saved: Value = serde_json::from_str(&project.read("plan.json")).expect("plans are JSON");
    assert_eq!(saved["basis"], json!({ "kind": "ledger" }));
    assert_eq!(
        saved["not_known"][0]["shown"],
        "A-1 / grace@example.com / Influencer"
    );
    let shown = project.run("show plan.json").exits(0).stdout;
    assert!(shown.contains("nothing was read from Marketo"), "{shown}");
}

#[test]
fn no_apply_accepts_it() {
    let project = Project::simulated(MANIFEST).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", "stage: Open", "stage: Won");
    drop(
        project
            .run("plan --refresh ledger --out plan.json --quiet")
            .exits(0),
    );
    project
        .run("apply --plan plan.json --yes")
        .shows(str![[r#"
exit: 6
---- stderr
error: the plan was made as last applied: nothing was read from Marketo for it, and no apply accepts it; nothing was sent
  hint: make a plan from what Marketo has, and review it: `oppctl plan --out FILE`

"#]]);
    let saved: Value = serde_json::from_str(&project.read("plan.json")).expect("plans are JSON");
    let digest = saved["digest"].as_str().expect("plans have a digest");
    let expect = format!("apply --yes --expect {digest}");
    let refused = project.run(&expect).exits(64);
    assert!(
        refused.stderr.contains("no apply accepts it"),
        "{}",
        refused.text()
    );
    // Nothing was sent.
    let plan = project.run("plan --quiet").exits(0).stdout;
    assert!(plan.contains("1 to update"), "{plan}");
    drop(project.run("plan --refresh ledger --digest").exits(64));
    drop(project.run("plan --refresh ledger --drift").exits(64));
}

#[test]
fn without_a_ledger_nothing_is_known() {
    let project = Project::simulated(MANIFEST);
    project.run("plan --refresh ledger").shows(str![[r#"
exit: 3
---- stderr
error: --refresh ledger needs a ledger, which records what was applied last
  hint: write `ownership: { ledger: FOLDER }` into the configuration

"#]]);
}

#[test]
fn it_is_narrowed_as_any_plan() {
    let project = Project::simulated(MANIFEST).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", "stage: Open", "stage: Won");
    let plan = project
        .run("plan --refresh ledger --changed-since HEAD")
        .exits(0);
    assert!(plan.stdout.contains("1 to update"), "{}", plan.text());
    assert!(
        plan.stdout.contains("were not looked at"),
        "{}",
        plan.text()
    );
    let plan = project.run("plan --refresh ledger --only A-2").exits(0);
    assert!(
        plan.stdout.contains("No changes. 1 unchanged."),
        "{}",
        plan.text()
    );
}

/// A project's opportunities in one of many states.
struct State(u64);

impl State {
    fn draw(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn manifest(&mut self) -> String {
        let mut text = "version: 1\nopportunities:\n".to_owned();
        for number in 0..12 {
            if self.draw(5) == 0 && number > 0 {
                continue;
            }
            let mut fields = format!("    name: N{}\n", self.draw(3));
            let optional = [
                format!("stage: S{}", self.draw(3)),
                format!("amount: {}.50", self.draw(3)),
                format!("region: R{}", self.draw(2)),
                format!("signedOn: 2026-0{}-01", 1 + self.draw(3)),
                format!("isStrategic: {}", self.draw(2) == 0),
                format!("seats: {}", self.draw(3)),
                format!("margin: {}.25", self.draw(3)),
            ];
            let written = self.draw(128);
            for (index, field) in optional.iter().enumerate() {
                if written & (1 << index) != 0 {
                    writeln!(fields, "    {field}").expect("strings take all text");
                }
            }
            let entry = format!("  - externalOpportunityId: A-{number}\n{fields}    roles:\n");
            text.push_str(&entry);
            for lead in 1001..1004 {
                if self.draw(3) > 0 || lead == 1001 {
                    let primary = self.draw(2) == 0;
                    let role = format!("leadId: {lead}, role: Buyer, isPrimary: {primary}");
                    writeln!(text, "      - {{ {role} }}").expect("strings take all text");
                }
            }
        }
        text
    }
}

/// What a plan file changes: without the values before, and what only Marketo tells of records.
fn changes(project: &Project, arguments: &str) -> BTreeMap<String, Value> {
    let plan = project
        .run(&format!("plan --format json {arguments}"))
        .exits(0);
    let plan: Value = serde_json::from_str(&plan.stdout).expect("plans are JSON");
    let changes = plan["changes"].as_array().expect("plans have changes");
    let change = |change: &Value| {
        let fields = change["fields"]
            .as_array()
            .expect("changes have fields")
            .iter();
        // What is lost with a record only Marketo tells.
        let fields = fields.filter(|_| change["action"] != "delete");
        let fields: Vec<_> = fields
            .map(|field| json!([field["name"], field["after"], field["moved"]]))
            .collect();
        let key = format!("{} {}", change["kind"], change["key"]);
        (
            key,
            json!([change["action"], change["id"], change["place"], fields]),
        )
    };
    changes.iter().map(change).collect()
}

#[test]
fn where_nobody_else_has_changed_anything_it_is_the_plan() {
    // A field that was managed once, and is again, is left out: the ledger has forgotten what Marketo still has.
    for seed in 0..6 {
        let mut state = State(seed);
        let marketo = Marketo::schema(SCHEMA);
        let project = marketo.project(&state.manifest()).with_ledger();
        let project = project.with("guards: { maxDeletes: 100, maxDeletePercent: 100 }");
        // With and without a file of the fields.
        if seed % 2 == 0 {
            drop(project.run("describe --save").exits(0));
        }
        drop(project.run("apply --yes --quiet").exits(0));
        assert_eq!(changes(&project, "--refresh ledger"), BTreeMap::new());
        project.write("pipeline/main.yaml", state.manifest());
        let calls = marketo.calls().len();
        let as_applied = changes(&project, "--refresh ledger");
        assert_eq!(marketo.calls().len(), calls);
        let plan = changes(&project, "");
        assert_eq!(as_applied, plan, "seed {seed}");
        assert!(!plan.is_empty());
    }
}

#[test]
fn what_the_ledger_has_no_hash_of_stays_hidden_without_a_file_of_fields() {
    let marketo = Marketo::schema(SCHEMA);
    let manifest = "version: 1\nopportunities: [ { externalOpportunityId: A-1, name: Chairs, salary: '52000' } ]\n";
    let project = marketo.project(manifest).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", "52000", "61000");
    let plan = project.run("plan --refresh ledger --verbose").exits(0);
    assert!(!plan.text().contains("61000"), "{}", plan.text());
    project.edit("pipeline/main.yaml", "A-1", "A-2");
    let plan = project.run("plan --refresh ledger --verbose").exits(0);
    assert!(!plan.text().contains("61000"), "{}", plan.text());
    assert!(plan.stdout.contains("salary"), "{}", plan.text());
}
