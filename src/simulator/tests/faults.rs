//! Each kind of fault, and the state after it.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{
    Bench, DELETE, DESCRIBE, IDENTITY, OPPORTUNITIES, ROLES, bench, bench_with, code, new_token,
};
use crate::simulator::{
    Alteration, Breakdown, CallOperation, CallOutcome, Fault, FaultKind, Garbling, Moment,
    TimeOuts, TokenLoss,
};

fn sync(key: &str) -> Value {
    json!({ "input": [{ "externalOpportunityId": key, "name": key }] })
}

async fn stored(bench: &Bench, key: &str) -> usize {
    let rows = bench.find(OPPORTUNITIES, "dedupeFields", key, "name").await;
    rows.len()
}

#[tokio::test]
async fn a_code_is_answered_without_executing() {
    let bench = bench().await;
    for wanted in [
        "601", "602", "604", "606", "607", "608", "611", "615", "713",
    ] {
        bench.simulator.faults().push(Fault::code(wanted));
        let reply = bench.post(OPPORTUNITIES, &sync("A")).await;
        assert_eq!(code(&reply), wanted);
        assert_ne!(reply["errors"][0]["message"], "Simulated fault");
    }
    assert_eq!(stored(&bench, "A").await, 0);
    let own = FaultKind::Answer {
        code: "999".to_owned(),
        message: Some("Quite odd".to_owned()),
    };
    bench.simulator.faults().push(Fault::new(own));
    let reply = bench.get(DESCRIBE).await;
    assert_eq!(
        reply["errors"],
        json!([{ "code": "999", "message": "Quite odd" }])
    );
}

#[tokio::test]
async fn a_fault_hits_the_calls_that_it_names() {
    let bench = bench().await;
    let faults = bench.simulator.faults();
    faults.push(Fault::code("608").on(CallOperation::Sync).after(1).times(2));
    faults.push(Fault::code("713").prefix("/rest/").suffix("/roles.json"));
    assert_eq!(bench.write(OPPORTUNITIES, &sync("A")).await, ["created"]);
    assert_eq!(stored(&bench, "A").await, 1);
    assert_eq!(bench.write(OPPORTUNITIES, &sync("B")).await, ["call 608"]);
    assert_eq!(bench.write(OPPORTUNITIES, &sync("B")).await, ["call 608"]);
    assert_eq!(bench.write(OPPORTUNITIES, &sync("B")).await, ["created"]);
    assert_eq!(
        bench.write(ROLES, &json!({ "input": [] })).await,
        ["call 713"]
    );
    assert_eq!(faults.waiting(), []);
    faults.push(Fault::code("601").on(CallOperation::Describe).after(2));
    faults.push(Fault::code("606").on(CallOperation::Describe).after(1));
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(code(&bench.get(DESCRIBE).await));
    }
    assert_eq!(answers, ["ok", "606", "601", "ok"]);
    faults.push(Fault::code("611").times(9));
    faults.clear();
    assert_eq!(code(&bench.get(DESCRIBE).await), "ok");
}

#[tokio::test]
async fn a_fault_may_wait_for_a_record() {
    let bench = bench().await;
    let fault = Fault::code("718").on(CallOperation::Sync).naming("\"B\"");
    bench.simulator.faults().push(fault);
    assert_eq!(bench.write(OPPORTUNITIES, &sync("A")).await, ["created"]);
    assert_eq!(bench.write(OPPORTUNITIES, &sync("B")).await, ["call 718"]);
    assert_eq!(bench.write(OPPORTUNITIES, &sync("B")).await, ["created"]);
    let fault = Fault::code("713").on(CallOperation::Query).naming("B");
    bench.simulator.faults().push(fault);
    assert_eq!(stored(&bench, "A").await, 1);
    let form = [("filterType", "dedupeFields"), ("filterValues", "A,B")];
    let path = format!("{OPPORTUNITIES}?_method=GET");
    assert_eq!(code(&bench.form(&path, &form).await), "713");
}

