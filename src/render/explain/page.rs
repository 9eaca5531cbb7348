//! A page, and how it is written in a file.

/// What a word is the name of. The order is that of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Problem,
    Finding,
    Note,
    Refusal,
    Outcome,
    Code,
    Exit,
}

/// What is to be known of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub family: Family,
    pub id: String,
    /// One sentence, without a full stop.
    pub title: String,
    pub parts: Vec<Part>,
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Paragraph(String),
    /// Commands or YAML: lines that can be pasted.
    Snippet(Vec<String>),
}

/// What begins a page, before its word.
const HEAD: &str = "# ";
/// What begins a line of a snippet.
const INDENT: &str = "    ";

impl Family {
    pub(super) const ALL: [Self; 7] = [
        Self::Problem,
        Self::Finding,
        Self::Note,
        Self::Refusal,
        Self::Outcome,
        Self::Code,
        Self::Exit,
    ];

    /// Its heading in the list.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Problem => "Problems of manifests",
            Self::Finding => "What to look at first in a plan",
            Self::Note => "Notes of a plan",
            Self::Refusal => "Why a plan is refused",
            Self::Outcome => "How a run ended, in annotations",
            Self::Code => "Codes of Marketo, and statuses of HTTP",
            Self::Exit => "Exits of oppctl",
        }
    }
}

/// The pages of a file: a line with the word, one with the title, then paragraphs, a line each, and the indented lines of snippets.
pub(super) fn pages(family: Family, text: &str) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(id) = line.strip_prefix(HEAD) {
            pages.push(Page {
                family,
                id: id.to_owned(),
                title: lines.next().unwrap_or_default().to_owned(),
                parts: Vec::new(),
            });
        } else if let Some(page) = pages.last_mut() {
            page.push(line);
        }
    }
    pages
}

impl Page {
    /// The commands of oppctl that it tells, as they are written.
    #[must_use]
    pub fn commands(&self) -> Vec<&str> {
        let mut commands: Vec<&str> = Vec::new();
        for part in &self.parts {
            match part {
                Part::Paragraph(text) => commands.extend(text.split('`').skip(1).step_by(2)),
                Part::Snippet(lines) => commands.extend(lines.iter().map(String::as_str)),
            }
        }
        commands.retain(|command| command.starts_with("oppctl "));
        commands
    }

    fn push(&mut self, line: &str) {
        let part = match line.strip_prefix(INDENT) {
            _ if line.is_empty() => return,
            None => Part::Paragraph(line.to_owned()),
            Some(code) => match self.parts.last_mut() {
                Some(Part::Snippet(lines)) if is_command(code) == is_command(&lines[0]) => {
                    lines.push(code.to_owned());
                    return;
                }
                Some(Part::Snippet(_) | Part::Paragraph(_)) | None => {
                    Part::Snippet(vec![code.to_owned()])
                }
            },
        };
        self.parts.push(part);
    }
}

/// Whether a line of a snippet is one for a shell; all others are YAML.
pub(super) fn is_command(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    matches!(word, "oppctl" | "git" | "iconv")
}
