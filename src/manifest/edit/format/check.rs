//! What differs between two layouts beside the layout itself.

use std::ops::Range;

use super::super::layout::{Content, Layout, NodeId, Style};
use super::super::outline::{Outline, outlines, reading};
use super::super::sites::{Site, sites};
use super::gaps::gap;
use crate::manifest::grammar::Grammar;
use crate::manifest::{InstanceRules, Reading, core_schema};
use crate::model::Form;

/// Where a text differs from its new form in more than its layout: in its nodes, their order within lists, its comments, or in what it
/// declares. `None` if it does not.
pub(super) fn difference(
    (before, read): (&Layout<'_>, &Reading),
    after: &Layout<'_>,
    rules: &InstanceRules,
) -> Option<usize> {
    let first = |old: Option<usize>| old.unwrap_or(0);
    let (old, new) = (tokens(before), tokens(after));
    if let Some(index) = first_difference(&old, &new, |token| &token.what) {
        return Some(first(old.get(index).map(|token| token.at)));
    }
    let (old, new) = (comments(before), comments(after));
    if let Some(index) = first_difference(&old, &new, |comment| &comment.what) {
        return Some(first(old.get(index).map(|comment| comment.at)));
    }
    let again = reading(after.text, rules);
    let is_same = declared(read) == declared(&again)
        && codes(read) == codes(&again)
        && read.desired.emptied == again.desired.emptied;
    (!is_same).then_some(0)
}

/// The first index at which two lists differ.
fn first_difference<T, K: PartialEq>(old: &[T], new: &[T], key: fn(&T) -> &K) -> Option<usize> {
    let mut pairs = old.iter().zip(new);
    let found = pairs.position(|(old, new)| key(old) != key(new));
    found.or_else(|| (old.len() != new.len()).then(|| old.len().min(new.len())))
}

/// Something with its place in the text.
struct Placed<T> {
    what: T,
    at: usize,
}

/// A node without its layout.
#[derive(Debug, PartialEq)]
struct Token<'l> {
    anchor: Option<&'l str>,
    tag: Option<&'l str>,
    content: Meaning<'l>,
}

#[derive(Debug, PartialEq)]
enum Meaning<'l> {
    /// A missing value and an empty text are not the same.
    Scalar {
        form: Form,
        text: &'l str,
    },
    List(usize),
    Mapping(usize),
    Alias(&'l str),
}

/// All nodes, with the members of mappings in the order of their names.
fn tokens<'l>(layout: &'l Layout<'_>) -> Vec<Placed<Token<'l>>> {
    let mut tokens = Vec::with_capacity(layout.nodes.len());
    for root in &layout.roots {
        push_tokens(layout, *root, &mut tokens);
    }
    tokens
}

fn push_tokens<'l>(layout: &'l Layout<'_>, id: NodeId, tokens: &mut Vec<Placed<Token<'l>>>) {
    let node = layout.node(id);
    let content = match &node.content {
        Content::Scalar { style, text } => Meaning::Scalar {
            form: match style {
                Style::Missing => Form::Null,
                Style::Plain => core_schema::form(text),
                Style::Single | Style::Double | Style::Literal | Style::Folded => Form::Text,
            },
            text,
        },
        Content::List { items, .. } => Meaning::List(items.len()),
        Content::Mapping { members, .. } => Meaning::Mapping(members.len()),
        Content::Alias(_) => Meaning::Alias(&layout.text[node.at.clone()]),
    };
    let anchor = node.anchor.clone().map(|at| &layout.text[at]);
    let tag = node.tag.as_ref().map(|tag| &layout.text[tag.at.clone()]);
    tokens.push(Placed {
        what: Token {
            anchor,
            tag,
            content,
        },
        at: node.start(),
    });
    match &node.content {
        Content::Scalar { .. } | Content::Alias(_) => {}
        Content::List { items, .. } => {
            for item in items {
                push_tokens(layout, *item, tokens);
            }
        }
        Content::Mapping { members, .. } => {
            let mut members = members.clone();
            members.sort_by_cached_key(|member| layout.scalar(member.key).map(str::to_owned));
            for member in members {
                push_tokens(layout, member.key, tokens);
                push_tokens(layout, member.value, tokens);
            }
        }
    }
}

/// A comment: the entry that it is in or above, by the kind and the number in its list, and its text.
type OwnedComment<'l> = (Option<(usize, usize)>, &'l str);

