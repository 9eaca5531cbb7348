//! The promise of an import: a plan right after it is empty, whatever the instance contains, and every record that is left out is named.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use super::*;
use crate::manifest::{EntryPart, Reading, read, write};
use crate::model::kind::{KINDS, OPPORTUNITY, ROLE};
use crate::model::{
    DataType, DeclaredPart, Field, Form, Key, KeyValue, ObjectKind, Record, Schema, Value,
};
use crate::plan::{self, Leads, Matches, Observed, Ownership, Plan, Schemas};

/// A field of each data type, with those of the documentation.
const TYPES: [&str; 16] = [
    "boolean",
    "currency",
    "date",
    "datetime",
    "email",
    "float",
    "integer",
    "percent",
    "phone",
    "score",
    "string",
    "text",
    "textarea",
    "url",
    "formula",
    "reference",
];

fn field(name: &str, data_type: &str) -> Field {
    Field {
        name: name.into(),
        data_type: DataType::named(data_type),
        length: None,
        updateable: true,
        sensitive: false,
    }
}

fn schemas() -> Schemas {
    KINDS.into_iter().map(|kind| (kind, schema(kind))).collect()
}

fn schema(kind: &'static ObjectKind) -> Schema {
    let mut fields = Schema::documented(kind).fields().to_vec();
    if kind.extensible {
        let custom = TYPES
            .iter()
            .map(|name| field(&format!("custom{name}"), name));
        fields.extend(custom);
        // Words of the manifest language, and of YAML.
        fields.extend(["roles", "Fields", "no", "owner"].map(|name| field(name, "string")));
        fields.push(Field {
            updateable: false,
            ..field("fixed", "string")
        });
        fields.push(Field {
            sensitive: true,
            ..field("salary", "currency")
        });
    }
    Schema::new(kind, fields)
}

fn scope(schemas: Schemas) -> Scope {
    Scope::new(schemas, Some("Owner"))
}

fn record(schema: &Schema, key: Vec<KeyValue>, cells: &[(&str, Form, &str)]) -> Record {
    let mut fields = Vec::new();
    for (name, form, text) in cells {
        let data_type = schema
            .folded(name)
            .map_or(&DataType::String, |field| &field.data_type);
        fields.push(((*name).into(), Value::observed(*form, text, data_type)));
    }
    Record {
        id: format!("{key:?}").into(),
        key: Key::new(key),
        fields: fields.into_iter().collect(),
    }
}

fn text(text: &str) -> KeyValue {
    KeyValue::Text(text.into())
}

/// The names of leads by e-mail: two of them share an address.
fn names(ids: impl IntoIterator<Item = i64>) -> LeadNames {
    let mut names = LeadNames {
        field: "email".into(),
        ..LeadNames::default()
    };
    let mut by_value: BTreeMap<Box<str>, Vec<i64>> = BTreeMap::new();
    for id in ids.into_iter().collect::<BTreeSet<_>>() {
        let value: Box<str> = match id % 7 {
            0 => continue,
            1 | 2 => format!("Twin{}@example.com", id / 7).into(),
            3 => format!("a,{id}@example.com").into(),
            _ => format!("no{id}+'x'@example.com").into(),
        };
        by_value.entry(value.clone()).or_default().push(id);
        names.values.insert(id, value);
    }
    for (value, ids) in by_value {
        names.leads.insert("email", &value, Matches::Ids(ids));
    }
    names
}

/// An opportunity that somebody has declared.
const ELSEWHERE: &str = "version: 1\nopportunities: [{ externalOpportunityId: elsewhere }]\n";

fn declared(manifest: &str) -> Reading {
    let reading = read([("declared.yaml".into(), manifest.as_bytes().to_vec())]);
    assert_eq!(reading.diagnostics, []);
    reading
}

fn layout(per_file: usize, group_by: Option<&str>) -> Layout {
    Layout {
        destination: Destination::Folder {
            path: PathBuf::from("out"),
            extension: "yaml".to_owned(),
        },
        per_file: NonZeroUsize::new(per_file).expect("not zero"),
        group_by: group_by.map(|field| (&OPPORTUNITY, field.to_owned())),
    }
}

/// The manifests of a draft, read back.
fn read_back(draft: &Draft, layout: &Layout) -> Reading {
    let files = arrange(&draft.entries, layout);
    read(
        files
            .into_iter()
            .map(|(path, entries)| (path, write(None, &entries).into_bytes())),
    )
}

