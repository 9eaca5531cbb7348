//! From changes to rows.

use std::collections::HashMap;

use super::data::{FieldData, RowData};
use super::markup::visible_lines;
use crate::apply::Outcome;
use crate::model::{FoldedKey, ObjectKind, Value, Verb};
use crate::plan::file::{SavedBrief, SavedDeal};
use crate::plan::{Action, ActionName, Change, FieldChange, MASK, Moved, parent_of};
use crate::render::account::{Account, why_not};
use crate::render::alike::{look_alike, spelled_out};
use crate::render::amounts::{full, value};
use crate::render::brief::count;
use crate::render::by_file::reason;
use crate::render::change_fields::mover;
use crate::render::escape::escaped;
use crate::render::outcome_list::OutcomeList;
use crate::render::place::address;

/// Texts of more characters, or of several lines, are long.
const SHORT: usize = 60;

/// The row of each change, in the order of the plan.
pub(super) fn rows(account: &Account<'_>, brief: &SavedBrief, base: &str) -> Vec<RowData> {
    let changes = account.changes;
    let outcomes = account.run.map_or(&[][..], |run| run.outcomes);
    let lists = [&brief.created, &brief.deleted, &brief.updated_deals];
    let deals: HashMap<usize, &SavedDeal> = lists
        .into_iter()
        .flatten()
        .map(|deal| (deal.change, deal))
        .collect();
    let parents = parents(changes, outcomes);
    let mut children: HashMap<usize, (usize, &ObjectKind)> = HashMap::new();
    for (index, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            let counted = children.entry(*parent).or_insert((0, changes[index].kind));
            counted.0 += 1;
        }
    }
    let rows = changes.iter().enumerate().map(|(index, change)| {
        let mut row = row(change, account, base);
        row.parent = parents[index];
        if let Some((number, kind)) = children.get(&index) {
            let noun = if *number == 1 { kind.noun } else { kind.nouns };
            row.children = format!("{} {noun}", count(*number));
        }
        if let Some(deal) = deals.get(&index) {
            row.is_worth(deal);
        }
        if let Some(outcome) = outcomes.get(index) {
            row.became(outcome, change, account);
        }
        row.summed_up(change.verb())
    });
    rows.collect()
}

/// The parent of each change that is created or deleted with it, and met the same fate.
fn parents(changes: &[Change], outcomes: &[Outcome]) -> Vec<Option<usize>> {
    let is_alone = |change: &Change| match change.action.name() {
        ActionName::Create | ActionName::Delete => false,
        ActionName::Adopt | ActionName::Update => true,
    };
    let mut places: HashMap<(&ObjectKind, FoldedKey), usize> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        if change.kind.parent().is_none() && !is_alone(change) {
            places.insert((change.kind, change.key.folded()), index);
        }
    }
    let parent = |(index, change): (usize, &Change)| {
        let (kind, key) = parent_of(change.kind, &change.key)?;
        let parent = *places.get(&(kind, key.folded()))?;
        let word = |index: usize| {
            outcomes
                .get(index)
                .map(|outcome| word(OutcomeList::of(outcome)))
        };
        let is_alike = changes[parent].action.name() == change.action.name()
            && word(parent) == word(index)
            && !is_alone(change);
        is_alike.then_some(parent)
    };
    changes.iter().enumerate().map(parent).collect()
}

fn row(change: &Change, account: &Account<'_>, base: &str) -> RowData {
    let links = account.plan.as_ref().and_then(|plan| plan.links.as_ref());
    let address = address(change, account.sources, links);
    let file = change.at.file(account.sources).to_string_lossy();
    let notes = match &change.action {
        Action::Delete { why, .. } => vec![escaped(&reason(*why, change)).into_owned()],
        Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => Vec::new(),
    };
    let verb = change.verb();
    RowData {
        action: change.action.word(),
        kind: change.kind.noun,
        name: change
            .label
            .as_deref()
            .map_or_else(String::new, |label| escaped(label).into_owned()),
        key: escaped(&change.shown).into_owned(),
        file: escaped(&file).into_owned(),
        line: change.at.line(account.sources),
        href: address.and_then(|address| Some(address.strip_prefix(base)?.to_owned())),
        notes,
        fields: change
            .fields()
            .iter()
            .map(|field| self::field(&field, verb))
            .collect(),
        ..RowData::default()
    }
}

