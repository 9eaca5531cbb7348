//! What a seed draws: cases, settings, and what goes wrong.

use std::num::NonZeroUsize;
use std::time::Duration;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::lies::Lie;
use super::process::{Death, Done, Trouble};
use super::run::{ANY, Answer};
use super::{ACCOUNTS, PREFIX};
use crate::api::ClientSettings;
use crate::apply::Urgency;
use crate::apply::tests::case::{self, Case, accounts, name_of};
use crate::simulator::{
    Alteration, Breakdown, CallOperation, Fault, FaultKind, Garbling, Moment, Options, TokenLoss,
};

/// What the instance holds and a manifest, and two cases whose manifests may follow one after the other.
pub(super) fn cases(seed: u64, random: &mut fastrand::Rng) -> [Case; 3] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let count = random.usize(1..=3);
    let mut draw = || {
        let cases = case::cases(count..=count, &[300]);
        cases.new_tree(&mut runner).unwrap().current()
    };
    let first = draw().thinned(random);
    // What runs create is theirs to remove.
    let first = if random.bool() {
        first
    } else {
        first.emptied()
    };
    let next = draw().thinned(random);
    let then = first.then(&next, random);
    let last = then.then(&first, random);
    [first, then, last]
}

/// How an instance treats what opportunities name, and what a person allows.
pub(super) struct Switched {
    /// Whether it tells which leads name a record.
    pub(super) tells_leads: bool,
    /// Whether it refuses to delete what others name.
    pub(super) refuses_used: bool,
    /// What may be deleted although others name it, in the words of the command line.
    pub(super) used: Vec<String>,
    /// The same, as names of records.
    pub(super) allowed: Vec<String>,
}

/// Adds the records that opportunities name to the cases of a seed that has them.
pub(super) fn add_accounts(seed: u64, [first, next, last]: &mut [Case; 3]) {
    if seed < ACCOUNTS {
        return;
    }
    let mut random = fastrand::Rng::with_seed(!seed);
    first.with_accounts(None, PREFIX, &mut random);
    next.with_accounts(Some(first), PREFIX, &mut random);
    last.with_accounts(Some(next), PREFIX, &mut random);
}

/// How the instance of a seed treats what opportunities name. It is drawn apart, like [`lag`].
pub(super) fn switched(seed: u64, options: &mut Options) -> Switched {
    let mut random = fastrand::Rng::with_seed(!seed ^ 1);
    let tells_leads = random.u8(..4) > 0;
    let mut switch = |name: &str, value: &str| {
        let known = options.answers.set(name, value);
        known.expect("the simulator has the switch");
    };
    switch(
        "leadLinkFilters",
        if tells_leads { "allowed" } else { "refused" },
    );
    let refuses_used = random.bool();
    if !refuses_used {
        switch("deleteCompanyInUse", "orphan");
        switch("deleteSalesPersonInUse", "orphan");
    } else if random.bool() {
        switch("deleteSalesPersonInUse", "documentedUses");
    }
    let (mut used, mut allowed) = (Vec::new(), Vec::new());
    for kind in accounts() {
        for index in 0..2 {
            if random.u8(..5) == 0 {
                let key = format!("{PREFIX}{index}");
                // It is allowed as the instance writes it.
                used.extend(
                    [key.clone(), key.to_uppercase()].map(|key| format!("{}={key}", kind.name)),
                );
                allowed.push(name_of(kind, &key));
            }
        }
    }
    Switched {
        tells_leads,
        refuses_used,
        used,
        allowed,
    }
}

/// A client that meets its own limits in some histories.
pub(super) fn settings(random: &mut fastrand::Rng) -> ClientSettings {
    let url = "http://127.0.0.1:1".to_owned();
    let mut settings = ClientSettings::new(url, "simulator".into(), "simulator".into());
    settings.calls_per_20s = *random.choice(&[4, 10, 50, 50]).unwrap();
    settings.concurrency = *random.choice(&[1, 2, 5]).unwrap();
    settings
}

/// For how long a process does not see what it has written, if reads lag. Clients look again for longer. It is drawn apart, so that
/// the rest of a history is as it was before.
pub(super) fn lag(seed: u64) -> Duration {
    let mut random = fastrand::Rng::with_seed(!seed);
    let seconds = *random.choice(&[0, 0, 0, 2, 8, 19]).unwrap();
    Duration::from_secs(seconds)
}

/// Where a process dies, if it does.
pub(super) fn death(random: &mut fastrand::Rng, has_ledger: bool) -> Death {
    let done = [Done::Nothing, Done::Half, Done::All];
    match random.u8(..20) {
        0..4 => Death::Never,
        4..9 => Death::Poll(random.u32(..40)),
        9..12 => Death::Call(random.u32(..8)),
        12..18 => Death::Commit(random.u32(..2)),
        18 if has_ledger => Death::Put(random.u32(..12), *random.choice(&done).unwrap()),
        _ => Death::Append(random.u32(..12), *random.choice(&done).unwrap()),
    }
}

/// What fails on the disks, and how long the process stands still: longer than its lock lasts, where another one waits for that.
pub(super) fn trouble(random: &mut fastrand::Rng, has_rival: bool) -> Trouble {
    let chance = if has_rival { 2 } else { 12 };
    let seconds: &[u64] = if has_rival {
        &[90, 300]
    } else {
        &[15, 45, 90, 300]
    };
    Trouble {
        puts: (random.u8(..6) == 0).then(|| (random.u32(..10), random.u32(1..8), random.bool())),
        appends: (random.u8(..8) == 0).then(|| random.u32(..8)),
        freeze: (random.u8(..chance) == 0).then(|| {
            let seconds = *random.choice(seconds).unwrap();
            (random.u32(..60), Duration::from_secs(seconds))
        }),
    }
}

