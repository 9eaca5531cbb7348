//! Fault scripts and the control endpoint.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{Bench, DESCRIBE, OPPORTUNITIES, Options, bench, bench_with, code, start};
use crate::simulator::faults::script::script_faults;
use crate::simulator::{
    Alteration, Breakdown, CallOperation, FAULTS, Fault, FaultKind, Garbling, Moment,
    SimulatorError, TokenLoss,
};

fn read(script: &str) -> Result<Vec<Fault>, String> {
    let script: Value = serde_yaml::from_str(script).unwrap();
    script_faults(script).map_err(|(number, problem)| format!("{number}: {problem}"))
}

#[test]
fn a_script_is_a_list_of_faults() {
    let text = "
faults:
  - { at: 3, operation: sync, fault: { kind: drop, when: afterCommit } }
  - { at: 5, times: 4, code: 606 }
  - { probability: 0.05, seed: 7, match: /rest/v1/opportunities*.json, fault: badGateway }
  - { probability: 1, times: 2, fault: { kind: delay, for: 2s } }
  - { match: /identity, fault: { kind: code, code: '999', message: Odd } }
";
    let lost = FaultKind::Break {
        how: Breakdown::Disconnect,
        when: Moment::AfterCommit,
    };
    let gateway = FaultKind::Break {
        how: Breakdown::BadGateway,
        when: Moment::BeforeCommit,
    };
    let odd = FaultKind::Answer {
        code: "999".to_owned(),
        message: Some("Odd".to_owned()),
    };
    let expected = vec![
        Fault::new(lost).on(CallOperation::Sync).after(2),
        Fault::code("606").after(4).times(4),
        Fault::new(gateway)
            .by_chance(50_000, 7)
            .prefix("/rest/v1/opportunities")
            .suffix(".json"),
        Fault::new(FaultKind::Delay(Duration::from_secs(2)))
            .by_chance(1_000_000, 0)
            .times(2),
        Fault::new(odd).prefix("/identity"),
    ];
    assert_eq!(read(text), Ok(expected));
    assert_eq!(read(""), Ok(Vec::new()));
    assert_eq!(read("code: '606'"), Ok(vec![Fault::code("606")]));
    assert_eq!(read("[{ code: '606' }]"), Ok(vec![Fault::code("606")]));
}

