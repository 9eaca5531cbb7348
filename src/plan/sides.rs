//! Counts and exact sums, before and after a plan.

use std::cmp::Ordering;

use rust_decimal::Decimal;

/// Some deals before and after a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    pub before: Sum,
    pub after: Sum,
}

/// How many deals there are, and what they are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    pub count: usize,
    /// None if it has more digits than a decimal keeps.
    pub amount: Option<Decimal>,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            count: 0,
            amount: Some(Decimal::ZERO),
        }
    }
}

impl Sum {
    /// Adds a deal.
    fn add(&mut self, amount: Option<Decimal>) {
        self.count += 1;
        let sum = self.amount;
        self.amount = sum.and_then(|sum| exact_sum(sum, amount.unwrap_or_default()));
    }
}

/// The sum of two decimals, if a decimal can hold all of its digits.
fn exact_sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let sum = a.checked_add(b)?;
    (sum.scale() >= a.normalize().scale().max(b.normalize().scale())).then_some(sum)
}

impl Sides {
    /// The difference of the amounts.
    #[must_use]
    pub fn difference(&self) -> Option<Decimal> {
        self.after.amount?.checked_sub(self.before.amount?)
    }

    /// How the difference compares with so many percent of the amount before. None if that has more digits than a decimal keeps.
    #[must_use]
    pub fn compared_with(&self, percent: Decimal) -> Option<Ordering> {
        let moved = self.difference()?.abs().checked_mul(Decimal::ONE_HUNDRED)?;
        let limit = self.before.amount?.abs().checked_mul(percent)?;
        Some(moved.cmp(&limit))
    }

    pub(super) fn add(&mut self, side: Side, amount: Option<Decimal>) {
        match side {
            Side::Before => self.before.add(amount),
            Side::After => self.after.add(amount),
        }
    }
}

/// A side of a plan.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Before,
    After,
}
