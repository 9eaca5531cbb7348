//! Writes that were executed although their answers say otherwise: they are read back before an answer is believed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::bench::{Bench, http, many};
use crate::api::Carrier;
use crate::simulator::CallOperation;

const NEW: &str = "name: N";
/// Created, updated, deleted.
const LIFE: [&str; 3] = [NEW, "name: N, stage: Won", "ensure: absent"];

/// What a write is answered with after it was executed: a status, and the body made from the true one.
type Lie = (u16, fn(&str) -> String);

fn code(code: &str) -> String {
    format!(
        r#"{{"requestId":"a#1","success":false,"errors":[{{"code":"{code}","message":"no"}}]}}"#
    )
}

const LIES: [(&str, Lie); 12] = [
    ("606", (200, |_| code("606"))),
    ("608", (200, |_| code("608"))),
    ("615", (200, |_| code("615"))),
    ("602", (200, |_| code("602"))),
    ("604", (200, |_| code("604"))),
    ("unknown code", (200, |_| code("4711"))),
    ("no reason", (200, |_| r#"{"success":false}"#.to_owned())),
    (
        "success and errors",
        (200, |body| {
            body.replace(
                r#""success":true"#,
                r#""success":true,"errors":[{"code":"610"}]"#,
            )
        }),
    ),
    ("401", (401, |_| "<html>".to_owned())),
    ("403", (403, |_| "<html>".to_owned())),
    ("413", (413, |_| "<html>".to_owned())),
    ("redirect", (302, |_| String::new())),
];

/// Carries calls to the simulator. The next write after `is_armed` was set is executed, and answered with the lie.
fn carrier(is_armed: &Arc<AtomicBool>, (status, body): Lie) -> Carrier {
    let (is_armed, http) = (Arc::clone(is_armed), http());
    Arc::new(move |request| {
        let (is_armed, http) = (Arc::clone(&is_armed), http.clone());
        Box::pin(async move {
            let url = request.url();
            let is_write = url.path().starts_with("/rest/")
                && request.method() == reqwest::Method::POST
                && url.query().is_none();
            let response = http.execute(request).await.ok()?;
            if !is_write || !is_armed.swap(false, Ordering::Relaxed) {
                return Some(response);
            }
            let answer = axum::http::Response::builder().status(status);
            let text = response.text().await.ok()?;
            Some(answer.body(body(&text)).ok()?.into())
        })
    })
}

/// An instance that lies about one write, once it is told to.
async fn lying(lie: Lie) -> (Bench, Arc<AtomicBool>) {
    let is_armed = Arc::new(AtomicBool::new(false));
    let carrier = carrier(&is_armed, lie);
    let bench = Bench::with(|setup| setup.settings.carrier = Some(carrier)).await;
    (bench, is_armed)
}

#[tokio::test]
async fn what_was_executed_is_applied_whatever_the_answer_was() {
    for (what, lie) in LIES {
        let (bench, is_armed) = lying(lie).await;
        for members in LIFE {
            let planned = bench.plan(&many(2, members)).await;
            let writes = bench.writes();
            is_armed.store(true, Ordering::Relaxed);
            let run = bench.execute(planned, |_, _| {}).await;
            assert!(!is_armed.load(Ordering::Relaxed), "{what}");
            let lines = run.lines();
            let applied = lines.iter().all(|line| line.ends_with(": applied"));
            assert!(applied, "{what}: {members}: {lines:#?}");
            assert!(bench.writes() - writes <= 3, "{what}");
            bench.assert_plan_empty(&many(2, members)).await;
        }
        assert_eq!(bench.held().await, Vec::<String>::new(), "{what}");
    }
}

#[tokio::test]
async fn rows_that_contradict_the_question_are_read_back() {
    let lies: [fn(&str) -> String; 2] = [
        |body| body.replace(r#""created""#, r#""updated""#),
        // One id for every row.
        |body| {
            let mut reply: Value = serde_json::from_str(body).unwrap();
            let rows = reply["result"].as_array_mut().unwrap();
            let first = rows[0]["marketoGUID"].clone();
            for row in rows {
                row["marketoGUID"] = first.clone();
            }
            reply.to_string()
        },
    ];
    for lie in lies {
        let (bench, is_armed) = lying((200, lie)).await;
        let planned = bench.plan(&many(3, NEW)).await;
        let queries = bench.count(CallOperation::Query);
        is_armed.store(true, Ordering::Relaxed);
        let run = bench.execute(planned, |_, _| {}).await;
        assert!(run.report.is_complete());
        assert_eq!(bench.writes(), 1);
        assert_eq!(bench.count(CallOperation::Query) - queries, 1);
        bench.assert_plan_empty(&many(3, NEW)).await;
        // Each has the id of its own record, by which it is deleted.
        bench.seed(&many(3, LIFE[2])).await;
        assert_eq!(bench.held().await, Vec::<String>::new());
    }
}
