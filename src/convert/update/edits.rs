//! Changes of a text at places, so that everything around them stays.

use std::ops::Range;

use crate::model::Assignment;

/// Another text for a part of a text.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// The text with all edits. Those at the same place come in their order.
pub(super) fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.range.start);
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for Edit { range, text: new } in edits {
        result.push_str(text.get(at..range.start).unwrap_or_default());
        result.push_str(&new);
        at = range.end;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

/// The place of a value in its text; `None` if it is written in a form that is not replaced: with an anchor, a tag, an alias, or on a
/// line of its own.
pub(super) fn value_range(text: &str, assignment: &Assignment) -> Option<Range<usize>> {
    let name_end = index(assignment.name_at.end);
    let after = text.get(name_end..)?.strip_prefix(':')?;
    let start = name_end + 1 + (after.len() - after.trim_start_matches(' ').len());
    let value = text.get(start..)?;
    if value.starts_with(['|', '>']) {
        return Some(start..block_end(text, index(assignment.name_at.start), start));
    }
    let range = index(assignment.at.start)..index(assignment.at.end);
    let is_plain = range.start == start && !text.get(range.clone())?.contains('\n');
    (is_plain && !value.starts_with(['&', '!', '*', '#'])).then_some(range)
}

/// The value of an assignment on one line, as its text writes it.
pub(super) fn inline_value(text: &str, assignment: &Assignment) -> Option<String> {
    let range = value_range(text, assignment)?;
    let written = text.get(range)?;
    if written.starts_with(['|', '>']) {
        // A text of JSON is one of YAML.
        return serde_json::to_string(&assignment.value.text).ok();
    }
    Some(written.to_owned())
}

/// Where a further member of an entry can stand: below the line with this place; and the blanks before it.
pub(super) fn below(text: &str, place: u32) -> Option<(usize, String)> {
    let place = index(place);
    let start = line_start(text, place);
    let end = place + text.get(place..)?.find('\n')?;
    let line = text.get(start..end)?;
    let blanks = line.len() - line.trim_start_matches(' ').len();
    let dash = if line.get(blanks..)?.starts_with("- ") {
        2
    } else {
        0
    };
    let member = line.get(blanks + dash..)?;
    let name = member.split(':').next()?;
    let is_member = member.len() > name.len() && name.chars().all(char::is_alphanumeric);
    is_member.then(|| (end + 1, " ".repeat(blanks + dash)))
}

/// Where further entries of a section can stand: behind its last line. `None` if the text has no such section.
pub(super) fn section_end(text: &str, section: &str) -> Option<usize> {
    let mut at = 0;
    let mut end = None;
    for line in text.split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        let is_head = line.trim_end() == section;
        let is_within = end.is_some() && !is_blank && line.starts_with([' ', '-']);
        if is_head || is_within {
            end = Some(at + line.len());
        } else if end.is_some() && !is_blank && !line.starts_with('#') {
            break;
        }
        at += line.len();
    }
    end
}

/// The end of a block scalar, without its last line break: all further lines that stand deeper than its name.
fn block_end(text: &str, name: usize, value: usize) -> usize {
    let depth = name - line_start(text, name);
    let mut lines = text.get(value..).unwrap_or_default().split_inclusive('\n');
    let first = lines.next().map_or(0, str::len);
    let (mut at, mut end) = (value + first, value + first);
    for line in lines {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let is_blank = line.trim().is_empty();
        if !is_blank && blanks <= depth {
            break;
        }
        at += line.len();
        if !is_blank {
            end = at;
        }
    }
    end - usize::from(text.get(..end).is_some_and(|text| text.ends_with('\n')))
}

fn line_start(text: &str, place: usize) -> usize {
    let before = text.get(..place).unwrap_or_default();
    before.rfind('\n').map_or(0, |end| end + 1)
}

fn index(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