/// All comments, sorted.
fn comments<'l>(layout: &'l Layout<'_>) -> Vec<Placed<OwnedComment<'l>>> {
    let grammars = Grammar::all();
    let mut entries: Vec<(Site, usize)> = Vec::new();
    for site in sites(layout, &grammars) {
        if site.parent.is_none() && site.shared.is_none() {
            let number = match entries.last() {
                Some((last, number)) if last.kind == site.kind => number + 1,
                Some(_) | None => 0,
            };
            entries.push((site, number));
        }
    }
    entries.sort_by_key(|(site, _)| layout.node(site.entry).start());
    let mut owners = Owners {
        layout,
        entries,
        end: 0,
        closed: None,
    };
    let all = layout.comments.iter().zip(next_tokens(layout));
    let all = all.map(|(at, next)| Placed {
        what: (
            owners.next(at, next),
            layout.text[at.clone()].trim_end_matches([' ', '\t', '\r', '\n']),
        ),
        at: at.start,
    });
    let mut comments: Vec<_> = all.collect();
    comments.sort_by_key(|comment| comment.what);
    comments
}

/// Where the next token behind each comment begins.
fn next_tokens(layout: &Layout<'_>) -> Vec<usize> {
    let mut tokens = Vec::with_capacity(layout.comments.len());
    // From the last one: in a block of comments all have the same next token.
    let mut behind: Option<(usize, usize)> = None;
    for at in layout.comments.iter().rev() {
        let token = match behind {
            Some((start, token)) if layout.text[at.end..start].trim().is_empty() => token,
            Some(_) | None => gap(layout.text, at.end).end,
        };
        behind = Some((at.start, token));
        tokens.push(token);
    }
    tokens.reverse();
    tokens
}

/// Finds the entry of one comment after the other.
struct Owners<'l, 't> {
    layout: &'l Layout<'t>,
    /// With their numbers in their lists, by their places.
    entries: Vec<(Site, usize)>,
    /// The end of the comment before.
    end: usize,
    /// The entry behind which everything is about something else.
    closed: Option<usize>,
}

impl Owners<'_, '_> {
    /// The entry that the next comment is in, behind or right above, where the next token begins at `next`.
    fn next(&mut self, at: &Range<usize>, next: usize) -> Option<(usize, usize)> {
        let layout = self.layout;
        let start_of = |(site, _): &(Site, usize)| layout.node(site.entry).start();
        let numbered = |(site, number): &(Site, usize)| (site.kind.rank(), *number);
        let behind = self
            .entries
            .partition_point(|entry| start_of(entry) <= at.start);
        if let Some(last) = behind.checked_sub(1) {
            if self.is_own(last, at.start) {
                self.end = at.end;
                return self.entries.get(last).map(numbered);
            }
            self.closed = Some(last);
        }
        self.end = at.end;
        let rest = &layout.text[next..];
        let is_dash = rest
            .strip_prefix('-')
            .is_some_and(|it| it.starts_with([' ', '\t', '\n']));
        let above = self.entries.get(behind);
        above
            .filter(|entry| is_dash || start_of(entry) == next)
            .map(numbered)
    }

    /// Whether a comment at this place is in the entry with this index, on its last line, or as deep as its members below it.
    fn is_own(&self, entry: usize, start: usize) -> bool {
        let layout = self.layout;
        let Some((site, _)) = self.entries.get(entry) else {
            return false;
        };
        let node = layout.node(site.entry);
        let Some(behind) = layout.text.get(node.end()..start) else {
            return true;
        };
        // A dash between them begins the next entry.
        let between = layout.text.get(self.end.max(node.end())..start);
        if self.closed == Some(entry) || between.is_some_and(|it| it.contains('-')) {
            return false;
        }
        let before = &layout.text[layout.line_start(start)..start];
        let is_block = matches!(node.content, Content::Mapping { is_flow: false, .. });
        let is_below = is_block
            && before.trim().is_empty()
            && layout.column(start) >= layout.column(node.at.start);
        !behind.contains('\n') || is_below
    }
}

/// What is declared, in an order that does not depend on that of the members.
fn declared(reading: &Reading) -> Vec<Outline> {
    let mut declared = outlines(reading);
    declared.sort_by_cached_key(Outline::identity);
    declared
}

/// The codes of all problems.
fn codes(reading: &Reading) -> Vec<&'static str> {
    let problems = reading.diagnostics.iter();
    let mut codes: Vec<&str> = problems.map(|it| it.problem.code()).collect();
    codes.sort_unstable();
    codes
}