/// A write that breaks down: its answer, and whether the record exists.
async fn broken(how: Breakdown, when: Moment) -> (Option<(u16, String)>, usize) {
    let bench = bench().await;
    let fault = Fault::new(FaultKind::Break { how, when });
    bench.simulator.faults().push(fault.on(CallOperation::Sync));
    let request = bench.http.post(bench.url(OPPORTUNITIES)).json(&sync("A"));
    let answer = match request.bearer_auth(&bench.token).send().await {
        Ok(response) => {
            let status = response.status().as_u16();
            Some((status, response.text().await.unwrap()))
        }
        Err(_) => None,
    };
    let logged = bench.simulator.calls().pop().unwrap().answer;
    let expected = match how {
        Breakdown::TimeOut => CallOutcome::Code("604".to_owned()),
        Breakdown::BadGateway => CallOutcome::Http(502),
        Breakdown::Disconnect => CallOutcome::Cut,
        Breakdown::TooLarge => CallOutcome::Http(413),
    };
    assert_eq!(logged, expected);
    let count = stored(&bench, "A").await;
    (answer, count)
}

#[tokio::test]
async fn an_answer_may_fail_before_or_after_the_commit() {
    for (when, count) in [(Moment::BeforeCommit, 0), (Moment::AfterCommit, 1)] {
        let (answer, stored) = broken(Breakdown::Disconnect, when).await;
        assert_eq!((answer, stored), (None, count));
        let (answer, stored) = broken(Breakdown::BadGateway, when).await;
        let (status, page) = answer.unwrap();
        assert_eq!((status, stored), (502, count));
        assert!(page.starts_with("<html>"), "{page}");
        let (answer, stored) = broken(Breakdown::TimeOut, when).await;
        let (status, body) = answer.unwrap();
        let reply: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, code(&reply), stored),
            (200, "604".to_owned(), count)
        );
    }
}

#[tokio::test]
async fn a_gateway_may_take_less() {
    let (answer, stored) = broken(Breakdown::TooLarge, Moment::BeforeCommit).await;
    assert_eq!((answer.unwrap().0, stored), (413, 0));
}

#[tokio::test]
async fn a_refusal_can_get_lost_too() {
    let bench = bench().await;
    let fault = Fault::new(FaultKind::Break {
        how: Breakdown::BadGateway,
        when: Moment::AfterCommit,
    });
    bench.simulator.faults().push(fault);
    let request = bench.http.post(bench.url(OPPORTUNITIES)).json(&json!({}));
    let response = request.bearer_auth(&bench.token).send().await.unwrap();
    assert_eq!(response.status(), 502);
}

#[tokio::test]
async fn identity_can_fail_too() {
    let bench = bench().await;
    let fault = Fault::new(FaultKind::Break {
        how: Breakdown::BadGateway,
        when: Moment::BeforeCommit,
    });
    bench
        .simulator
        .faults()
        .push(fault.on(CallOperation::Identity));
    let response = bench.http.get(bench.url(IDENTITY)).send().await.unwrap();
    assert_eq!(response.status(), 502);
}

#[tokio::test]
async fn a_delayed_call_is_executed() {
    let bench = bench().await;
    let delay = FaultKind::Delay(Duration::from_millis(1));
    bench.simulator.faults().push(Fault::new(delay));
    assert_eq!(bench.write(OPPORTUNITIES, &sync("A")).await, ["created"]);
}

#[tokio::test]
async fn one_record_is_skipped_and_the_others_are_not() {
    let bench = bench().await;
    let skip = Fault::new(FaultKind::SkipRecord {
        index: 1,
        code: "1014".to_owned(),
        message: "Failed to create Object".to_owned(),
    });
    bench.simulator.faults().push(skip.clone());
    let records = ["A", "B", "C"].map(|key| json!({ "externalOpportunityId": key }));
    let body = json!({ "input": records });
    assert_eq!(
        bench.write(OPPORTUNITIES, &body).await,
        ["created", "1014", "created"]
    );
    assert_eq!(stored(&bench, "A,B,C").await, 2);
    bench.simulator.faults().push(skip.clone());
    assert_eq!(
        bench.write(DELETE, &body).await,
        ["deleted", "1014", "deleted"]
    );
    bench.simulator.faults().push(skip);
    let leads = json!({ "input": [{ "email": "a@example.com" }, { "email": "b@example.com" }] });
    assert_eq!(bench.write(super::LEADS, &leads).await, ["created", "1014"]);
}

