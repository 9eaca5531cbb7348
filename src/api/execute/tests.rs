//! How long and how often a failed call is repeated.

use pretty_assertions::assert_eq;

use super::*;
use crate::api::call::{Call, Operation};
use crate::api::error::CallRefusal;
use crate::model::kind::OPPORTUNITY;

fn refused(code: &str) -> ApiError {
    ApiError::Unavailable {
        call: Call {
            operation: Operation::Describe,
            kind: Some(&OPPORTUNITY),
        },
        refusal: CallRefusal {
            code: code.into(),
            message: "Max rate limit '100' exceeded".into(),
            request_id: None,
        },
    }
}

#[test]
fn a_call_ends_after_its_tries_if_the_limits_let_no_call_through() {
    let retry = Retry::default();
    let mut budget = RetryBudget::new(&retry);
    let waits: Vec<_> = std::iter::from_fn(|| budget.wait(&refused("606"), 7)).collect();
    assert_eq!(waits.len(), 9);
    // Whatever the random delays are, Marketo no longer counts the earlier calls before the last try.
    assert!(waits.iter().sum::<Duration>() > Duration::from_secs(20));
}

#[test]
fn a_call_goes_on_while_the_limits_let_others_through() {
    let retry = Retry::default();
    let mut budget = RetryBudget::new(&retry);
    for passed in 0..1000 {
        assert!(budget.wait(&refused("615"), passed / 9).is_some());
    }
}

#[test]
fn other_failures_have_their_tries_whatever_other_calls_do() {
    let retry = Retry::default();
    let mut budget = RetryBudget::new(&retry);
    let tries = (0..).take_while(|passed| budget.wait(&refused("608"), *passed).is_some());
    assert_eq!(tries.count(), 4);
}
