//! The brief as a table: records before and after on one side, findings and patterns on the other.

use std::sync::Arc;

use jiff::civil::Date;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::model::kind::{OPPORTUNITY, ROLE};
use crate::model::{
    DataType, Field, FileId, Key, KeyValue, ObjectKind, Record, Schema, Severities, Span, Value,
};
use crate::plan::{
    Action, At, Change, DealFields, DealMoves, DealView, FieldChange, FieldChanges, Moved, Note,
    Observed, Pipeline, Plan, Schemas, WhyDelete,
};

const TODAY: Date = Date::constant(2026, 11, 29);

/// What an instance describes; the fields `secret` and those of these names are sensitive.
fn schemas(sensitive: &[&str]) -> Schemas {
    let fields = [
        ("externalOpportunityId", DataType::String),
        ("name", DataType::String),
        ("stage", DataType::String),
        ("amount", DataType::Currency),
        ("isClosed", DataType::Boolean),
        ("isWon", DataType::Boolean),
        ("closeDate", DataType::Date),
        ("ownerEmail", DataType::Email),
        ("secret", DataType::Currency),
        ("updatedAt", DataType::Datetime),
    ];
    let field = |(name, data_type): (&str, DataType)| Field {
        name: name.into(),
        data_type,
        length: None,
        updateable: true,
        sensitive: name == "secret" || sensitive.contains(&name),
    };
    let schema = Schema::new(&OPPORTUNITY, fields.into_iter().map(field).collect());
    [(&OPPORTUNITY, schema), (&ROLE, Schema::documented(&ROLE))].into()
}

/// `stage=Won amount=5 isWon=true` as values.
fn values(text: &str, schema: &Schema) -> Vec<(Arc<str>, Value)> {
    let pairs = text
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='));
    let value = |(name, text): (&str, &str)| {
        let field = schema.field(name).expect("a field of the test");
        let text = text.replace('_', " ");
        let form = if text.is_empty() {
            crate::model::Form::Null
        } else {
            crate::model::Form::Text
        };
        (
            Arc::clone(&field.name),
            Value::observed(form, &text, &field.data_type),
        )
    };
    pairs.map(value).collect()
}

fn key(parts: &[&str]) -> Key {
    let part = |text: &&str| match text.parse() {
        Ok(lead) => KeyValue::Lead(lead),
        Err(_) => KeyValue::Text((*text).into()),
    };
    Key::new(parts.iter().map(part).collect())
}

/// A plan under test: rows of a key, what it has before and what it has after; `-` for no record.
#[derive(Default)]
struct Case {
    sensitive: Vec<&'static str>,
    stages: Vec<Box<str>>,
    moved: Option<Moved>,
    notes: Vec<Note>,
    fields: DealFields,
    is_behind: bool,
}

impl Case {
    fn brief(&self, rows: &[(&str, &str, &str)]) -> (Plan, Brief) {
        let schemas = schemas(&self.sensitive);
        let (mut observed, mut plan, mut declared) = Default::default();
        let _: (&mut Observed, &mut Plan, &mut Vec<Key>) =
            (&mut observed, &mut plan, &mut declared);
        for (name, before, after) in rows {
            let parts: Vec<&str> = name.split('/').collect();
            let kind: &'static ObjectKind = if parts.len() > 1 { &ROLE } else { &OPPORTUNITY };
            self.row(
                (kind, key(&parts)),
                (before, after),
                &schemas,
                &mut observed,
                &mut plan,
            );
            if kind == &OPPORTUNITY && *after != "-" {
                declared.push(key(&parts));
            }
        }
        plan.notes.clone_from(&self.notes);
        let view = DealView::of(&self.fields, &schemas);
        let moves = DealMoves {
            plan: &plan,
            observed: &observed,
            view: &view,
        };
        let mut seen = Seen::default();
        let moves = moves.of(declared.iter().cloned());
        let moves = moves.inspect(|moved| seen.add(moved));
        let pipeline = Pipeline::of(moves, &view, &self.stages);
        let basis = BriefBasis {
            left_behind: &[],
            plan: &plan,
            observed: &observed,
            fields: &self.fields,
            view: &view,
            stages: &self.stages,
            currency: None,
            today: TODAY,
            is_behind: self.is_behind,
            is_uncommitted: false,
            severities: &Severities::default(),
        };
        let brief = Brief::of(&basis, &seen, pipeline);
        (plan, brief)
    }