/// The plan of these manifests against these records.
fn plan_of(reading: &Reading, observed: &Observed, schemas: &Schemas, leads: &Leads) -> Plan {
    plan::plan(
        &plan::bind(&reading.desired, schemas, leads, Ownership::default()),
        observed,
    )
}

fn forms() -> impl Strategy<Value = Form> {
    prop::sample::select(vec![Form::Text, Form::Number, Form::Boolean])
}

fn cells() -> impl Strategy<Value = (Form, String)> {
    let texts = prop_oneof![
        2 => any::<String>(),
        2 => "[ -~]{0,20}",
        2 => any::<i64>().prop_map(|number| number.to_string()),
        2 => "-?[0-9]{1,18}\\.[0-9]{1,9}",
        1 => "-?[1-9]\\.[0-9]{1,3}[eE][-+]?[0-9]{1,2}",
        2 => "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9]",
        2 => "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-[0-2][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](Z|Z\\+0000|[-+]0[0-9]:30|)",
        1 => "([ ]{0,2}[a-z#:-]{0,6}[ ]?\n){1,4}[a-z]{0,3}",
        1 => prop::sample::select(vec!["true", "false", "True", "1", "0", "no", "~", "null", "", "0042", "jürgen@example.com"])
            .prop_map(ToOwned::to_owned),
    ];
    (forms(), texts)
}

proptest! {
    #![proptest_config(ProptestConfig {
        // Each one makes a project of its own.
        cases: ProptestConfig::default().cases / 3,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]
    #[test]
    fn a_plan_after_an_import_is_empty(
        opportunities in prop::collection::btree_map(
            "[a-zA-Z0-9 :#,é-]{1,8}",
            prop::collection::vec(cells(), TYPES.len() + 5),
            1..5,
        ),
        roles in prop::collection::btree_set((0usize..6, 1i64..30, "[a-z0-9 ,:]{1,4}|no|0042|[éü]{2}"), 0..8),
        per_file in 1usize..4,
        is_grouped in any::<bool>(),
    ) {
        let schemas = schemas();
        let (opportunity, role) = (&schemas[&OPPORTUNITY], &schemas[&ROLE]);
        let mut observed = Observed::default();
        let columns: Vec<&Field> = opportunity.fields().iter().filter(|field| !OPPORTUNITY.is_key(&field.name)).collect();
        for (key, cells) in &opportunities {
            let columns = columns.iter().rev().zip(cells);
            let cells: Vec<_> = columns.map(|(field, (form, text))| (&*field.name, *form, text.as_str())).collect();
            observed.insert(&OPPORTUNITY, record(opportunity, vec![text(key)], &cells));
        }
        let keys: Vec<&String> = opportunities.keys().collect();
        for (parent, lead, name) in &roles {
            let parent = keys.get(*parent).map_or("elsewhere", |key| key.as_str());
            let key = vec![text(parent), KeyValue::Lead(*lead), text(name)];
            let cells = [("isPrimary", Form::Boolean, "true"), ("externalCreatedDate", Form::Text, "2026-03-01T09:00:00Z")];
            observed.insert(&ROLE, record(role, key, &cells[..(*lead % 3) as usize]));
        }
        let names = names(roles.iter().map(|(_, lead, _)| *lead));
        observed.insert(&OPPORTUNITY, record(opportunity, vec![text("elsewhere")], &[]));
        let declared = declared(ELSEWHERE);
        let scope = scope(schemas.clone());
        let draft = draft(&observed, &scope, &DeclaredRecords::of(&declared.desired), &names);
        let reading = read_back(&draft, &layout(per_file, is_grouped.then_some("customstring")));
        prop_assert_eq!(&reading.diagnostics, &[]);
        let plan = plan_of(&reading, &observed, &schemas, &names.leads);
        prop_assert_eq!(&plan.problems, &[]);
        prop_assert!(plan.changes.is_empty(), "{:#?}", plan.changes);
        // No record is lost: each has its entry, or it is told.
        let told = draft.left_out.iter().filter(|left_out| !matches!(left_out, LeftOut::Value { .. })).count();
        let held = observed.count(&OPPORTUNITY) + observed.count(&ROLE);
        prop_assert_eq!(reading.desired.records.len() + told + 1, held);
        // Neither is a value, but for those that are told and those that are not to be imported.
        let fields = scope.fields(&OPPORTUNITY);
        let values = observed.all(&OPPORTUNITY).iter().map(|record| {
            record.fields.iter().filter(|(name, _)| fields.contains(name)).count()
        }).sum::<usize>();
        let written: usize = reading.desired.records.iter().filter(|it| it.kind == &OPPORTUNITY).map(|it| it.fields.len()).sum();
        if draft.is_complete() {
            prop_assert_eq!(written + draft.left_out.len(), values);
        }
        // A second import finds everything declared.
        let known = DeclaredRecords::of(&reading.desired);
        let again = super::draft(&observed, &scope, &known, &names);
        let again: Vec<_> = again.entries.iter().map(|entry| entry.key.as_slice()).collect();
        prop_assert_eq!(again, [[EntryPart::Text("elsewhere".into())]]);
    }
}

