//! The page of a drift: what others changed in Marketo since the last apply.

use super::changes::DRIFT;
use super::data::RowData;
use super::head::Tone;
use super::page::{Page, page};
use super::rows::field;
use crate::model::Verb;
use crate::plan::{Drift, Drifted, Moved, Plan};
use crate::render::account::Account;
use crate::render::drift::drift_verdict;
use crate::render::escape::escaped;

/// What others changed in Marketo since the last apply, as a page. `plan` is the one by which it was found.
#[must_use]
pub fn html_of_drift(account: Account<'_>, plan: &Plan) -> String {
    // What the plan would do is another question.
    let account = &Account {
        command: "drift",
        plan: None,
        changes: &[],
        ..account
    };
    let rows: Vec<RowData> = plan.drift.iter().map(|drift| row(drift, account)).collect();
    page(&Page {
        account,
        verdict: drift_verdict(rows.len()),
        tone: if rows.is_empty() {
            Tone::Good
        } else {
            Tone::Warning
        },
        brief: None,
        base: "",
        rows: &rows,
    })
}

fn row(drift: &Drift, account: &Account<'_>) -> RowData {
    let Drift {
        kind,
        shown,
        at,
        what,
    } = drift;
    let file = at.file(account.sources).to_string_lossy();
    let (notes, fields) = match what {
        Drifted::Gone => (vec!["was deleted in Marketo"], Vec::new()),
        Drifted::Remade => (
            vec!["was deleted in Marketo, and another record has its key"],
            Vec::new(),
        ),
        Drifted::Fields(fields) => {
            // In the order of the manifest, as in a plan.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|field| field.at);
            let fields = fields.into_iter().map(|of| {
                let mut data = field(of, Verb::Update);
                // On this page that is so of every field.
                if of.moved == Some(Moved::Marketo) {
                    data.note.clear();
                }
                if of.before == of.after {
                    "changed, and now equals the manifest".clone_into(&mut data.note);
                }
                data
            });
            (Vec::new(), fields.collect())
        }
        Drifted::Undeclared(fields) => (
            vec!["no manifest declares it any more"],
            fields.iter().map(|of| field(of, Verb::Update)).collect(),
        ),
    };
    RowData {
        action: DRIFT,
        kind: kind.noun,
        key: escaped(shown).into_owned(),
        file: escaped(&file).into_owned(),
        line: at.line(account.sources),
        notes: notes.into_iter().map(str::to_owned).collect(),
        fields,
        ..RowData::default()
    }
    .summed_up(Verb::Update)
}
