//! The records that valid manifests declare. Samples of invalid ones are in `tests/data/invalid`.

use pretty_assertions::assert_eq;

use super::super::read::{Reading, read};
use super::{placed, record};
use crate::model::{DeclaredPart, Span};

fn declared(files: &[&str]) -> Reading {
    let names = ["a.yaml", "b.yaml", "c.yaml"];
    let files = names.iter().zip(files);
    read(files.map(|(name, text)| (name.into(), text.as_bytes().to_vec())))
}

fn check(text: &str, expected: &[&str]) {
    let reading = declared(&[text]);
    assert_eq!(
        placed(&reading.sources, &reading.diagnostics),
        Vec::<String>::new()
    );
    let records: Vec<_> = reading.desired.records.iter().map(record).collect();
    assert_eq!(records, expected);
}

#[test]
fn the_example_of_the_design() {
    let text = "
version: 1
defaults:
  opportunity: { leadSource: Inbound }
  role: { isPrimary: false }
opportunities:
  - externalOpportunityId: 19UYA31581L000000
    name: Chairs
    amount: 1604.47
    closeDate: 2026-12-31
    fields: { roles: custom }
    roles:
      - { leadId: 456783, role: Technical Buyer, isPrimary: true }
      - { lead: { email: ada@example.com }, role: Champion }
    rolesMode: exact
    lifecycle: { protect: true, ignoreChanges: [amount] }
  - externalOpportunityId: OLD-1
    ensure: absent
roles:
  - { externalOpportunityId: 19UYA31581L000000, leadId: 456784, role: Influencer }
";
    check(
        text,
        &[
            r#"opportunity 19UYA31581L000000 protected exact amount=1604.47 closeDate="2026-12-31" leadSource="Inbound" name="Chairs" roles="custom" ignores amount"#,
            "role 19UYA31581L000000 / 456783 / Technical Buyer isPrimary=true",
            "role 19UYA31581L000000 / ada@example.com / Champion isPrimary=false",
            "opportunity OLD-1 absent",
            "role 19UYA31581L000000 / 456784 / Influencer isPrimary=false",
        ],
    );
}

#[test]
fn a_file_may_declare_nothing() {
    check("version: 1", &[]);
    check("version: 1\nopportunities: []\ndefaults: {}", &[]);
}

#[test]
fn json_is_a_manifest() {
    check(
        r#"{"version": 1, "opportunities": [{"externalOpportunityId": "A", "amount": 12}]}"#,
        &["opportunity A amount=12"],
    );
}

#[test]
fn defaults_lie_under_every_record_wherever_they_stand() {
    check(
        "version: 1
opportunities:
  - { externalOpportunityId: A, stage: ~ }
  - { externalOpportunityId: B, LeadSource: Outbound }
  - { externalOpportunityId: C, ensure: forgotten, type: X }
defaults:
  opportunity: { stage: Open, leadSource: Inbound, fields: { lead: yes } }",
        &[
            r#"opportunity A lead="yes" leadSource="Inbound" stage=null"#,
            r#"opportunity B LeadSource="Outbound" lead="yes" stage="Open""#,
            r#"opportunity C forgotten type="X""#,
        ],
    );
}

#[test]
fn defaults_are_those_of_their_file() {
    let reading = declared(&[
        "version: 1\ndefaults: { opportunity: { stage: Open } }",
        "version: 1\nopportunities: [{ externalOpportunityId: A }]",
    ]);
    let records: Vec<_> = reading.desired.records.iter().map(record).collect();
    assert_eq!(records, ["opportunity A"]);
}

#[test]
fn anchors_and_merge_keys_make_records() {
    check(
        "version: 1
opportunities:
  - &base
    externalOpportunityId: A
    stage: &stage Open
    roles: &roles
      - { leadId: 1, role: Champion }
  - <<: *base
    externalOpportunityId: B
    type: *stage
    roles: *roles",
        &[
            r#"opportunity A stage="Open""#,
            "role A / 1 / Champion",
            r#"opportunity B stage="Open" type="Open""#,
            "role B / 1 / Champion",
        ],
    );
}