/// When a person wants a run to end, if one does.
pub(super) fn stop(random: &mut fastrand::Rng) -> Option<(u32, Urgency)> {
    let how = [Urgency::Soon, Urgency::Now, Urgency::Abandon];
    (random.u8(..8) == 0).then(|| (random.u32(..9), *random.choice(&how).unwrap()))
}

/// What a person says who is asked, and when.
pub(super) fn answer(random: &mut fastrand::Rng) -> Answer {
    let seconds = *random.choice(&[0, 1, 3, 100]).unwrap();
    Answer {
        after: Duration::from_secs(seconds),
        is_yes: random.u8(..8) > 0,
    }
}

/// How many changes of each kind and action go first, if some do.
pub(super) fn canary(random: &mut fastrand::Rng) -> Option<NonZeroUsize> {
    NonZeroUsize::new(*random.choice(&[0, 0, 1, 2]).unwrap())
}

/// The most deletions of a run.
pub(super) fn most(random: &mut fastrand::Rng) -> usize {
    *random.choice(&[0, 1, ANY, ANY, ANY, ANY]).unwrap()
}

/// The answer to a write is lost, and nothing can be read back any more.
pub(super) fn outage(random: &mut fastrand::Rng) -> [Fault; 2] {
    let lost = FaultKind::Break {
        how: Breakdown::Disconnect,
        when: Moment::AfterCommit,
    };
    let down = FaultKind::Break {
        how: Breakdown::BadGateway,
        when: Moment::BeforeCommit,
    };
    // One query for each kind, as a rule, goes before the first write.
    [
        Fault::new(lost)
            .on(CallOperation::Sync)
            .after(random.u32(..2)),
        Fault::new(down)
            .on(CallOperation::Query)
            .after(random.u32(1..4))
            .times(1_000),
    ]
}

/// Marketo stores less of a text than it was sent.
pub(super) fn loss(random: &mut fastrand::Rng) -> Fault {
    let field = *random.choice(&["name", "stage", "description"]).unwrap();
    let lose = FaultKind::Lose {
        field: field.to_owned(),
        kept: random.usize(1..4),
    };
    let times = *random.choice(&[1, 1, 1_000]).unwrap();
    let fault = Fault::new(lose).on(CallOperation::Sync);
    fault.after(random.u32(..2)).times(times)
}

/// Which writes are answered with lies.
pub(super) fn lies(random: &mut fastrand::Rng) -> Vec<(u32, Lie)> {
    let many = *random.choice(&[0, 0, 1, 2, 9]).unwrap();
    let lies = (0..many).map(|_| (random.u32(1..6), Lie::draw(random)));
    lies.collect()
}

/// A fault. None hides records that are there: nothing in such an answer tells so, and what is read back is believed.
pub(super) fn fault(random: &mut fastrand::Rng) -> Fault {
    let codes = [
        "601", "602", "603", "604", "606", "607", "608", "611", "614", "615", "713", "718", "1003",
        "1018", "999",
    ];
    let kind = match random.u8(..16) {
        0..4 => FaultKind::Answer {
            code: (*random.choice(&codes).unwrap()).to_owned(),
            message: None,
        },
        4..9 => {
            let how = [
                Breakdown::TimeOut,
                Breakdown::BadGateway,
                Breakdown::Disconnect,
                Breakdown::TooLarge,
            ];
            let when = [
                Moment::BeforeCommit,
                Moment::AfterCommit,
                Moment::AfterCommit,
            ];
            let how = *random.choice(&how).unwrap();
            // What is too large is refused before anything happens.
            let when = match how {
                Breakdown::TooLarge => Moment::BeforeCommit,
                Breakdown::TimeOut | Breakdown::BadGateway | Breakdown::Disconnect => {
                    *random.choice(&when).unwrap()
                }
            };
            FaultKind::Break { how, when }
        }
        9 => FaultKind::Token(
            *random
                .choice(&[TokenLoss::Expire, TokenLoss::Revoke])
                .unwrap(),
        ),
        10 => FaultKind::Delay(Duration::from_secs(*random.choice(&[10, 31, 61]).unwrap())),
        11..13 => FaultKind::SkipRecord {
            index: random.usize(..3),
            code: (*random.choice(&["1014", "1003", "1022"]).unwrap()).to_owned(),
            message: "Simulated by chance".to_owned(),
        },
        13 => FaultKind::Alter(
            *random
                .choice(&[
                    Alteration::ReverseRows,
                    Alteration::NumbersAsText,
                    Alteration::TrailingBlank,
                    Alteration::LowerCaseNames,
                ])
                .unwrap(),
        ),
        14 => FaultKind::Garble(
            *random
                .choice(&[Garbling::Truncate, Garbling::Html])
                .unwrap(),
        ),
        _ => FaultKind::Warn("Simulated by chance".to_owned()),
    };
    let fault = Fault::new(kind);
    let fault = match random.u8(..8) {
        0..4 => fault.on(CallOperation::Sync),
        4..6 => fault.on(CallOperation::Delete),
        6 => fault.on(CallOperation::Query),
        _ => fault.prefix("/rest"),
    };
    let times = *random.choice(&[1, 1, 2, 5, 1_000]).unwrap();
    fault.after(random.u32(..4)).times(times)
}
