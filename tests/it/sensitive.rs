//! Values that the instance holds to be sensitive: every output says that they change, and none says to what.

use oppctl::simulator::{Alteration, CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, Run, shows};

const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: salary, dataType: currency, isSensitive: true }
    - { name: story, dataType: textarea, isSensitive: true }
    - { name: region, dataType: string }
";

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    salary: 4711471147.5
    story: The one about the mermaid that swam from here to there
    region: North
  - { externalOpportunityId: A-2, name: Tables, salary: 4712471147 }
";

/// What no output may have in it: longer numbers than chance puts into digests.
const VALUES: [&str; 7] = [
    "4711471147",
    "4712471147",
    "4713471147",
    "4714471147",
    "mermaid",
    "dolphin",
    "swam",
];

/// The project after its first apply.
fn applied(marketo: &Marketo) -> Project {
    let project = marketo.project(MANIFEST);
    silent(&project.run("apply --yes -v").exits(0));
    project
}

#[track_caller]
fn silent(run: &Run) {
    let told: Vec<&str> = VALUES
        .into_iter()
        .filter(|value| run.stdout.contains(value) || run.stderr.contains(value))
        .collect();
    assert_eq!(told, Vec::<&str>::new(), "{}", run.text());
}

#[test]
fn a_new_record_shows_that_it_has_a_value() {
    let marketo = Marketo::schema(SCHEMA);
    let run = marketo.project(MANIFEST).run("plan -v");
    silent(&run);
    run.shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"  :3
      name    Chairs
      salary  (sensitive)
      story   (sensitive)
      region  North
  + opportunity A-2  "Tables"  :8
      name    Tables
      salary  (sensitive)

Plan: 2 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).
Calls: 1 describe, 1 fields, 1 query, 1 usage; 1 for a token, which Marketo does not count.

"#]]);
    assert_eq!(marketo.answered(CallOperation::Schema), 1);
}

#[test]
fn a_change_is_seen_and_its_values_are_not() {
    let marketo = Marketo::schema(SCHEMA);
    let project = applied(&marketo);
    project.edit("pipeline/main.yaml", "4711471147.5", "4713471147");
    project.edit("pipeline/main.yaml", "mermaid", "dolphin");
    project.edit("pipeline/main.yaml", "North", "South");
    project.edit(
        "pipeline/main.yaml",
        "salary: 4712471147",
        "salary: null, story: dolphin",
    );
    let run = project.run("plan");
    silent(&run);
    run.shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity A-1  "Chairs"  :3
      salary  (sensitive) → (sensitive, changed)
      story   (sensitive) → (sensitive, changed)
      region  North       → South
  ~ opportunity A-2  "Tables"  :8
      salary  (sensitive) → (none)
      story   (none)      → (sensitive)

Plan: 2 to update; 0 unchanged.  Apply needs 1 call.
Read 2 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,991 left today).

"#]]);
    silent(&project.run("apply --yes -v").exits(0));
    project.assert_plan_empty();
}

