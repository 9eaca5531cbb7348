//! Reads that lag behind writes: for a while after a write they show what was there before.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::bench::{Bench, OPPORTUNITIES, http, many};
use crate::api::Carrier;
use crate::apply::Outcome;
use crate::simulator::{Breakdown, CallOperation, Fault, FaultKind, Moment};

const NEW: &str = "name: N";

/// So short that no test waits for it; there is a look before it and one after it.
const LAG: Duration = Duration::from_millis(5);

/// How many reads after the next lost write are stale.
#[derive(Default)]
struct Lag {
    stale: AtomicUsize,
    /// The last true rows of each path.
    rows: Mutex<HashMap<String, String>>,
}

impl Lag {
    /// The next so many reads show what the last one showed.
    fn begin(&self, reads: usize) {
        self.stale.store(reads, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.stale.load(Ordering::Relaxed) == 0
    }

    fn is_stale(&self) -> bool {
        let less = |reads: usize| reads.checked_sub(1);
        let counted = self
            .stale
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        counted.is_ok()
    }
}

fn carrier(lag: &Arc<Lag>) -> Carrier {
    let (lag, http) = (Arc::clone(lag), http());
    Arc::new(move |request| {
        let (lag, http) = (Arc::clone(&lag), http.clone());
        Box::pin(async move {
            let url = request.url().clone();
            let response = http.execute(request).await.ok()?;
            if url.query() != Some("_method=GET") || url.path().contains("leads") {
                return Some(response);
            }
            let text = response.text().await.ok()?;
            let path = url.path().to_owned();
            let shown = if lag.is_stale() {
                lag.rows.lock().unwrap()[&path].clone()
            } else {
                lag.rows.lock().unwrap().insert(path, text.clone());
                text
            };
            Some(axum::http::Response::new(shown).into())
        })
    })
}

async fn lagging() -> (Bench, Arc<Lag>) {
    let lag = Arc::<Lag>::default();
    let carrier = carrier(&lag);
    let bench = Bench::with(|setup| {
        setup.settings.carrier = Some(carrier);
        setup.settings.read_lag = LAG;
    })
    .await;
    (bench, lag)
}

/// The answer to the next write is lost.
fn lose(bench: &Bench, when: Moment) {
    let how = Breakdown::BadGateway;
    for operation in [CallOperation::Sync, CallOperation::Delete] {
        bench.fault(Fault::new(FaultKind::Break { how, when }).on(operation));
    }
}

#[tokio::test]
async fn what_a_lagging_read_hides_is_found_by_a_later_look() {
    let (bench, lag) = lagging().await;
    // A create and a delete are sent again at once, refused, and looked at again. An update is looked at until the lag is over.
    for (members, stale, sent) in [
        (NEW, 1, 2),
        (NEW, 2, 2),
        ("name: N, stage: Won", 1, 1),
        ("ensure: absent", 1, 2),
        ("ensure: absent", 2, 2),
    ] {
        let before = if members == NEW {
            "ensure: absent"
        } else {
            NEW
        };
        bench.seed(&many(1, before)).await;
        let declared = many(1, members);
        let planned = bench.plan(&declared).await;
        let writes = bench.writes();
        lose(&bench, Moment::AfterCommit);
        lag.begin(stale);
        let run = bench.execute(planned, |_, _| {}).await;
        bench.simulator.faults().clear();
        assert!(lag.is_over(), "{members}: {stale}");
        assert!(run.report.is_complete(), "{members}: {:#?}", run.lines());
        assert_eq!(bench.writes() - writes, sent, "{members}: {stale}");
        bench.assert_plan_empty(&declared).await;
    }
}

#[tokio::test]
async fn what_contradicts_itself_beyond_the_lag_is_unknown() {
    let (bench, lag) = lagging().await;
    let rows = [
        (NEW, "1017 Object already exists", "the record is not there"),
        (
            "ensure: absent",
            "1013 Object not found",
            "the record is there",
        ),
    ];
    for (members, refusal, read) in rows {
        let declared = many(1, members);
        let planned = bench.plan(&declared).await;
        lose(&bench, Moment::AfterCommit);
        lag.begin(usize::MAX);
        let run = bench.execute(planned, |_, _| {}).await;
        bench.simulator.faults().clear();
        lag.begin(0);
        let why = format!("sent 2 times and refused ({refusal}), but {read} when read back");
        assert_eq!(run.report.outcomes, [Outcome::Unknown { why }]);
        // The next run sees what became of it.
        bench.assert_plan_empty(&declared).await;
    }
}

#[tokio::test]
async fn a_refusal_for_another_reason_is_believed_only_after_the_lag() {
    let refusal = FaultKind::SkipRecord {
        index: 0,
        code: "1014".to_owned(),
        message: "Simulated".to_owned(),
    };
    for (stale, lines) in [
        (2, ["+ opportunity A00: applied"]),
        // Nothing tells that it is there.
        (usize::MAX, ["+ opportunity A00: rejected 1014"]),
    ] {
        let (bench, lag) = lagging().await;
        let planned = bench.plan(&many(1, NEW)).await;
        lose(&bench, Moment::AfterCommit);
        bench.fault(Fault::new(refusal.clone()).on(CallOperation::Sync));
        lag.begin(stale);
        let run = bench.execute(planned, |_, _| {}).await;
        assert_eq!(run.lines(), lines);
    }
}

#[tokio::test]
async fn what_somebody_else_wrote_meanwhile_is_not_written_over_after_a_lost_answer() {
    let (bench, _lag) = lagging().await;
    bench.seed(&many(1, NEW)).await;
    let planned = bench.plan(&many(1, "name: M")).await;
    let theirs = json!([{ "externalOpportunityId": "A00", "name": "Theirs" }]);
    bench.change(OPPORTUNITIES, theirs).await;
    lose(&bench, Moment::BeforeCommit);
    let writes = bench.writes();
    let run = bench.execute(planned, |_, _| {}).await;
    let [Outcome::Unknown { why }] = &*run.report.outcomes else {
        panic!("{:#?}", run.report);
    };
    let told = "when read back, the record has neither the old values nor the new ones: somebody else changed it, or Marketo stored something else";
    assert!(why.ends_with(told), "{why}");
    assert_eq!(bench.writes() - writes, 1);
    assert_eq!(bench.held().await, ["A00 name=Theirs"]);
}
