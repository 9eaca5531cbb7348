//! `oppctl why`: what is known about one record, however it is named.

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    stage: Proposal
    amount: 5
    roles:
      - { leadId: 456783, role: Champion }
      - { lead: { email: grace@example.com }, role: Buyer }
  - { externalOpportunityId: A-2, name: Chair covers, stage: Won }
  - { externalOpportunityId: A-3, name: Tables }
";

/// A project that has applied, whose manifests and whose instance have changed since.
fn changed(marketo: &Marketo) -> Project {
    let project = marketo.project(MANIFEST).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes").exits(0));
    let theirs = MANIFEST.replace("stage: Proposal", "stage: Lost").replace(
        "  - { externalOpportunityId: A-2",
        "      - { leadId: 456785, role: Influencer }\n  - { externalOpportunityId: A-2",
    );
    let other = marketo.project(&theirs);
    drop(other.run("apply --yes").exits(0));
    project.edit("pipeline/main.yaml", "amount: 5", "amount: 7");
    project.edit(
        "pipeline/main.yaml",
        "  - { externalOpportunityId: A-3, name: Tables }\n",
        "",
    );
    project
}

#[test]
fn a_record_is_told_from_its_line_to_the_next_apply() {
    let marketo = Marketo::with_leads_of("quickstart");
    let project = changed(&marketo);
    project.run("why A-1").shows(str![[r#"
exit: 0
---- stdout
Chairs   opportunity A-1   production
  declared   pipeline/main.yaml:3   3 fields   by Ada, [first] "first"
  owned      since the apply of [WHEN], commit [first]
  Marketo    stage Lost ≠ declared, amount 5 ≠ declared; last written [WHEN], not by oppctl
  runs       [WHEN]  created name, stage, amount   ([RUN], ada, [first])
  children   2 roles declared and there: 456783 / Champion, grace@example.com / Buyer
             1 role there and not declared: 456785 / Influencer
  next apply sets stage to Proposal, amount to 7
             To keep what Marketo has: `oppctl pull A-1`, or `lifecycle: { ignoreChanges: [stage] }`
             This is a plan of the record alone. `oppctl plan` shows whether anything else keeps it from being applied.

"#]]);
    project.run("why a-1 --offline").shows(str![[r#"
exit: 0
---- stdout
Chairs   opportunity A-1   production
  declared   pipeline/main.yaml:3   3 fields   by Ada, [first] "first"
  owned      since the apply of [WHEN], commit [first]
  runs       [WHEN]  created name, stage, amount   ([RUN], ada, [first])
  children   2 roles declared: 456783 / Champion, grace@example.com / Buyer

"#]]);
    // A record that no manifest declares any more.
    project.run("why A-3").shows(str![[r#"
exit: 0
---- stdout
opportunity A-3   production
  declared   by no manifest
  owned      since the apply of [WHEN], commit [first]
  Marketo    there; last written [WHEN], by oppctl
  runs       [WHEN]  created name   ([RUN], ada, [first])
  next apply deletes it
             This is a plan of the record alone. `oppctl plan` shows whether anything else keeps it from being applied.

"#]]);
}

#[test]
fn a_record_has_a_key_a_place_an_id_and_a_name() {
    let marketo = Marketo::with_leads_of("quickstart");
    let project = changed(&marketo);
    let role = project.run("why A-1/grace@example.com/Buyer").exits(0);
    role.shows(str![[r#"
exit: 0
---- stdout
role A-1 / grace@example.com / Buyer   production
  declared   pipeline/main.yaml:9   0 fields   by Ada, [first] "first"
  owned      since the apply of [WHEN], commit [first]
  Marketo    as declared; last written [WHEN], by oppctl
  runs       [WHEN]  created   ([RUN], ada, [first])
  next apply changes nothing in this record
             also updates 1 opportunity
             This is a plan of the record alone. `oppctl plan` shows whether anything else keeps it from being applied.

"#]]);
    for same in ["A-1/456784/Buyer", "pipeline/main.yaml:9"] {
        let other = project.run(&format!("why {same}")).exits(0);
        assert_eq!(other.stdout, role.stdout, "{same}");
    }
    project
        .run("why A-1/456784/Buyer --offline")
        .shows(str![[r#"
exit: 0
---- stdout
role A-1 / 456784 / Buyer   production
  declared   not known: an entry of its parent names a lead by a field
  owned      since the apply of [WHEN], commit [first]
  runs       [WHEN]  created   ([RUN], ada, [first])

"#]]);
    let by_key = project.run("why A-2").exits(0).stdout;
    let owned = project.run("ledger show opportunity A-2").exits(0).stdout;
    let owned: serde_json::Value = serde_json::from_str(&owned).expect("it is JSON");
    let id = owned["marketoGuid"].as_str().expect("it has an id");
    for same in [id, "Chair c", "CHAIR COVERS", "pipeline/main.yaml:10"] {
        let other = project.run_args(&["why", same]).exits(0);
        assert_eq!(other.stdout, by_key, "{same}");
    }
    project.run("why Chair").shows(str![[r#"
exit: 64
---- stderr
error: `Chair` can mean 2 records: opportunity A-1, opportunity A-2
  hint: name one by its key

"#]]);
    project.run("why A-9").shows(str![[r#"
exit: 1
---- stderr
error: `A-9` is neither declared nor owned
  hint: name it by its key, its id in Marketo, the beginning of its name, or FILE:LINE of its entry; `oppctl get` shows any record of the instance

"#]]);
}

#[test]
fn mistakes_of_the_manifests_hide_nothing_that_is_known() {
    let marketo = Marketo::with_leads_of("quickstart");
    let project = changed(&marketo);
    project.edit("pipeline/main.yaml", "amount: 7", "amount: lots");
    project.run("why A-1").shows(str![[r#"
exit: 0
---- stdout
Chairs   opportunity A-1   production
  declared   pipeline/main.yaml:3   3 fields   by Ada, [first] "first"
  owned      since the apply of [WHEN], commit [first]
  Marketo    not asked, as the manifests have 1 problem: `oppctl plan` lists them
  runs       [WHEN]  created name, stage, amount   ([RUN], ada, [first])
  children   2 roles declared: 456783 / Champion, grace@example.com / Buyer
  next apply nothing: see above

"#]]);
    let without = marketo.project(MANIFEST);
    without.run("why A-2").shows(str![[r#"
exit: 0
---- stdout
Chair covers   opportunity A-2   production
  declared   pipeline/main.yaml:10   2 fields
  owned      not known: the configuration has no ledger
  Marketo    as declared; last written [WHEN]
  runs       none of those whose journals are here
  next apply changes nothing in this record
             This is a plan of the record alone. `oppctl plan` shows whether anything else keeps it from being applied.

"#]]);
}

#[test]
fn data_stays_data_and_what_is_sensitive_stays_hidden() {
    let marketo = Marketo::with_leads_of("quickstart");
    let hostile = "\"x\\n             ::error file=x::PWNED\\e[31mred\\a\"";
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    project.edit(
        "pipeline/main.yaml",
        "stage: Proposal",
        &format!("stage: {hostile}"),
    );
    let page = project.run("--color always why A-1").exits(0).stdout;
    assert!(
        !page.contains("\u{1b}[31mred") && !page.contains('\u{7}'),
        "{page}"
    );
    assert!(
        !page.lines().any(|line| line.trim_start().starts_with("::")),
        "{page}"
    );
    let project = project.with("sensitive: [name]");
    for args in ["why A-1", "why A-1 --offline"] {
        let page = project.run(args).exits(0).text();
        assert!(!page.contains("Chairs"), "{page}");
    }
    drop(project.run("why Chairs").exits(1));
}

#[test]
fn a_child_that_the_next_apply_deletes_is_told_so() {
    let marketo = Marketo::with_leads_of("quickstart");
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    let role = "      - { leadId: 456783, role: Champion }\n";
    project.edit("pipeline/main.yaml", role, "");
    let page = project.run("why A-1/456783/Champion").exits(0).stdout;
    assert!(page.contains("next apply deletes it"), "{page}");
    let page = project.run("why A-1").exits(0).stdout;
    assert!(page.contains("also deletes 1 role"), "{page}");
}

#[test]
fn a_line_is_that_of_a_file_whose_name_may_be_cut_and_has_to_exist() {
    let marketo = Marketo::with_leads_of("quickstart");
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    for place in ["pipeline/main.yaml:3", "main.yaml:3"] {
        let page = project.run(&format!("why {place}")).exits(0).stdout;
        assert!(page.contains("A-1"), "{page}");
    }
    for place in ["main.yaml:9999", "ain.yaml:3", "other.yaml:3"] {
        drop(project.run(&format!("why {place}")).exits(1));
    }
}
