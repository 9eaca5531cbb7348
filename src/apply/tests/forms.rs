//! Every odd form in which an instance may answer what was written: no form is a change, for any data type.

use pretty_assertions::assert_eq;
use serde_json::{Map, Value, json};

use super::bench::Bench;
use crate::simulator::{Alteration, CallOperation, Fault, FaultKind};

/// Together 2,000 keys.
const OPPORTUNITIES: usize = 1_600;
const ROLES: usize = 400;

/// A custom field of each type, by the type's name.
const TYPES: [&str; 14] = [
    "boolean", "currency", "date", "datetime", "email", "float", "integer", "percent", "phone",
    "score", "string", "text", "textarea", "url",
];

/// What a query's answers look like, as switches have it; the values other than the default.
const SWITCHES: [(&str, &str); 17] = [
    ("decimalForm", "twoPlaces"),
    ("decimalForm", "decimal"),
    ("numberForm", "amountsAsText"),
    ("numberForm", "text"),
    ("guidBlank", "trailing"),
    ("emptyField", "omitted"),
    ("unsetBoolean", "null"),
    ("queryOrder", "reversed"),
    ("querySeq", "filterValue"),
    ("lastPage", "moreResultFalse"),
    ("emptyResult", "omitted"),
    ("envelope", "full"),
    ("amountType", "float"),
    ("probabilityType", "percent"),
    ("datetimeForm", "utcAndOffset"),
    ("datetimeForm", "offset"),
    ("datetimeForm", "withoutZone"),
];

/// The same and more, as faults have it.
const ALTERATIONS: [Alteration; 4] = [
    Alteration::NumbersAsText,
    Alteration::TrailingBlank,
    Alteration::ReverseRows,
    Alteration::LowerCaseNames,
];

/// What a manifest writes for a field of a type, in forms other than the stored one.
fn value(data_type: &str, n: usize) -> Value {
    match data_type {
        "boolean" => json!(n.is_multiple_of(2)),
        // Decimals that no binary float holds, with zeros that mean nothing.
        "currency" => json!(format!("{n}.470")),
        "float" => json!(format!("-{n}.0000000000010")),
        "date" => json!(format!("20{:02}-02-28", n % 100)),
        "datetime" => json!(format!(
            "2026-03-01T00:{:02}:{:02}.750+01:00",
            n / 60 % 60,
            n % 60
        )),
        "email" => json!(format!("Person{n}@example.com")),
        "integer" | "score" => json!(n as i64 - 1_000),
        "percent" => json!(n % 101),
        "phone" => json!(format!("+49 30 {n}")),
        "url" => json!(format!("https://example.com/?n={n}")),
        // Text that looks like something else.
        _ => json!((["1.50", "null", "TRUE", "0042", "ünï 𝄞", "a: \"b\""][n % 6])),
    }
}

/// So many opportunities, and fewer roles; one field of five has no value.
fn manifest(opportunities: usize, roles: usize) -> String {
    let opportunity = |n: usize| {
        let mut members = Map::new();
        members.insert(
            "externalOpportunityId".to_owned(),
            json!(format!("Key-{n:04}")),
        );
        members.insert("name".to_owned(), json!(format!("Chairs {n}")));
        members.insert("amount".to_owned(), value("currency", n));
        members.insert("probability".to_owned(), value("percent", n));
        members.insert("externalCreatedDate".to_owned(), value("datetime", n));
        for (place, data_type) in TYPES.into_iter().enumerate() {
            let is_null = (n + place).is_multiple_of(5);
            let value = if is_null {
                Value::Null
            } else {
                value(data_type, n)
            };
            members.insert(format!("{data_type}Field"), value);
        }
        Value::Object(members)
    };
    let role = |n: usize| {
        let mut role = json!({
            "externalOpportunityId": format!("Key-{n:04}"),
            "role": format!("Buyer {}", n % 7),
            "isPrimary": value("boolean", n),
            "externalCreatedDate": if n.is_multiple_of(5) { Value::Null } else { value("datetime", n) },
        });
        if n.is_multiple_of(2) {
            role["leadId"] = json!(n % 3 + 1);
        } else {
            let email = ["ADA@example.com", "bob@example.com", "Cyd@Example.com"][n % 3];
            role["lead"] = json!({ "email": email });
        }
        role
    };
    let opportunities: Vec<Value> = (0..opportunities).map(opportunity).collect();
    let roles: Vec<Value> = (0..roles).map(role).collect();
    json!({ "version": 1, "opportunities": opportunities, "roles": roles }).to_string()
}

async fn bench() -> Bench {
    let fields = TYPES.map(|name| json!({ "name": format!("{name}Field"), "dataType": name }));
    let schema = json!({ "opportunity": { "fields": fields } });
    Bench::with(|setup| setup.schema = Some(schema)).await
}

fn altered(alteration: Alteration) -> Fault {
    let fault = Fault::new(FaultKind::Alter(alteration)).on(CallOperation::Query);
    fault.times(u32::MAX)
}

#[tokio::test]
async fn no_form_alone_is_a_change() {
    let mut bench = bench().await;
    let manifest = manifest(40, 40);
    bench.seed(&manifest).await;
    bench.assert_plan_empty(&manifest).await;
    for alteration in ALTERATIONS {
        bench.fault(altered(alteration));
        bench.assert_plan_empty(&manifest).await;
        bench.simulator.faults().clear();
    }
    for (switch, value) in SWITCHES {
        bench = bench
            .answering(|answers| answers.set(switch, value).unwrap())
            .await;
        bench.assert_plan_empty(&manifest).await;
    }
}

#[tokio::test]
async fn all_forms_together_are_no_change_of_2000_keys() {
    let bench = bench().await;
    let manifest = manifest(OPPORTUNITIES, ROLES);
    bench.seed(&manifest).await;
    let bench = bench
        .answering(|answers| {
            for (switch, value) in SWITCHES {
                answers.set(switch, value).unwrap();
            }
        })
        .await;
    // The other alterations are switched on.
    bench.fault(altered(Alteration::LowerCaseNames));
    let planned = bench.plan(&manifest).await;
    assert_eq!(planned.lines(), Vec::<String>::new());
    let unchanged: usize = planned.plan.unchanged.values().sum();
    assert_eq!(unchanged, OPPORTUNITIES + ROLES);
}
