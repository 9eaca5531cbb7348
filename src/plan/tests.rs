//! The planner as a table: manifests and the records of the instance on one side, the rendered plan on the other.

use std::sync::Arc;

use jiff::Timestamp;
use pretty_assertions::{assert_eq, assert_ne};
use snapbox::{assert_data_eq, str};

use super::*;
use crate::ledger::{Applied, Entry, Ledger, Origin, Place, Replaced};
use crate::manifest::{self, Reading};
use crate::model::kind::{KINDS, OPPORTUNITY, ROLE};
use crate::model::{
    DataType, Diagnostic, Field, Form, Key, KeyType, KeyValue, Narrowed, ObjectKind, Record,
    Schema, Sources, Value, Verb,
};
use crate::render::{self, Costs, Detail, Head};

mod blocked;
mod deals;
mod stored;
mod unclear;

/// What an instance describes: the documented fields and one of each further data type.
fn schemas() -> Schemas {
    let extra = [
        ("amount", DataType::Currency),
        ("probability", DataType::Percent),
        ("quantity", DataType::Float),
        ("closeDate", DataType::Date),
        ("externalCreatedDate", DataType::Datetime),
        ("isWon", DataType::Boolean),
        ("isClosed", DataType::Boolean),
        ("fiscalYear", DataType::Integer),
    ];
    let of = |kind: &'static ObjectKind| {
        let mut fields = Schema::documented(kind).fields().to_vec();
        if kind.extensible {
            let field = |name: &str, data_type, updateable| Field {
                name: name.into(),
                data_type,
                length: None,
                updateable,
                sensitive: false,
            };
            fields.extend(
                extra
                    .iter()
                    .map(|(name, data_type)| field(name, data_type.clone(), true)),
            );
            fields.push(field("region", DataType::String, false));
        }
        (kind, Schema::new(kind, fields))
    };
    KINDS.into_iter().map(of).collect()
}

/// The records of JSON lists by the kind's plural, as an instance would answer them.
fn observed(json: &str, schemas: &Schemas) -> Observed {
    let lists: serde_json::Value =
        serde_json::from_str(json).expect("the test's JSON is well-formed");
    let mut observed = Observed::default();
    for kind in KINDS {
        for (index, members) in lists[kind.plural]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            let text = |name: &str| {
                members[name]
                    .as_str()
                    .map_or_else(|| members[name].to_string(), str::to_owned)
            };
            let form = |name: &str| match &members[name] {
                serde_json::Value::Null => Form::Null,
                serde_json::Value::Bool(_) => Form::Boolean,
                serde_json::Value::Number(_) => Form::Number,
                serde_json::Value::String(_)
                | serde_json::Value::Array(_)
                | serde_json::Value::Object(_) => Form::Text,
            };
            let part = |part: &crate::model::KeyPart| match part.holds {
                KeyType::Text { .. } => KeyValue::Text(text(part.field).into()),
                KeyType::Lead { .. } => {
                    KeyValue::Lead(text(part.field).parse().expect("a lead id is a number"))
                }
            };
            let field = |field: &Field| {
                (
                    Arc::clone(&field.name),
                    Value::observed(form(&field.name), &text(&field.name), &field.data_type),
                )
            };
            observed.insert(
                kind,
                Record {
                    id: format!("guid-{}-{index}", kind.name).into(),
                    key: Key::new(kind.key.iter().map(part).collect()),
                    fields: schemas[kind].fields().iter().map(field).collect(),
                },
            );
        }
    }
    observed
}

fn leads() -> Leads {
    let mut leads = Leads::default();
    leads.insert("email", "ada@example.com", Matches::Ids(vec![1]));
    leads.insert("email", "bob@example.com", Matches::Ids(vec![2]));
    leads.insert("email", "twins@example.com", Matches::Ids(vec![3, 4]));
    leads
}

fn problems(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut text = Vec::new();
    render::diagnostics(
        sources,
        diagnostics,
        crate::model::Invocation::plain(),
        &mut text,
        false,
    )
    .expect("writing to memory cannot fail");
    String::from_utf8(text).expect("diagnostics are UTF-8")
}

fn planned(manifest: &str, held: &str) -> (Plan, Sources) {
    let reading = manifest::read([("pipeline/emea.yaml".into(), manifest.as_bytes().to_vec())]);
    assert_eq!(
        problems(&reading.sources, &reading.diagnostics),
        "",
        "the manifest itself is valid"
    );
    let schemas = schemas();
    let bound = bind(&reading.desired, &schemas, &leads(), Ownership::default());
    (plan(&bound, &observed(held, &schemas)), reading.sources)
}

/// The plan as it is shown, or its problems.
fn shown(manifest: &str, held: &str, detail: Detail) -> String {
    let (plan, sources) = planned(manifest, held);
    let mut text = problems(&sources, &plan.problems);
    if plan.problems.is_empty() {
        let write_calls = crate::apply::calls(&plan, crate::apply::MARKETO_LIMITS)
            .iter()
            .map(|wave| wave.batches.len())
            .sum();
        let head = Head {
            lag: None,
            instance: "local",
            place: "simulator",
            plan: "plan".to_owned(),
            part: None,
            basis: None,
            not_known: 0,
            read: Some("nothing".to_owned()),
            brief: &file::SavedBrief::default(),
            refusals: Vec::new(),
            costs: Costs {
                planning: 0,
                apply: write_calls,
                daily: 50_000,
                left: None,
            },
            calls: None,
            invocation: crate::model::Invocation::plain(),
        };
        render::plan(&plan, &sources, &head, detail, &mut text)
            .expect("writing to a string cannot fail");
    }
    anstream::adapter::strip_str(&text).to_string()
}

