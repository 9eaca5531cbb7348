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
fn where_nobody_is_let_through_a_call_is_given_up_after_its_tries() {
    let retry = Retry::default();
    let mut budget = RetryBudget::new(&retry);
    let waits: Vec<_> = std::iter::from_fn(|| budget.wait(&refused("606"), 7)).collect();
    assert_eq!(waits.len(), 9);
    // However they are drawn, the calls that used the limit up are forgotten before the last try.
    assert!(waits.iter().sum::<Duration>() > Duration::from_secs(20));
}

#[test]
fn a_call_is_not_given_up_while_others_are_let_through() {
    let retry = Retry::default();
    let mut budget = RetryBudget::new(&retry);
    for passed in 0..1000 {
        assert!(budget.wait(&refused("615"), passed / 9).is_some());
    }
}

#[test]
fn what_is_no_limit_has_its_tries_whatever_others_do() {
    let retry = Retry::default();
    let mut budget = RetryBudget::new(&retry);
    let tries = (0..).take_while(|passed| budget.wait(&refused("608"), *passed).is_some());
    assert_eq!(tries.count(), 4);
}
