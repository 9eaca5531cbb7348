//! Further entries at the end of a section.

use super::layout::{Content, Layout, Member};
use super::sites::Site;
use super::splice::Splice;
use crate::model::ObjectKind;

/// The number of the record that comes behind the section of a kind; none if the file has no such section.
pub(super) fn behind_section(
    layout: &Layout<'_>,
    sites: &[Site],
    kind: &ObjectKind,
) -> Option<usize> {
    let section = section(layout, kind)?;
    let start = layout.node(section.value).at.start;
    let is_later = |site: &Site| site.parent.is_none() && layout.node(site.list).at.start > start;
    let later = sites.iter().position(is_later);
    Some(later.unwrap_or(sites.len()))
}

fn section(layout: &Layout<'_>, kind: &ObjectKind) -> Option<Member> {
    let root = *layout.roots.first()?;
    let mut members = layout.members(root).iter();
    let section = members.find(|member| layout.scalar(member.key) == Some(kind.plural));
    section.copied()
}

/// Puts the list of a written manifest at the end of the section of its kind.
pub(super) fn appended(layout: &Layout<'_>, kind: &ObjectKind, written: &str) -> Option<Splice> {
    let head = format!("{}:\n", kind.plural);
    let (_, list) = written.split_once(&head)?;
    let root = *layout.roots.first()?;
    let section = section(layout, kind);
    let line_break = layout.line_break(layout.text.len());
    let in_lines = |list: &str| list.replace('\n', line_break);
    let Some(section) = section else {
        let at = layout.next_line(layout.node(root).end());
        let is_open = !layout.text.get(..at)?.ends_with('\n');
        let before = if is_open { line_break } else { "" };
        return Some(Splice::added(
            at,
            format!("{before}{}", in_lines(&format!("{head}{list}"))),
        ));
    };
    let node = layout.node(section.value);
    match &node.content {
        Content::List { is_flow: false, .. } => {
            let columns = layout.column(node.at.start);
            let list = list.lines().map(|line| match line.strip_prefix("  ") {
                Some(rest) => format!("{}{rest}\n", " ".repeat(columns)),
                None => format!("{line}\n"),
            });
            let list = in_lines(&list.collect::<String>());
            let at = layout.next_line(node.end());
            let is_open = !layout.text.get(..at)?.ends_with('\n');
            let before = if is_open { line_break } else { "" };
            Some(Splice::added(at, format!("{before}{list}")))
        }
        Content::List { items, .. } if items.is_empty() => {
            let colon = layout.colon(section)?;
            let list = in_lines(&format!("\n{list}"));
            let list = list.strip_suffix(line_break).unwrap_or(&list).to_owned();
            Some(Splice::at(colon..node.end(), list))
        }
        Content::List { .. }
        | Content::Mapping { .. }
        | Content::Scalar { .. }
        | Content::Alias(_) => None,
    }
}