fn check(manifest: &str, held: &str, expected: impl snapbox::IntoData) {
    assert_data_eq!(
        shown(manifest, held, Detail::Normal),
        expected.into_data().raw()
    );
}

#[test]
fn nothing_to_do() {
    check(
        "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: Chairs, amount: \"1604.470\", closeDate: 2026-12-31, stage: }\n",
        r#"{"opportunities": [{"externalOpportunityId": "A", "name": "Chairs", "amount": 1604.47, "closeDate": "2026-12-31", "type": "other"}]}"#,
        str![[r#"
Marketo local (simulator)   plan

No changes. 1 unchanged.
Made no call.

"#]],
    );
}

#[test]
fn create_update_delete() {
    check(
        "\
version: 1
opportunities:
  - externalOpportunityId: ACME-0042
    name: ACME renewal
    stage: Closed Won
    amount: 13500.00
    roles:
      - { lead: { email: Ada@example.com }, role: Champion, ensure: absent }
      - { leadId: 2, role: User, isPrimary: true }
  - externalOpportunityId: ACME-0043
    name: ACME expansion
    amount: 1
",
        r#"{"opportunities": [{"externalOpportunityId": "ACME-0042", "name": "ACME renewal", "stage": "Negotiation", "amount": 12000}],
            "roles": [{"externalOpportunityId": "ACME-0042", "leadId": 1, "role": "Champion"},
                      {"externalOpportunityId": "ACME-0042", "leadId": "2", "role": "User", "isPrimary": true}]}"#,
        str![[r#"
Marketo local (simulator)   plan

pipeline/emea.yaml
  ~ opportunity ACME-0042  "ACME renewal"    :3
      stage   Negotiation → Closed Won
      amount  12000.00    → 13500.00  (+1500.00)
  + opportunity ACME-0043  "ACME expansion"  :10

Deletes  1 role
  - role ACME-0042 / Ada@example.com / Champion  pipeline/emea.yaml:8
  Why: declared as absent.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to create, 1 to update, 1 to delete; 1 unchanged.  Apply needs 3 calls.
Made no call; the apply is 0.006 % of 50,000 a day.

"#]],
    );
}

#[test]
fn clearing_a_field_and_long_texts() {
    check(
        "\
version: 1
opportunities:
  - externalOpportunityId: A
    stage: null
    type: ~
    name: The renewal of the big contract with ACME for three years
    description: |
      First line
      Second line, changed
      Third line
",
        r#"{"opportunities": [{"externalOpportunityId": "A", "name": "The renewal of the small contract with ACME for three years",
            "stage": " Open ", "description": "First line\nSecond line\nThird line\n"}]}"#,
        str![[r#"
Marketo local (simulator)   plan

pipeline/emea.yaml
  ~ opportunity A  "The renewal of the big contract with ACME for three years"  :3
      stage        " Open " → (none)
      name         The renewal of the [-small-]{+big+} contract with ACME for three years
      description
          First line
        - Second line
        + Second line, changed
          Third line

Plan: 1 to update; 0 unchanged.  Apply needs 1 call.
Made no call; the apply is 0.002 % of 50,000 a day.

"#]],
    );
}

#[test]
fn what_an_instance_stores_of_a_value_is_the_value() {
    check(
        "\
version: 1
opportunities:
  - { externalOpportunityId: A, isWon: null, isClosed: null, probability: 65.0, amount: 12345678901234567.5 }
  - { externalOpportunityId: B, isWon: false, isClosed: null, probability: 65.5, externalCreatedDate: 9999-12-31T23:59:59Z }
",
        r#"{"opportunities": [
            {"externalOpportunityId": "A", "isWon": false, "probability": 65, "amount": "12345678901234567.5"},
            {"externalOpportunityId": "B", "isClosed": true, "probability": "65.50",
             "externalCreatedDate": "9999-12-31T23:59:59Z"}]}"#,
        str![[r#"
Marketo local (simulator)   plan

pipeline/emea.yaml
  ~ opportunity B  :4
      isWon     (none) → false
      isClosed  true   → (none)

Note: pipeline/emea.yaml:3:89: amount has more than 15 significant digits, and Marketo may not keep all of them.

Plan: 1 to update; 1 unchanged.  Apply needs 1 call.
Made no call; the apply is 0.002 % of 50,000 a day.

"#]],
    );
}

#[test]
fn two_sides_that_look_the_same_are_told_apart() {
    check(
        "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: \"Caf\\u00e9\", stage: \"\\u0412ig\", type: \"A - B of the third quarter, with a long tail\" }
",
        r#"{"opportunities": [{"externalOpportunityId": "A", "name": "Cafe\u0301", "stage": "Big",
            "type": "A \u2013 B of the third quarter, with a long tail"}]}"#,
        str![[r#"
Marketo local (simulator)   plan

pipeline/emea.yaml
  ~ opportunity A  "Café"  :3
      name   Cafe\u{301} → Caf\u{e9}
      stage  Big         → \u{412}ig
      type   A [-\u{2013}-]{+-+} B of the third quarter, with a long tail

Plan: 1 to update; 0 unchanged.  Apply needs 1 call.
Made no call; the apply is 0.002 % of 50,000 a day.

"#]],
    );
}

#[test]
fn what_the_instance_holds_cannot_reach_the_terminal() {
    check(
        "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: plain }\n",
        r#"{"opportunities": [{"externalOpportunityId": "A", "name": "\u001b[2J\u202eevil"}]}"#,
        str![[r#"
Marketo local (simulator)   plan

pipeline/emea.yaml
  ~ opportunity A  "plain"  :3
      name  \e[2J\u{202e}evil → plain

Plan: 1 to update; 0 unchanged.  Apply needs 1 call.
Made no call; the apply is 0.002 % of 50,000 a day.

"#]],
    );
}

#[test]
fn alike_changes_are_shown_once() {
    let manifest: String = (1..=5)
        .map(|n| format!("  - {{ externalOpportunityId: A{n}, stage: Won }}\n"))
        .collect();
    let held: Vec<String> = (1..=5)
        .map(|n| format!(r#"{{"externalOpportunityId": "A{n}", "name": "N", "stage": "Open"}}"#))
        .collect();
    check(
        &format!("version: 1\nopportunities:\n{manifest}"),
        &format!(r#"{{"opportunities": [{}]}}"#, held.join(",")),
        str![[r#"
Marketo local (simulator)   plan

pipeline/emea.yaml
  ~ 5 opportunities, each with this change  :3   and 4 more
      stage  Open → Won
      A1 :3, A2 :4, A3 :5, A4 :6
      A5 :7

Plan: 5 to update; 0 unchanged.  Apply needs 1 call.
Made no call; the apply is 0.002 % of 50,000 a day.

"#]],
    );
}

#[test]
fn exact_roles() {
    check(
        "\
version: 1
opportunities:
  - externalOpportunityId: A
    rolesMode: exact
    roles:
      - { leadId: 1, role: User }
",
        r#"{"opportunities": [{"externalOpportunityId": "A", "name": "N"}],
            "roles": [{"externalOpportunityId": "A", "leadId": 1, "role": "user"},
                      {"externalOpportunityId": "a", "leadId": 2, "role": "User"},
                      {"externalOpportunityId": "B", "leadId": 2, "role": "User"}]}"#,
        str![[r#"
Marketo local (simulator)   plan

Deletes  1 role
  - role a / 2 / User  pipeline/emea.yaml:4
  Why: rolesMode: exact, and not listed.

Note: role A / 1 / User (pipeline/emea.yaml:6:19) is written A / 1 / user in Marketo. Case does not count in keys.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 2 unchanged.  Apply needs 1 call.
Made no call; the apply is 0.002 % of 50,000 a day.

"#]],
    );
}

#[test]
fn ignored_changes_are_set_once_and_left_alone() {
    let manifest = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: N, stage: Open, lifecycle: { ignoreChanges: [stage] } }\n";
    let held =
        r#"{"opportunities": [{"externalOpportunityId": "A", "name": "N", "stage": "Won"}]}"#;
    assert!(planned(manifest, held).0.is_empty());
    let (plan, _) = planned(manifest, "{}");
    let names: Vec<&str> = plan.changes[0]
        .fields()
        .names()
        .map(|name| &**name)
        .collect();
    assert_eq!(names, ["name", "stage"]);
}

#[test]
fn forgotten_entries_are_left_alone() {
    let manifest = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: New, ensure: forgotten }\n";
    let (plan, _) = planned(
        manifest,
        r#"{"opportunities": [{"externalOpportunityId": "A", "name": "Old"}]}"#,
    );
    assert!(plan.is_empty());
    assert_eq!(plan.declared, 0);
}

#[test]
fn problems_that_only_the_instance_knows() {
    check(
        "\
version: 1
opportunities:
  - { externalOpportunityId: A, stage: Open, amuont: 3, region: EMEA }
  - { externalOpportunityId: B, region: EMEA }
roles:
  - { externalOpportunityId: A, lead: { email: nobody@example.com }, role: User }
  - { externalOpportunityId: A, lead: { email: twins@example.com }, role: User }
  - { externalOpportunityId: A, lead: { email: ada@example.com }, role: User }
  - { externalOpportunityId: A, leadId: 1, role: User }
  - { externalOpportunityId: C, leadId: 1, role: User }
",
        r#"{"opportunities": [{"externalOpportunityId": "B", "name": "N", "region": "APAC"}]}"#,
        str![[r#"
error[missing-required]: a new opportunity needs `name`
 --> pipeline/emea.yaml:3:30
  |
3 |   - { externalOpportunityId: A, stage: Open, amuont: 3, region: EMEA }
  |                              ^ not in the instance yet, and `name` is not written
  |
  = help: write `name`, or correct the key if the record should exist

error[unknown-field]: opportunities have no field `amuont` in this instance
 --> pipeline/emea.yaml:3:46
  |
3 |   - { externalOpportunityId: A, stage: Open, amuont: 3, region: EMEA }
  |                                              ^^^^^^ unknown field
  |
  = help: did you mean `amount`?

error[not-updateable]: `region` cannot be changed once the record exists
 --> pipeline/emea.yaml:4:41
  |
4 |   - { externalOpportunityId: B, region: EMEA }
  |                                         ^^^^ differs from the value in the instance
  |
  = help: write the value that the instance has, or remove the field

error[unknown-lead]: the instance has no lead whose email is nobody@example.com
 --> pipeline/emea.yaml:6:48
  |
6 |   - { externalOpportunityId: A, lead: { email: nobody@example.com }, role: User }
  |                                                ^^^^^^^^^^^^^^^^^^ no such lead
  |
  = help: correct the value, or create the lead first: oppctl does not create leads, and a simulator has those of its leads file

error[ambiguous-lead]: several leads have twins@example.com as their email
 --> pipeline/emea.yaml:7:48
  |
7 |   - { externalOpportunityId: A, lead: { email: twins@example.com }, role: User }
  |                                                ^^^^^^^^^^^^^^^^^ could be any of the leads 3, 4
  |
  = help: merge them in Marketo, or name one by its `leadId`

error[same-lead]: two entries declare the role A / 1 / User
 --> pipeline/emea.yaml:9:30
  |
8 |   - { externalOpportunityId: A, lead: { email: ada@example.com }, role: User }
  |                              - the same record
9 |   - { externalOpportunityId: A, leadId: 1, role: User }
  |                              ^ turned out to be the same lead
  |
  = help: keep one of the two

error[unknown-reference]: the opportunity C is not in the instance, and no entry of this run declares it
  --> pipeline/emea.yaml:10:30
   |
10 |   - { externalOpportunityId: C, leadId: 1, role: User }
   |                              ^ its opportunity does not exist
   |
   = help: declare the opportunity, or correct `externalOpportunityId`

"#]],
    );
}

#[test]
fn what_is_absent_already_is_unchanged() {
    let manifest = "version: 1\nopportunities: [{ externalOpportunityId: A, ensure: absent }, { externalOpportunityId: B, ensure: absent }]\n";
    let (plan, _) = planned(manifest, "{}");
    assert!(plan.is_settled());
    assert_eq!(plan.unchanged[&OPPORTUNITY], 2);
}

#[test]
fn a_parent_that_is_forgotten_and_not_there_is_none() {
    let forgotten = "version: 1\nopportunities: [{ externalOpportunityId: A, ensure: forgotten }]\nroles: [{ externalOpportunityId: A, leadId: 1, role: User }]\n";
    let held = r#"{"opportunities": [{"externalOpportunityId": "A", "name": "N"}]}"#;
    let codes = |held| -> Vec<&str> {
        let (plan, _) = planned(forgotten, held);
        plan.problems
            .iter()
            .map(|found| found.problem.code())
            .collect()
    };
    assert_eq!(codes(held), Vec::<&str>::new());
    assert_eq!(codes("{}"), ["unknown-reference"]);
}

#[test]
fn only_the_children_of_what_is_deleted_are_asked_for() {
    let manifest = "version: 1\nopportunities: [{ externalOpportunityId: A, name: N }, { externalOpportunityId: B, ensure: absent }, { externalOpportunityId: C, ensure: absent }]\n";
    let held =
        r#"{"opportunities": [{"externalOpportunityId": "A"}, {"externalOpportunityId": "B"}]}"#;
    let reading = manifest::read([("a.yaml".into(), manifest.as_bytes().to_vec())]);
    let schemas = schemas();
    let bound = bind(&reading.desired, &schemas, &leads(), Ownership::default());
    let further = further_questions(&bound, &observed(held, &schemas));
    let asked = further.iter().map(|question| {
        let parents = question.children_of.iter().map(ToString::to_string);
        (question.kind.name, parents.collect::<Vec<_>>())
    });
    assert_eq!(
        asked.collect::<Vec<_>>(),
        [(ROLE.name, vec!["B".to_owned()])]
    );
}

/// Two files; the run selects only the first one.
fn read_narrowly(first: &str, second: &str) -> Reading {
    let files = [("a.yaml", first), ("b.yaml", second)];
    let mut reading =
        manifest::read(files.map(|(path, text)| (path.into(), text.as_bytes().to_vec())));
    assert_eq!(
        problems(&reading.sources, &reading.diagnostics),
        "",
        "the manifests themselves are valid"
    );
    let files = reading.sources.iter().map(|(id, _)| id).take(1).collect();
    reading.desired.narrowed = Some(Narrowed {
        files,
        paths: vec!["a.yaml".into()],
        only: None,
    });
    reading
}

/// Plans only the first of two files.
fn planned_narrowly(first: &str, second: &str, held: &str) -> (Plan, Sources) {
    planned_narrowly_by(&schemas(), first, second, held)
}

fn planned_narrowly_by(
    schemas: &Schemas,
    first: &str,
    second: &str,
    held: &str,
) -> (Plan, Sources) {
    let reading = read_narrowly(first, second);
    let bound = bind(&reading.desired, schemas, &leads(), Ownership::default());
    (plan(&bound, &observed(held, schemas)), reading.sources)
}

#[test]
fn what_a_narrowed_run_leaves_out_is_declared_all_the_same() {
    let (plan, _) = planned_narrowly(
        "version: 1\nopportunities: [{ externalOpportunityId: A, rolesMode: exact }]\n",
        "version: 1\nroles:\n  - { externalOpportunityId: a, leadId: 1, role: User }\n  - { externalOpportunityId: A, lead: { email: bob@example.com }, role: User }\n",
        r#"{"opportunities": [{"externalOpportunityId": "A", "name": "N"}],
            "roles": [{"externalOpportunityId": "A", "leadId": 1, "role": "User", "isPrimary": true},
                      {"externalOpportunityId": "A", "leadId": 2, "role": "User"},
                      {"externalOpportunityId": "A", "leadId": 3, "role": "User"}]}"#,
    );
    let deleted: Vec<&str> = plan.changes.iter().map(|change| &*change.shown).collect();
    assert_eq!(deleted, ["A / 3 / User"]);
    assert_eq!(plan.declared, 1);
}

#[test]
fn what_a_narrowed_run_leaves_out_is_not_checked() {
    let mut schemas = schemas();
    schemas.insert(&ROLE, Schema::new(&ROLE, Vec::new()));
    let roles = "roles: [{ externalOpportunityId: A, leadId: 1, role: User, isPrimary: true }]\n";
    let parent = "opportunities: [{ externalOpportunityId: A, rolesMode: exact }]\n";
    let held = r#"{"opportunities": [{"externalOpportunityId": "A", "name": "N"}]}"#;
    let problems = |first: &str, second: &str| {
        let files = [first, second].map(|text| format!("version: 1\n{text}"));
        let (plan, _) = planned_narrowly_by(&schemas, &files[0], &files[1], held);
        plan.problems.len()
    };
    assert_eq!(problems(parent, roles), 0);
    assert_eq!(problems(roles, parent), 1, "the instance has no such field");
}

/// The entry of a role of this lead, which the first file once declared.
fn owned_role(lead: i64, origin: &Arc<Origin>) -> Entry {
    let text = |text: &str| KeyValue::Text(text.into());
    Entry {
        key: Key::new(vec![text("A"), KeyValue::Lead(lead), text("User")]),
        id: None,
        fields: Applied::default(),
        written: None,
        replaced: Replaced::default(),
        protected: None,
        declared: Place {
            file: "a.yaml".into(),
            line: 3,
        },
        origin: Arc::clone(origin),
    }
}

/// Plans with a ledger that has a role of lead 2 with this id.
fn planned_with_ledger(manifest: &str, id: Option<&str>, observed: &Observed) -> Plan {
    let id = id.map(Into::into);
    let entry = |role: Entry| Entry { id, ..role };
    planned_with_entry(&ROLE, entry, manifest, observed)
}

/// Plans with a ledger that has an entry of this kind, derived from the entry of a role.
fn planned_with_entry(
    kind: &'static ObjectKind,
    entry: impl FnOnce(Entry) -> Entry,
    manifest: &str,
    observed: &Observed,
) -> Plan {
    let origin = Arc::new(Origin {
        time: Timestamp::UNIX_EPOCH,
        commit: None,
    });
    let mut ledger = Ledger::new([7; 16]);
    ledger.insert(kind, entry(owned_role(2, &origin)));
    let reading = manifest::read([("a.yaml".into(), manifest.as_bytes().to_vec())]);
    let schemas = schemas();
    let ownership = owning(&ledger, &origin, &reading);
    let bound = bind(&reading.desired, &schemas, &leads(), ownership);
    plan(&bound, observed)
}

/// The ownership by this ledger, for an apply of these manifests.
fn owning<'o>(ledger: &'o Ledger, origin: &'o Arc<Origin>, reading: &'o Reading) -> Ownership<'o> {
    Ownership {
        ledger: Some(Owning {
            ledger,
            origin,
            sources: &reading.sources,
        }),
        ..Ownership::default()
    }
}

/// An opportunity with roles of leads 1 and 2, whose ids end in 0 and 1.
fn a_with_two_roles(parent: &str) -> Observed {
    let held = format!(
        r#"{{"opportunities": [{{"externalOpportunityId": "A", "name": "N"}}],
            "roles": [{{"externalOpportunityId": "A", "leadId": 1, "role": "User"}},
                      {{"externalOpportunityId": "{parent}", "leadId": 2, "role": "User"}}]}}"#
    );
    observed(&held, &schemas())
}

const BOTH: &str = "version: 1\nroles: [{ externalOpportunityId: A, leadId: 1, role: User }, { externalOpportunityId: A, leadId: 2, role: User }]\n";

/// The keys of the entries that an apply writes to the ledger, and whether it adopts their records.
fn ledger_updates(plan: &Plan) -> Vec<(String, bool)> {
    plan.ledger_changes
        .updates
        .iter()
        .map(|update| (update.entry.key.to_string(), update.adopts))
        .collect()
}

#[test]
fn an_entry_is_renewed_when_the_instance_writes_its_key_otherwise() {
    let adopted = ("A / 1 / User".to_owned(), true);
    let of = |parent| {
        let observed = a_with_two_roles(parent);
        let plan = planned_with_ledger(BOTH, Some("guid-role-1"), &observed);
        assert!(plan.is_empty() && plan.drift.is_empty());
        ledger_updates(&plan)
    };
    assert_eq!(of("A"), vec![adopted.clone()]);
    assert_eq!(of("a"), [adopted, ("a / 2 / User".to_owned(), false)]);
}

#[test]
fn a_record_in_the_place_of_an_owned_one_is_a_stranger() {
    let plan = planned_with_ledger(BOTH, Some("another"), &a_with_two_roles("A"));
    let adopted = ["A / 1 / User", "A / 2 / User"].map(|key| (key.to_owned(), true));
    assert_eq!(ledger_updates(&plan), adopted);
    let drift: Vec<_> = plan.drift.iter().map(|drift| &drift.what).collect();
    assert!(matches!(drift.as_slice(), [Drifted::Remade]), "{drift:?}");
}

#[test]
fn what_is_not_listed_and_a_removal_as_well_goes_once() {
    let exact = "version: 1\nopportunities: [{ externalOpportunityId: A, rolesMode: exact, roles: [{ leadId: 1, role: User }] }]\n";
    let why = |id| -> Vec<(String, WhyDelete)> {
        let plan = planned_with_ledger(exact, Some(id), &a_with_two_roles("A"));
        let deletes = plan
            .changes
            .iter()
            .filter_map(|change| match change.action {
                Action::Delete { why, .. } => Some((change.key.to_string(), why)),
                Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => None,
            });
        deletes.collect()
    };
    let key = || "A / 2 / User".to_owned();
    assert_eq!(why("guid-role-1"), [(key(), WhyDelete::Removed)]);
    // Another record has the key of the owned one: the removal only ends the entry.
    assert_eq!(why("another"), [(key(), WhyDelete::NotListed)]);
}

#[test]
fn a_declared_child_of_a_removed_parent_is_a_problem_and_nothing_else() {
    let key = Key::new(vec![KeyValue::Text("A".into())]);
    let id = Some("guid-opportunity-0".into());
    let parent = |role: Entry| Entry { key, id, ..role };
    let plan = planned_with_entry(&OPPORTUNITY, parent, BOTH, &a_with_two_roles("A"));
    let codes = plan.problems.iter().map(|found| found.problem.code());
    assert_eq!(codes.collect::<Vec<_>>(), ["reference-removed"; 2]);
    assert!(plan.refusals.is_empty(), "{:?}", plan.refusals);
}

#[test]
fn each_action_has_a_digest_of_its_own() {
    let of = |verb| {
        let basis = DigestBasis {
            instance: "local",
            salt: b"salt",
            permits: &Permits::NONE,
            ledger: None,
            kind: DigestKind::Whole,
        };
        digest(&made_of(&[(&ROLE, verb, 1)]), basis)
    };
    assert_ne!(of(Verb::Create), of(Verb::Update));
    assert_ne!(of(Verb::Update), of(Verb::Delete));
}

#[test]
fn what_is_to_be_absent_and_is_goes_from_the_ledger() {
    let absent = "version: 1\nroles: [{ externalOpportunityId: A, leadId: 2, role: User, ensure: absent }]\n";
    let plan = planned_with_ledger(absent, None, &Observed::default());
    let forgotten: Vec<_> = plan
        .ledger_changes
        .forgotten
        .iter()
        .map(|forgotten| (forgotten.key.to_string(), forgotten.why))
        .collect();
    assert_eq!(forgotten, [("A / 2 / User".to_owned(), WhyForgotten::Gone)]);
    assert!(plan.is_settled());
}

#[test]
fn a_marked_record_is_an_orphan_if_it_is_neither_declared_nor_owned() {
    let declared = "version: 1\nroles: [{ externalOpportunityId: A, leadId: 1, role: User }]\n";
    let mut observed = Observed::default();
    for lead in 1..=3 {
        let text = |text: &str| KeyValue::Text(text.into());
        let parts = vec![text("A"), KeyValue::Lead(lead), text("User")];
        observed.mark(&ROLE, Key::new(parts));
    }
    let plan = planned_with_ledger(declared, None, &observed);
    let orphans = plan.notes.iter().filter_map(|note| {
        let Note::Orphan { key, .. } = note else {
            return None;
        };
        Some(key.to_string())
    });
    assert_eq!(orphans.collect::<Vec<_>>(), ["A / 3 / User"]);
}

#[test]
fn what_an_entry_that_is_left_out_may_declare_is_no_removal() {
    let origin = Arc::new(Origin {
        time: Timestamp::UNIX_EPOCH,
        commit: None,
    });
    let mut ledger = Ledger::new([7; 16]);
    ledger.insert(&ROLE, owned_role(2, &origin));
    let schemas = schemas();
    let of = |left_out: &str| {
        let first = "version: 1\n";
        let second = format!("version: 1\nroles: [{{ {left_out}, role: User }}]\n");
        let reading = read_narrowly(first, &second);
        let ownership = owning(&ledger, &origin, &reading);
        let bound = bind(&reading.desired, &schemas, &leads(), ownership);
        let plan = plan(&bound, &Observed::default());
        let is_undecided = |note: &Note| matches!(note, Note::Undecided { .. });
        let undecided = plan.notes.iter().filter(|note| is_undecided(note)).count();
        (bound.removals.len(), undecided, plan.owned)
    };
    let undecided = [
        "externalOpportunityId: A, lead: { email: bob@example.com }",
        "externalOpportunityId: B, lead: { email: bob@example.com }",
        "externalOpportunityId: A, leadId: 1",
        "externalOpportunityId: A, leadId: 2",
    ]
    .map(of);
    assert_eq!(
        undecided,
        [
            (0, 1, Some(1)),
            (1, 0, Some(1)),
            (1, 0, Some(1)),
            (0, 0, Some(1))
        ]
    );
}

#[test]
fn a_parent_that_a_narrowed_run_leaves_out_is_pointed_at() {
    let (plan, sources) = planned_narrowly(
        "version: 1\nroles: [{ externalOpportunityId: A, leadId: 1, role: User }]\n",
        "version: 1\nopportunities: [{ externalOpportunityId: A, name: N }]\n",
        "{}",
    );
    assert_data_eq!(
        problems(&sources, &plan.problems),
        str![[r#"
error[unknown-reference]: the opportunity A is not in the instance, and no entry of this run declares it
 --> a.yaml:2:34
  |
2 | roles: [{ externalOpportunityId: A, leadId: 1, role: User }]
  |                                  ^ its opportunity does not exist
  |
 --> b.yaml:2:42
  |
2 | opportunities: [{ externalOpportunityId: A, name: N }]
  |                                          - declared here, in a file that this run leaves out
  |
  = help: declare the opportunity, or correct `externalOpportunityId`

"#]]
    );
}

#[test]
fn what_is_forgotten_takes_its_nested_entries_along() {
    let manifest = "version: 1\nopportunities:\n  - { externalOpportunityId: A, ensure: forgotten, rolesMode: exact, roles: [{ leadId: 1, role: User }] }\n";
    let held = r#"{"opportunities": [{"externalOpportunityId": "A", "name": "N"}], "roles": [{"externalOpportunityId": "A", "leadId": 2, "role": "User"}]}"#;
    assert!(planned(manifest, held).0.is_empty());
}

#[test]
fn what_is_absent_takes_its_nested_entries_along() {
    check(
        "version: 1\nopportunities:\n  - { externalOpportunityId: A, ensure: absent, roles: [{ leadId: 1, role: User }] }\n",
        r#"{"opportunities": [{"externalOpportunityId": "A", "name": "N"}], "roles": [{"externalOpportunityId": "A", "leadId": 1, "role": "User"}]}"#,
        str![[r#"
Marketo local (simulator)   plan

Deletes  1 opportunity and 1 role
  - opportunity A  "N"  pipeline/emea.yaml:3
  - role A / 1 / User   pipeline/emea.yaml:3
  Why: declared as absent.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to delete; 0 unchanged.  Apply needs 2 calls.
Made no call; the apply is 0.004 % of 50,000 a day.

"#]],
    );
}

#[test]
fn a_mistake_that_records_share_is_told_once() {
    let manifest = "version: 1\ndefaults: { opportunity: { sorce: I } }\nopportunities:\n  - { externalOpportunityId: A, name: N }\n  - { externalOpportunityId: B, name: N }\n";
    assert_eq!(planned(manifest, "{}").0.problems.len(), 1);
}

#[test]
fn questions_ask_for_each_record_once_in_each_spelling() {
    let manifest = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: N, rolesMode: exact, roles: [{ leadId: 1, role: User }] }
  - { externalOpportunityId: OLD, ensure: absent }
  - { externalOpportunityId: KEPT, ensure: forgotten }
roles:
  - { externalOpportunityId: X, leadId: 1, role: User }
  - { externalOpportunityId: x, leadId: 2, role: User, isPrimary: true }
  - { externalOpportunityId: GONE, leadId: 2, role: User, ensure: absent }
  - { externalOpportunityId: A, leadId: 2, role: User }
  - { externalOpportunityId: a, leadId: 3, role: User }
";
    let reading = manifest::read([("a.yaml".into(), manifest.as_bytes().to_vec())]);
    let schemas = schemas();
    let bound = bind(&reading.desired, &schemas, &leads(), Ownership::default());
    let shown: Vec<(&str, Vec<String>, Vec<String>)> = questions(&bound)
        .iter()
        .map(|question| {
            let text = |keys: &[Key]| keys.iter().map(ToString::to_string).collect();
            (
                question.kind.name,
                text(&question.keys),
                text(&question.children_of),
            )
        })
        .collect();
    let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        shown,
        [
            (
                OPPORTUNITY.name,
                owned(&["A", "OLD", "X", "a", "x"]),
                owned(&[])
            ),
            (
                ROLE.name,
                owned(&[
                    "X / 1 / User",
                    "x / 2 / User",
                    "GONE / 2 / User",
                    "a / 3 / User"
                ]),
                owned(&["A"])
            ),
        ]
    );
}

/// A plan with these numbers of creations of opportunities, updates of roles and so on, with what batches need of it.
fn made_of(parts: &[(&'static ObjectKind, Verb, usize)]) -> Plan {
    let at = crate::model::Span {
        file: crate::model::FileId(0),
        start: 0,
        end: 0,
    };
    let change = |kind, verb, index: usize| Change {
        kind,
        key: Key::new(vec![KeyValue::Text(index.to_string().into())]),
        shown: "".into(),
        label: None,
        action: match verb {
            Verb::Create => Action::Create {
                fields: FieldChanges::default(),
            },
            Verb::Update => Action::Update {
                id: "".into(),
                fields: FieldChanges::default(),
            },
            Verb::Delete => Action::Delete {
                id: "".into(),
                why: WhyDelete::Tombstone,
                fields: FieldChanges::default(),
            },
        },
        at: At::Here(at),
    };
    let changes = parts
        .iter()
        .flat_map(|(kind, verb, count)| (0..*count).map(move |index| change(*kind, *verb, index)));
    Plan {
        changes: changes.collect(),
        ..Plan::default()
    }
}

#[test]
fn waves_keep_parents_before_children_and_calls_full() {
    let plan = made_of(&[
        (&ROLE, Verb::Create, 301),
        (&OPPORTUNITY, Verb::Delete, 2),
        (&ROLE, Verb::Delete, 1),
        (&OPPORTUNITY, Verb::Create, 300),
        (&OPPORTUNITY, Verb::Update, 1),
    ]);
    let shape = |bytes| -> Vec<Vec<(&str, Verb, usize)>> {
        let limits = BatchLimits {
            records: 300,
            bytes,
        };
        let of = |wave: &Wave| {
            wave.batches
                .iter()
                .map(|batch| (batch.kind.name, batch.verb, batch.changes.len()))
                .collect()
        };
        waves(&plan, limits, |_| 10).iter().map(of).collect()
    };
    let (o, r) = (OPPORTUNITY.name, ROLE.name);
    assert_eq!(
        shape(1_000_000),
        vec![
            vec![(o, Verb::Create, 300), (o, Verb::Update, 1)],
            vec![(r, Verb::Create, 300), (r, Verb::Create, 1)],
            vec![(r, Verb::Delete, 1)],
            vec![(o, Verb::Delete, 2)],
        ]
    );
    let small = shape(1_000);
    assert_eq!(
        small[0],
        vec![
            (o, Verb::Create, 100),
            (o, Verb::Create, 100),
            (o, Verb::Create, 100),
            (o, Verb::Update, 1)
        ]
    );
    // A record that does not fit even alone is sent all the same, so that Marketo refuses it by name.
    assert_eq!(
        shape(1)[3],
        vec![(o, Verb::Delete, 1), (o, Verb::Delete, 1)]
    );
}

/// What guards say of a plan without deals.
fn guarded(plan: &Plan, guards: Guards, permits: &Permits, ceiling: DeleteCeiling) -> Vec<Refusal> {
    let basis = GuardBasis {
        guards,
        permits,
        ceiling,
        view: &DealView::default(),
        pipeline: &Pipeline::default(),
    };
    guard(plan, &basis)
}

#[test]
fn guards_refuse_at_the_limit_and_not_before() {
    let guards = Guards {
        max_deletes: 10,
        max_delete_percent: 10,
        ..Guards::default()
    };
    let of = |deletes, declared| Plan {
        declared,
        ..made_of(&[(&ROLE, Verb::Delete, deletes)])
    };
    let refused = |deletes, declared, allowed| {
        let permits = Permits {
            allow_deletes: allowed,
            ..Permits::NONE
        };
        let refusals = guarded(
            &of(deletes, declared),
            guards,
            &permits,
            DeleteCeiling::default(),
        );
        let threshold = |refusal: &Refusal| match refusal {
            Refusal::TooManyDeletes { threshold, .. } => Some(*threshold),
            Refusal::TooManyUpdates { .. }
            | Refusal::TooManyCreates { .. }
            | Refusal::AmountFactor { .. }
            | Refusal::PipelineMoved { .. }
            | Refusal::BlindGuard { .. }
            | Refusal::Protected { .. }
            | Refusal::Foreign { .. }
            | Refusal::Unread { .. }
            | Refusal::LostValues { .. }
            | Refusal::Used { .. }
            | Refusal::TooManyCalls { .. }
            | Refusal::OverQuota { .. }
            | Refusal::Raised { .. }
            | Refusal::DoubledChildren { .. }
            | Refusal::UndeclaredChildren { .. } => None,
        };
        refusals.first().and_then(threshold)
    };
    assert_eq!(refused(10, 1000, None), None);
    let count = |percent| Threshold::Count { limit: 10, percent };
    assert_eq!(refused(11, 1000, None), Some(count(None)));
    let both = count(Some((10, PercentBase::Declared(20))));
    assert_eq!(refused(11, 20, None), Some(both));
    assert_eq!(refused(5, 50, None), None);
    let percent = |count| {
        let of = PercentBase::Declared(count);
        Some(Threshold::Percent { limit: 10, of })
    };
    assert_eq!(refused(5, 49, None), percent(49));
    assert_eq!(refused(3, 5, None), percent(5));
    assert_eq!(refused(3, 4, None), None);
    assert_eq!(refused(2, 5, None), None);
    assert_eq!(refused(11, 1000, Some(11)), None);
    assert_eq!(refused(12, 1000, Some(11)), Some(Threshold::Allowed(11)));
}

#[test]
fn no_permit_lifts_the_ceiling_of_a_policy() {
    let ceiling = DeleteCeiling {
        max_deletes: Some(20),
        max_delete_percent: Some(5),
    };
    let permits = Permits {
        allow_deletes: Some(100),
        ..Permits::NONE
    };
    let refused = |deletes, declared| {
        let plan = Plan {
            declared,
            ..made_of(&[(&ROLE, Verb::Delete, deletes)])
        };
        guarded(&plan, Guards::default(), &permits, ceiling)
    };
    let too_many = |deletes, threshold| {
        vec![Refusal::TooManyDeletes {
            deletes,
            children: 0,
            threshold,
        }]
    };
    assert_eq!(refused(20, 1000), []);
    assert_eq!(refused(21, 1000), too_many(21, Threshold::PolicyCount(20)));
    let of = PercentBase::Declared(100);
    assert_eq!(refused(5, 100), []);
    assert_eq!(
        refused(6, 100),
        too_many(6, Threshold::PolicyPercent { limit: 5, of })
    );
    // As for the guards, one or two deletions are no share.
    assert_eq!(refused(2, 5), []);
}

#[test]
fn a_sensitive_label_names_no_record() {
    let manifest = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: Secret }
  - { externalOpportunityId: B, stage: Won }
  - { externalOpportunityId: C, ensure: absent }
";
    let held = r#"{"opportunities": [
        {"externalOpportunityId": "B", "name": "Secret"},
        {"externalOpportunityId": "C", "name": "Secret"}]}"#;
    let reading = manifest::read([("a.yaml".into(), manifest.as_bytes().to_vec())]);
    let mut schemas = schemas();
    for schema in schemas.values_mut() {
        schema.mark_sensitive(["NAME", "unknown"]);
    }
    let bound = bind(&reading.desired, &schemas, &leads(), Ownership::default());
    let plan = plan(&bound, &observed(held, &schemas));
    let labels = plan.changes.iter().map(|change| change.label.as_deref());
    assert_eq!(labels.collect::<Vec<_>>(), [None, None, None]);
    let fields = plan
        .changes
        .iter()
        .flat_map(|change| change.fields().iter());
    let sensitive: Vec<_> = fields.map(|field| (field.name, field.sensitive)).collect();
    assert_eq!(sensitive, [("name".into(), true), ("stage".into(), false)]);
}
