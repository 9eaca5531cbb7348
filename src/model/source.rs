//! Source texts and places in them: four-byte offsets, which become lines and columns only when something is shown.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// One of the files of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// Whether two ranges have something in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.file == other.file && self.start < other.end && other.start < self.end
    }
}

/// A place as people count it: line and column start at one, and the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// A file that was read.
#[derive(Debug)]
pub struct SourceFile {
    /// In the form in which it is shown: relative to the configuration's folder if it lies below it.
    pub path: PathBuf,
    pub text: String,
    /// Computed for the first position.
    line_starts: OnceLock<Vec<u32>>,
}

/// The files of a run, in the order they were read.
#[derive(Debug, Default)]
pub struct Sources(Vec<SourceFile>);

impl Sources {
    /// Those of a run that read no file.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: Sources = Sources(Vec::new());
        &NONE
    }

    /// Keeps a file. Its text must be shorter than 4 GiB.
    pub fn add(&mut self, path: PathBuf, text: String) -> FileId {
        let id = FileId(u32::try_from(self.0.len()).expect("fewer than 4 billion files"));
        self.0.push(SourceFile {
            path,
            text,
            line_starts: OnceLock::new(),
        });
        id
    }

    /// Writes asterisks over what these spans have, so that no excerpt shows it. Every place stays where it is.
    pub fn cover(&mut self, spans: impl IntoIterator<Item = Span>) {
        for Span { file, start, end } in spans {
            let Some(file) = self.0.get_mut(file.0 as usize) else {
                continue;
            };
            let range = start as usize..end as usize;
            let Some(text) = file.text.get(range.clone()) else {
                continue;
            };
            let covered: String = text
                .chars()
                .flat_map(|c| match c {
                    '\n' | '\r' => std::iter::repeat_n(c, 1),
                    _ => std::iter::repeat_n('*', c.len_utf8()),
                })
                .collect();
            file.text.replace_range(range, &covered);
        }
    }

    /// A file that was kept here.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.0[id.0 as usize]
    }

    /// The path of the file that a span lies in.
    #[must_use]
    pub fn path(&self, span: Span) -> &Path {
        &self.file(span.file).path
    }

    /// Where a span starts.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        self.file(span.file).position(span.start)
    }

    /// `path:line:col` of a span's start.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let Position { line, column } = self.position(span);
        format!("{}:{line}:{column}", self.path(span).display())
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0u32..).map(FileId).zip(&self.0)
    }
}

impl SourceFile {
    /// The line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset);
        let start = starts[line - 1] as usize;
        let before = self.text.get(start..offset as usize).unwrap_or("");
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    /// The byte range of a line, counted from one, without its line break.
    #[must_use]
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let (start, end) = (self.line_start(line - 1), self.line_start(line));
        start..start + self.text[start..end].trim_end_matches(['\n', '\r']).len()
    }

    /// How many lines there are.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts().len()
    }

    /// The offset at which a line starts, counted from zero; the end of the text if there is no such line.
    fn line_start(&self, index: usize) -> usize {
        match self.line_starts().get(index) {
            Some(start) => *start as usize,
            None => self.text.len(),
        }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| line_starts_of(&self.text))
    }
}

fn line_starts_of(text: &str) -> Vec<u32> {
    let mut starts = vec![0];
    for (line_break, _) in text.match_indices('\n') {
        let start = u32::try_from(line_break + 1).expect("texts are shorter than 4 GiB");
        starts.push(start);
    }
    starts
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml".into(), "eins\nzwölf: x\n".to_owned());
        let x = Span {
            file,
            start: 13,
            end: 14,
        };
        assert_eq!(sources.place(x), "a.yaml:2:8");
        assert_eq!(sources.file(file).line_range(2), 5..14);
        assert_eq!(
            sources.position(Span {
                file,
                start: 15,
                end: 15
            }),
            Position { line: 3, column: 1 }
        );
    }
}
