//! Without a ledger a record whose entry was removed stays in Marketo. Git knows that it was declared.

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    roles:
      - { leadId: 1001, role: Champion }
      - { leadId: 1002, role: Buyer }
  - { externalOpportunityId: A-2, name: Tables }
";

fn committed(marketo: &Marketo) -> Project {
    let project = marketo.project(MANIFEST);
    project.commit("first");
    drop(project.run("apply --yes").exits(0));
    project
}

#[test]
fn what_is_not_declared_any_more_is_told_and_stays() {
    let marketo = Marketo::start();
    let project = committed(&marketo);
    let entry = "  - { externalOpportunityId: A-2, name: Tables }\n";
    project.edit("pipeline/main.yaml", entry, "");
    project.edit(
        "pipeline/main.yaml",
        "      - { leadId: 1002, role: Buyer }\n",
        "",
    );
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [first] + uncommitted

Look first
  ! 2 records are not declared any more, and without a ledger they stay in Marketo: opportunity A-2, role A-1 / 1002 / Buyer

No changes. 2 unchanged.
Read 1 opportunity, 1 role in 5 calls.

"#]]);
    project.run("plan --format markdown").shows(str![[r#"
exit: 0
---- stdout
<!-- oppctl:v1 instance=[INSTANCE] digest=[DIGEST] command=plan -->
### oppctl plan for `production`: ⚠️ no changes

2 records stay as declared.

> [!IMPORTANT]
> **Look at these first**
>
> - **2 records are not declared any more, and without a ledger they stay in Marketo: opportunity A-2, role A-1 / 1002 / Buyer**
> - **The manifests have changes that are not committed**

Instance `production` (`http://127.0.0.1:[PORT]`), commit `[first] + uncommitted`.

"#]]);
    drop(project.run("apply --yes").exits(0));
    drop(project.run("get opportunity A-2").exits(0));
    // A tombstone and a complete list decide it.
    project.edit(
        "pipeline/main.yaml",
        "    roles:\n",
        "    rolesMode: exact\n    roles:\n",
    );
    let tombstone = format!(
        "{}  - {{ externalOpportunityId: A-2, ensure: absent }}\n",
        project.read("pipeline/main.yaml")
    );
    project.write("pipeline/main.yaml", tombstone);
    let run = project.run("plan").exits(0);
    assert!(!run.stdout.contains("without a ledger"), "{}", run.stdout);
}

#[test]
fn moving_an_entry_leaves_nothing_behind_and_a_ledger_deletes() {
    let marketo = Marketo::start();
    let project = committed(&marketo);
    let entry = "  - { externalOpportunityId: A-2, name: Tables }\n";
    project.edit("pipeline/main.yaml", entry, "");
    project.write(
        "pipeline/more.yaml",
        format!("version: 1\nopportunities:\n{entry}"),
    );
    let moved = project.run("plan").exits(0).stdout;
    assert!(!moved.contains("without a ledger"), "{moved}");
    // A pull request is compared with where it began.
    project.commit("second");
    let same = project.run("plan").exits(0).stdout;
    assert_eq!(same.lines().last(), moved.lines().last());
}

#[test]
fn a_lead_that_is_named_in_another_way_is_the_same() {
    let marketo = Marketo::with_leads_of("quickstart");
    let manifest = MANIFEST
        .replace("leadId: 1001", "leadId: 456783")
        .replace("leadId: 1002", "leadId: 456784");
    let project = marketo.project(&manifest);
    project.commit("first");
    drop(project.run("apply --yes").exits(0));
    project.edit(
        "pipeline/main.yaml",
        "leadId: 456783",
        "lead: { email: ada@example.com }",
    );
    let plan = project.run("plan").exits(0).stdout;
    assert!(!plan.contains("without a ledger"), "{plan}");
}
