//! Finding what a reviewer looks at first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::{DealField, Instant, Span};
use crate::plan::{
    Action, Change, Deal, DealState, Drifted, FieldChange, FieldChanges, Moved, Note, Pipeline,
    Plan, factor, updated,
};

use super::basis::BriefBasis;
use super::changed_deal::ChangedDeal;
use super::findings::{Finding, FindingCode, FindingPlace};
use super::key_changed::key_changed;
use super::numbers::{difference, sum};
use super::primaries::primary_twice;
use super::seen::Seen;

/// An amount that becomes this many times larger or smaller is looked at.
const FACTOR: u32 = 5;
/// So many percent of the open pipeline are looked at.
const PERCENT: u32 = 10;
/// How much two names of stages have in common if one is a slip of the other.
const ALIKE: f32 = 0.8;

/// The most records that are named where there is no change of them.
const NAMED: usize = 10;

/// Everything that is to be looked at first, the gravest first.
pub(super) fn first(basis: &BriefBasis<'_>, seen: &Seen, pipeline: &Pipeline) -> Vec<Finding> {
    let mut findings: Vec<Finding> = surroundings(basis);
    findings.extend(amounts(basis));
    findings.extend(amount_sum(pipeline, basis.plan, &seen.changed));
    for (code, who) in [
        (FindingCode::Conflict, Moved::Both),
        (FindingCode::OverwritesMarketo, Moved::Marketo),
    ] {
        findings.extend(Finding::of(code, moved(basis, who)));
    }
    findings.extend(recreates(basis));
    findings.extend(key_changed(basis.plan, &seen.changed));
    findings.extend(of_deals(basis, &seen.changed));
    findings.extend(unknown_stages(basis, seen));
    findings.extend(primary_twice(&basis.plan.changes, basis.observed));
    findings.sort_by_key(|finding| finding.code);
    findings
}

/// What is to be said of the plan as a whole.
fn surroundings(basis: &BriefBasis<'_>) -> Vec<Finding> {
    let BriefBasis {
        plan,
        fields,
        view,
        is_behind,
        is_uncommitted,
        left_behind,
        ..
    } = *basis;
    let mut findings = Vec::new();
    let facts = [
        (FindingCode::Behind, usize::from(is_behind)),
        (FindingCode::UnappliedCommit, usize::from(is_uncommitted)),
        (
            FindingCode::Blocked,
            notes(&plan.notes, FindingCode::Blocked),
        ),
        (
            FindingCode::Unmasked,
            notes(&plan.notes, FindingCode::Unmasked),
        ),
    ];
    for (code, count) in facts {
        if count > 0 {
            findings.push(Finding {
                count,
                ..Finding::bare(code)
            });
        }
    }
    if let Some((first, rest)) = left_behind.split_first() {
        let named = rest.iter().take(NAMED - 1);
        let mut named: Vec<&str> = [first]
            .into_iter()
            .chain(named)
            .map(String::as_str)
            .collect();
        let more = format!("and {} more", left_behind.len() - named.len());
        if named.len() < left_behind.len() {
            named.push(&more);
        }
        findings.push(Finding {
            subject: Some(named.join(", ").into()),
            count: left_behind.len(),
            ..Finding::bare(FindingCode::LeftBehind)
        });
    }
    for (field, name) in fields.chosen() {
        if view
            .unseen(field)
            .is_some_and(|unseen| !unseen.is_sensitive)
        {
            findings.push(Finding {
                subject: Some(name.as_ref().into()),
                ..Finding::bare(FindingCode::UnknownField)
            });
        }
    }
    findings
}

/// How many notes say this.
fn notes(notes: &[Note], code: FindingCode) -> usize {
    let says = |note: &&Note| note.word() == code.word();
    notes.iter().filter(says).count()
}

/// The fields that change in records that are there, with the index of the change.
fn updates<'b>(basis: &BriefBasis<'b>) -> impl Iterator<Item = (usize, &'b Change, FieldChange)> {
    let changes = basis.plan.changes.iter().enumerate();
    changes.flat_map(|(index, change)| {
        let fields = change.updated_fields().into_iter();
        let fields = fields.flat_map(FieldChanges::iter);
        fields.map(move |field| (index, change, field))
    })
}