#[test]
fn only_what_a_manifest_may_set_is_imported() {
    let scope = scope(schemas());
    let fields = scope.fields(&ROLE);
    assert_eq!(fields, ["isPrimary".into(), "externalCreatedDate".into()]);
    let fields = scope.fields(&OPPORTUNITY);
    let absent = [
        "marketoGUID",
        "createdAt",
        "updatedAt",
        "externalOpportunityId",
        "fixed",
        "salary",
        "owner",
    ];
    for name in absent {
        assert!(!fields.contains(&name.into()), "{name}");
    }
    for name in ["name", "roles", "Fields", "no", "customboolean"] {
        assert!(fields.contains(&name.into()), "{name}");
    }
}

#[test]
fn leads_are_named_only_where_the_name_finds_them_alone() {
    let mut schemas = schemas();
    schemas.remove(&OPPORTUNITY);
    let mut observed = Observed::default();
    // 4: an address of its own; 1 and 2: one that they share; 3: one that no manifest can have; 7: none.
    for lead in [1, 2, 3, 4, 7] {
        let key = vec![text("A"), KeyValue::Lead(lead), text("R")];
        observed.insert(&ROLE, record(&schemas[&ROLE], key, &[]));
    }
    let draft = draft(
        &observed,
        &scope(schemas.clone()),
        &DeclaredRecords::default(),
        &names([1, 2, 3, 4, 7]),
    );
    let reading = read_back(&draft, &layout(10, None));
    let leads: Vec<String> = reading
        .desired
        .records
        .iter()
        .map(|record| record.key[1].to_string())
        .collect();
    assert_eq!(leads, ["1", "2", "3", "no4+'x'@example.com", "7"]);
    assert!(matches!(
        reading.desired.records[3].key[1],
        DeclaredPart::LeadBy(_)
    ));
}

#[test]
fn declared_records_are_known_whatever_names_their_leads() {
    let manifest = "version: 1
roles:
  - { externalOpportunityId: a-1, lead: { email: ADA@example.com }, role: champion }
  - { externalOpportunityId: A-1, leadId: 2, role: Champion, ensure: absent }
  - { externalOpportunityId: A-1, lead: { email: twin@example.com }, role: Buyer, ensure: forgotten }
";
    let reading = declared(manifest);
    let known = DeclaredRecords::of(&reading.desired);
    let mut leads = Leads::default();
    leads.insert("email", "ada@example.com", Matches::Ids(vec![1]));
    leads.insert("email", "twin@example.com", Matches::Ids(vec![4, 5]));
    let is_known = |lead: i64, role: &str| {
        let key = Key::new(vec![text("A-1"), KeyValue::Lead(lead), text(role)]);
        known.declares(&ROLE, &key, &leads)
    };
    assert!(is_known(1, "Champion") && is_known(2, "CHAMPION"));
    // Which of the two is meant, a plan asks a person.
    assert!(is_known(4, "Buyer") && is_known(5, "Buyer"));
    assert!(!is_known(3, "Champion") && !is_known(1, "Buyer") && !is_known(4, "Champion"));
}

