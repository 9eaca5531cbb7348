//! `--where`: records by any field that the instance can search.

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: region, dataType: string }
    - { name: secret, dataType: string, isSensitive: true }
";

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    region: EMEA
    roles: [ { leadId: 1001, role: Champion }, { leadId: 1002, role: Buyer } ]
  - externalOpportunityId: A-2
    name: Tables
    region: EMEA
  - externalOpportunityId: A-3
    name: Lamps
    region: APAC
    roles: [ { leadId: 1001, role: Champion } ]
";

/// A project that has applied, and one without a manifest for its records.
fn projects() -> (Marketo, Project, Project) {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    drop(project.run("apply --yes --quiet").exits(0));
    let other = marketo.project("version: 1\n");
    (marketo, project, other)
}

#[test]
fn records_are_shown_by_a_field_that_the_instance_can_search() {
    let (marketo, project, _) = projects();
    let keys = |args: &str, exit: i32| {
        let told = project
            .run(&format!("get {args} --format json"))
            .exits(exit);
        let document: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
        let records = document["records"].as_array().expect("a list");
        let keys = records.iter().map(|record| {
            let role = record
                .get("role")
                .map_or("", |role| role.as_str().expect("text"));
            format!(
                "{} {role}",
                record["externalOpportunityId"].as_str().expect("text")
            )
        });
        keys.collect::<Vec<_>>()
    };
    assert_eq!(keys("opportunity --where region=EMEA", 0), ["A-1 ", "A-2 "]);
    let before = marketo.calls().len();
    assert_eq!(
        keys("opportunity A-1 --where region=APAC --where region=EMEA", 0),
        ["A-1 ", "A-2 ", "A-3 "]
    );
    let calls = marketo.calls().split_off(before);
    let reads = calls
        .iter()
        .filter(|call| call.path.contains("opportunities.json"));
    assert_eq!(reads.count(), 2, "{calls:?}");
    assert_eq!(
        keys("role --where leadId=1001", 0),
        ["A-1 Champion", "A-3 Champion"]
    );
    assert_eq!(
        keys("opportunity --where region=Mars", 1),
        Vec::<String>::new()
    );
    project
        .run("get opportunity --where region=Mars")
        .shows(str![[r#"
exit: 1
---- stderr
not found in production: any opportunity whose region is Mars

"#]]);
}

#[test]
fn a_field_that_cannot_be_searched_is_refused() {
    let (_marketo, project, _) = projects();
    project
        .run("get opportunity --where regoin=EMEA")
        .shows(str![[r#"
exit: 64
---- stderr
error: opportunities have no field `regoin`
  hint: did you mean `region`?

"#]]);
    project
        .run("get opportunity --where name=Chairs")
        .shows(str![[r#"
exit: 1
---- stderr
error: query of opportunities: 1003 "Invalid filterType 'name'", request [REQUEST]
  hint: the instance cannot search opportunities by this field; `oppctl describe opportunity` lists the searchable ones

"#]]);
    project
        .run("get opportunity --where region=a,b")
        .shows(str![[r#"
exit: 64
---- stderr
error: invalid value 'region=a,b' for '--where <FIELD=VALUE>': the value contains a comma, at which Marketo parts the values of a query

For more information, try '--help'.

"#]]);
}

#[test]
fn records_are_imported_by_a_field_with_their_roles() {
    let (marketo, _, other) = projects();
    let before = marketo.calls().len();
    other
        .run("import opportunity --where region=EMEA --with-roles --out pipeline/emea.yaml")
        .shows(str![[r#"
exit: 0
---- stdout
pipeline/emea.yaml   2 opportunities, 2 roles

Imported: 2 opportunities, 2 roles into 1 file.  7 calls.
---- stderr
not imported, because these fields are sensitive: secret

"#]]);
    let calls = marketo.calls().split_off(before);
    let reads = calls
        .iter()
        .filter(|call| call.path.contains("opportunities.json"));
    assert_eq!(reads.count(), 1, "{calls:?}");
    let text = other.read("pipeline/emea.yaml");
    let has = ["A-1", "A-2", "A-3", "Buyer"].map(|key| text.contains(key));
    assert_eq!(has, [true, true, false, true], "{text}");
    other.assert_plan_empty();
    // What is declared is not imported again.
    other
        .run("import opportunity --where region=EMEA --where region=APAC --out pipeline/apac.yaml")
        .shows(str![[r#"
exit: 0
---- stdout
pipeline/apac.yaml   1 opportunity

Imported: 1 opportunity into 1 file.  Declared already: 2 opportunities.  3 calls.
---- stderr
not imported, because these fields are sensitive: secret

"#]]);
}
