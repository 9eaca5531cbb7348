//! Every data type of Marketo: what is written differently and means the same is no change, however the instance answers.

use oppctl::simulator::{Alteration, CallOperation, Fault, FaultKind};
use snapbox::str;

use crate::harness::Marketo;

/// One custom field for each data type that Adobe's documentation lists or shows.
pub(crate) const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: aBoolean, dataType: boolean }
    - { name: aCurrency, dataType: currency }
    - { name: aDate, dataType: date }
    - { name: aDatetime, dataType: datetime }
    - { name: anEmail, dataType: email }
    - { name: aFloat, dataType: float }
    - { name: aFormula, dataType: formula }
    - { name: anInteger, dataType: integer }
    - { name: aLink, dataType: link }
    - { name: aPercent, dataType: percent }
    - { name: aPhone, dataType: phone }
    - { name: aReference, dataType: reference }
    - { name: aScore, dataType: score }
    - { name: aString, dataType: string }
    - { name: anotherString, dataType: string }
    - { name: aText, dataType: text }
    - { name: aTextarea, dataType: textarea }
    - { name: aUrl, dataType: url }
    - { name: nothing, dataType: string }
    - { name: roles, dataType: string }
";

pub(crate) const MANIFEST: &str = r#"version: 1
opportunities:
  - externalOpportunityId: "0042"
    name: no
    aBoolean: true
    aCurrency: 1604.47
    aDate: 2026-12-31
    aDatetime: 2026-03-01T09:00:00Z
    anEmail: ada@example.com
    aFloat: -0.5
    aFormula: 1.0
    anInteger: 9223372036854775807
    aLink: https://example.com/?a=1&b=%20
    aPercent: 50
    aPhone: +49 30 0042
    aReference: 0x1F
    aScore: -3
    aString: 1e3
    anotherString: 0042
    aText: "first line\nsecond line\n"
    aTextarea: "Größe 田中 🐶 \" \\ \t end"
    aUrl: https://example.com/ü
    nothing: null
    fields: { roles: yes }
    roles:
      - { leadId: 1001, role: no, isPrimary: false, externalCreatedDate: 2026-03-01T09:00:00Z }
"#;

