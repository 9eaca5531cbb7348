//! `examples/team`: its copies are what the program writes, and it works from nothing to two instances as declared.

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::Project;

#[test]
fn its_workflows_and_schemas_are_those_that_the_program_writes() {
    let fresh = Project::empty();
    drop(
        fresh
            .run("init --munchkin 123-ABC-456 --ci github")
            .exits(0),
    );
    let team = Project::example("team");
    for file in [
        ".github/workflows/oppctl-plan.yml",
        ".github/workflows/oppctl-apply.yml",
        ".github/workflows/oppctl-drift.yml",
        ".gitignore",
        "schemas/config.v1.json",
    ] {
        assert_eq!(team.read(file), fresh.read(file), "{file}");
    }
    let quickstart = Project::example("quickstart");
    assert_eq!(quickstart.read(".gitignore"), fresh.read(".gitignore"));
    let policy = team.run("schema policy").exits(0).stdout;
    assert_eq!(team.read("schemas/policy.v1.json"), policy);
    for instance in ["sandbox", "production"] {
        let file = format!("schemas/{instance}.fields.json");
        let kept = team.read(&file);
        drop(team.run(&format!("describe --save -i {instance}")).exits(0));
        assert_eq!(team.read(&file), kept, "{file}");
        let schema = format!("schema manifest --fields -i {instance}");
        let schema = team.run(&schema).exits(0).stdout;
        assert_eq!(team.read("schemas/manifest.v1.json"), schema);
    }
}

#[test]
fn both_instances_are_as_declared_after_an_apply_to_each() {
    let mut team = Project::example("team");
    // The policy of the example, with the places of a machine that has no object storage.
    let place = team.root().join(".oppctl");
    let place = place.to_str().expect("the path is UTF-8");
    team.edit(
        "policy.yaml",
        "allowedLedgers: [\"s3://acme-ops/oppctl\"]",
        &format!("allowedLedgers: [{place:?}]"),
    );
    team.edit(
        "policy.yaml",
        "allowedJournals: [\"s3://acme-ops/oppctl\"]",
        &format!("allowedJournals: [{place:?}]"),
    );
    let policy = team.root().join("policy.yaml");
    team.set("OPPCTL_POLICY", policy.to_str().expect("the path is UTF-8"));

    team.run("validate").shows(str![[r#"
exit: 0
---- stdout
Valid: production: 4 opportunities, 5 roles in 3 files, fields checked by schemas/production.fields.json; sandbox: 5 opportunities, 6 roles in 4 files, fields checked by schemas/sandbox.fields.json.

"#]]);
    drop(team.run("plan --all-instances").exits(0));
    drop(team.run("apply --yes").exits(0));
    drop(team.run("apply --yes -i production").exits(5));
    drop(
        team.run("apply --yes -i production --confirm production")
            .exits(0),
    );
    team.run("plan --all-instances --exit-code").shows(str![[r#"
exit: 0
---- stdout
Marketo production (simulator)   plan [DIGITS]

No changes. 9 unchanged.
Read 4 opportunities, 5 roles in 7 calls.

Marketo sandbox (simulator)   plan [DIGITS]

No changes. 11 unchanged.
Read 5 opportunities, 6 roles in 7 calls.

All instances
  production  no changes
  sandbox     no changes

"#]]);
    for (instance, owner) in [
        ("sandbox", "sandbox@example.com"),
        ("production", "grace@example.com"),
    ] {
        let get = format!("get opportunity EMEA-1001 -i {instance}");
        let shown = team.run(&get).exits(0).stdout;
        assert!(shown.contains(owner), "{shown}");
    }
}
