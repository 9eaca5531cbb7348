//! Deals: what a plan does to the pipeline, and the guards that judge by it.

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{leads, observed, schemas};
use crate::manifest;
use crate::model::kind::OPPORTUNITY;
use crate::model::{DataType, DealField, Declared, Value};
use crate::plan::{
    DealFields, DealMoves, DealView, DeleteCeiling, GuardBasis, GuardLimit, Guards, Ownership,
    PercentBase, Permits, Pipeline, Plan, Refusal, Schemas, SetBy, Sides, UpdateThreshold, bind,
    factor, guard, plan,
};

const HELD: &str = r#"{"opportunities": [
    {"externalOpportunityId": "A", "name": "A", "stage": "Proposal", "amount": 1000.10},
    {"externalOpportunityId": "B", "name": "B", "stage": "Proposal", "amount": 200},
    {"externalOpportunityId": "C", "name": "C", "stage": "Won", "amount": 50, "isClosed": true, "isWon": true},
    {"externalOpportunityId": "D", "name": "D", "stage": "Pilot", "amount": 0},
    {"externalOpportunityId": "X", "name": "X", "stage": "Pilot", "amount": 9999}]}"#;

const DECLARED: &str = "  - { externalOpportunityId: a, amount: 10.001 }
  - { externalOpportunityId: B, stage: Lost, isClosed: true }
  - { externalOpportunityId: C, ensure: absent }
  - { externalOpportunityId: D, amount: 7 }
  - { externalOpportunityId: N, name: New, stage: Qualification, amount: 0.20 }
";

/// The plan of these entries, its view, and its pipeline.
struct Case {
    plan: Plan,
    view: DealView,
    pipeline: Pipeline,
}

impl Case {
    fn of(declared: &str, held: &str, schemas: &Schemas, stages: &[&str]) -> Self {
        let manifest = format!("version: 1\nopportunities:\n{declared}");
        let reading = manifest::read([("a.yaml".into(), manifest.into_bytes())]);
        assert_eq!(reading.diagnostics, []);
        let bound = bind(&reading.desired, schemas, &leads(), Ownership::default());
        let observed = observed(held, schemas);
        let plan = plan(&bound, &observed);
        let view = DealView::of(&DealFields::default(), schemas);
        let stages: Vec<Box<str>> = stages.iter().map(|stage| (*stage).into()).collect();
        let moves = DealMoves {
            plan: &plan,
            observed: &observed,
            view: &view,
        };
        let declared = reading.desired.selected();
        let moves = moves.of(declared.filter_map(Declared::full_key));
        let pipeline = Pipeline::of(moves, &view, &stages);
        Self {
            plan,
            view,
            pipeline,
        }
    }

    fn refusals(&self, guards: Guards) -> Vec<Refusal> {
        guard(
            &self.plan,
            &GuardBasis {
                guards,
                permits: &Permits::NONE,
                ceiling: DeleteCeiling::default(),
                view: &self.view,
                pipeline: &self.pipeline,
            },
        )
    }
}

fn sides(sides: Sides) -> String {
    let Sides { before, after } = sides;
    let amount = |amount: Option<Decimal>| amount.expect("a sum").normalize();
    format!(
        "{} {} → {} {}",
        before.count,
        amount(before.amount),
        after.count,
        amount(after.amount)
    )
}

#[test]
fn each_deal_counts_once_on_each_side() {
    let Case { pipeline, .. } = Case::of(DECLARED, HELD, &schemas(), &["Qualification", "Pilot"]);
    let of = [pipeline.open, pipeline.won, pipeline.lost].map(sides);
    // The record X is not declared.
    assert_eq!(of, ["3 1200.1 → 3 17.201", "1 50 → 0 0", "0 0 → 1 200"]);
    let stages = pipeline.stages.iter();
    let stages: Vec<_> = stages
        .map(|(stage, of)| format!("{stage}: {}", sides(*of)))
        .collect();
    assert_eq!(
        stages,
        [
            "Qualification: 0 0 → 1 0.2",
            "Pilot: 1 0 → 1 7",
            "Proposal: 2 1200.1 → 1 10.001"
        ]
    );
}