#[test]
fn keys_are_texts_whatever_they_look_like() {
    check(
        "version: 1
roles:
  - { externalOpportunityId: 0042, leadId: '7', role: 1.0 }
  - { externalOpportunityId: true, leadId: 8, role: no }",
        &["role 0042 / 7 / 1.0", "role true / 8 / no"],
    );
}

#[test]
fn a_tombstone_may_keep_its_fields() {
    check(
        "version: 1
opportunities:
  - { externalOpportunityId: A, ensure: absent, createdAt: x, lifecycle: { ignoreChanges: [gone] } }",
        &[r#"opportunity A absent createdAt="x" ignores gone"#],
    );
}

#[test]
fn the_place_of_a_record_is_the_first_part_of_its_key() {
    let text = "version: 1
opportunities:
  - name: Chairs
    externalOpportunityId: A
    roles:
      - role: Champion
        lead: { email: ada@example.com }
      - { role: Buyer, leadId: 5 }
    rolesMode: exact
";
    let reading = declared(&[text]);
    let source = |span: Span| &text[span.start as usize..span.end as usize];
    let records = &reading.desired.records;
    let places: Vec<_> = records.iter().map(|record| source(record.at)).collect();
    assert_eq!(places, ["A", "{ email: ada@example.com }", "5"]);
    assert_eq!(records[0].exact_children.map(source), Some("exact"));
    let name = records[0].fields.get("name").unwrap();
    assert_eq!((source(name.name_at), source(name.at)), ("name", "Chairs"));
    let DeclaredPart::LeadBy(lead) = &records[1].key[1] else {
        unreachable!("the lead is named by its e-mail");
    };
    assert_eq!(source(lead.at), "ada@example.com");
}

#[test]
fn the_same_said_by_a_default_or_an_anchor_is_said_once() {
    let reading = declared(&["version: 1
defaults: { role: { isPrimary: maybe } }
opportunities:
  - &base { externalOpportunityId: A, createdAt: x }
  - { <<: *base, externalOpportunityId: B }
  - { <<: *base, externalOpportunityId: C }
roles:
  - { externalOpportunityId: A, leadId: 1, role: R }
  - { externalOpportunityId: B, leadId: 1, role: R }"]);
    assert_eq!(
        placed(&reading.sources, &reading.diagnostics),
        ["2:32 wrong-type", "4:39 system-field"]
    );
}

#[test]
fn a_break_in_one_file_hides_no_problem_of_another() {
    let reading = declared(&[
        "version: 1\nopportunities:\n  - externalOpportunityId: 'A,'\n  - name: x\n   y: z",
        "opportunities: [{ externalOpportunityId: A, name: }]",
        "\u{feff}version: 1\nopportunities: [{ externalOpportunityId: a }]",
    ]);
    let problems: Vec<_> = reading
        .diagnostics
        .iter()
        .map(|diagnostic| {
            (
                reading.sources.place(diagnostic.at),
                diagnostic.problem.code(),
            )
        })
        .collect();
    let problems: Vec<_> = problems
        .iter()
        .map(|(place, code)| format!("{place} {code}"))
        .collect();
    assert_eq!(
        problems,
        [
            "a.yaml:3:28 comma-in-key",
            "a.yaml:5:4 syntax",
            "b.yaml:1:1 missing-version",
            "b.yaml:1:45 required-null",
            "c.yaml:2:42 duplicate-record-by-case",
        ]
    );
}

#[test]
fn one_lead_by_reference_is_one_record() {
    let reading = declared(&["version: 1
roles:
  - { externalOpportunityId: A, lead: { email: ada@example.com }, role: R }
  - { externalOpportunityId: A, lead: { email: ADA@example.com }, role: r }
  - { externalOpportunityId: A, lead: { company: ada@example.com }, role: R }
  - { externalOpportunityId: A, leadId: 1, role: R }"]);
    assert_eq!(
        placed(&reading.sources, &reading.diagnostics),
        ["4:30 duplicate-record-by-case"]
    );
}