fn named(name: &str) -> Value {
    json!({ "input": [{ "externalOpportunityId": "A", "name": name }] })
}

/// The rows of a query of A and B under an alteration.
#[tokio::test]
async fn a_field_can_be_lost_although_the_sync_succeeds() {
    let bench = bench().await;
    let lose = |field: &str, kept| {
        let field = field.to_owned();
        bench
            .simulator
            .faults()
            .push(Fault::new(FaultKind::Lose { field, kept }).on(CallOperation::Sync));
    };
    lose("name", 3);
    assert_eq!(
        bench.write(OPPORTUNITIES, &named("Chairs")).await,
        ["created"]
    );
    lose("name", 0);
    assert_eq!(
        bench.write(OPPORTUNITIES, &named("Tables")).await,
        ["updated"]
    );
    let rows = bench.find(OPPORTUNITIES, "dedupeFields", "A", "name").await;
    assert_eq!(rows[0]["name"], "Cha");
}

async fn altered(bench: &Bench, alteration: Alteration) -> Value {
    let fault = Fault::new(FaultKind::Alter(alteration));
    bench
        .simulator
        .faults()
        .push(fault.on(CallOperation::Query));
    let rows = bench
        .find(
            OPPORTUNITIES,
            "dedupeFields",
            "A,B",
            "externalOpportunityId,amount",
        )
        .await;
    json!(rows)
}

