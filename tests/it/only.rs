//! `--only`: a run that is narrowed to some records touches no other, and says what it leaves out.

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
      - { lead: { email: grace@example.com }, role: Influencer }
  - { externalOpportunityId: A-2, name: Tables }
  - { externalOpportunityId: B-1, name: Lamps }
";

fn project() -> Project {
    Project::simulated(MANIFEST)
        .with_ledger()
        .with("guards: { maxDeletes: 100, maxDeletePercent: 100 }")
}

#[test]
fn only_the_records_that_match_are_created_each_with_its_roles() {
    let project = project();
    project.run("plan --only a-1").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"                         :3
  + role        A-1 / 1001 / Champion                 :6
  + role        A-1 / grace@example.com / Influencer  :7

Note: only records that match `a-1` are planned: 2 entries are left out.

Plan: 3 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.004 % of 50,000 a day (49,992 left today).

"#]]);
    drop(project.run("apply --yes --quiet --only a-1").exits(0));
    drop(project.run("plan --only A-1 --exit-code").exits(0));
    drop(project.run("plan --only A-* --only B-1/*").exits(64));
    project
        .run("plan --quiet --only A-* --only B-?")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

Note: only records that match `A-*` or `B-?` are planned: 0 entries are left out.

Plan: 2 to create; 3 unchanged.  Apply needs 1 call.
Read 1 opportunity, 2 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,969 left today).

"#]]);
    drop(
        project
            .run("apply --yes --quiet --only A-1/* --only *")
            .exits(0),
    );
    project.assert_plan_empty();
}

#[test]
fn no_other_record_is_deleted() {
    let project = project();
    drop(project.run("apply --yes --quiet").exits(0));
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities: [ { externalOpportunityId: B-1, name: Lamps } ]\n",
    );
    project.run("plan --only A-2").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deletes  1 opportunity
  - opportunity A-2  "Tables"  pipeline/main.yaml:8
  Why: not declared any more, last applied on [DAY].

Note: only records that match `A-2` are planned: 1 entry is left out, and so are 3 owned records that no manifest declares.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 0 unchanged.  Apply needs 1 call.
Read 1 opportunity, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,983 left today).

"#]]);
    drop(project.run("apply --yes --quiet --only A-2").exits(0));
    let left = project.run("ledger list").exits(0).stdout;
    assert!(left.contains("A-1") && !left.contains("A-2"), "{left}");
    drop(project.run("apply --yes --quiet --only B-*").exits(0));
    let now = project.run("ledger list").exits(0).stdout;
    assert_eq!(now, left);
    // A role alone: its opportunity stays.
    drop(
        project
            .run("apply --yes --quiet --only */Champion")
            .exits(0),
    );
    let left = project.run("ledger list").exits(0).stdout;
    assert!(left.contains("A-1") && !left.contains("Champion"), "{left}");
}

#[test]
fn a_saved_plan_stays_narrowed() {
    let project = project();
    drop(
        project
            .run("plan --only A-2 --out plan.json --quiet")
            .exits(0),
    );
    let page = project
        .run("show plan.json --format markdown")
        .exits(0)
        .stdout;
    assert!(page.contains("--only A-2"), "{page}");
    drop(project.run("apply --plan plan.json --yes --quiet").exits(0));
    drop(project.run("plan --only A-2 --exit-code").exits(0));
    drop(project.run("plan --exit-code --quiet").exits(2));
    drop(project.run("apply --plan plan.json --only A-1").exits(64));
}