/// A field as it is shown; nothing of the values of a sensitive one.
pub(super) fn field(field: &FieldChange, verb: Verb) -> FieldData {
    let FieldChange {
        name,
        data_type: _,
        before,
        after,
        sensitive,
        moved,
        at: _,
    } = field;
    let shown = if *sensitive {
        [before, after].map(|side| {
            if side.is_null() {
                value(side)
            } else {
                MASK.to_owned()
            }
        })
    } else {
        sides(before, after)
    };
    let long = !sensitive
        && shown
            .iter()
            .any(|text| text.contains('\n') || text.chars().count() > SHORT);
    let [before, after] = shown.map(|text| visible_lines(&text).into_owned());
    let note = match moved {
        None | Some(Moved::You) => String::new(),
        Some(moved @ (Moved::Marketo | Moved::Both | Moved::Hidden)) => mover(*moved).to_owned(),
    };
    FieldData {
        name: escaped(name).into_owned(),
        before: (verb != Verb::Create).then_some(before),
        after: (verb != Verb::Delete).then_some(after),
        note,
        long,
    }
}

/// Both sides, so that two values that differ look different.
fn sides(before: &Value, after: &Value) -> [String; 2] {
    if let (Value::Text(before), Value::Text(after)) = (before, after)
        && look_alike(before, after)
    {
        return [before, after].map(|text| spelled_out(text));
    }
    let shown = [value(before), value(after)];
    if shown[0] != shown[1] {
        return shown;
    }
    // Of different types, such as a text that an instance answers for a number.
    let quoted = |side: &Value, text: String| match side {
        Value::Text(_) => format!("\"{text}\""),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Datetime(_) => text,
    };
    let [first, second] = shown;
    [quoted(before, first), quoted(after, second)]
}

impl RowData {
    fn is_worth(&mut self, deal: &SavedDeal) {
        let SavedDeal {
            change: _,
            stage,
            amount,
            owner,
            closes,
            children: _,
        } = deal;
        let text = |text: &Option<String>| Some(escaped(text.as_deref()?).into_owned());
        self.stage = text(stage);
        self.owner = text(owner);
        self.closes = text(closes);
        self.amount = amount.map(|amount| full(amount.0));
    }

    fn became(&mut self, outcome: &Outcome, change: &Change, account: &Account<'_>) {
        self.outcome = Some(word(OutcomeList::of(outcome)));
        let end = account.run.and_then(|run| run.end);
        let notes: Vec<String> = match outcome {
            Outcome::Applied { .. } => return,
            Outcome::Unknown { why } => vec![why.clone()],
            Outcome::NotAttempted(why) => vec![why_not(*why, account.changes, end)],
            Outcome::Rejected {
                reasons,
                request_id,
            } => {
                let request = request_id.iter().map(|id| format!("request {id}"));
                let reasons = reasons
                    .iter()
                    .map(|reason| account.reason(reason, change).in_one_line());
                reasons.chain(request).collect()
            }
        };
        let notes = notes.iter().map(|note| escaped(note).into_owned());
        self.notes.extend(notes);
    }
}

/// The word for outcomes of a list.
pub(super) fn word(list: OutcomeList) -> &'static str {
    match list {
        OutcomeList::Applied => "applied",
        OutcomeList::Rejected => "rejected",
        OutcomeList::Unknown => "unknown",
        OutcomeList::NotAttempted => "not attempted",
    }
}
