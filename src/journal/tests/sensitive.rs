//! A journal has values of sensitive fields only if that is configured, in messages too.

use pretty_assertions::assert_eq;

use super::sample::{plan, sample};
use crate::apply::tests::bench::log::kept;

fn text(sensitive: bool) -> String {
    let log = sample(sensitive);
    let text = log.text.borrow().clone();
    String::from_utf8(text).unwrap()
}

#[test]
fn they_are_left_out_and_the_journal_says_so() {
    let text = text(false);
    assert!(!text.contains("51000") && !text.contains("52000"), "{text}");
    assert!(
        text.contains(
            "{\"name\":\"salary\",\"type\":\"string\",\"sensitive\":true,\"leftOut\":true}"
        )
    );
}

#[test]
fn they_are_stored_where_that_is_wanted() {
    let run = sample(true).read().unwrap();
    let plan = plan();
    assert_eq!(kept(&run.changes[1]), kept(&plan.changes[1]));
    assert!(run.details.iter().all(|aside| aside.left_out.is_empty()));
    assert!(text(true).contains("'52000'"));
}
