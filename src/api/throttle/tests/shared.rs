//! An instance that other callers use too: the time is near the least possible, refusals are few, and nobody starves.

use std::collections::VecDeque;

use fastrand::Rng;
use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;
use crate::api::settings::Retry;

/// The calls in 20 s that the instance allows to all its callers together.
const LIMIT: usize = 100;

/// Another caller: so many calls at these times, whatever the instance answers.
#[derive(Clone, Debug)]
struct Other {
    from: u64,
    until: u64,
    /// The calls of each 20 s.
    calls: usize,
    pattern: Pattern,
}

#[derive(Clone, Copy, Debug)]
enum Pattern {
    Steady,
    /// All at once, every 20 s.
    Bursts,
    Random(u64),
}

impl Other {
    fn always(calls: usize, pattern: Pattern) -> Self {
        Self {
            from: 0,
            until: 100_000,
            calls,
            pattern,
        }
    }

    /// When it calls, in milliseconds.
    fn times(&self) -> Vec<u64> {
        let (from, until) = (self.from * 1000, self.until * 1000);
        let window = 20_000;
        let calls = self.calls as u64;
        let windows = (from..until).step_by(20_000);
        match self.pattern {
            Pattern::Steady => windows
                .flat_map(|start| (0..calls).map(move |call| start + call * window / calls))
                .collect(),
            Pattern::Bursts => windows
                .flat_map(|start| (0..calls).map(move |call| start + call * 20))
                .collect(),
            Pattern::Random(seed) => {
                let mut rng = Rng::with_seed(seed);
                let mut times: Vec<u64> = windows
                    .flat_map(|start| (0..calls).map(move |_| start))
                    .map(|start| start + rng.u64(..window))
                    .collect();
                times.sort_unstable();
                times
            }
        }
    }
}

/// The instance: it lets the others through first.
struct Instance {
    start: Instant,
    others: VecDeque<u64>,
    /// The arrivals that count, in milliseconds.
    window: VecDeque<u64>,
    refused: usize,
}

impl Instance {
    fn new(others: &[Other]) -> Self {
        let mut times: Vec<u64> = others.iter().flat_map(Other::times).collect();
        times.sort_unstable();
        Self {
            start: Instant::now(),
            others: times.into(),
            window: VecDeque::new(),
            refused: 0,
        }
    }

    fn has_room(&mut self, now: u64) -> bool {
        while self.others.front().is_some_and(|at| *at <= now) {
            self.window.extend(self.others.pop_front());
        }
        self.window.retain(|at| at + 20_000 > now);
        self.window.len() < LIMIT
    }

    fn admits(&mut self) -> bool {
        let now = u64::try_from(self.start.elapsed().as_millis()).expect("a short time");
        let admits = self.has_room(now);
        if admits {
            self.window.push_back(now);
        } else {
            self.refused += 1;
        }
        admits
    }
}

/// The least time for so many calls: each goes as soon as there is room.
fn least(calls: usize, others: &[Other]) -> Duration {
    let mut instance = Instance::new(others);
    let (mut now, mut left) = (0, calls);
    loop {
        while left > 0 && instance.has_room(now) {
            instance.window.push_back(now);
            left -= 1;
        }
        if left == 0 {
            return Duration::from_millis(now);
        }
        now += 10;
    }
}

/// What a client came to.
#[derive(Debug)]
struct Ran {
    took: Duration,
    refused: usize,
    /// Calls that gave up.
    failed: usize,
}

/// Makes so many calls, as the one loop of the client does.
async fn client(throttle: Arc<Throttle>, instance: Arc<Mutex<Instance>>, calls: usize) -> Ran {
    let start = Instant::now();
    let callers: Vec<_> = (0..calls)
        .map(|_| {
            let (throttle, instance) = (Arc::clone(&throttle), Arc::clone(&instance));
            tokio::spawn(async move {
                let retry = Retry::default();
                let (mut tries, mut refused, mut passed) = (0, 0, 0);
                loop {
                    let mut slot = throttle.slot(|_, _| {}).await;
                    sleep(Duration::from_millis(40)).await;
                    let is_admitted = instance.lock().expect("nobody panicked").admits();
                    sleep(Duration::from_millis(if is_admitted { 160 } else { 40 })).await;
                    if is_admitted {
                        slot.passed();
                        return (refused, true);
                    }
                    slot.refused(Limit::Rate);
                    drop(slot);
                    refused += 1;
                    if passed != throttle.passed() {
                        (passed, tries) = (throttle.passed(), 0);
                    }
                    tries += 1;
                    if tries >= retry.tries.slow_down {
                        return (refused, false);
                    }
                    throttle.pause(retry.delay(tries), Limit::Rate);
                }
            })
        })
        .collect();
    let mut ran = Ran {
        took: Duration::ZERO,
        refused: 0,
        failed: 0,
    };
    for caller in callers {
        let (refused, is_done) = caller.await.expect("a caller never panics");
        ran.refused += refused;
        ran.failed += usize::from(!is_done);
    }
    ran.took = start.elapsed();
    ran
}

