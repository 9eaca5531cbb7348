//! Values that no entry has, because they are mistakes themselves: a second value of a field, or a mapping where a text should be.

use super::source::{FileId, Sources, Span};

impl Sources {
    /// Writes asterisks over what stands behind such names of fields, up to the end of the line, unless it is covered already.
    pub fn cover_behind(&mut self, is_one: impl Fn(&str) -> bool) {
        let mut spans = Vec::new();
        for (file, source) in self.iter() {
            let text = source.text().unwrap_or_default();
            let mut start = 0;
            for line in text.split_inclusive('\n') {
                if let Some(offset) = value_behind(line.trim_end(), &is_one) {
                    spans.extend(span(file, start + offset, start + line.trim_end().len()));
                }
                start += line.len();
            }
        }
        self.cover(spans);
    }
}

/// Where the first value behind such a name begins that is not covered.
fn value_behind(line: &str, is_one: &impl Fn(&str) -> bool) -> Option<usize> {
    let colons = line.match_indices(':');
    let mut values = colons.filter_map(|(colon, _)| {
        let before = line[..colon].trim_end_matches([' ', '"', '\'']);
        let mut names = before.rsplit(|it: char| !it.is_alphanumeric() && it != '_');
        let name = names.next().unwrap_or_default();
        let behind = &line[colon + 1..];
        let value = behind.trim_start_matches([' ', '\t', '"', '\'']);
        let is_open = !value.is_empty() && !value.starts_with('*');
        (is_open && is_one(name)).then_some(line.len() - value.len())
    });
    values.next()
}

fn span(file: FileId, start: usize, end: usize) -> Option<Span> {
    Some(Span {
        file,
        start: u32::try_from(start).ok()?,
        end: u32::try_from(end).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_stands_behind_a_name_is_covered_to_the_end_of_its_line() {
        let rows = [
            ("name: A", ""),
            ("  secret: one two # why", "one two # why"),
            ("secret: { a: x }", "{ a: x }"),
            ("- { secret: !foo x, name: B }", "!foo x, name: B }"),
            ("\"secret\": 'x'", "x'"),
            ("secret: ***, name: C", ""),
            ("secret: ***, secret: ö", "ö"),
            ("secret:", ""),
            ("nosecret: x", ""),
            // Of several bytes: the name begins behind all of them.
            ("–secret: x", "x"),
            ("\u{a0}secret\u{200b}: x", ""),
        ];
        for (line, covered) in rows {
            let expected = line.replace(covered, &"*".repeat(covered.len()));
            let mut sources = Sources::default();
            let text = |line: &str| format!("a: b\n{line}\r\nc: d\n");
            let file = sources.add("a.yaml".into(), text(line));
            sources.cover_behind(|name| name == "secret");
            assert_eq!(sources.file(file).text(), Some(&*text(&expected)));
        }
    }
}
