//! The written text, as people see it; and every reader reads back the same records.

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use snapbox::{IntoData as _, assert_data_eq, str};

use super::*;
use crate::manifest::{InstanceRules, format, read};
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{Declared, DeclaredPart};

fn opportunity(key: &str, fields: &[(&str, Value)]) -> ManifestEntry {
    ManifestEntry {
        kind: &OPPORTUNITY,
        key: vec![EntryPart::Text(key.into())],
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).into(), value.clone()))
            .collect(),
        children: Vec::new(),
    }
}

fn role(key: &str, lead: EntryPart, role: &str) -> ManifestEntry {
    ManifestEntry {
        kind: &ROLE,
        key: vec![
            EntryPart::Text(key.into()),
            lead,
            EntryPart::Text(role.into()),
        ],
        fields: vec![("isPrimary".into(), Value::Boolean(false))],
        children: Vec::new(),
    }
}

fn by_email(value: &str) -> EntryPart {
    EntryPart::LeadBy {
        field: "email".into(),
        value: value.into(),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// What one file declares, without a problem.
fn declared(text: &str) -> Vec<Declared> {
    let reading = read([("a.yaml".into(), text.as_bytes().to_vec())]);
    assert_eq!(reading.diagnostics, [], "{text}");
    reading.desired.records
}

#[test]
fn entries_look_as_if_a_person_had_written_them() {
    let mut chairs = opportunity(
        "A-1",
        &[
            ("name", text("Chairs: \"big\" ones")),
            (
                "amount",
                Value::Decimal("1604.47".parse().expect("a number")),
            ),
            (
                "closeDate",
                Value::Date("2026-12-31".parse().expect("a date")),
            ),
            ("description", text("two\n\n  lines\n")),
            ("nextStep", text("call\nmail")),
            ("stage", text("no")),
            ("roles", text("of a field")),
            ("isWon", Value::Boolean(true)),
            ("odd", text("trailing \nblank")),
            ("seen\u{a0}", Value::Integer(-3)),
        ],
    );
    chairs.children = vec![
        role("A-1", by_email("ada@example.com"), "Champion"),
        role("A-1", EntryPart::Lead(1004), "0042"),
    ];
    let other = role("19UYA31581L000000", by_email("o'neil{}@example.com"), "#1");
    assert_data_eq!(
        write(Some("../m.json"), &[&other, &chairs]),
        str![[r##"
# yaml-language-server: $schema=../m.json
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: 'Chairs: "big" ones'
    amount: 1604.47
    closeDate: "2026-12-31"
    description: |
      two

        lines
    nextStep: |-
      call
      mail
    stage: "no"
    isWon: true
    odd: "trailing \nblank"
    "seen\xA0": -3
    fields:
      roles: of a field
    roles:
      - lead: { email: ada@example.com }
        role: Champion
        isPrimary: false
      - leadId: 1004
        role: "0042"
        isPrimary: false
roles:
  - externalOpportunityId: 19UYA31581L000000
    lead: { email: "o'neil{}@example.com" }
    role: "#1"
    isPrimary: false

"##]]
        .raw()
    );
}

/// Texts that every reader takes for text.
const BARE: &[&str] = &[
    "Chairs",
    "Big Dog, 12 pieces",
    "a:b",
    "Größe",
    "田中",
    "19UYA31581L000000",
    "3M",
    "it's",
    "http://example.com/?a=1&b=%20",
    "e3",
    "R&D - 50% (net)",
    "x@example.com",
    "nowhere",
];

/// Texts that some reader takes for another type, or that are invisible.
const QUOTED: &[&str] = &[
    "",
    "no",
    "No",
    "ON",
    "y",
    "N",
    "yes",
    "off",
    "true",
    "False",
    "null",
    "~",
    "NaN",
    ".inf",
    "0042",
    "12",
    "-1",
    "+1",
    "1e3",
    "1E-3",
    "0x1F",
    "0o17",
    "0b1",
    "1_000",
    "12:30",
    "190:20:30",
    "1.5",
    "2026-12-31",
    "2001-12-14t21:59:43.10-05:00",
    "2026-03-01T09:00:00Z",
    "<<",
    "=",
    "- a",
    " a",
    "a ",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "%a",
    "@a",
    "`a",
    "[a]",
    "{a}",
    "a\tb",
    "a\nb \n",
    "\na",
    "\ta\nb",
    " a\nb",
    "a\r\nb",
    "a\u{85}b",
    "a\u{2028}b",
    "\u{feff}a",
    "a\u{a0}",
    "\0",
    "\u{1b}[31m",
    "\u{202e}a",
    "🐶",
    "a 🐶",
    "٣",
    "\\",
    "\"",
    "---",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{ffff}",
    "\u{1fffe}",
    "\u{3164}",
];

#[test]
fn what_any_version_of_yaml_would_take_for_something_else_is_quoted() {
    for bare in BARE {
        let entry = opportunity(bare, &[]);
        let text = write(None, &[&entry]);
        assert_eq!(
            text.lines().last(),
            Some(&*format!("  - externalOpportunityId: {bare}"))
        );
    }
    for value in QUOTED {
        let entry = opportunity("A", &[("name", text(value))]);
        let written = write(None, &[&entry]);
        let last = written.lines().last().unwrap_or_default();
        let scalar = last.trim_start().strip_prefix("name: ").unwrap_or_default();
        assert!(scalar.starts_with(['"', '\'']), "{value:?}: {written}");
        let only_shown = scalar
            .chars()
            .all(|char| !char.is_control() && char != '\u{202e}');
        assert!(only_shown, "{value:?}: {written}");
        if !value.is_empty() {
            let records = declared(&written);
            let field = records[0].fields.iter().next().expect("a field");
            assert_eq!(field.value.text, *value);
        }
    }
}

#[test]
fn fields_that_are_called_like_words_stand_apart_in_any_letter_case() {
    for name in [
        "ensure",
        "Ensure",
        "lifecycle",
        "FIELDS",
        "roles",
        "rolesMode",
    ] {
        let entry = opportunity("A", &[(name, text("x"))]);
        let written = write(None, &[&entry]);
        let records = declared(&written);
        assert_eq!(&*records[0].fields.names()[0], name, "{written}");
    }
}

#[test]
fn without_entries_the_manifest_is_empty() {
    assert_eq!(write(None, &[]), "version: 1\n");
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        3 => "[ -~]{1,16}",
        3 => "[a-z0-9:#,'\"{}\\[\\]&*!|>%@` \\n\\t-]{1,24}",
        2 => "[-+.0-9a-fA-FxobntzTZ_:]{1,8}",
        2 => "[äöé€田🐶\u{a0}\u{85}\u{2028}\u{2029}\u{feff}\u{200b}\u{200d}\u{fe0f}\r\n\t a-z]{1,12}",
        2 => "([ ]{0,2}[a-z#:-]{0,6}[ ]?\n){1,5}[a-z]{0,3}\n{0,2}",
        1 => prop::sample::select(vec!["no", "null", "~", "true", "1e3", "0042", "<<", "=", "12:30"])
            .prop_map(ToOwned::to_owned),
    ]
    .prop_filter("nothing is not a text", |text| !text.is_empty())
}

/// A text as a part of a key may be.
fn key_texts() -> impl Strategy<Value = String> {
    texts().prop_filter_map("no manifest can have this key", |text| {
        let text = text.trim().to_owned();
        crate::manifest::is_key_text(&text, OPPORTUNITY.key[0].holds).then_some(text)
    })
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-zA-Z_][a-zA-Z0-9_]{0,12}",
        1 => prop::sample::select(vec!["no", "on", "y", "null", "true", "roles", "ensure", "fields", "Lifecycle"])
            .prop_map(ToOwned::to_owned),
    ]
    .prop_filter("a part of the key, or a system field", |name| {
        let key = ["externalOpportunityId", "leadId", "role", "lead"];
        !key.iter().any(|part| part.eq_ignore_ascii_case(name))
    })
}

fn part() -> impl Strategy<Value = EntryPart> {
    prop_oneof![
        (1..i64::MAX).prop_map(EntryPart::Lead),
        key_texts().prop_map(|value| by_email(&value)),
    ]
}

fn entries() -> impl Strategy<Value = ManifestEntry> {
    let roles = prop::collection::vec((part(), key_texts()), 0..3);
    let fields = prop::collection::btree_map(names(), texts(), 0..6);
    (key_texts(), fields, roles).prop_map(|(key, fields, roles)| {
        // Names that differ in letter case only are one field.
        let mut folded = std::collections::BTreeSet::new();
        let mut entry = opportunity(&key, &[]);
        for (name, value) in fields {
            if folded.insert(name.to_lowercase()) {
                entry.fields.push((name.into(), text(&value)));
            }
        }
        for (lead, name) in roles {
            entry.children.push(role(&key, lead, &name));
        }
        entry
    })
}

/// The parts of a declared key as an entry writes them.
fn written_key(declared: &Declared) -> Vec<EntryPart> {
    declared.key.iter().map(written_part).collect()
}

fn written_part(part: &DeclaredPart) -> EntryPart {
    match part {
        DeclaredPart::Text(text) => EntryPart::Text(text.clone()),
        DeclaredPart::Lead(id) => EntryPart::Lead(*id),
        DeclaredPart::LeadBy(reference) => EntryPart::LeadBy {
            field: reference.field.clone(),
            value: reference.value.clone(),
        },
    }
}

/// The problems that any text may have, whatever wrote it.
const OF_TEXT: [&str; 3] = ["too-long", "duplicate-record", "system-field"];

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]
    #[test]
    fn what_is_written_is_read_back(entry in entries()) {
        let written = write(None, &[&entry]);
        let reading = read([("a.yaml".into(), written.clone().into_bytes())]);
        let problems: Vec<_> = reading.diagnostics.iter().map(|it| it.problem.code()).filter(|code| !OF_TEXT.contains(code)).collect();
        prop_assert_eq!(problems, Vec::<&str>::new(), "{}", written);
        prop_assert_eq!(format(&reading, &InstanceRules::default()), Ok(written.clone()));
        let records = reading.desired.records;
        prop_assert_eq!(written_key(&records[0]), entry.key);
        let mut fields: Vec<(String, Scalar<'_>)> = entry.fields.iter().map(|(name, value)| (name.to_string(), Scalar::of(value))).collect();
        let mut read: Vec<(String, Scalar<'_>)> = records[0].fields.iter().map(|field| (field.name.to_string(), field.value)).collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        read.sort_by(|a, b| a.0.cmp(&b.0));
        prop_assert_eq!(read, fields, "{}", written);
        for (record, child) in records[1..].iter().zip(&entry.children) {
            prop_assert_eq!(&written_key(record), &child.key);
        }
    }

    #[test]
    fn another_reader_takes_texts_for_the_same(value in texts()) {
        // Other readers know no references, and so no escape of them.
        prop_assume!(!value.contains("${"));
        let entry = opportunity("A", &[("name", text(&value))]);
        let written = write(None, &[&entry]);
        let tree: serde_yaml::Value = serde_yaml::from_str(&written).expect("both readers take it");
        prop_assert_eq!(tree["opportunities"][0]["name"].as_str(), Some(&*value), "{}", written);
    }
}