#[test]
fn records_are_shown_without_the_values() {
    let marketo = Marketo::schema(SCHEMA);
    let project = applied(&marketo);
    let run = project.run("get opportunity A-2");
    silent(&run);
    run.shows(str![[r#"
exit: 0
---- stdout
opportunity A-2
  createdAt              [NOW]
  externalOpportunityId  A-2
  marketoGUID            [GUID 1]
  name                   Tables
  salary                 (sensitive)
  updatedAt              [NOW]

"#]]);
    let run = project.run("get opportunity A-2 --format json");
    silent(&run);
    run.shows(str![[r#"
exit: 0
---- stdout
{
  "version": 1,
  "format_version": "1.0",
  "kind": "opportunity",
  "sensitive": [
    "salary",
    "story"
  ],
  "records": [
    {"externalOpportunityId":"A-2","createdAt":"[NOW]","marketoGUID":"[GUID 1]","name":"Tables","salary":"(sensitive)","updatedAt":"[NOW]"}
  ]
}

"#]]);
}

#[test]
fn a_refusal_does_not_quote_them() {
    let marketo = Marketo::schema(SCHEMA);
    let project = applied(&marketo);
    project.edit("pipeline/main.yaml", "4711471147.5", "4714471147.50");
    marketo.fault(
        Fault::new(FaultKind::SkipRecord {
            index: 0,
            code: "1003".to_owned(),
            message: "Invalid value for field 'salary' and value '4714471147.500': 4714471147.5 > 4711471147.5"
                .to_owned(),
        })
        .on(CallOperation::Sync),
    );
    let run = project.run("apply --yes -v");
    silent(&run);
    run.shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity A-1  "Chairs"  :3
      salary  (sensitive) → (sensitive, changed)

Plan: 1 to update; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,991 left today).
Calls: 1 describe, 1 fields, 1 query, 1 usage; 1 for a token, which Marketo does not count.

Rejected (1)
  1003 Invalid value for field 'salary' and value '(sensitive)': (sensitive) > (sensitive): a value or a parameter of the call is invalid
      pipeline/main.yaml:5:13  opportunity A-1
    → correct the field that the message names
    For Adobe Support: request [REQUEST]

Nothing was changed: 1 change was rejected.  1 call in [SECONDS] s.
  Next      correct what was rejected, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
---- stderr
error: Nothing was changed: 1 change was rejected.

"#]]);
}

#[test]
fn a_field_that_does_not_say_whether_it_is_sensitive_is_not_taken_for_harmless() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    let lower = FaultKind::Alter(Alteration::LowerCaseNames);
    marketo.fault(Fault::new(lower).on(CallOperation::Schema));
    let run = project.run("plan --quiet").exits(0);
    let note = "Note: values are not masked where it is not known which fields are sensitive";
    assert!(run.stdout.contains(note), "{}", run.text());
}

/// Takes rows out of the list of fields until it lacks this one.
fn unlist(marketo: &Marketo, project: &Project, field: &str) {
    let list = project.run("fields").exits(0).stdout;
    // The kind, a blank line and the heading come first.
    let of_deals = list.lines().skip_while(|line| *line != "opportunity");
    let rows = of_deals.skip(3);
    let mut names = rows.filter_map(|row| row.split_whitespace().next());
    let index = names.position(|name| name == field);
    let row = Alteration::OmitRow(index.expect("the instance has the field"));
    let omit = Fault::new(FaultKind::Alter(row)).times(100);
    marketo.fault(omit.on(CallOperation::Schema));
}

#[test]
fn a_field_that_is_not_listed_is_not_known_and_not_imported() {
    let marketo = Marketo::schema(SCHEMA);
    let project = applied(&marketo);
    unlist(&marketo, &project, "story");
    project.edit("pipeline/main.yaml", "North", "South");
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity A-1  "Chairs"  :3
      region  North → South

Note: values are not masked where it is not known which fields are sensitive: the instance does not list these fields of opportunities: story

Plan: 1 to update; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,989 left today).

"#]]);
    std::fs::remove_file(project.root().join("pipeline/main.yaml")).expect("the file is there");
    let run = project.run("import opportunity A-1 --out elsewhere/b.yaml");
    silent(&run);
    run.shows(str![[r#"
exit: 0
---- stdout
elsewhere/b.yaml   1 opportunity

Imported: 1 opportunity into 1 file.  3 calls.
---- stderr
no pattern of `manifests` matches elsewhere/b.yaml: plans will not read it
not imported, because these fields are sensitive: salary
not imported, because production does not tell whether these fields are sensitive: story (--with-sensitive imports them)

"#]]);
    shows(
        &project.read("elsewhere/b.yaml"),
        str![[r#"
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    region: North

"#]],
    );
    let run = project.run("get opportunity A-1 --format json").exits(0);
    assert!(run.stderr.contains("story"), "{}", run.text());
    // What is listed stays masked.
    assert!(!run.stdout.contains("4711471147"), "{}", run.text());
}

#[test]
fn an_owner_is_not_named_if_the_field_of_the_marker_is_sensitive() {
    let marketo = Marketo::schema(
        "opportunity: { fields: [{ name: managedBy, dataType: string, isSensitive: true }] }",
    );
    let manifest = "\
version: 1
opportunities: [{ externalOpportunityId: A-1, name: Chairs }]
";
    let owned_by = |owner: &str| {
        let marker = format!("marker: {{ field: managedBy, value: {owner} }}");
        marketo
            .project(manifest)
            .with(&format!("ownership: {{ {marker} }}\n"))
    };
    drop(owned_by("dolphin").run("apply --yes --quiet").exits(0));
    let project = owned_by("acme");
    let run = project.run("apply --yes --write json=report.json --write markdown=report.md");
    silent(&run);
    run.shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Refused. 0 unchanged.
Read 1 opportunity in 4 calls.
Refused: pipeline/main.yaml:2:42: opportunity A-1 has the marker of another owner, "(sensitive)", and would be changed. Nothing was sent.
---- stderr
error: pipeline/main.yaml:2:42: opportunity A-1 has the marker of another owner, "(sensitive)", and would be changed; nothing was sent
  hint: if these records are to become this project's own: read the owner in Marketo, and name it with `--adopt-foreign OWNER`

"#]]);
    for file in ["report.json", "report.md"] {
        assert!(!project.read(file).contains("dolphin"));
    }
    // Whoever knows the owner may name it.
    drop(project.run("plan --adopt-foreign dolphin --quiet").exits(0));
}

#[test]
fn a_list_without_fields_leaves_all_unknown() {
    let marketo = Marketo::schema(SCHEMA);
    let project = applied(&marketo);
    std::fs::remove_file(project.root().join("pipeline/main.yaml")).expect("the file is there");
    marketo.fault(Fault::code("702").on(CallOperation::Schema).times(10));
    let run = project.run("import opportunity A-1 --out elsewhere/b.yaml");
    silent(&run);
    run.shows(str![[r#"
exit: 1
---- stderr
no pattern of `manifests` matches elsewhere/b.yaml: plans will not read it
error: it is not known which fields are sensitive, so nothing is imported: the instance lists no field of opportunities
  hint: import the values of all fields: --with-sensitive

"#]]);
    let run = project.run("get opportunity A-2").exits(0);
    assert!(
        run.stderr.starts_with("values are not masked"),
        "{}",
        run.text()
    );
}

#[test]
fn a_message_about_one_record_shows_no_value_of_another() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    let message = "Record 2 was refused like 'THE ONE ABOUT THE MERM' and 4712471147";
    let refuse = Fault::new(FaultKind::SkipRecord {
        index: 1,
        code: "1003".to_owned(),
        message: message.to_owned(),
    });
    marketo.fault(refuse.on(CallOperation::Sync));
    let run = project.run("apply --yes --write json=report.json --write markdown=report.md");
    silent(&run);
    for text in [
        run.stdout.clone(),
        project.read("report.json"),
        project.read("report.md"),
        project.run("history last").exits(0).stdout,
    ] {
        let text = text.to_lowercase();
        assert!(text.contains("refused like"), "{text}");
        assert!(
            !text.contains("merm") && !text.contains("4712471147"),
            "{text}"
        );
    }
}

#[test]
fn a_value_does_not_blank_our_own_words() {
    let marketo = Marketo::schema(SCHEMA);
    let manifest = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, salary: 607, story: '127' }
";
    let project = marketo.project(manifest);
    marketo.fault(Fault::code("607").on(CallOperation::Sync).times(100));
    let run = project.run("apply --yes");
    assert!(run.text().contains("607 "), "{}", run.text());
    assert!(!run.text().contains("(sensitive)\""), "{}", run.text());
}

#[test]
fn without_the_permission_the_run_goes_on_and_says_so() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    marketo.fault(Fault::code("603").on(CallOperation::Schema));
    project.run("plan --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Note: values are not masked where it is not known which fields are sensitive: fields of opportunities: access denied (the API user's role needs "Read-Write Schema Standard Field" and "Read-Write Schema Custom Field"): 603 "Access denied", request [REQUEST]

Plan: 2 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,997 left today).

"#]]);
    drop(project.run("apply --yes").exits(0));
    marketo.fault(Fault::code("610").on(CallOperation::Schema));
    let run = project.run("get opportunity A-2").exits(0);
    assert!(run.stdout.contains("4712471147"), "{}", run.text());
    assert!(
        run.stderr.starts_with("values are not masked"),
        "{}",
        run.text()
    );
}

#[test]
fn a_canary_that_failed_shows_where_and_not_what() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    let field = "story".to_owned();
    let lose = Fault::new(FaultKind::Lose { field, kept: 30 });
    marketo.fault(lose.on(CallOperation::Sync));
    let run = project.run("apply --yes --quiet --canary 1");
    silent(&run);
    run.shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 3 calls.
Read 0 opportunities in 4 calls; the apply is 0.006 % of 50,000 a day (49,996 left today).

Not attempted (1)
  1 opportunity, because the canary failed
      pipeline/main.yaml:8:30  opportunity A-2

The canary failed: Marketo stored something else than was sent. Nothing else was sent.

Stored otherwise than sent (1)
  opportunity A-1  "Chairs"  pipeline/main.yaml:3:28
      story: (sensitive), stored otherwise than sent

Stopped early: 1 of 2 changes is in Marketo, stored otherwise, 1 was not attempted.  2 calls in [SECONDS] s.
  Next      compare what was sent with what Marketo stored; correct the manifests, then plan again
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --force-field story
---- stderr
error: Stopped early: 1 of 2 changes is in Marketo, stored otherwise, 1 was not attempted.

"#]]);
    silent(&project.run("history last -v").exits(0));
}

/// Nobody knows whether a field that the instance does not list is sensitive, and a mistake elsewhere in its line needs no value of it.
#[test]
fn the_excerpt_of_a_mistake_shows_no_value_of_a_field_that_is_not_listed() {
    let marketo = Marketo::schema(SCHEMA);
    let record =
        "externalOpportunityId: A-1, name: Chairs, externalCompanyId: ACME, story: mermaid";
    let manifest = format!("version: 1\nopportunities:\n  - {{ {record} }}\n");
    let project = marketo.project(&manifest);
    unlist(&marketo, &project, "story");
    let run = project.run("plan --write markdown=r.md").exits(3);
    silent(&run);
    let shown = "name: Chairs, externalCompanyId: ACME, story: *******";
    assert!(run.stderr.contains(shown), "{}", run.text());
    assert!(!project.read("r.md").contains("mermaid"));
}

/// A mistake is shown with its line, and what else is on that line may be a value that nobody should see.
#[test]
fn the_excerpt_of_a_mistake_shows_no_sensitive_value() {
    let marketo = Marketo::schema(
        "opportunity: { fields: [{ name: secretNote, dataType: string, length: 40, isSensitive: true }] }",
    );
    let long = "hush ".repeat(20);
    let manifest = format!(
        "version: 1\nopportunities:\n  - {{ externalOpportunityId: A-1, name: Chairs, amount: ten, secretNote: hush-1 }}\n  - {{ externalOpportunityId: A-2, name: Tables, secretNote: {long} }}\n  - externalOpportunityId: A-3\n    regoin: x\n    secretNote: |\n      hush\n      hush\n"
    );
    let project = marketo.project(&manifest);
    let run = project
        .run("plan --write markdown=r.md --write json=r.json --write html=r.html")
        .exits(3);
    let texts = [
        run.stdout.clone(),
        run.stderr.clone(),
        project.read("r.md"),
        project.read("r.json"),
        project.read("r.html"),
    ];
    for text in texts {
        assert!(!text.contains("hush"), "{text}");
    }
    assert!(run.stderr.contains("secretNote: ******"), "{}", run.text());
    drop(project.run("describe --save").exits(0));
    for args in ["validate", "validate --format json"] {
        let run = project.run(args).exits(3);
        assert!(!run.text().contains("hush"), "{}", run.text());
    }
}

/// What is wrong about the value of a sensitive field is not the value of any entry.
#[test]
fn the_excerpt_of_a_mistaken_value_shows_nothing_of_it() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project("");
    let config = project.read("oppctl.yaml");
    project.write("oppctl.yaml", format!("{config}sensitive: [story]\n"));
    for value in [
        "first\n    story: mermaid",
        "{ a: mermaid }",
        "[mermaid]",
        "!foo mermaid",
        "\"mermaid ${Y} dolphin\"",
        "first\n    fields: { story: mermaid }",
    ] {
        let entry =
            format!("  - externalOpportunityId: A-1\n    name: Chairs\n    story: {value}\n");
        project.write(
            "pipeline/main.yaml",
            format!("version: 1\nopportunities:\n{entry}"),
        );
        for command in [
            "validate",
            "validate --format json",
            "validate --annotations github",
            "plan",
        ] {
            silent(&project.run(command).exits(3));
        }
    }
}
