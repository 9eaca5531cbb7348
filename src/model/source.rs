//! Source texts and places in them: four-byte offsets, which become lines and columns only when something is shown.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

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
    /// Nothing in it if the text was let go and is another one now.
    text: OnceLock<Option<String>>,
    /// What is known of a text that was let go.
    let_go: Option<LetGo>,
    /// Computed for the first position.
    line_starts: OnceLock<Vec<u32>>,
}

/// What is known of a text that is not kept, because it can be read again.
#[derive(Debug)]
struct LetGo {
    again: Arc<ReadAgain>,
    digest: [u8; 32],
    length: usize,
    /// Every character is one byte: columns need no text.
    is_ascii: bool,
}

/// How the text of a file is read again.
#[derive(Debug)]
struct ReadAgain {
    /// The paths of the files are relative to it.
    root: PathBuf,
    text: fn(&Path) -> Option<String>,
}

/// The files of a run, in the order they were read.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// Texts are kept if this is not known.
    again: Option<Arc<ReadAgain>>,
}

/// Fewer bytes are not worth to be read twice.
const WORTH_LETTING_GO: usize = 1024 * 1024;

impl Sources {
    /// Those of a run that read no file.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: Sources = Sources {
            files: Vec::new(),
            again: None,
        };
        &NONE
    }

    /// Keeps a file. Its text must be shorter than 4 GiB.
    pub fn add(&mut self, path: PathBuf, text: String) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 4 billion files"));
        self.files.push(SourceFile {
            path,
            text: Some(text).into(),
            let_go: None,
            line_starts: OnceLock::new(),
        });
        id
    }

    /// Says how texts are read again, as they were kept, so that they need not be: see [`Self::let_go`]. The paths of the files are relative
    /// to `root`.
    pub fn read_again(&mut self, root: &Path, text: fn(&Path) -> Option<String>) {
        let root = root.to_owned();
        self.again = Some(Arc::new(ReadAgain { root, text }));
    }

    /// Drops the texts if they are large and can be read again. A run needs them for excerpts alone, and keeps its lines.
    pub fn let_go(&mut self) {
        let Some(again) = &self.again else {
            return;
        };
        let texts = self.files.iter().filter_map(SourceFile::text);
        if texts.map(str::len).sum::<usize>() >= WORTH_LETTING_GO {
            for file in &mut self.files {
                file.let_go(again);
            }
        }
    }

    /// Writes asterisks over what these spans have, so that no excerpt shows it. Every place stays where it is.
    pub fn cover(&mut self, spans: impl IntoIterator<Item = Span>) {
        for Span { file, start, end } in spans {
            let Some(file) = self.files.get_mut(file.0 as usize) else {
                continue;
            };
            let range = start as usize..end as usize;
            let Some(text) = file.text().and_then(|text| text.get(range.clone())) else {
                continue;
            };
            let covered: String = text
                .chars()
                .flat_map(|c| match c {
                    '\n' | '\r' => std::iter::repeat_n(c, 1),
                    _ => std::iter::repeat_n('*', c.len_utf8()),
                })
                .collect();
            if let Some(Some(text)) = file.text.get_mut() {
                text.replace_range(range, &covered);
            }
        }
    }

    /// A file that was kept here.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
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
        (0u32..).map(FileId).zip(&self.files)
    }
}

impl SourceFile {
    /// Its text. None if it was let go and the file has another one now, or cannot be read.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        let text = self
            .text
            .get_or_init(|| self.let_go.as_ref()?.read(&self.path));
        text.as_deref()
    }

    fn let_go(&mut self, again: &Arc<ReadAgain>) {
        let Some(Some(text)) = self.text.get() else {
            return;
        };
        self.let_go = Some(LetGo {
            again: Arc::clone(again),
            digest: Sha256::digest(text).into(),
            length: text.len(),
            is_ascii: text.is_ascii(),
        });
        self.line_starts();
        self.text = OnceLock::new();
    }

    /// The line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset);
        let start = starts[line - 1] as usize;
        let before = start..offset as usize;
        let is_ascii = self.let_go.as_ref().is_some_and(|it| it.is_ascii);
        let text = if is_ascii { None } else { self.text() };
        let characters = match text {
            Some(text) => text.get(before).unwrap_or_default().chars().count(),
            None => before.len(),
        };
        Position {
            line,
            column: characters + 1,
        }
    }

    /// The byte range of a line, counted from one, without its line break.
    #[must_use]
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let (start, end) = (self.line_start(line - 1), self.line_start(line));
        let text = self.text().and_then(|text| text.get(start..end));
        let text = text.unwrap_or_default();
        start..start + text.trim_end_matches(['\n', '\r']).len()
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
            None => match &self.let_go {
                Some(let_go) => let_go.length,
                None => self.text().map_or(0, str::len),
            },
        }
    }

    fn line_starts(&self) -> &[u32] {
        let text = || self.text().unwrap_or_default();
        self.line_starts.get_or_init(|| line_starts_of(text()))
    }
}

impl LetGo {
    /// The same text again.
    fn read(&self, path: &Path) -> Option<String> {
        let ReadAgain { root, text } = &*self.again;
        let text = text(&root.join(path))?;
        (*Sha256::digest(&text) == self.digest).then_some(text)
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
    fn a_text_that_was_let_go_is_read_again() {
        let folder = tempfile::tempdir().expect("there is room");
        let root = folder.path();
        let text = format!(
            "eins\nzwölf: x\n{}",
            "# much\n".repeat(WORTH_LETTING_GO / 7)
        );
        let kept = |text: &str| {
            let mut sources = Sources::default();
            let file = sources.add("a.yaml".into(), text.to_owned());
            (sources, file)
        };
        let again = |path: &Path| std::fs::read_to_string(path).ok();
        for text in [text.replace('ö', "oe"), text] {
            let (whole, file) = kept(&text);
            let (mut sources, _) = kept(&text);
            sources.read_again(root, again);
            std::fs::write(folder.path().join("a.yaml"), &text).expect("there is room");
            sources.let_go();
            assert_eq!(sources.file(file).text.get(), None);
            let (source, whole) = (sources.file(file), whole.file(file));
            for offset in 0..16 {
                assert_eq!(source.position(offset), whole.position(offset));
            }
            assert_eq!(source.line_count(), whole.line_count());
            assert_eq!(source.line_range(2), whole.line_range(2));
            let at = Span {
                file,
                start: 5,
                end: 9,
            };
            sources.cover([at]);
            let covered = sources.file(file).text().expect("it is there");
            assert_eq!(&covered[..10], "eins\n****".to_owned() + &text[9..10]);
        }
    }

    #[test]
    fn a_file_that_has_changed_since_has_no_text() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml".into(), "# much\n".repeat(WORTH_LETTING_GO));
        sources.read_again(Path::new(""), |_| Some("another one".to_owned()));
        sources.let_go();
        let source = sources.file(file);
        assert_eq!((source.text(), source.line_range(2)), (None, 7..7));
        assert_eq!(source.position(8), Position { line: 2, column: 2 });
    }

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