    fn row(
        &self,
        (kind, key): (&'static ObjectKind, Key),
        (before, after): (&str, &str),
        schemas: &Schemas,
        observed: &mut Observed,
        plan: &mut Plan,
    ) {
        let schema = &schemas[kind];
        let [old, new] = [before, after].map(|text| values(text, schema));
        let get = |values: &[(Arc<str>, Value)], name: &str| {
            let found = values.iter().find(|(other, _)| **other == *name);
            found.map_or(Value::Null, |(_, value)| value.clone())
        };
        let label = [&new, &old].into_iter().find_map(|values| {
            let name = get(values, "name");
            (!name.is_null()).then(|| name.to_string().into())
        });
        let fields: Vec<FieldChange> = schema
            .fields()
            .iter()
            .map(|field| FieldChange {
                name: Arc::clone(&field.name),
                data_type: field.data_type.clone(),
                before: get(&old, &field.name),
                after: get(&new, &field.name),
                sensitive: field.sensitive,
                moved: self.moved,
                at: None,
            })
            .filter(|field| field.before != field.after && &*field.name != "updatedAt")
            .collect();
        let id: Box<str> = key.to_string().into();
        if before != "-" {
            observed.insert(
                kind,
                Record {
                    id: id.clone(),
                    key: key.clone(),
                    fields: old.into_iter().collect(),
                },
            );
        }
        let fields = FieldChanges::from(fields);
        let action = match (before, after) {
            ("-", _) => Action::Create { fields },
            (_, "-") => Action::Delete {
                id,
                why: WhyDelete::Tombstone,
                fields,
            },
            _ if fields.is_empty() => return,
            _ => Action::Update { id, fields },
        };
        plan.changes.push(Change {
            kind,
            shown: key.to_string().into(),
            key,
            label,
            action,
            at: At::Here(Span {
                file: FileId(0),
                start: 0,
                end: 0,
            }),
        });
    }

    /// The findings as `code count amount`.
    fn findings(&self, rows: &[(&str, &str, &str)]) -> Vec<String> {
        let (plan, brief) = self.brief(rows);
        let findings = brief.look_first.iter().map(|finding| {
            let amount = finding
                .amount
                .map(|amount| format!(" {}", amount.normalize()));
            let subject = finding
                .subject
                .as_deref()
                .map(|subject| format!(" {subject}"));
            let places = finding.places.iter();
            let keys: Vec<String> = places
                .map(|place| plan.changes[place.change].key.to_string())
                .collect();
            let [amount, subject] = [amount, subject].map(Option::unwrap_or_default);
            let (code, keys) = (finding.code.word(), keys.join(" "));
            format!("{code} {}{amount}{subject}: {keys}", finding.count)
        });
        findings.collect()
    }
}

#[test]
fn a_plan_without_oddities_has_nothing_to_look_at() {
    let rows = [
        (
            "A",
            "stage=Proposal amount=100",
            "stage=Negotiation amount=101",
        ),
        ("B", "-", "stage=Proposal amount=5 closeDate=2026-12-01"),
        ("C", "stage=Negotiation amount=7", "-"),
        ("D", "amount=0", "amount=900000"),
    ];
    let found = Case::default().findings(&rows);
    assert_eq!(found, ["amount-sum 1 899994: "]);
    assert_eq!(Case::default().findings(&rows[..2]), Vec::<String>::new());
}

#[test]
fn a_record_with_another_key_is_found_by_its_name_and_amount() {
    let chairs = "name=Chairs amount=5";
    let found = |new: (&'static str, &'static str)| {
        let rows = [
            ("OPP-00001821", chairs, "-"),
            ("OPP-00001900", "name=Lamps amount=6", "-"),
            (new.0, "-", new.1),
        ];
        let mut found = Case::default().findings(&rows);
        found.retain(|finding| finding.starts_with("key-changed"));
        found
    };
    let expected = ["key-changed 1 OPP-00001821 → OPP-1821: OPP-1821"];
    assert_eq!(found(("OPP-1821", chairs)), expected);
    let other_amount = "name=Chairs amount=7";
    for new in [other_amount, "name=Desks amount=5"] {
        assert_eq!(found(("OPP-1821", new)), Vec::<String>::new());
    }
}

#[test]
fn each_oddity_has_its_code() {
    let table: [(&str, [&str; 2]); 9] = [
        (
            "amount-factor 1 -80: A",
            [
                "amount=100 stage=Won isWon=true isClosed=true",
                "amount=20 stage=Won isWon=true isClosed=true",
            ],
        ),
        (
            "deletes-won 1 7: A",
            ["amount=7 isWon=true isClosed=true", "-"],
        ),
        ("reopens 1 7: A", ["amount=7 isClosed=true", "amount=7"]),
        (
            "wins-without-amount 1: A",
            ["stage=x", "stage=x isWon=true isClosed=true"],
        ),
        (
            "wins-without-amount 1: A",
            ["-", "amount=0 isWon=true isClosed=true"],
        ),
        ("past-close-date 1: A", ["-", "closeDate=2026-11-28"]),
        (
            "past-close-date 1: A",
            ["closeDate=2026-12-01", "closeDate=2026-01-01"],
        ),
        (
            "stage-unknown 1 Propposal: A",
            ["stage=Proposal", "stage=Propposal"],
        ),
        ("unknown-field 1 acv: ", ["-", "name=x"]),
    ];
    for (expected, [before, after]) in table {
        let mut case = Case::default();
        if expected.starts_with("unknown-field") {
            case.fields = DealFields::named(|field| {
                (field == crate::model::DealField::Amount).then(|| "acv".into())
            });
        }
        assert_eq!(
            case.findings(&[("A", before, after)]),
            [expected],
            "{before} {after}"
        );
    }
    // A deal that was past its date before is not news, nor is a decided one.
    for [before, after] in [
        [
            "closeDate=2026-01-01 stage=Proposal",
            "closeDate=2026-01-01 stage=Pilot",
        ],
        ["-", "closeDate=2026-01-01 isClosed=true"],
    ] {
        assert_eq!(
            Case::default().findings(&[("A", before, after)]),
            Vec::<String>::new()
        );
    }
}

#[test]
fn what_others_changed_is_told_with_its_day() {
    let rows = [(
        "A",
        "name=x updatedAt=2026-11-27T16:02:00Z",
        "name=y updatedAt=2026-11-27T16:02:00Z",
    )];
    for (moved, code) in [
        (Moved::Marketo, FindingCode::OverwritesMarketo),
        (Moved::Both, FindingCode::Conflict),
    ] {
        let case = Case {
            moved: Some(moved),
            ..Case::default()
        };
        let (_, brief) = case.brief(&rows);
        let [finding] = &brief.look_first[..] else {
            panic!("{:?}", brief.look_first);
        };
        assert_eq!(finding.code, code);
        let day = Some(Date::constant(2026, 11, 27));
        assert_eq!(
            (finding.places[0].day, finding.places[0].field.as_deref()),
            (day, Some("name"))
        );
    }
}

#[test]
fn two_main_children_are_told_where_a_change_makes_them() {
    let one = |before| ("A/1/User", before, "isPrimary=true");
    let other = ("A/2/Buyer", "isPrimary=true", "isPrimary=true");
    let found = Case::default().findings(&[one("isPrimary=false"), other]);
    assert_eq!(found, ["primary-twice 1: A / 1 / User"]);
    let found =
        Case::default().findings(&[one("-"), ("A/2/Buyer", "isPrimary=true", "isPrimary=false")]);
    assert_eq!(found, Vec::<String>::new());
    let found = Case::default().findings(&[one("-"), ("A/2/Buyer", "-", "isPrimary=true")]);
    assert_eq!(found, ["primary-twice 2: A / 1 / User A / 2 / Buyer"]);
}

#[test]
fn what_holds_of_the_whole_plan_comes_first() {
    let case = Case {
        is_behind: true,
        notes: vec![Note::Unmasked { why: "x".into() }],
        ..Case::default()
    };
    let found = case.findings(&[("A", "amount=1", "amount=100")]);
    let codes: Vec<&str> = found
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(codes, ["behind", "amount-factor", "amount-sum", "unmasked"]);
}

/// The patterns as `field shape count amount`.
fn shapes(rows: &[(&str, &str, &str)], stages: &[&str]) -> Vec<String> {
    let case = Case {
        stages: stages.iter().map(|stage| (*stage).into()).collect(),
        ..Case::default()
    };
    let (_, brief) = case.brief(rows);
    let shown = brief.patterns.iter().map(|pattern| {
        let shape = match &pattern.shape {
            Shape::Divided(times) => format!("/{times}"),
            Shape::Multiplied(times) => format!("*{times}"),
            Shape::Percent(percent) => format!("{percent}%"),
            Shape::FromTo(before, after) => format!("{before}>{after}"),
            Shape::To(after) => format!(">{after}"),
            Shape::LaterTo(after) => format!("later >{after}"),
            Shape::EarlierTo(after) => format!("earlier >{after}"),
            Shape::Sensitive => "sensitive".to_owned(),
            Shape::OneStepOn => "step".to_owned(),
            Shape::Cleared => "cleared".to_owned(),
            Shape::Filled => "filled".to_owned(),
            Shape::Raised => "raised".to_owned(),
            Shape::Lowered => "lowered".to_owned(),
            Shape::Later => "later".to_owned(),
            Shape::Earlier => "earlier".to_owned(),
            Shape::Edited => "edited".to_owned(),
            Shape::Other => "other".to_owned(),
        };
        let amount = pattern
            .amount
            .map(|amount| format!(" {}", amount.normalize()));
        format!(
            "{} {shape} {}{}",
            pattern.field,
            pattern.count,
            amount.unwrap_or_default()
        )
    });
    shown.collect()
}

#[test]
fn equal_changes_are_one_pattern() {
    let rows = [
        (
            "A",
            "amount=362992.99 stage=Won secret=1",
            "amount=3629.93 stage=Lost secret=2",
        ),
        (
            "B",
            "amount=318581.50 stage=Won secret=5",
            "amount=3185.82 stage=Lost secret=9",
        ),
        (
            "C",
            "amount=136746.99 stage=One",
            "amount=150421.69 stage=Two",
        ),
        (
            "D",
            "amount=10 stage=Two closeDate=2026-01-01",
            "amount=1000 stage=Three closeDate=2027-03-31",
        ),
        (
            "E",
            "amount=10 name=x closeDate=2026-01-02",
            "amount=7.77 closeDate=2027-03-31",
        ),
    ];
    assert_eq!(
        shapes(&rows, &["One", "Two", "Three"]),
        [
            "stage Won>Lost 2",
            "stage step 2",
            "amount /100 2 -674758.74",
            "amount 10% 1 13674.7",
            "amount *100 1 990",
            "amount 10>7.77 1 -2.23",
            "closeDate later >2027-03-31 2",
            "name cleared 1",
            "secret sensitive 2",
        ]
    );
}

#[test]
fn rows_have_the_largest_amount_first_and_children_with_their_parents() {
    let rows = [
        ("A", "amount=5", "-"),
        ("A/1/User", "isPrimary=true", "-"),
        (
            "B",
            "amount=70 stage=Pilot ownerEmail=rep@acme.example closeDate=2026-12-01",
            "-",
        ),
        ("C", "amount=1", "amount=1"),
        ("C/1/User", "isPrimary=true", "-"),
        ("D", "amount=3 name=x", "amount=3 name=y"),
        ("E", "amount=90 name=x", "amount=80 name=x"),
    ];
    let (plan, brief) = Case::default().brief(&rows);
    let name = |change: usize| plan.changes[change].key.to_string();
    let deleted: Vec<_> = brief
        .deleted
        .iter()
        .map(|row| {
            (
                name(row.change),
                row.amount.map(|amount| amount.to_string()),
                row.children,
            )
        })
        .collect();
    let row = |key: &str, amount: Option<&str>, children| {
        (key.to_owned(), amount.map(str::to_owned), children)
    };
    assert_eq!(
        deleted,
        [
            row("B", Some("70"), 0),
            row("A", Some("5"), 1),
            row("C / 1 / User", None, 0)
        ]
    );
    let first = &brief.deleted[0];
    let told = [&first.stage, &first.owner, &first.closes].map(|text| text.as_deref());
    assert_eq!(
        told,
        [Some("Pilot"), Some("rep@acme.example"), Some("2026-12-01")]
    );
    let updated: Vec<String> = brief.updated.iter().map(|change| name(*change)).collect();
    assert_eq!(updated, ["E", "D"]);
}

/// A record as `stage= amount= …`.
fn record() -> impl Strategy<Value = String> {
    let stage = prop::sample::select(vec!["", "One", "Two", "Won", "a_long_text"]);
    let amount = prop::option::of((1..100_000_i64, 0..3_u32));
    (stage, amount, any::<bool>(), 1..4_u32, 0..3_u32, 1..29_u32).prop_map(
        |(stage, amount, closed, owner, secret, day)| {
            let amount = amount.map_or(String::new(), |(digits, scale)| Decimal::new(digits, scale).to_string());
            format!("stage={stage} amount={amount} isClosed={closed} ownerEmail=rep{owner}@x secret=777{secret}777 closeDate=2026-12-{day:02}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn every_changed_field_of_every_update_is_in_one_pattern(
        rows in prop::collection::vec((record(), record()), 0..12)
    ) {
        let keys: Vec<String> = (0..rows.len()).map(|index| format!("K{index}")).collect();
        let rows: Vec<_> = keys.iter().zip(&rows).map(|(key, (a, b))| (key.as_str(), a.as_str(), b.as_str())).collect();
        let (plan, brief) = Case::default().brief(&rows);
        let fields: usize = plan.changes.iter().map(|change| change.fields().len()).sum();
        prop_assert_eq!(brief.patterns.iter().map(|pattern| pattern.count).sum::<usize>(), fields);
        prop_assert_eq!(brief.updated.len(), plan.changes.len());
        let direct: Decimal = plan.changes.iter().flat_map(|change| change.fields().iter())
            .filter(|field| &*field.name == "amount")
            .filter_map(|field| numbers::difference(&field))
            .sum();
        let of_patterns: Decimal = brief.patterns.iter()
            .filter(|pattern| &*pattern.field == "amount")
            .filter_map(|pattern| pattern.amount)
            .sum();
        prop_assert_eq!(of_patterns, direct);
    }

    #[test]
    fn no_sensitive_value_is_in_a_brief(
        rows in prop::collection::vec((record(), record()), 1..6)
    ) {
        let keys: Vec<String> = (0..rows.len()).map(|index| format!("K{index}")).collect();
        let rows: Vec<_> = keys.iter().zip(&rows).map(|(key, (a, b))| (key.as_str(), a.as_str(), b.as_str())).collect();
        let case = Case {
            sensitive: vec!["amount", "stage", "ownerEmail", "closeDate"],
            ..Case::default()
        };
        let (_, brief) = case.brief(&rows);
        let told = format!("{brief:?}");
        for hidden in ["777", "rep1", "One", "Two", "2026", "a long"] {
            prop_assert!(!told.contains(hidden), "{}", told);
        }
        prop_assert_eq!(brief.pipeline.open.after.amount, Some(Decimal::ZERO));
        prop_assert_eq!(brief.look_first.iter().filter(|it| it.amount.is_some()).count(), 0);
    }
}
