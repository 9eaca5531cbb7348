//! A whole page, from its first line to its script.

use super::causes::causes;
use super::changes::{changes, words};
use super::data::{PageData, RowData};
use super::deleted::deleted;
use super::head::{Tone, head};
use super::impact::impact;
use super::look::look_first;
use super::markup::Markup;
use super::notices::{notes, trouble};
use super::patterns;
use super::policy::policy;
use super::rows::rows;
use super::tiles::tiles;
use crate::model::shell_word;
use crate::plan::file::SavedBrief;
use crate::render::account::{Account, RunFacts};
use crate::render::brief::without_brief;
use crate::render::counting::counted;
use crate::render::headline::{header, is_for_reviewers, plain_headline};
use crate::render::markdown::apply_command;

/// The style of all pages.
pub(super) const STYLE: &str = include_str!("page.css");
/// The script of all pages.
pub(super) const SCRIPT: &str = include_str!("page.js");

/// What a page is made of.
pub(super) struct Page<'p> {
    pub(super) account: &'p Account<'p>,
    pub(super) verdict: String,
    pub(super) tone: Tone,
    /// What the changes mean; none for a drift.
    pub(super) brief: Option<&'p SavedBrief>,
    /// What the addresses of the rows begin with.
    pub(super) base: &'p str,
    pub(super) rows: &'p [RowData],
}

/// The account of a command as a page.
#[must_use]
pub fn html(account: &Account<'_>) -> String {
    let of_changes;
    let brief = match &account.plan {
        Some(plan) => &plan.brief,
        None => {
            of_changes = without_brief(account.changes, false);
            &of_changes
        }
    };
    let links = account.plan.as_ref().and_then(|plan| plan.links.as_ref());
    let base = links.map_or("", |links| links.base());
    let rows = rows(account, brief, base);
    page(&Page {
        account,
        verdict: plain_headline(account),
        tone: Tone::of(account),
        brief: Some(brief),
        base,
        rows: &rows,
    })
}

/// The page.
pub(super) fn page(of: &Page<'_>) -> String {
    let mut markup = Markup::default();
    let page = &mut markup;
    page.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\"");
    page.attribute("content", &policy(STYLE, SCRIPT));
    page.raw("><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\"><title>");
    let instance = of.account.instance.map(|instance| instance.name);
    page.raw("oppctl ").text(of.account.command);
    if let Some(instance) = instance {
        page.raw(" for ").text(instance);
    }
    page.raw(": ").text(&of.verdict);
    page.raw("</title><style>").raw(STYLE);
    page.raw("</style></head><body><main>");
    body(of, page);
    page.raw("</main>");
    footer(of.account, page);
    let mut html = header(of.account) + &markup.into_html();
    let data = PageData {
        verdict: &of.verdict,
        base: of.base,
        words: words(),
        rows: of.rows,
        patterns: of.brief.map_or_else(Vec::new, patterns::data),
    };
    html.extend([
        "<script type=\"application/json\" id=\"data\">",
        &data.json(),
        "</script><script>",
        SCRIPT,
        "</script></body></html>\n",
    ]);
    html
}

fn body(of: &Page<'_>, page: &mut Markup) {
    let Page {
        account,
        verdict,
        tone,
        brief,
        base: _,
        rows,
    } = of;
    head(account, verdict, *tone, page);
    trouble(account, page);
    let moved = brief.filter(|brief| brief.impact.is_moved());
    let is_done = account.run.is_none() || account.tally().is_complete();
    if brief.is_some() {
        let of_done = moved.filter(|_| is_done);
        tiles(account, of_done.map(|brief| &brief.impact), page);
    }
    causes(account, rows, page);
    page.raw("<div class=\"columns\">");
    if let Some(brief) = brief.filter(|_| account.run.is_none()) {
        look_first(&brief.look_first, rows, page);
    }
    if let Some(brief) = moved {
        impact(&brief.impact, account.run.is_none() || is_done, page);
    }
    page.raw("</div>");
    if let Some(brief) = brief {
        deleted(account, brief, rows, page);
        patterns::patterns(brief, page);
    }
    notes(account, page);
    changes(rows, page);
}

/// Says how to go on: how this plan, and no other, is applied; or where a run is shown, and how it is undone.
fn footer(account: &Account<'_>, page: &mut Markup) {
    page.raw("<footer>");
    if let Some(RunFacts { head, .. }) = account.run {
        let instance = account.instance.map_or_else(String::new, |instance| {
            format!(" --instance {}", shell_word(instance.name))
        });
        let show = format!("oppctl history {}{instance}", head.id);
        command("Details", &account.invocation.command(&show), page);
        if let Some(undo) = account.undo_command() {
            command("Undo", &undo, page);
        }
    } else if let (Some(plan), Some(instance)) = (&account.plan, account.instance) {
        let is_idle = account.changes.is_empty() && plan.ledger.is_empty();
        let is_good = plan.refusals.is_empty() && plan.basis.is_none();
        if is_for_reviewers(account) && is_good && !is_idle {
            let apply = apply_command(plan, instance.name);
            command(
                "Apply exactly this plan",
                &account.invocation.command(&apply),
                page,
            );
        }
        if !account.changes.is_empty() && plan.basis.is_none() {
            let calls = counted(plan.costs.apply, "API call");
            let of_day = plan.costs.of_day_on_pages("the daily quota");
            page.raw("<p>An apply takes ").text(&calls).raw(", ");
            page.text(&of_day).raw(".</p>");
        }
    }
    page.raw("<p>oppctl ")
        .raw(env!("CARGO_PKG_VERSION"))
        .raw("</p></footer>");
}

fn command(what: &'static str, command: &str, page: &mut Markup) {
    page.raw("<p>").raw(what).raw(": <code>").text(command);
    page.raw("</code></p>");
}