#[test]
fn what_no_manifest_can_declare_is_left_out_and_known() {
    let schemas = schemas();
    let opportunity = &schemas[&OPPORTUNITY];
    let mut observed = Observed::default();
    let long = "x".repeat(256);
    let cells = [
        ("name", Form::Text, long.as_str()),
        ("customdate", Form::Text, "soon"),
        ("stage", Form::Text, "Won"),
    ];
    observed.insert(&OPPORTUNITY, record(opportunity, vec![text("A")], &cells));
    observed.insert(&OPPORTUNITY, record(opportunity, vec![text("a")], &[]));
    observed.insert(&OPPORTUNITY, record(opportunity, vec![text("B,C")], &[]));
    observed.insert(&OPPORTUNITY, record(opportunity, vec![text("D ")], &[]));
    let draft = draft(
        &observed,
        &scope(schemas.clone()),
        &DeclaredRecords::default(),
        &LeadNames::default(),
    );
    let kind = &OPPORTUNITY;
    let key = |key: &str| Key::new(vec![text(key)]);
    let value = |field: &str| LeftOut::Value {
        kind,
        key: key("A"),
        field: field.into(),
    };
    assert_eq!(
        draft.left_out,
        [
            value("name"),
            value("customdate"),
            LeftOut::Key {
                kind,
                key: key("B,C")
            },
            LeftOut::SameKey {
                kind,
                key: key("a")
            }
        ],
    );
    let entries: Vec<(String, usize)> = read_back(&draft, &layout(10, None))
        .desired
        .records
        .iter()
        .map(|record| (record.shown_key(), record.fields.len()))
        .collect();
    assert_eq!(entries, [("A".to_owned(), 1), ("D".to_owned(), 0)]);
}

#[test]
fn children_of_nothing_are_left_out() {
    let schemas = schemas();
    let mut observed = Observed::default();
    let key = Key::new(vec![text("gone"), KeyValue::Lead(1), text("R")]);
    observed.insert(&ROLE, record(&schemas[&ROLE], key.parts().to_vec(), &[]));
    let draft = draft(
        &observed,
        &scope(schemas.clone()),
        &DeclaredRecords::default(),
        &LeadNames::default(),
    );
    assert_eq!(draft.left_out, [LeftOut::NoParent { kind: &ROLE, key }]);
    assert_eq!(draft.entries, []);
}

#[test]
fn files_have_the_same_names_each_time() {
    let schemas = schemas();
    let mut observed = Observed::default();
    let stages = [
        "Closed / Won!",
        "closed won",
        "",
        "***",
        "Größe",
        "Closed / Won!",
        "Closed / Won!",
    ];
    for (index, stage) in stages.iter().enumerate() {
        let key = vec![text(&format!("A-{index}"))];
        observed.insert(
            &OPPORTUNITY,
            record(&schemas[&OPPORTUNITY], key, &[("stage", Form::Text, stage)]),
        );
    }
    let declared = declared(ELSEWHERE);
    let key = vec![text("elsewhere"), KeyValue::Lead(1), text("R")];
    observed.insert(&ROLE, record(&schemas[&ROLE], key, &[]));
    let draft = draft(
        &observed,
        &scope(schemas.clone()),
        &DeclaredRecords::of(&declared.desired),
        &LeadNames::default(),
    );
    assert_eq!(
        arranged(&draft, &layout(7, None)),
        ["out/opportunities.yaml: 7", "out/roles.yaml: 1"]
    );
    let numbered = [
        "out/opportunities-001.yaml: 3",
        "out/opportunities-002.yaml: 3",
        "out/opportunities-003.yaml: 1",
        "out/roles.yaml: 1",
    ];
    assert_eq!(arranged(&draft, &layout(3, None)), numbered);
    let grouped = [
        "out/roles.yaml: 1",
        "out/stage-closed-won-001.yaml: 3",
        "out/stage-closed-won-002.yaml: 1",
        "out/stage-größe.yaml: 1",
        "out/stage.yaml: 1",
        "out/without-stage.yaml: 1",
    ];
    assert_eq!(arranged(&draft, &layout(3, Some("stage"))), grouped);
    let one = Layout {
        destination: Destination::File("one.yaml".into()),
        ..layout(1, None)
    };
    assert_eq!(arranged(&draft, &one), ["one.yaml: 8"]);
}

/// The files of a draft, each with the number of its top-level entries.
fn arranged(draft: &Draft, layout: &Layout) -> Vec<String> {
    arrange(&draft.entries, layout)
        .iter()
        .map(|(path, entries)| format!("{}: {}", path.display(), entries.len()))
        .collect()
}