#[test]
fn nothing_of_a_sensitive_field_is_summed_or_compared() {
    let mut schemas = schemas();
    for schema in schemas.values_mut() {
        schema.mark_sensitive(["AMOUNT", "stage", "isWon", "isClosed"]);
    }
    let case = Case::of(DECLARED, HELD, &schemas, &["Pilot"]);
    let Pipeline {
        stages,
        open,
        has_amounts,
        knows_closed,
        ..
    } = &case.pipeline;
    assert_eq!((has_amounts, knows_closed), (&false, &false));
    assert_eq!((stages.len(), sides(*open)), (0, "4 0 → 4 0".to_owned()));
    // A guard that cannot see its field lets nothing pass.
    let guards = Guards {
        max_amount_factor: limit(5),
        ..Guards::default()
    };
    let blind = Refusal::BlindGuard {
        guard: "maxAmountFactor",
        by: SetBy::Configuration,
        field: "amount".into(),
        is_sensitive: true,
    };
    assert_eq!(case.refusals(guards), [blind]);
}

fn configured<T>(most: T) -> GuardLimit<T> {
    GuardLimit {
        most,
        by: SetBy::Configuration,
    }
}

fn limit<T>(most: T) -> Option<GuardLimit<T>> {
    Some(configured(most))
}

#[test]
fn an_amount_may_change_by_the_factor_and_not_by_more() {
    let case = Case::of(DECLARED, HELD, &schemas(), &[]);
    let refused = |most| {
        let guards = Guards {
            max_amount_factor: limit(most),
            ..Guards::default()
        };
        case.refusals(guards).into_iter().find_map(|refusal| {
            let Refusal::AmountFactor { limit: _, jumps } = refusal else {
                return None;
            };
            Some(jumps.iter().map(|jump| jump.shown.to_string()).collect())
        })
    };
    assert_eq!(refused(99), Some(vec!["a".to_owned()]));
    // 1000.10 is 100 times 10.001, and D had nothing before.
    assert_eq!(refused(100), None);
}

#[test]
fn factors_are_those_of_amounts_that_are_there() {
    let decimal = |text: &str| Value::Decimal(text.parse().expect("a number"));
    for (before, after, times) in [
        ("100", "1", Some("100")),
        ("1", "100", Some("100")),
        ("-2", "-1", Some("2")),
        ("0", "5", None),
        ("5", "0", None),
        ("-5", "5", Some("1")),
        ("100", "-100000", Some("1000")),
    ] {
        let times = times.map(|times| times.parse().expect("a number"));
        assert_eq!(factor(&decimal(before), &decimal(after)), times);
    }
    assert_eq!(factor(&Value::Null, &decimal("5")), None);
    assert_eq!(factor(&Value::Text("9".into()), &decimal("5")), None);
}

#[test]
fn the_sum_of_the_open_deals_may_move_by_the_share() {
    let held = r#"{"opportunities": [
        {"externalOpportunityId": "A", "name": "A", "amount": 60},
        {"externalOpportunityId": "B", "name": "B", "amount": 40}]}"#;
    let declared = "  - { externalOpportunityId: A, amount: 70 }\n  - { externalOpportunityId: B, amount: 40 }\n";
    let case = Case::of(declared, held, &schemas(), &[]);
    let refused = |most: &str| {
        let guards = Guards {
            max_pipeline_change: limit(most.parse().expect("a number")),
            ..Guards::default()
        };
        !case.refusals(guards).is_empty()
    };
    assert_eq!((refused("9.99"), refused("10")), (true, false));
    // From nothing there is no share.
    let none = r#"{"opportunities": [{"externalOpportunityId": "A", "name": "A"}]}"#;
    let case = Case::of(
        "  - { externalOpportunityId: A, amount: 7 }\n",
        none,
        &schemas(),
        &[],
    );
    let guards = Guards {
        max_pipeline_change: limit(Decimal::ONE),
        ..Guards::default()
    };
    assert_eq!(case.refusals(guards), []);
}

#[test]
fn updates_and_creates_are_limited_where_that_is_written() {
    let case = Case::of(DECLARED, HELD, &schemas(), &[]);
    assert_eq!(case.refusals(Guards::default()), []);
    let guards = Guards {
        max_updates: limit(2),
        max_creates: limit(0),
        ..Guards::default()
    };
    let threshold = UpdateThreshold::Count(configured(2));
    let refusals = [
        Refusal::TooManyUpdates {
            updates: 3,
            threshold,
        },
        Refusal::TooManyCreates {
            creates: 1,
            limit: configured(0),
        },
    ];
    assert_eq!(case.refusals(guards), refusals);
    let guards = Guards {
        max_updates: limit(3),
        max_update_percent: limit(59),
        max_creates: limit(1),
        ..Guards::default()
    };
    let refusals = [Refusal::TooManyUpdates {
        updates: 3,
        threshold: UpdateThreshold::Percent {
            limit: configured(59),
            of: PercentBase::Declared(5),
        },
    }];
    assert_eq!(case.refusals(guards), refusals);
}