/// The amounts that become many times larger or smaller, those that move farthest first.
fn amounts(basis: &BriefBasis<'_>) -> Option<Finding> {
    let changes = basis.plan.changes.iter().enumerate();
    let amounts = changes.filter_map(|(index, change)| {
        let field = basis.view.updated_amount(change)?;
        let times = factor(&field.before, &field.after)?;
        Some((index, field, times))
    });
    let mut jumps: Vec<(Decimal, FindingPlace)> = amounts
        .filter(|(.., times)| *times >= Decimal::from(FACTOR))
        .filter_map(|(index, field, _)| Some((difference(&field)?, place(index, &field))))
        .collect();
    jumps.sort_by_key(|(difference, _)| Reverse(difference.abs()));
    let amount = sum(jumps.iter().map(|(difference, _)| Some(*difference)));
    let places = jumps.into_iter().map(|(_, place)| place).collect();
    let finding = Finding::of(FindingCode::AmountFactor, places)?;
    Some(Finding { amount, ..finding })
}

fn place(change: usize, field: &FieldChange) -> FindingPlace {
    FindingPlace {
        change,
        field: Some(Arc::clone(&field.name)),
        day: None,
    }
}

/// How far updates and deletions move the open pipeline, if that is far. New deals are summed where they are listed: that a pipeline grows by
/// them is no surprise.
fn amount_sum(pipeline: &Pipeline, plan: &Plan, changed: &[ChangedDeal]) -> Option<Finding> {
    // The pipeline of a part is not the pipeline.
    if plan.changed_part().is_some() {
        return None;
    }
    let before = pipeline.open.before.amount.filter(|sum| !sum.is_zero())?;
    let open = |deal: &Option<Deal>| -> Decimal {
        let open = deal.as_ref().filter(|deal| deal.state == DealState::Open);
        open.and_then(|deal| deal.amount).unwrap_or_default()
    };
    // A renamed deal is no new one.
    let old_keys = plan.old_keys();
    let is_renamed = |index: usize| {
        let change = &plan.changes[index];
        old_keys.contains_key(&(change.kind, &change.key))
    };
    let known = { changed.iter() }.filter(|deal| deal.before.is_some() || is_renamed(deal.index));
    let moves = known.map(|deal| open(&deal.after).checked_sub(open(&deal.before)));
    let difference = sum(moves)?;
    // An undo creates again what was there before its run. That makes up for what it deletes, as with a rename that is taken back.
    let restored = changed
        .iter()
        .filter(|deal| deal.before.is_none() && !is_renamed(deal.index))
        .map(|deal| Some(open(&deal.after)));
    let is_undo = plan
        .notes
        .iter()
        .any(|note| matches!(note, Note::Recreated { .. }));
    let difference = if is_undo && difference.is_sign_negative() {
        difference.checked_add(sum(restored)?)?.min(Decimal::ZERO)
    } else {
        difference
    };
    let share = difference
        .checked_div(before)?
        .checked_mul(Decimal::ONE_HUNDRED)?;
    (share.abs() >= Decimal::from(PERCENT)).then(|| Finding {
        amount: Some(difference),
        ..Finding::bare(FindingCode::AmountSum)
    })
}

/// The fields that were changed by somebody else since the last apply, and that the plan sets.
fn moved(basis: &BriefBasis<'_>, who: Moved) -> Vec<FindingPlace> {
    let updates = updates(basis).filter(|(.., field)| field.moved == Some(who));
    let places = updates.map(|(index, change, field)| {
        let record = basis.observed.get(change.kind, &change.key);
        FindingPlace {
            day: record.and_then(updated).map(Instant::day),
            ..place(index, &field)
        }
    });
    places.collect()
}

fn recreates(basis: &BriefBasis<'_>) -> Option<Finding> {
    let gone: HashSet<Span> = basis
        .plan
        .drift
        .iter()
        .filter_map(|drift| match drift.what {
            Drifted::Gone => drift.at.here(),
            Drifted::Remade | Drifted::Fields(_) | Drifted::Undeclared(_) => None,
        })
        .collect();
    let changes = basis.plan.changes.iter().enumerate();
    let places = changes.filter_map(|(index, change)| match &change.action {
        Action::Create { .. } if change.at.here().is_some_and(|at| gone.contains(&at)) => {
            Some(bare(index))
        }
        Action::Create { .. }
        | Action::Adopt { .. }
        | Action::Update { .. }
        | Action::Delete { .. } => None,
    });
    Finding::of(FindingCode::Recreates, places.collect())
}

