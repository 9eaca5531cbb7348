//! The faults of one seed: a script, as users write them, of every kind that the simulator knows.
//!
//! The kinds come from the simulator's own table, so a further one takes part without being listed here; only
//! what its members can be has to be known. One alone is left out: see `LIE`.

use std::collections::BTreeMap;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::super::bench::Bench;
use crate::simulator::{Breakdown, FAULTS, Fault, FaultKind, FaultType, Moment};

/// The share of calls that a fault strikes, of a million.
const STRUCK: u32 = 50_000;

/// Each disposition that the client knows, and a code that nobody knows.
const CODES: [&str; 19] = [
    "500", "601", "602", "603", "604", "606", "607", "608", "610", "611", "614", "615", "702",
    "713", "718", "1003", "1018", "1036", "999",
];

/// From a moment to more than any call may take.
const DELAYS: [&str; 4] = ["250ms", "10s", "31s", "61s"];

/// Faults without an end, in the sense of any run; a number that is counted down shows how often each struck.
const ENDLESS: u32 = 1_000_000;

/// An instance that says it has stored what it has not: without a canary nobody looks, and the report is wrong.
const LIE: &str = "loseField";

/// What the faults of a seed are, and how often each strikes at most.
pub(super) struct Script {
    faults: Vec<(String, u32)>,
}

/// How often each fault struck.
pub(super) type Strikes = BTreeMap<String, usize>;

impl Script {
    /// Lets the faults of a seed wait for calls.
    pub(super) async fn begin(bench: &Bench, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let variants: Vec<Value> = FAULTS
            .iter()
            .filter(|kind| kind.name != LIE)
            .flat_map(|kind| variants(kind, &mut random))
            .collect();
        let each = STRUCK / u32::try_from(variants.len() + 1).unwrap();
        let mut faults = vec![add_too_large(bench, each, random.u64(..))];
        let mut script = Vec::new();
        for (number, fault) in (0..).zip(&variants) {
            faults.push((label(fault), ENDLESS));
            script.push(json!({
                "probability": f64::from(each) / 1_000_000.0,
                "seed": seed.wrapping_mul(1_000).wrapping_add(number),
                "times": ENDLESS,
                "fault": fault,
            }));
        }
        if random.u8(..3) == 0 {
            let (at, times) = (random.u32(1..30), random.u32(2..15));
            let fault = random.choice(&variants).unwrap();
            faults.push((label(fault), times));
            script.push(json!({ "at": at, "times": times, "fault": fault }));
        }
        let reply = bench.post("/simulator/faults", &json!(script)).await;
        assert_eq!(reply, json!({ "waiting": faults.len() }));
        Self { faults }
    }

    /// Ends all faults, and tells which ones struck.
    pub(super) fn end(&self, bench: &Bench) -> Strikes {
        let waiting = bench.simulator.faults().waiting();
        bench.simulator.faults().clear();
        let mut strikes = Strikes::new();
        for (index, (label, times)) in self.faults.iter().enumerate() {
            // One that is not there any more has struck as often as it can; only the last one has so few.
            let left = waiting.get(index).map_or(0, |fault| fault.times);
            if left < *times {
                *strikes.entry(label.clone()).or_default() += (times - left) as usize;
            }
        }
        strikes
    }
}

/// Scripts have no name for this one: that a gateway takes less than the documented 1 MB is nowhere said.
fn add_too_large(bench: &Bench, per_million: u32, seed: u64) -> (String, u32) {
    let (how, when) = (Breakdown::TooLarge, Moment::BeforeCommit);
    let fault = Fault::new(FaultKind::Break { how, when }).prefix("/rest");
    bench.fault(fault.by_chance(per_million, seed).times(ENDLESS));
    ("tooLarge".to_owned(), ENDLESS)
}

/// All that a kind of fault can be.
fn variants(kind: &FaultType, random: &mut fastrand::Rng) -> Vec<Value> {
    let mut variants = vec![json!({ "kind": kind.name })];
    for (member, _) in kind.members {
        let choices: Vec<Value> = match *member {
            "when" => vec!["beforeCommit".into(), "afterCommit".into()],
            "code" if kind.name == "code" => CODES.map(Value::from).to_vec(),
            "code" => vec![(*random.choice(&["1014", "1003", "1022"]).unwrap()).into()],
            "for" => DELAYS.map(Value::from).to_vec(),
            "index" => vec![random.u8(..4).into()],
            "message" => vec!["Simulated by chance".into()],
            other => panic!("nothing is known of the member {other} of {}", kind.name),
        };
        variants = variants
            .iter()
            .flat_map(|variant| {
                choices.iter().map(|choice| {
                    let mut variant = variant.clone();
                    variant[*member] = choice.clone();
                    variant
                })
            })
            .collect();
    }
    variants
}

/// The fault in a word or two, as `drop afterCommit` or `code 606`.
fn label(fault: &Value) -> String {
    let members = match fault["kind"].as_str().unwrap() {
        "code" => ["kind", "code"].as_slice(),
        "delay" => &["kind", "for"],
        _ => &["kind", "when"],
    };
    let words: Vec<&str> = members
        .iter()
        .filter_map(|name| fault[*name].as_str())
        .collect();
    words.join(" ")
}
