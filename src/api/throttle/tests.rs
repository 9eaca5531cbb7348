//! The throttle keeps the limits of the server whatever the delays are.

use std::sync::Arc;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use tokio::runtime::Builder;
use tokio::time::sleep;

use super::*;

/// One call: how long it takes to arrive at the server, and how long the server and the way back take.
#[derive(Clone, Copy, Debug)]
struct Delays {
    arrive: Duration,
    work: Duration,
}

/// What the server saw.
#[derive(Debug, Default)]
struct Server {
    arrivals: Vec<Instant>,
    running: usize,
    most_running: usize,
}

fn in_virtual_time<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
        .block_on(future)
}

async fn run(calls: usize, concurrency: usize, delays: &[Delays]) -> (Server, Duration) {
    let throttle = Arc::new(Throttle::new(calls, concurrency));
    let server = Arc::new(Mutex::new(Server::default()));
    let start = Instant::now();
    let callers: Vec<_> = delays
        .iter()
        .copied()
        .map(|delays| {
            let (throttle, server) = (Arc::clone(&throttle), Arc::clone(&server));
            tokio::spawn(async move {
                let _slot = throttle.slot(|_, _| {}).await;
                sleep(delays.arrive).await;
                {
                    let mut server = server.lock().expect("nobody panicked");
                    server.arrivals.push(Instant::now());
                    server.running += 1;
                    server.most_running = server.most_running.max(server.running);
                }
                sleep(delays.work).await;
                server.lock().expect("nobody panicked").running -= 1;
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("a caller never panics");
    }
    let took = start.elapsed();
    let server = std::mem::take(&mut *server.lock().expect("nobody panicked"));
    (server, took)
}

fn worst_window(arrivals: &[Instant]) -> usize {
    let mut arrivals = arrivals.to_vec();
    arrivals.sort();
    (0..arrivals.len())
        .map(|first| {
            let end = arrivals[first] + WINDOW;
            arrivals[first..]
                .iter()
                .take_while(|at| **at <= end)
                .count()
        })
        .max()
        .unwrap_or(0)
}

fn delays() -> impl Strategy<Value = Delays> {
    (5..400_u64, 20..600_u64).prop_map(|(arrive, work)| Delays {
        arrive: Duration::from_millis(arrive),
        work: Duration::from_millis(work),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn no_window_at_the_server_holds_too_much_and_no_time_is_lost(
        calls in 1..30_usize,
        concurrency in 1..8_usize,
        delays in prop::collection::vec(delays(), 1..200),
    ) {
        let (server, took) = in_virtual_time(run(calls, concurrency, &delays));
        prop_assert_eq!(server.arrivals.len(), delays.len());
        prop_assert!(worst_window(&server.arrivals) <= calls);
        prop_assert!(server.most_running <= concurrency);
        // The shortest possible time: whole windows, or all slots busy without a gap. A slot is free again only 20 s after the
        // reply, which is the price of safety for any delay.
        let longest = Duration::from_secs(1);
        let windows = (delays.len() - 1) / calls;
        let busy = longest * u32::try_from(delays.len().div_ceil(concurrency)).expect("few");
        let window = WINDOW + MARGIN + longest;
        prop_assert!(took <= window * u32::try_from(windows).expect("few") + busy);
    }
}

#[test]
fn a_long_run_takes_at_most_a_twentieth_longer_than_the_limits_allow() {
    // The case in the design: 600 calls of half a second, with 100 in 20 s and 10 at the same time.
    let delays = [Delays {
        arrive: Duration::from_millis(200),
        work: Duration::from_millis(300),
    }; 600];
    let (server, took) = in_virtual_time(run(100, 10, &delays));
    assert_eq!(worst_window(&server.arrivals), 100);
    // Five windows, then the last 100 calls, 10 at the same time.
    let least = WINDOW * 5 + Duration::from_secs(5);
    assert!(took <= least.mul_f64(1.05), "{took:?}");
}

#[test]
fn an_abandoned_call_gives_its_place_back() {
    in_virtual_time(async {
        let throttle = Throttle::new(1, 1);
        let start = Instant::now();
        drop(throttle.slot(|_, _| {}).await);
        let abandoned =
            tokio::time::timeout(Duration::from_secs(1), throttle.slot(|_, _| {})).await;
        assert!(abandoned.is_err());
        drop(throttle.slot(|_, _| {}).await);
        assert_eq!(start.elapsed(), WINDOW + MARGIN);
    });
}

#[test]
fn a_refusal_holds_everybody_back_and_leaves_what_was_let_through() {
    in_virtual_time(async {
        let throttle = Throttle::new(80, 4);
        let mut slots = Vec::new();
        for _ in 0..4 {
            slots.push(throttle.slot(|_, _| {}).await);
        }
        for slot in &mut slots[2..] {
            slot.refused(Limit::Concurrency);
            throttle.pause(Duration::from_secs(3), Limit::Concurrency);
        }
        drop(slots);
        let start = Instant::now();
        let waits = Mutex::new(Vec::new());
        let note = |wait, why| waits.lock().expect("nobody panicked").push((wait, why));
        let first = throttle.slot(note).await;
        let _second = throttle.slot(note).await;
        assert_eq!(start.elapsed(), Duration::from_secs(3));
        // Two of four places are left, and a third one is tried.
        let mut tried = throttle.slot(note).await;
        let blocked = tokio::time::timeout(Duration::from_secs(1), throttle.slot(note)).await;
        assert!(blocked.is_err(), "one try at a time");
        tried.passed();
        drop((first, tried));
        let _third = throttle.slot(note).await;
        let _fourth = throttle.slot(note).await;
        let waits = std::mem::take(&mut *waits.lock().expect("nobody panicked"));
        let why = Why::Refused(Limit::Concurrency);
        assert_eq!(waits, [(Duration::from_secs(3), why)]);
    });
}

mod shared;
