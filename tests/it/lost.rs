//! An answer that is lost while the instance does not yet show what was written: the run made the record, and says so of nobody else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use snapbox::str;

use crate::harness::{Asked, Gateway, Marketo, Reply};

const MANIFEST: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n";

/// What a replica that lags behind the writes still shows.
#[derive(Default)]
struct Replica {
    is_behind: AtomicBool,
    shown: Mutex<HashMap<String, Reply>>,
}

impl Replica {
    fn answer(&self, asked: &Asked, pass: &dyn Fn(&Asked) -> Reply) -> Reply {
        if asked.is_query() {
            let question = format!("{} {}", asked.line(), asked.body());
            let mut shown = self.shown.lock().expect("nobody panicked");
            if self.is_behind.load(Ordering::SeqCst) {
                let nothing = Reply::json(r#"{"success":true,"result":[]}"#);
                return shown.get(&question).cloned().unwrap_or(nothing);
            }
            let reply = pass(asked);
            shown.insert(question, reply.clone());
            return reply;
        }
        let reply = pass(asked);
        if asked.is_write() && !self.is_behind.swap(true, Ordering::SeqCst) {
            return Reply::of(502, "Content-Type: text/html", "<html>Bad Gateway");
        }
        reply
    }
}

#[test]
fn what_the_run_made_is_not_called_somebody_elses() {
    let marketo = Marketo::start();
    let replica = Arc::<Replica>::default();
    let lagging = Arc::clone(&replica);
    let gateway = Gateway::before(&marketo, move |asked, pass| lagging.answer(asked, pass));
    let project = gateway
        .project(&marketo, MANIFEST)
        .with("ownership: { ledger: .ledger }");
    let run = project.run("apply --yes --quiet");
    run.shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).

Unknown: may or may not have been written (1)
  sent 2 times and refused (1017 Object already exists), but the record is not there when read back
      pipeline/main.yaml:3:30  opportunity A-1

Ended with 1 unknown: 0 of 1 change are in Marketo.  4 calls in [SECONDS] s.
  Next      run the same command again: it reads what is unknown, and sends what is left
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
error: Ended with 1 unknown: 0 of 1 change are in Marketo.

"#]]);
    replica.is_behind.store(false, Ordering::SeqCst);
    project.run("undo last --yes --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Note: 1 record to delete was sent by an earlier run that got no answer: someone else may have created it.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 0 unchanged.  Apply needs 1 call.
Read 1 opportunity, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,987 left today).

Applied: 1 deleted.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
If the manifests still say what the run applied, the next apply does it again: take it back in them too.

"#]]);
    drop(project.run("get opportunity A-1").exits(1));
}