#[test]
fn a_pattern_that_matches_nothing_is_refused() {
    let project = project();
    project.run("plan --only C-1").shows(str![[r#"
exit: 64
---- stderr
error: --only C-1: no record that is declared or owned has this key
  hint: write the key of an opportunity, a pattern such as `A-*`, or the key of a role: `A-1/1001/Champion`

"#]]);
    project.run("plan --only A-[1").shows(str![[r#"
exit: 64
---- stderr
error: invalid value 'A-[1' for '--only <KEY|GLOB>': `A-[1` is no pattern of keys: unclosed character class; missing ']'

For more information, try '--help'.

"#]]);
}

/// A key that exists is meant before every pattern.
/// An account and its opportunity may well have the same key.
#[test]
fn a_key_of_several_kinds_is_named_with_its_kind() {
    let marketo = Marketo::of_accounts();
    let manifest = "version: 1\ncompanies: [ { externalCompanyId: ACME, company: Acme } ]\nopportunities: [ { externalOpportunityId: acme, name: Chairs }, { externalOpportunityId: company=B, name: Tables } ]\n";
    let project = marketo.project(manifest);
    project.run("plan --only ACME").shows(str![[r#"
exit: 64
---- stderr
error: `--only ACME` can mean each of company acme, opportunity acme
  hint: name its kind too: --only 'company=acme' or --only 'opportunity=acme'

"#]]);
    project.run("why ACME --offline").shows(str![[r#"
exit: 64
---- stderr
error: `ACME` can mean 2 records: company ACME, opportunity acme
  hint: name its kind too: 'company=ACME' or 'opportunity=acme'

"#]]);
    for (only, created) in [
        ("company=ACME", "+ company ACME"),
        ("opportunity=acme", "+ opportunity acme"),
        ("Company=A*", "+ company ACME"),
        ("company=[\"ACME\"]", "+ company ACME"),
        // Such a key is a key.
        ("company=B", "+ opportunity company=B"),
        ("opportunity=company=B", "+ opportunity company=B"),
    ] {
        let plan = project.run(&format!("plan --only {only}")).exits(0).stdout;
        assert!(plan.contains("Plan: 1 to create;"), "{only}: {plan}");
        assert!(plan.contains(created), "{only}: {plan}");
    }
    drop(project.run("plan --only company=").exits(64));
    let why = project.run("why company=ACME --offline").exits(0).stdout;
    assert!(why.contains("company ACME"), "{why}");
    let why = project.run("why company=B --offline").exits(0).stdout;
    assert!(why.contains("opportunity company=B"), "{why}");
}

#[test]
fn a_key_that_looks_like_a_pattern_is_a_key() {
    let project = Project::simulated(
        "\
version: 1
opportunities:
  - { externalOpportunityId: 'D[1]', name: Meant }
  - { externalOpportunityId: D1, name: Not meant }
  - externalOpportunityId: S
    name: Sofas
    roles: [ { leadId: 1001, role: Champion } ]
  - { externalOpportunityId: S/1001/Champion, name: An opportunity }
",
    )
    .with_ledger()
    .with("guards: { maxDeletes: 100, maxDeletePercent: 100 }");
    drop(project.run("apply --yes --quiet --only d[1]").exits(0));
    let owned = || project.run("ledger list").exits(0).stdout;
    assert!(
        owned().contains("D[1]") && !owned().contains("D1"),
        "{}",
        owned()
    );
    drop(project.run("apply --yes --quiet").exits(0));
    project.run("plan --only S/1001/champion").shows(str![[r#"
exit: 64
---- stderr
error: `--only S/1001/champion` can mean each of opportunity s/1001/champion, role s / 1001 / champion
  hint: name its kind too: --only 'opportunity=s/1001/champion' or --only role='["s",1001,"champion"]'

"#]]);
    // Each of the offered forms is one record.
    for key in [
        "[\"S\",1001,\"champion\"]",
        "[\"s/1001/champion\"]",
        "opportunity=s/1001/champion",
        "role=[\"s\",1001,\"champion\"]",
    ] {
        let plan = project.run_args(&["plan", "--only", key]).exits(0).stdout;
        assert!(plan.contains("1 unchanged"), "{plan}");
    }
    for record in ["role=S / 1001 / Champion", "role=S/1001/champion"] {
        let why = project.run_args(&["why", record, "--offline"]).exits(0);
        assert!(
            why.stdout.contains("role S / 1001 / Champion"),
            "{}",
            why.text()
        );
    }
    // What is only owned counts too.
    project.edit(
        "pipeline/main.yaml",
        "  - { externalOpportunityId: 'D[1]', name: Meant }\n",
        "",
    );
    project.edit("pipeline/main.yaml", "Not meant", "Changed");
    project.run("plan --only D[1] --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

Note: only records that match `D[1]` are planned: 4 entries are left out.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 0 unchanged.  Apply needs 1 call.
Read 1 opportunity, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,961 left today).

"#]]);
    project.edit(
        "pipeline/main.yaml",
        "  - { externalOpportunityId: D1, name: Changed }\n",
        "",
    );
    drop(project.run("apply --yes --quiet --only D[1]").exits(0));
    assert!(
        owned().contains("D1") && !owned().contains("D[1]"),
        "{}",
        owned()
    );
    // The pattern, now that no key has its text.
    drop(project.run("apply --yes --quiet --only D[1]").exits(0));
    assert!(!owned().contains("D1"), "{}", owned());
}
