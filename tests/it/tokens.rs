//! Tokens of odd lives: they are used, and never end a run in a panic.

use std::sync::atomic::{AtomicUsize, Ordering};

use pretty_assertions::assert_eq;

use crate::harness::{Gateway, Marketo, Reply};

const MANIFEST: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n";

/// More seconds than a clock can be put forward by.
const ABSURD: &str = "9223372036854775807";

#[test]
fn an_absurd_life_of_a_token_is_a_long_one_at_first_and_amid_an_apply() {
    for absurd in [1, 2] {
        let marketo = Marketo::start();
        let granted = AtomicUsize::new(0);
        let gateway = Gateway::before(&marketo, move |asked, pass| {
            let before = granted.load(Ordering::SeqCst);
            if asked.is_identity() {
                let grant = pass(asked).body();
                if granted.fetch_add(1, Ordering::SeqCst) + 1 < absurd {
                    return Reply::json(&grant);
                }
                let (start, life) = grant.split_once("\"expires_in\":").expect("it has a life");
                let end = life.trim_start_matches(|c: char| c.is_ascii_digit());
                return Reply::json(&format!("{start}\"expires_in\":{ABSURD}{end}"));
            }
            if asked.is_write() && before < absurd {
                let ended = r#"{"code":"602","message":"Access token expired"}"#;
                return Reply::json(&format!(r#"{{"success":false,"errors":[{ended}]}}"#));
            }
            pass(asked)
        });
        let project = gateway
            .project(&marketo, MANIFEST)
            .with("ownership: { ledger: .ledger }");
        let run = project.run("apply --yes --write markdown=r.md").exits(0);
        assert_eq!(run.stdout.matches("Applied: 1 created.").count(), 1);
        assert!(project.read("r.md").contains("1 created"));
        let asked = gateway.seen();
        let identity = asked.iter().filter(|line| line.contains("/identity/"));
        assert_eq!(identity.count(), absurd);
        // The lock is free.
        project.assert_plan_empty();
        drop(project.run("ledger forget opportunity A-1").exits(0));
    }
}