fn beside(others: &[Other], calls: usize, seed: u64) -> Ran {
    fastrand::seed(seed);
    in_virtual_time(async {
        let instance = Arc::new(Mutex::new(Instance::new(others)));
        let throttle = Arc::new(Throttle::new(LIMIT, 10));
        client(throttle, instance, calls).await
    })
}

#[test]
fn the_share_that_others_leave_is_used_and_all_of_it_when_they_stop() {
    let passing = |from, until, calls, pattern| {
        vec![Other {
            from,
            until,
            calls,
            pattern,
        }]
    };
    let always = |calls, pattern| vec![Other::always(calls, pattern)];
    // How much longer than the least time, in percent, and the most refusals.
    let rows = [
        (Vec::new(), 103, 0),
        (always(60, Pattern::Steady), 103, 100),
        (always(60, Pattern::Bursts), 110, 100),
        (always(95, Pattern::Steady), 105, 550),
        (always(95, Pattern::Bursts), 112, 550),
        (passing(0, 60, 100, Pattern::Steady), 105, 120),
        (passing(30, 90, 80, Pattern::Steady), 105, 80),
    ];
    for (others, percent, refusals) in rows {
        let least = least(668, &others);
        let ran = beside(&others, 668, 1);
        let shown = format!("{others:?}: {ran:?}, at least {least:?}");
        assert_eq!(ran.failed, 0, "{shown}");
        assert!(ran.refused <= refusals, "{shown}");
        assert!(ran.took <= least * percent / 100, "{shown}");
    }
}

#[test]
fn two_clients_that_may_each_use_all_of_the_limit_share_it() {
    fastrand::seed(1);
    in_virtual_time(async {
        let instance = Arc::new(Mutex::new(Instance::new(&[])));
        let client = |calls| {
            let throttle = Arc::new(Throttle::new(LIMIT, 10));
            client(throttle, Arc::clone(&instance), calls)
        };
        let first = tokio::spawn(client(500));
        sleep(Duration::from_secs(5)).await;
        let second = client(500).await;
        let first = first.await.expect("a client never panics");
        assert_eq!((first.failed, second.failed), (0, 0));
        // Alone, the first one takes 80 s, and both together at least 180 s.
        assert!(first.took > Duration::from_secs(90), "{first:?}");
        assert!(second.took < Duration::from_secs(200), "{second:?}");
        let refused = first.refused + second.refused;
        assert!(refused <= 120, "{first:?} {second:?}");
    });
}

fn other() -> impl Strategy<Value = Other> {
    let pattern = prop_oneof![
        Just(Pattern::Steady),
        Just(Pattern::Bursts),
        any::<u64>().prop_map(Pattern::Random),
    ];
    (0..120_u64, 1..300_u64, 1..40_usize, pattern).prop_map(|(from, time, calls, pattern)| Other {
        from,
        until: from + time,
        calls,
        pattern,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn whatever_others_do_the_time_is_near_the_least_and_refusals_are_few(
        others in prop::collection::vec(other(), 0..4),
        calls in 1..600_usize,
        seed in any::<u64>(),
    ) {
        let least = least(calls, &others);
        let ran = beside(&others, calls, seed);
        prop_assert_eq!(ran.failed, 0);
        let most = least * 5 / 4 + WINDOW + Duration::from_secs(10);
        prop_assert!(ran.took <= most, "{:?}, at least {:?}", ran, least);
        let windows = ran.took.as_secs() / 20 + 1;
        prop_assert!(ran.refused as u64 <= 20 * windows, "{:?}", ran);
    }
}
