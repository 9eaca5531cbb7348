//! A brief in the form of plan files, with its words.

use rust_decimal::Decimal;

use crate::brief::{Brief, DealRow, Finding, FindingCode, FindingPlace, Pattern};
use crate::plan::file::{
    Exact, SavedBasis, SavedBrief, SavedDeal, SavedFinding, SavedFindingPlace, SavedImpact,
    SavedPart, SavedPattern, SavedRefusal, SavedSides, SavedSum, Severity,
};
use crate::plan::{Change, DealView, Pipeline, Plan, Schemas, Sides, Sum};
use crate::render::basis::behind_verdict;
use crate::render::checkout::{lagging, lagging_remedy};
use crate::render::counting::not_looked_at;
use crate::run::{Lag, Planned};

use super::{PlanSubject, findings, patterns, refusals, verdict};

/// The brief of a plan that was just made.
pub(in crate::render) fn saved_brief(planned: &Planned) -> SavedBrief {
    let Planned {
        plan,
        brief,
        refusals,
        sources,
        undoes,
        paths,
        only,
        lag,
        is_proposal,
        ..
    } = planned;
    let lag = lag.as_ref().filter(|lag| lag.is_refused());
    let refused: Vec<SavedRefusal> = lag
        .into_iter()
        .map(behind)
        .chain(
            refusals
                .iter()
                .map(|refusal| refusals::saved(refusal, refusals, sources)),
        )
        .collect();
    let is_part = !(paths.is_empty() && only.is_empty());
    let subject = PlanSubject::of(undoes.is_some(), is_part, *is_proposal);
    let part = plan.changed_part().map(SavedPart::of);
    let basis = SavedBasis::of(&plan.basis);
    let brief = of(plan, brief, refused, subject);
    SavedBrief {
        verdict: brief.verdict.clone()
            + &not_looked_at(part.as_ref())
            + &behind_verdict(basis.as_ref(), plan.unknown().count()),
        impact: SavedImpact {
            is_of_part: part.is_some(),
            ..brief.impact.clone()
        },
        ..brief
    }
}

/// The refusal of an apply from this checkout.
fn behind(lag: &Lag) -> SavedRefusal {
    SavedRefusal {
        code: FindingCode::Behind.word().to_owned(),
        text: lagging(lag),
        remedy: lagging_remedy(lag),
        place: None,
    }
}

/// What the changes of a plan tell that was saved without a brief.
pub(in crate::render) fn without_brief(changes: &[Change], is_refused: bool) -> SavedBrief {
    let plan = Plan {
        changes: changes.to_vec(),
        ..Plan::default()
    };
    let brief = Brief::of_changes(&plan, &DealView::of(&Default::default(), &Schemas::new()));
    SavedBrief {
        verdict: verdict(changes, &[], (PlanSubject::Merge, is_refused)),
        ..of(&plan, &brief, Vec::new(), PlanSubject::Merge)
    }
}

fn of(plan: &Plan, brief: &Brief, refusals: Vec<SavedRefusal>, subject: PlanSubject) -> SavedBrief {
    let Brief {
        look_first,
        also_seen,
        pipeline,
        currency,
        created,
        deleted,
        updated,
        updated_deals,
        patterns,
    } = brief;
    let ledger: Vec<_> = plan
        .ledger_changes
        .seen()
        .map(|change| change.action)
        .collect();
    let findings = |findings: &[Finding]| {
        let findings = findings.iter().filter_map(|finding| {
            let text = findings::text(finding, plan, brief);
            saved_finding(finding, text)
        });
        findings.collect()
    };
    SavedBrief {
        verdict: verdict(&plan.changes, &ledger, (subject, !refusals.is_empty())),
        look_first: findings(look_first),
        also_seen: findings(also_seen),
        refusals,
        impact: impact(pipeline, currency.as_deref()),
        created: created.iter().map(saved_deal).collect(),
        deleted: deleted.iter().map(saved_deal).collect(),
        updated: updated.clone(),
        updated_deals: updated_deals.iter().map(saved_deal).collect(),
        patterns: patterns.iter().map(saved_pattern).collect(),
    }
}

fn saved_finding(finding: &Finding, text: String) -> Option<SavedFinding> {
    let Finding {
        code,
        level,
        subject: _,
        count,
        amount,
        places,
    } = finding;
    let places = places.iter().map(|place| {
        let FindingPlace { change, field, day } = place;
        SavedFindingPlace {
            change: *change,
            field: field.as_deref().map(str::to_owned),
            day: day.map(|day| day.to_string()),
        }
    });
    Some(SavedFinding {
        code: code.word().to_owned(),
        severity: Severity::of(*level)?,
        count: *count,
        amount: amount.map(Exact),
        text,
        changes: places.collect(),
    })
}

fn impact(pipeline: &Pipeline, currency: Option<&str>) -> SavedImpact {
    let Pipeline {
        stages,
        owners,
        open,
        won,
        lost,
        has_amounts,
        knows_closed,
    } = pipeline;
    let sides = |name: Option<&str>, sides: &Sides| {
        let sum = |sum: Sum| SavedSum {
            count: sum.count,
            amount: sum.amount.filter(|_| *has_amounts).map(Exact),
        };
        SavedSides {
            name: name.map(str::to_owned),
            before: sum(sides.before),
            after: sum(sides.after),
        }
    };
    let named = |name: &str, of: &Sides| sides(Some(name), of);
    SavedImpact {
        currency: currency.map(str::to_owned),
        has_amounts: *has_amounts,
        knows_closed: *knows_closed,
        is_of_part: false,
        stages: stages.iter().map(|(name, of)| named(name, of)).collect(),
        open: sides(None, open),
        won: sides(None, won),
        lost: sides(None, lost),
        owners: owners.iter().map(|(name, of)| named(name, of)).collect(),
    }
}

fn saved_deal(row: &DealRow) -> SavedDeal {
    let DealRow {
        change,
        stage,
        amount,
        owner,
        closes,
        children,
    } = row;
    let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    SavedDeal {
        change: *change,
        stage: text(stage),
        amount: amount.map(Exact),
        owner: text(owner),
        closes: text(closes),
        children: *children,
    }
}

fn saved_pattern(pattern: &Pattern) -> SavedPattern {
    let Pattern {
        kind,
        field,
        shape,
        count,
        changes,
        amount,
    } = pattern;
    SavedPattern {
        kind: kind.name.to_owned(),
        field: field.to_string(),
        shape: patterns::code(shape).to_owned(),
        text: patterns::text(shape),
        count: *count,
        changes: changes.clone(),
        amount: amount.filter(|sum: &Decimal| !sum.is_zero()).map(Exact),
    }
}
