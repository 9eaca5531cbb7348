//! Values against a schema, offline and as an instance describes it.

use pretty_assertions::assert_eq;

use super::super::read::read;
use super::super::typed::{Authority, FieldCheck};
use super::placed;
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{DataType, Field, ObjectKind, Schema};

fn field(name: &str, data_type: DataType, length: Option<u32>) -> Field {
    Field {
        name: name.into(),
        data_type,
        length,
        updateable: true,
        sensitive: false,
    }
}

fn described(kind: &'static ObjectKind) -> Schema {
    let mut fields = Schema::documented(kind).fields().to_vec();
    fields.extend([
        field("amount", DataType::Currency, None),
        field("notes", DataType::Textarea, None),
        field("code", DataType::String, Some(3)),
    ]);
    Schema::new(kind, fields)
}

/// The typed fields of the one record of a text, and the problems.
fn check(schema: &Schema, authority: Authority, entry: &str, values: &[&str], problems: &[&str]) {
    let text = format!("version: 1\n{}:\n- {{ {entry} }}", schema.kind.plural);
    let reading = read([("a.yaml".into(), text.into_bytes())]);
    let mut out = Vec::new();
    let mut check = FieldCheck::new(schema, authority);
    let typed: Vec<_> = check
        .typed(&reading.desired.records[0], &mut out)
        .iter()
        .map(|typed| format!("{}={}", typed.field.name, typed.value))
        .collect();
    let found = placed(&reading.sources, &out);
    assert_eq!(typed, values, "{entry}");
    let expected: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{entry}");
}

#[test]
fn offline_custom_fields_are_left_to_the_instance() {
    let schema = Schema::documented(&OPPORTUNITY);
    let check = |entry, values: &[&str], problems: &[&str]| {
        check(&schema, Authority::Documentation, entry, values, problems);
    };
    check(
        "externalOpportunityId: A, name: B, custom: x",
        &["name=B"],
        &[],
    );
    check(
        "externalOpportunityId: A, Name: B",
        &[],
        &["3:31 unknown-field"],
    );
    check(
        "externalOpportunityId: A, updatedAt: x",
        &[],
        &["3:31 system-field"],
    );
}

#[test]
fn a_kind_without_custom_fields_is_known_offline() {
    let schema = Schema::documented(&ROLE);
    check(
        &schema,
        Authority::Documentation,
        "externalOpportunityId: A, leadId: 1, role: R, isPrimary: true, custom: x",
        &["isPrimary=true"],
        &["3:68 unknown-field"],
    );
}

#[test]
fn online_every_field_is_known() {
    let schema = described(&OPPORTUNITY);
    let check = |entry: &str, values: &[&str], problems: &[&str]| {
        check(&schema, Authority::Instance, entry, values, problems);
    };
    check(
        "externalOpportunityId: A, amount: '12.50', code: äöü",
        &["amount=12.50", "code=äöü"],
        &[],
    );
    check(
        "externalOpportunityId: A, amount: 12 EUR",
        &[],
        &["3:39 wrong-type"],
    );
    check(
        "externalOpportunityId: A, code: abcd",
        &[],
        &["3:37 too-long"],
    );
    check(
        "externalOpportunityId: A, custom: x",
        &[],
        &["3:31 unknown-field"],
    );
    check(
        "externalOpportunityId: A, name: ~, amount: ~",
        &["amount="],
        &["3:37 required-null"],
    );
    // Text areas are limited in bytes.
    let long = "ä".repeat(15_000);
    check(
        &format!("externalOpportunityId: A, notes: {long}"),
        &[&format!("notes={long}")],
        &[],
    );
    check(
        &format!("externalOpportunityId: A, notes: {long}a"),
        &[],
        &["3:38 too-long"],
    );
}
