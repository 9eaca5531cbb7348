//! Plans and reports as Markdown: for the comment of a pull request and for the summary of a job.
//!
//! What a reviewer must see stands outside of any fold and comes before everything else: what failed or is refused, then the
//! deletions. Names of records stand outside, their values in a fold for each file. A page has a budget of bytes; values are the first
//! to go, and what is left out is counted. Data is never Markdown, HTML, a mention or a link: see [`quoting`].

mod failures;
mod outcomes;
mod page;
mod planned;
mod quoting;
mod record;
mod title;

use super::account::Account;
use page::Page;

/// The account of a command as a page. The first line is a comment by which a program finds it again.
#[must_use]
pub fn markdown(account: &Account<'_>) -> String {
    let mut page = Page::new(page::MOST_BYTES);
    title::title(account, &mut page);
    failures::trouble(account, &mut page);
    match account.run {
        None => planned::plan(account, &mut page),
        Some(run) => outcomes::outcomes(account, run, &mut page),
    }
    record::values(account, &mut page);
    title::footer(account, &mut page);
    page.finish()
}

#[cfg(test)]
mod tests;