/// The same manifest in other words.
const OTHERWISE: &[(&str, &str)] = &[
    (r#""0042""#, "0042"),
    ("name: no", r#"name: "no""#),
    ("aBoolean: true", "aBoolean: TRUE"),
    ("1604.47", r#""1604.470""#),
    ("aDate: 2026-12-31", r#"aDate: "2026-12-31""#),
    (
        "aDatetime: 2026-03-01T09:00:00Z",
        "aDatetime: 2026-03-01T04:00:00.750-05:00",
    ),
    ("-0.5", "-50E-2"),
    ("aFormula: 1.0", r#"aFormula: "1.0""#),
    ("9223372036854775807", r#""9223372036854775807""#),
    ("aPercent: 50", r#"aPercent: "50""#),
    ("aReference: 0x1F", "aReference: '0x1F'"),
    ("aScore: -3", "aScore: !!str -3"),
    ("aString: 1e3", r#"aString: "1e3""#),
    ("anotherString: 0042", "anotherString: '0042'"),
    (
        r#"aText: "first line\nsecond line\n""#,
        "aText: |\n      first line\n      second line",
    ),
    ("Größe 田中 🐶", r"Gr\xF6\u00DFe \u7530\u4E2D \U0001F436"),
    ("nothing: null", r#"nothing: """#),
    ("isPrimary: false", "isPrimary: False"),
    (
        "externalCreatedDate: 2026-03-01T09:00:00Z",
        "externalCreatedDate: 2026-03-01T18:00:00+09:00",
    ),
];

#[test]
fn a_plan_after_an_apply_is_empty_for_every_type() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    project.run("apply --yes --verbose").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity 0042  "no"        :3
      name           no
      aBoolean       true
      aCurrency      1604.47
      aDate          2026-12-31
      aDatetime      2026-03-01T09:00:00Z
      anEmail        ada@example.com
      aFloat         -0.5
      aFormula       1.0
      anInteger      9223372036854775807
      aLink          https://example.com/?a=1&b=%20
      aPercent       50
      aPhone         +49 30 0042
      aReference     0x1F
      aScore         -3
      aString        1e3
      anotherString  0042
      aText          "first line\nsecond line\n"
      aTextarea      Größe 田中 🐶 " \ \t end
      aUrl           https://example.com/ü
      roles          yes
  + role        0042 / 1001 / no  :26
      isPrimary            false
      externalCreatedDate  2026-03-01T09:00:00Z

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).
Calls: 2 describe, 1 fields, 1 leads, 2 query, 1 usage; 1 for a token, which Marketo does not count.

Applied: 2 created.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    project.assert_plan_empty();
    project.run("get opportunity 0042 --format json").shows(str![[r#"
exit: 0
---- stdout
{
  "version": 1,
  "format_version": "1.0",
  "kind": "opportunity",
  "records": [
    {"externalOpportunityId":"0042","aBoolean":true,"aCurrency":1604.47,"aDate":"2026-12-31","aDatetime":"2026-03-01T09:00:00Z","aFloat":-0.5,"aFormula":"1.0","aLink":"https://example.com/?a=1&b=%20","aPercent":50,"aPhone":"+49 30 0042","aReference":"0x1F","aScore":-3,"aString":"1e3","aText":"first line\nsecond line\n","aTextarea":"Größe 田中 🐶 \" \\ \t end","aUrl":"https://example.com/ü","anEmail":"ada@example.com","anInteger":9223372036854775807,"anotherString":"0042","createdAt":"[NOW]","marketoGUID":"[GUID 1]","name":"no","roles":"yes","updatedAt":"[NOW]"}
  ]
}

"#]]);
    project.run("get opportunity 0042").shows(str![[r#"
exit: 0
---- stdout
opportunity 0042
  aBoolean               true
  aCurrency              1604.47
  aDate                  2026-12-31
  aDatetime              2026-03-01T09:00:00Z
  aFloat                 -0.5
  aFormula               1.0
  aLink                  https://example.com/?a=1&b=%20
  aPercent               50
  aPhone                 +49 30 0042
  aReference             0x1F
  aScore                 -3
  aString                1e3
  aText                  first line\nsecond line\n
  aTextarea              Größe 田中 🐶 " \ \t end
  aUrl                   https://example.com/ü
  anEmail                ada@example.com
  anInteger              9223372036854775807
  anotherString          0042
  createdAt              [NOW]
  externalOpportunityId  0042
  marketoGUID            [GUID 1]
  name                   no
  roles                  yes
  updatedAt              [NOW]

"#]]);
    project.run("get role 0042/1001/no --format json").shows(str![[r#"
exit: 0
---- stdout
{
  "version": 1,
  "format_version": "1.0",
  "kind": "role",
  "records": [
    {"externalOpportunityId":"0042","leadId":1001,"role":"no","createdAt":"[NOW]","externalCreatedDate":"2026-03-01T09:00:00Z","isPrimary":false,"marketoGUID":"[GUID 1]","updatedAt":"[NOW]"}
  ]
}

"#]]);
}

#[test]
fn other_words_for_the_same_values_are_no_change() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    drop(project.run("apply --yes --quiet").exits(0));
    for (words, others) in OTHERWISE {
        project.edit("pipeline/main.yaml", words, others);
        project.assert_plan_empty();
    }
    // And so it is where the other words come first.
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(
        &OTHERWISE
            .iter()
            .fold(MANIFEST.to_owned(), |manifest, (words, others)| {
                manifest.replace(words, others)
            }),
    );
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    project.write("pipeline/main.yaml", MANIFEST);
    project.assert_plan_empty();
}

#[test]
fn an_instance_may_answer_in_any_documented_way() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    drop(project.run("apply --yes --quiet").exits(0));
    for alteration in [
        Alteration::NumbersAsText,
        Alteration::TrailingBlank,
        Alteration::LowerCaseNames,
        Alteration::ReverseRows,
    ] {
        marketo.fault(
            Fault::new(FaultKind::Alter(alteration))
                .on(CallOperation::Query)
                .times(2),
        );
        project.assert_plan_empty();
        assert!(!marketo.has_faults(), "{alteration:?} met both queries");
    }
}

#[test]
fn an_update_and_a_delete_survive_what_an_instance_answers() {
    for alteration in [
        Alteration::NumbersAsText,
        Alteration::TrailingBlank,
        Alteration::LowerCaseNames,
        Alteration::ReverseRows,
    ] {
        let marketo = Marketo::schema(SCHEMA);
        let project = marketo.project(MANIFEST);
        let fault = || Fault::new(FaultKind::Alter(alteration)).times(1000);
        marketo.fault(fault().on(CallOperation::Query));
        marketo.fault(fault().on(CallOperation::Sync));
        marketo.fault(fault().on(CallOperation::Delete));
        drop(project.run("apply --yes --quiet").exits(0));
        project.assert_plan_empty();
        project.edit("pipeline/main.yaml", "1604.47", "1604.48");
        project.edit("pipeline/main.yaml", "isPrimary: false", "isPrimary: true");
        drop(project.run("apply --yes --quiet").exits(0));
        project.assert_plan_empty();
        project.write(
            "pipeline/main.yaml",
            "version: 1\nopportunities:\n  - externalOpportunityId: '0042'\n    ensure: absent\n    \
             roles: [{ leadId: 1001, role: no, ensure: absent }]\n",
        );
        drop(project.run("apply --yes --quiet").exits(0));
        project.assert_plan_empty();
    }
}

#[test]
fn a_change_of_each_type_is_seen() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    drop(project.run("apply --yes --quiet").exits(0));
    for (before, after) in [
        ("name: no", "name: yes"),
        ("aBoolean: true", "aBoolean: false"),
        ("aCurrency: 1604.47", "aCurrency: 1604.471"),
        ("aDate: 2026-12-31", "aDate: 2027-01-01"),
        (
            "aDatetime: 2026-03-01T09:00:00Z",
            "aDatetime: 2026-03-01T09:00:00+01:00",
        ),
        ("ada@example.com", "grace@example.com"),
        ("-0.5", "0.5"),
        ("aFormula: 1.0", "aFormula: 1"),
        ("9223372036854775807", "-9223372036854775808"),
        ("b=%20", "b=%21"),
        ("aPercent: 50", "aPercent: 51"),
        ("+49 30 0042", "+49 30 42"),
        ("0x1F", "31"),
        ("aScore: -3", "aScore: 3"),
        ("aString: 1e3", "aString: 1000"),
        ("anotherString: 0042", "anotherString: 42"),
        (r"second line\n", r"2nd line\n"),
        ("🐶", "🐱"),
        ("example.com/ü", "example.com/u"),
        ("nothing: null", r#"nothing: " ""#),
        ("{ roles: yes }", "{ roles: null }"),
        ("isPrimary: false", "isPrimary: true"),
    ] {
        project.edit("pipeline/main.yaml", before, after);
    }
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity 0042  "yes"       :3
      name           no                       → yes
      aBoolean       true                     → false
      aCurrency      1604.470                 → 1604.471  (+0.001)
      aDate          2026-12-31               → 2027-01-01
      aDatetime      2026-03-01T09:00:00Z     → 2026-03-01T08:00:00Z
      anEmail        ada@example.com          → grace@example.com
      aFloat         -0.5                     → 0.5  (+1.0)
      aFormula       1.0                      → 1
      anInteger      9223372036854775807      → -9223372036854775808
      aLink          https://example.com/?a=1&b=%[-20-]{+21+}
      aPercent       50                       → 51  (+1)
      aPhone         +49 30 0042              → +49 30 42
      aReference     0x1F                     → 31
      aScore         -3                       → 3  (+6)
      aString        1e3                      → 1000
      anotherString  0042                     → 42
      aText
          first line
        - second line
        + 2nd line
      aTextarea      Größe 田中 🐶 " \ \t end → Größe 田中 🐱 " \ \t end
      aUrl           https://example.com/ü    → https://example.com/u
      nothing        (none)                   → " "
      roles          yes                      → (none)
  ~ role        0042 / 1001 / no  :26
      isPrimary  false → true

Plan: 2 to update; 0 unchanged.  Apply needs 2 calls.
Read 1 opportunity, 1 role in 6 calls; the apply is 0.004 % of 50,000 a day (49,985 left today).

Applied: 2 updated.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    project.assert_plan_empty();
}

#[test]
fn null_nothing_and_missing_are_one_value() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST);
    drop(project.run("apply --yes --quiet").exits(0));
    let empty = "version: 1\nopportunities:\n  - externalOpportunityId: '0042'\n";
    let manifest = |nothing: &str| {
        let fields = SCHEMA
            .lines()
            .filter_map(|line| line.split_once("name: ")?.1.split_once(','));
        let fields: String = fields
            .map(|(name, _)| match name {
                "roles" => format!("    fields: {{ roles: {nothing} }}\n"),
                _ => format!("    {name}: {nothing}\n"),
            })
            .collect();
        format!("{empty}{fields}")
    };
    project.write("pipeline/main.yaml", manifest("null"));
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity 0042  "no"  :3
      aBoolean       true                           → (none)
      aCurrency      1604.47                        → (none)
      aDate          2026-12-31                     → (none)
      aDatetime      2026-03-01T09:00:00Z           → (none)
      anEmail        ada@example.com                → (none)
      aFloat         -0.5                           → (none)
      aFormula       1.0                            → (none)
      anInteger      9223372036854775807            → (none)
      aLink          https://example.com/?a=1&b=%20 → (none)
      aPercent       50                             → (none)
      aPhone         +49 30 0042                    → (none)
      aReference     0x1F                           → (none)
      aScore         -3                             → (none)
      aString        1e3                            → (none)
      anotherString  0042                           → (none)
      aText          "first line\nsecond line\n"    → (none)
      aTextarea      Größe 田中 🐶 " \ \t end       → (none)
      aUrl           https://example.com/ü          → (none)
      roles          yes                            → (none)

Plan: 1 to update; 0 unchanged.  Apply needs 1 call.
Read 1 opportunity in 4 calls; the apply is 0.002 % of 50,000 a day (49,987 left today).

Applied: 1 updated.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    for nothing in ["null", "~", "", "\"\"", "''", "!!null null"] {
        project.write("pipeline/main.yaml", manifest(nothing));
        project.assert_plan_empty();
    }
    project.run("get opportunity 0042").shows(str![[r#"
exit: 0
---- stdout
opportunity 0042
  aBoolean               false
  createdAt              [NOW]
  externalOpportunityId  0042
  marketoGUID            [GUID 1]
  name                   no
  updatedAt              [NOW]

"#]]);
}