#[tokio::test]
async fn rows_can_be_altered() {
    let bench = bench().await;
    let records = ["A", "B"].map(|key| json!({ "externalOpportunityId": key, "amount": 1.5 }));
    let reply = bench
        .post(OPPORTUNITIES, &json!({ "input": records }))
        .await;
    let guid = |index: usize| {
        reply["result"][index]["marketoGUID"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let row = |seq: usize, key: &str| json!({ "seq": seq, "marketoGUID": guid(seq), "externalOpportunityId": key, "amount": 1.5 });
    let (a, b) = (row(0, "A"), row(1, "B"));
    assert_eq!(altered(&bench, Alteration::OmitRow(0)).await, json!([b]));
    assert_eq!(altered(&bench, Alteration::OmitRow(9)).await, json!([a, b]));
    assert_eq!(
        altered(&bench, Alteration::ReverseRows).await,
        json!([b, a])
    );
    let text = altered(&bench, Alteration::NumbersAsText).await;
    assert_eq!(
        (&text[1]["amount"], &text[1]["seq"]),
        (&json!("1.5"), &json!(1))
    );
    let blank = altered(&bench, Alteration::TrailingBlank).await;
    assert_eq!(blank[0]["marketoGUID"], format!("{} ", guid(0)));
    let lower = altered(&bench, Alteration::LowerCaseNames).await;
    let expected =
        json!({ "seq": 1, "marketoguid": guid(1), "externalopportunityid": "B", "amount": 1.5 });
    assert_eq!(lower[1], expected);
}

#[tokio::test]
async fn tokens_end_in_the_middle() {
    for (loss, answers) in [
        (TokenLoss::Expire, ["ok", "602", "601"]),
        (TokenLoss::Revoke, ["ok", "601", "601"]),
    ] {
        let mut bench = bench().await;
        let fault = Fault::new(FaultKind::Token(loss)).on(CallOperation::Describe);
        bench.simulator.faults().push(fault.after(1));
        let mut answered = Vec::new();
        for _ in 0..3 {
            answered.push(code(&bench.get(DESCRIBE).await));
        }
        assert_eq!(answered, answers);
        let old = bench.token.clone();
        bench.token = new_token(&bench.http, &bench.simulator).await;
        assert_ne!(bench.token, old);
        assert_eq!(code(&bench.get(DESCRIBE).await), "ok");
    }
}

fn reword() -> Fault {
    Fault::new(FaultKind::Reword)
}

#[tokio::test]
async fn messages_can_be_worded_differently() {
    let bench = bench().await;
    bench.simulator.faults().push(reword());
    let body = json!({ "action": "updateOnly", "input": [{ "externalOpportunityId": "A" }] });
    let reply = bench.post(OPPORTUNITIES, &body).await;
    let reasons = json!([{ "code": "1013", "message": "The service reports: object not found." }]);
    assert_eq!(reply["result"][0]["reasons"], reasons);
    bench.simulator.faults().push(reword());
    let reply = bench.post(OPPORTUNITIES, &json!({})).await;
    let errors =
        json!([{ "code": "1003", "message": "The service reports: input not specified." }]);
    assert_eq!(reply["errors"], errors);
}

#[tokio::test]
async fn an_answer_may_warn() {
    let bench = bench().await;
    let fault = Fault::new(FaultKind::Warn("Slow".to_owned()));
    bench.simulator.faults().push(fault);
    let reply = bench.post(OPPORTUNITIES, &sync("A")).await;
    assert_eq!(reply["warnings"], json!([{ "code": 0, "message": "Slow" }]));
    assert_eq!(reply["result"][0]["status"], "created");
}

#[tokio::test]
async fn a_call_with_an_unreadable_answer_was_executed() {
    let bench = bench().await;
    let garbled = async |key: &str, garbling| {
        let fault = Fault::new(FaultKind::Garble(garbling)).on(CallOperation::Sync);
        bench.simulator.faults().push(fault);
        let request = bench.http.post(bench.url(OPPORTUNITIES)).json(&sync(key));
        let response = request.bearer_auth(&bench.token).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let text = response.text().await.unwrap();
        assert_eq!(stored(&bench, key).await, 1);
        text
    };
    let truncated = garbled("A", Garbling::Truncate).await;
    assert!(truncated.starts_with("{\"requestId\""), "{truncated}");
    assert!(serde_json::from_str::<Value>(&truncated).is_err());
    let empty: Value = serde_json::from_str(&garbled("B", Garbling::OmitResult).await).unwrap();
    assert_eq!(
        (&empty["success"], empty.get("result")),
        (&json!(true), None)
    );
    assert!(garbled("C", Garbling::Html).await.starts_with("<html>"));
}

fn slow() -> Fault {
    Fault::new(FaultKind::Delay(Duration::from_hours(1)))
}

#[tokio::test]
async fn a_call_that_takes_too_long_times_out() {
    let short = TimeOuts {
        read: Duration::from_millis(1),
        write: Duration::from_millis(2),
        lead_read: Duration::from_millis(1),
        lead_write: Duration::from_millis(2),
    };
    let bench = bench_with(|options, _| options.time_outs = short).await;
    for path in [OPPORTUNITIES, ROLES, DELETE, super::LEADS] {
        bench.simulator.faults().push(slow());
        let reply = bench.post(path, &sync("A")).await;
        assert_eq!(code(&reply), "604", "{path}");
    }
    for path in [DESCRIBE, super::LEADS] {
        bench.simulator.faults().push(slow());
        assert_eq!(code(&bench.get(path).await), "604", "{path}");
    }
    bench.simulator.faults().push(slow());
    assert_eq!(bench.write(OPPORTUNITIES, &sync("B")).await, ["call 604"]);
    // Both were written, although the client got no answer.
    assert_eq!(stored(&bench, "A,B").await, 2);
}

#[test]
fn the_default_time_outs_are_those_of_marketo() {
    let TimeOuts {
        read,
        write,
        lead_read,
        lead_write,
    } = TimeOuts::default();
    let seconds = [read, write, lead_read, lead_write].map(|limit| limit.as_secs());
    assert_eq!(seconds, [30, 60, 60, 90]);
}