#[test]
fn more_is_read_only_where_the_pipeline_is_managed() {
    let schemas = schemas();
    let fields = |declared: &str| {
        let manifest = format!("version: 1\nopportunities:\n{declared}");
        let reading = manifest::read([("a.yaml".into(), manifest.into_bytes())]);
        let bound = bind(&reading.desired, &schemas, &leads(), Ownership::default());
        let mut questions = super::questions(&bound);
        DealView::of(&DealFields::default(), &schemas).ask(&mut questions);
        let names = questions[0].fields.iter().map(ToString::to_string);
        names.collect::<Vec<_>>().join(" ")
    };
    let declares = |field: &str| fields(&format!("  - {{ externalOpportunityId: A, {field} }}\n"));
    assert_eq!(declares("description: x"), "description name");
    assert_eq!(
        declares("amount: 1"),
        "amount closeDate isClosed isWon name stage"
    );
}

/// A deal as JSON and as YAML have it.
fn deal() -> impl Strategy<Value = (Option<u8>, i64, u32, bool, bool)> {
    let stage = prop::option::of(0..4_u8);
    (
        stage,
        -1_000_000..1_000_000_i64,
        0..4_u32,
        any::<bool>(),
        any::<bool>(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_pipeline_is_what_the_records_add_up_to(
        deals in prop::collection::vec((prop::option::of(deal()), prop::option::of(deal())), 1..8)
    ) {
        let flow = |(stage, digits, scale, closed, won): &(Option<u8>, i64, u32, bool, bool)| {
            let stage = stage.map_or("null".to_owned(), |stage| format!("\"S{stage}\""));
            let amount = Decimal::new(*digits, *scale);
            format!("\"name\": \"x\", \"stage\": {stage}, \"amount\": {amount}, \"isClosed\": {closed}, \"isWon\": {won}")
        };
        let (mut held, mut declared) = (Vec::new(), String::new());
        // Open, won and lost, each with count and sum, before and after.
        let mut expected = [[(0, Decimal::ZERO); 2]; 3];
        for (index, (before, after)) in deals.iter().enumerate() {
            for (side, deal) in [before, after].into_iter().enumerate() {
                if let Some((_, digits, scale, closed, won)) = deal {
                    let state = if !closed { 0 } else if *won { 1 } else { 2 };
                    expected[state][side].0 += 1;
                    expected[state][side].1 += Decimal::new(*digits, *scale);
                }
            }
            if let Some(before) = before {
                held.push(format!("{{\"externalOpportunityId\": \"K{index}\", {}}}", flow(before)));
            }
            let rest = after.as_ref().map_or("ensure: absent".to_owned(), flow);
            declared.extend(["  - { externalOpportunityId: K", &index.to_string(), ", ", &rest, " }\n"]);
        }
        let held = format!("{{\"opportunities\": [{}]}}", held.join(", "));
        let Pipeline { open, won, lost, stages, .. } = Case::of(&declared, &held, &schemas(), &[]).pipeline;
        for (found, expected) in [open, won, lost].into_iter().zip(expected) {
            for (found, (count, amount)) in [found.before, found.after].into_iter().zip(expected) {
                prop_assert_eq!((found.count, found.amount), (count, Some(amount)));
            }
        }
        let of_stages = stages.iter().filter_map(|(_, sides)| sides.after.amount);
        prop_assert_eq!(of_stages.sum::<Decimal>(), expected[0][1].1);
    }
}

#[test]
fn every_kind_of_deals_has_the_fields_of_one() {
    let schema = &schemas()[&OPPORTUNITY];
    for (field, name) in OPPORTUNITY.deal {
        let data_type = schema.field(name).map(|field| field.data_type.clone());
        let expected = match field {
            DealField::Stage => Some(DataType::String),
            DealField::Amount => Some(DataType::Currency),
            DealField::Closed | DealField::Won => Some(DataType::Boolean),
            DealField::CloseDate => Some(DataType::Date),
            // A custom field.
            DealField::Owner => None,
        };
        assert_eq!(data_type, expected, "{name}");
    }
}
