//! A drift as a page: what others changed in Marketo since the last apply.

use super::failures;
use super::limit::MarkdownLimit;
use super::page::{Lines, Page, PageSection};
use super::quoting::{code, command_code, prose};
use super::updates::fields;
use crate::model::shell_word;
use crate::plan::{Drift, Drifted, Moved, Plan};
use crate::render::account::Account;
use crate::render::drift::drift_verdict;
use crate::render::headline::header;
use crate::render::place::line;

/// What others changed in Marketo since the last apply, as a page. `plan` is the one by which it was found.
#[must_use]
pub fn markdown_of_drift(account: Account<'_>, plan: &Plan, limit: MarkdownLimit) -> String {
    let mut page = Page::new(limit.bytes());
    let account = &Account {
        command: "drift",
        plan: None,
        changes: &[],
        ..account
    };
    page.put(PageSection::Header, &header(account));
    let instance = account.instance.map_or("", |instance| instance.name);
    let (name, verdict) = (code(instance), drift_verdict(plan.drift.len()));
    let title = format!("### oppctl drift for {name}: {verdict}\n\n");
    page.put(PageSection::Title, &title);
    failures::trouble(account, &mut page);
    if plan.drift.is_empty() {
        return page.finish();
    }
    let lines = Lines {
        count: plan.drift.len(),
        items: plan.drift.iter().map(|drift| row(drift, account)),
        most: usize::MAX,
        noun: "record",
    };
    let (rows, left) = page.take(lines, |row| format!("{row}\n"));
    let left = left.map_or_else(String::new, |left| format!("\n{left}\n"));
    let head = "| record | declared → in Marketo | place |\n|:--|:--|:--|\n";
    page.put(PageSection::Updated, &format!("{head}{rows}{left}\n"));
    let plan = account
        .invocation
        .command(&format!("oppctl plan --instance {}", shell_word(instance)));
    let pull = format!("oppctl pull --drift --instance {}", shell_word(instance));
    let way = format!(
        "To take what Marketo has into the manifests: {}. To see what an apply would set back: {}\n",
        command_code(&account.invocation.command(&pull)),
        command_code(&plan)
    );
    page.put(PageSection::Footer, &way);
    page.finish()
}

/// A record and what happened to it.
fn row(drift: &Drift, account: &Account<'_>) -> String {
    let Drift {
        kind,
        shown,
        at,
        what,
    } = drift;
    let what = match what {
        Drifted::Gone => "deleted in Marketo".to_owned(),
        Drifted::Remade => "deleted in Marketo, and another record has its key".to_owned(),
        Drifted::Fields(changed) => {
            // In the order of the manifest, as in a plan.
            let mut changed: Vec<_> = changed.iter().collect();
            changed.sort_by_key(|field| field.at);
            let both = changed.iter().any(|field| field.moved == Some(Moved::Both));
            let both = if both {
                " (the manifest changed too)"
            } else {
                ""
            };
            format!("{}{both}", fields(&changed))
        }
        Drifted::Undeclared(changed) => {
            let changed: Vec<_> = changed.iter().collect();
            format!("{} (no manifest declares it any more)", fields(&changed))
        }
    };
    let key = code(shown).replace('|', "\\|");
    let place = prose(&line(at, account.sources));
    format!("| {} {key} | {what} | {place} |", kind.noun)
}
