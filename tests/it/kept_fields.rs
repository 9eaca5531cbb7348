//! The fields of an instance in the repository: `describe --save`, and what `validate`, editors and plans make of them.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use snapbox::str;

use crate::harness::{Marketo, Project};

const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: region, displayName: Sales Region, dataType: string, length: 4 }
    - { name: signedOn, dataType: date }
    - { name: isStrategic, dataType: boolean }
    - { name: margin, dataType: float, isSensitive: true }
";

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    region: EMEA
    signedOn: 2026-11-30
    isStrategic: true
";

fn project(marketo: &Marketo) -> Project {
    let project = marketo.project(MANIFEST);
    project.run("describe --save").shows(str![[r#"
exit: 0
---- stdout
schemas/production.fields.json was written: 7 fields of sales persons, 16 fields of companies, 29 fields of opportunities, 8 fields of roles. Commit it: `oppctl validate` then checks these fields without the instance.
For editors: `oppctl schema manifest --fields > schemas/manifest.v1.json`

"#]]);
    project
}

#[test]
fn mistakes_in_custom_fields_are_found_without_the_instance() {
    let marketo = Marketo::schema(SCHEMA);
    let mut project = project(&marketo);
    // Without credentials.
    project.set("MARKETO_CLIENT_SECRET", "");
    project.run("validate").shows(str![[r#"
exit: 0
---- stdout
Valid: 1 opportunity in 1 file, fields checked by schemas/production.fields.json.

"#]]);
    project.write(
        "pipeline/main.yaml",
        MANIFEST
            .replace("region: EMEA", "regoin: EMEA")
            .replace("2026-11-30", "30.11.2026")
            .replace("isStrategic: true", "isStrategic: perhaps"),
    );
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error[unknown-field]: opportunities have no field `regoin` in this instance
 --> pipeline/main.yaml:5:5
  |
5 |     regoin: EMEA
  |     ^^^^^^ unknown field
  |
  = help: did you mean `region`?

error[wrong-type]: wrong value for the field `signedOn` of type date
 --> pipeline/main.yaml:6:15
  |
6 |     signedOn: 30.11.2026
  |               ^^^^^^^^^^ not a date
  |
  = help: write it as in 2026-12-31

error[wrong-type]: wrong value for the field `isStrategic` of type boolean
 --> pipeline/main.yaml:7:18
  |
7 |     isStrategic: perhaps
  |                  ^^^^^^^ neither `true` nor `false`
  |
  = help: write `true` or `false` without quotes; `yes` and `no` are texts in YAML 1.2

3 problems in 1 file
explain: oppctl explain unknown-field

"#]]);
}

#[test]
fn a_plan_says_when_the_file_is_out_of_date() {
    let marketo = Marketo::schema(SCHEMA);
    let project = project(&marketo);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
    let file = project.read("schemas/production.fields.json");
    project.edit(
        "schemas/production.fields.json",
        "\"length\": 4,",
        "\"length\": 40,",
    );
    let plan = project.run("plan").exits(0);
    let note = "Note: schemas/production.fields.json is out of date: the instance describes opportunity.region otherwise. To renew it: `oppctl describe --save`";
    assert!(plan.stdout.contains(note), "{}", plan.text());
    drop(project.run("describe --save").exits(0));
    assert_eq!(project.read("schemas/production.fields.json"), file);
    let again = project.run("describe --save").exits(0);
    assert!(again.stdout.contains("is as it was"), "{}", again.text());
    project.write("schemas/production.fields.json", "{}");
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error: [ROOT]/schemas/production.fields.json is not a file of `oppctl describe --save`
  caused by: missing field `format_version` at line 1 column 2
  hint: to write it anew: `oppctl describe --save`

"#]]);
}

#[test]
fn editors_know_every_field() {
    let marketo = Marketo::schema(SCHEMA);
    let project = project(&marketo);
    let schema = project.run("schema manifest --fields").exits(0).stdout;
    let schema: Value = serde_json::from_str(&schema).expect("it is JSON");
    let region = &schema["definitions"]["opportunity"]["properties"]["region"];
    assert_eq!(
        region["description"],
        "Sales Region. Text of at most 4 characters. `null` clears it."
    );
    let check = jsonschema::validator_for(&schema).expect("it is a schema");
    let is_valid = |fields: Value| {
        let mut entry = json!({ "externalOpportunityId": "A-1", "name": "Chairs" });
        let fields = fields.as_object().expect("it is an object").clone();
        entry
            .as_object_mut()
            .expect("it is an object")
            .extend(fields);
        check.is_valid(&json!({ "version": 1, "opportunities": [entry] }))
    };
    for right in [
        json!({ "region": "EMEA", "signedOn": "2026-11-30", "isStrategic": true }),
        json!({ "fields": { "region": "EMEA" }, "margin": 0.5 }),
        json!({ "region": null }),
    ] {
        assert!(is_valid(right.clone()), "{right}");
    }
    for wrong in [
        json!({ "regoin": "EMEA" }),
        json!({ "region": "Europe" }),
        json!({ "signedOn": "30.11.2026" }),
        json!({ "isStrategic": "no" }),
        json!({ "fields": { "regoin": "EMEA" } }),
    ] {
        assert!(!is_valid(wrong.clone()), "{wrong}");
    }
    drop(project.run("schema plan --fields").exits(64));
}