fn bare(change: usize) -> FindingPlace {
    FindingPlace {
        change,
        field: None,
        day: None,
    }
}

/// What is odd about the deals that the plan changes.
fn of_deals(basis: &BriefBasis<'_>, changed: &[ChangedDeal]) -> Vec<Finding> {
    let knows_amounts = basis.view.name(DealField::Amount).is_some();
    let is_nothing = |deal: &Deal| deal.amount.is_none_or(|amount| amount.is_zero());
    type Test<'t> = Box<dyn Fn(Option<&Deal>, Option<&Deal>) -> bool + 't>;
    let is_in = |deal: Option<&Deal>, state| deal.is_some_and(|deal| deal.state == state);
    let tests: [(FindingCode, Test<'_>); 4] = [
        (
            FindingCode::DeletesWon,
            Box::new(|before, after| is_in(before, DealState::Won) && after.is_none()),
        ),
        (
            FindingCode::Reopens,
            Box::new(|before, after| {
                let was_decided = before.is_some() && !is_in(before, DealState::Open);
                was_decided && is_in(after, DealState::Open)
            }),
        ),
        (
            FindingCode::WinsWithoutAmount,
            Box::new(|before, after| {
                let wins = is_in(after, DealState::Won) && !is_in(before, DealState::Won);
                knows_amounts && wins && after.is_some_and(is_nothing)
            }),
        ),
        (
            FindingCode::PastCloseDate,
            Box::new(|before, after| {
                let closes = |deal: Option<&Deal>| deal.and_then(|deal| deal.closes);
                let is_past = |day: Date| day < basis.today;
                let is_new = closes(before) != closes(after) || !is_in(before, DealState::Open);
                is_in(after, DealState::Open) && is_new && closes(after).is_some_and(is_past)
            }),
        ),
    ];
    let findings = tests.into_iter().filter_map(|(code, test)| {
        let mut found: Vec<(Option<Decimal>, usize)> = changed
            .iter()
            .filter(|deal| test(deal.before.as_ref(), deal.after.as_ref()))
            .map(|deal| (deal.last().and_then(|deal| deal.amount), deal.index))
            .collect();
        found.sort_by_key(|(amount, _)| Reverse(*amount));
        let amount = sum(found
            .iter()
            .map(|(amount, _)| Some(amount.unwrap_or_default())));
        let places = found.into_iter().map(|(_, index)| bare(index)).collect();
        let finding = Finding::of(code, places)?;
        let amount = amount.filter(|amount| knows_amounts && !amount.is_zero());
        Some(Finding { amount, ..finding })
    });
    findings.collect()
}

/// The stages that records get and that none has: those beside the configured list, or without one those that look like a slip.
fn unknown_stages(basis: &BriefBasis<'_>, seen: &Seen) -> Vec<Finding> {
    let known: Vec<String> = seen.stages.iter().map(ToString::to_string).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let is_unknown = |stage: &str| {
        if basis.stages.is_empty() {
            !similar::get_close_matches(stage, &known, 1, ALIKE).is_empty()
        } else {
            !basis.stages.iter().any(|known| **known == *stage)
        }
    };
    let mut of_stage: BTreeMap<String, Vec<FindingPlace>> = BTreeMap::new();
    for deal in &seen.changed {
        let Some(stage) = deal.after.as_ref().map(|deal| &deal.stage) else {
            continue;
        };
        let is_new = deal.before.as_ref().is_none_or(|deal| deal.stage != *stage);
        if is_new && !stage.is_null() && !seen.stages.contains(stage) {
            of_stage
                .entry(stage.to_string())
                .or_default()
                .push(bare(deal.index));
        }
    }
    let unknown = of_stage.into_iter().filter(|(stage, _)| is_unknown(stage));
    let findings = unknown.filter_map(|(stage, places)| {
        Some(Finding {
            subject: Some(stage.into()),
            ..Finding::of(FindingCode::StageUnknown, places)?
        })
    });
    findings.collect()
}
