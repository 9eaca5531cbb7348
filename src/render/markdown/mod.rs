//! Plans and reports as Markdown: for the comment of a pull request and for the summary of a job.
//!
//! What a reviewer must see stands outside of any fold and comes before everything else: what failed or is refused, what to look at
//! first, what a plan does to the pipeline, the deletions, the shapes of the updates. Single records and their values are in folds. A page
//! has a budget of bytes, which goes to its parts in that order, and what is left out is counted. Data is never Markdown, HTML, a mention or a link: see [`quoting`].

mod deals;
mod drift;
mod failures;
mod fold;
mod impact;
mod limit;
mod link;
mod look;
mod outcomes;
mod page;
mod planned;
mod quoting;
mod record;
mod title;
mod updates;

pub use drift::markdown_of_drift;
pub(super) use failures::unexpected_lines;
pub use limit::MarkdownLimit;
pub(super) use title::{command as apply_command, permit_flags};

use super::account::Account;
use page::Page;

/// The account of a command as a page. The first line is a comment by which a program finds it again.
#[must_use]
pub fn markdown(account: &Account<'_>, limit: MarkdownLimit) -> String {
    let mut page = Page::new(limit.bytes());
    title::title(account, &mut page);
    failures::trouble(account, &mut page);
    match account.run {
        None => planned::plan(account, &mut page),
        Some(run) => {
            outcomes::outcomes(account, run, &mut page);
            record::values(account, &mut page);
        }
    }
    title::footer(account, &mut page);
    page.finish()
}

#[cfg(test)]
pub(super) mod tests;
