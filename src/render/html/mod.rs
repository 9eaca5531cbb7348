//! Reports as one HTML file: a page that asks the network for nothing and works from an attachment.
//!
//! What matters is in the page itself, as in the Markdown: the verdict, why a plan is refused, what to look at first, the pipeline,
//! the deletions, the causes of failures. The changes are data in it, which one script shows as a table to search, filter, group and
//! sort; without scripts the first of them are a plain table. The policy in the page allows this one style and this one script, by
//! their hashes, and nothing else. Data never becomes markup: see [`markup`], and `page.js`, which only ever sets text. The page is
//! made from the same masked values as the other formats.

mod causes;
mod changes;
mod data;
mod deleted;
mod drift;
mod head;
mod impact;
mod look;
mod markup;
mod notices;
mod page;
mod patterns;
mod policy;
mod rows;
mod summary;
#[cfg(test)]
mod tests;
mod tiles;

pub use drift::html_of_drift;
pub use page::html;