fn skip(index: usize, code: &str, message: &str) -> FaultKind {
    FaultKind::SkipRecord {
        index,
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

fn lose(field: &str, kept: usize) -> FaultKind {
    FaultKind::Lose {
        field: field.to_owned(),
        kept,
    }
}

fn broken(how: Breakdown) -> FaultKind {
    FaultKind::Break {
        how,
        when: Moment::BeforeCommit,
    }
}

#[test]
fn every_fault_of_the_table_can_be_written() {
    let expected = [
        ("code, code: '611'", Fault::code("611").kind),
        ("drop", broken(Breakdown::Disconnect)),
        ("badGateway", broken(Breakdown::BadGateway)),
        ("timeOut", broken(Breakdown::TimeOut)),
        (
            "delay, for: 250ms",
            FaultKind::Delay(Duration::from_millis(250)),
        ),
        ("expireToken", FaultKind::Token(TokenLoss::Expire)),
        ("revokeToken", FaultKind::Token(TokenLoss::Revoke)),
        (
            "skipRecord, index: 2, code: '1003', message: No",
            skip(2, "1003", "No"),
        ),
        ("loseField, field: stage", lose("stage", 0)),
        (
            "omitRow, index: 1",
            FaultKind::Alter(Alteration::OmitRow(1)),
        ),
        ("reverseRows", FaultKind::Alter(Alteration::ReverseRows)),
        ("numbersAsText", FaultKind::Alter(Alteration::NumbersAsText)),
        ("trailingBlank", FaultKind::Alter(Alteration::TrailingBlank)),
        (
            "lowerCaseNames",
            FaultKind::Alter(Alteration::LowerCaseNames),
        ),
        ("otherWording", FaultKind::Reword),
        ("warning, message: Hm", FaultKind::Warn("Hm".to_owned())),
        ("truncate", FaultKind::Garble(Garbling::Truncate)),
        ("noResult", FaultKind::Garble(Garbling::OmitResult)),
        ("html", FaultKind::Garble(Garbling::Html)),
    ];
    let names: Vec<&str> = expected
        .iter()
        .map(|(text, _)| text.split(',').next().unwrap())
        .collect();
    assert_eq!(
        names,
        FAULTS.iter().map(|fault| fault.name).collect::<Vec<_>>()
    );
    for (text, kind) in expected {
        let read = read(&format!("fault: {{ kind: {text} }}"));
        assert_eq!(read, Ok(vec![Fault::new(kind)]), "{text}");
    }
}

#[test]
fn mistakes_are_reported_with_the_number_of_their_fault() {
    let kinds = FAULTS.iter().map(|fault| fault.name).collect::<Vec<_>>();
    for (script, expected) in [
        ("[{ code: '606' }, 5]", "2: not a mapping".to_owned()),
        ("[{ at: 1 }]", "1: `fault` is missing".to_owned()),
        (
            "[{ code: '606', tims: 3 }]",
            "1: unknown member `tims`; did you mean `times`?".to_owned(),
        ),
        (
            "[{ fault: dorp }]",
            "1: there is no fault `dorp`; did you mean `drop`?".to_owned(),
        ),
        (
            "[{ fault: zzz }]",
            format!("1: there is no fault `zzz`; there are {}", kinds.join(", ")),
        ),
        (
            "[{ fault: { when: afterCommit } }]",
            "1: `kind` is missing".to_owned(),
        ),
        (
            "[{ fault: { kind: drop, whn: afterCommit } }]",
            "1: unknown member `whn`; did you mean `when`?".to_owned(),
        ),
        (
            "[{ fault: { kind: truncate, x: 1 } }]",
            "1: unknown member `x`; it has none".to_owned(),
        ),
        (
            "[{ fault: { kind: drop, when: later } }]",
            "1: `when` must be one of beforeCommit, afterCommit".to_owned(),
        ),
        ("[{ fault: delay }]", "1: `for` is missing".to_owned()),
        (
            "[{ fault: { kind: delay, for: 2 } }]",
            "1: `for` must be a duration such as 250ms or 2s".to_owned(),
        ),
        (
            "[{ code: x }]",
            "1: `code` must be a code of three or four digits".to_owned(),
        ),
        (
            "[{ code: '606', fault: drop }]",
            "1: `fault` and `code` exclude each other".to_owned(),
        ),
        (
            "[{ code: '606', at: 0 }]",
            "1: `at` must be a whole number from 1".to_owned(),
        ),
        (
            "[{ code: '606', probability: 1.5 }]",
            "1: `probability` must be a number from 0 to 1".to_owned(),
        ),
        (
            "[{ code: '606', at: 2, probability: 0.5 }]",
            "1: `at` and `probability` exclude each other".to_owned(),
        ),
        (
            "[{ code: '606', seed: 2 }]",
            "1: `probability` is missing".to_owned(),
        ),
        (
            "[{ code: '606', operation: upsert }]",
            "1: `operation` must be one of identity, describe, schema, query, sync, delete, partitions, usage".to_owned(),
        ),
    ] {
        assert_eq!(read(script), Err(expected), "{script}");
    }
}

async fn scripted(script: &'static str) -> Bench {
    bench_with(|options, directory| {
        let path = directory.join("faults.yaml");
        std::fs::write(&path, script).unwrap();
        options.faults = Some(path);
    })
    .await
}

async fn describes(bench: &Bench, calls: usize) -> Vec<String> {
    let mut answers = Vec::new();
    for _ in 0..calls {
        answers.push(code(&bench.get(DESCRIBE).await));
    }
    answers
}

#[tokio::test]
async fn a_script_applies_from_the_start() {
    let bench = scripted("[{ at: 2, times: 2, operation: describe, code: '606' }]").await;
    assert_eq!(describes(&bench, 4).await, ["ok", "606", "606", "ok"]);
}

#[tokio::test]
async fn only_the_seed_decides_which_calls_are_hit() {
    const SCRIPT: &str = "[{ probability: 0.3, seed: 11, match: /rest/, code: '608' }]";
    let first = describes(&scripted(SCRIPT).await, 40).await;
    assert_eq!(describes(&scripted(SCRIPT).await, 40).await, first);
    let hit = first.iter().filter(|answer| *answer == "608").count();
    assert!((5..20).contains(&hit), "{hit}");
    let other = describes(
        &scripted("[{ probability: 0.3, seed: 12, code: '608', match: /rest/ }]").await,
        40,
    )
    .await;
    assert_ne!(other, first);
}

#[tokio::test]
async fn a_bad_script_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::new(directory.path().join("data"));
    let path = directory.path().join("faults.yaml");
    std::fs::write(&path, "[{ fault: drop }, { fault: dorp }]").unwrap();
    options.faults = Some(path);
    let error = start(options).await.err().unwrap();
    assert!(
        matches!(error, SimulatorError::Fault { number: 2, .. }),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .ends_with("faults.yaml, fault 2: there is no fault `dorp`; did you mean `drop`?")
    );
}

#[tokio::test]
async fn faults_can_be_added_over_http_if_that_is_enabled() {
    let closed = bench().await;
    assert_eq!(closed.simulator.control_url(), None);
    assert_eq!(code(&closed.get("/simulator/faults").await), "610");

    let bench = bench_with(|options, _| options.control = true).await;
    let url = bench.simulator.control_url().unwrap();
    let post = async |body: &str, kind: &str| {
        let request = bench.http.post(&url).header("content-type", kind);
        let response = request.body(body.to_owned()).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.unwrap())
    };
    let json_type = "application/json";
    let fault = r#"{"code":"606","times":1,"match":"/rest/v1/opportunities/describe"}"#;
    assert_eq!(post(fault, json_type).await, (200, json!({ "waiting": 1 })));
    let script = r#"[{"code":"611"},{"at":2,"fault":{"kind":"truncate"}}]"#;
    assert_eq!(
        post(script, json_type).await,
        (200, json!({ "waiting": 3 }))
    );
    let query = format!("{OPPORTUNITIES}?filterType=dedupeFields&filterValues=A");
    assert_eq!(code(&bench.get(&query).await), "611");
    assert_eq!(describes(&bench, 1).await, ["606"]);

    let error = json!({ "error": "fault 1: there is no fault `x`; there are code, drop" });
    let (status, told) = post(r#"{"fault":"x"}"#, json_type).await;
    let told = told["error"].as_str().unwrap();
    assert!(told.starts_with(error["error"].as_str().unwrap()), "{told}");
    assert_eq!(status, 400);
    assert_eq!(post("{", json_type).await.0, 400);
    assert_eq!(post(fault, "text/plain").await.0, 415);
    let put = bench.http.put(&url).send().await.unwrap();
    assert_eq!(put.status(), 405);
    let cleared = bench.http.delete(&url).send().await.unwrap();
    assert_eq!(
        cleared.json::<Value>().await.unwrap(),
        json!({ "waiting": 0 })
    );
    let shown = bench.http.get(&url).send().await.unwrap();
    assert_eq!(
        shown.json::<Value>().await.unwrap(),
        json!({ "waiting": 0 })
    );
    // The log has only calls of Marketo's API.
    let calls = bench.simulator.calls();
    assert!(calls.iter().all(|call| call.path != "/simulator/faults"));
}
