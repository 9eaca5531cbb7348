//! A conversion as a whole: what was read into the file, and what became of it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::columns::list;
use super::group::lines;
use super::{problems, told};
use crate::convert::{Draft, OWN_MARK, Scale, SourceFacts, Update, UpdateCounts};
use crate::manifest::ManifestEntry;
use crate::model::{ObjectKind, grouped, shell_word};
use crate::render::counting::counted;
use crate::render::detail::Detail;
use crate::render::escape::escaped;

/// The most keys of records that are named without details.
const MOST_KEYS: usize = 5;

/// A conversion, and how much of it is shown.
pub struct ConversionReport<'c> {
    pub file: &'c Path,
    pub draft: &'c Draft,
    pub detail: Detail,
}

/// The comment above a converted manifest.
#[must_use]
pub fn conversion_head(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    format!("{OWN_MARK} from {}.\n", escaped(&name))
}

impl ConversionReport<'_> {
    /// What was read into the file: encoding, columns, rows that are no records, values in odd forms. In short only what is probable.
    #[must_use]
    pub fn head(&self) -> String {
        let Draft {
            facts,
            columns,
            rows,
            told,
            skipped,
            percents,
            remarks,
            ..
        } = self.draft;
        let name = self.file.to_string_lossy();
        let mut text = format!(
            "{}: {} below the headers in row {}; {}\n",
            escaped(&name),
            counted(*rows, "row"),
            columns.row,
            source(facts)
        );
        if self.detail == Detail::Summary {
            return text;
        }
        let read_as = match columns.read_as {
            Some(export) => format!("Columns, read as {export}:\n"),
            None => "Columns, by the map:\n".to_owned(),
        };
        text.push_str(&read_as);
        text.push_str(&list(columns));
        if let Some(scale) = percents {
            let (form, other) = match scale {
                Scale::Share => ("0.4 is 40 %", Scale::Whole),
                Scale::Whole => ("40 is 40 %", Scale::Share),
            };
            let other = other.word();
            writeln!(
                text,
                "Percentages, as this export writes them: {form} (if not: --percents {other})"
            )
            .expect("strings take all text");
        }
        let passed_over = told::skipped(skipped);
        if !passed_over.is_empty() {
            text.push_str("Rows that are no records:\n");
            text.push_str(&passed_over);
        }
        if !told.is_empty() || !remarks.is_empty() {
            text.push_str("Worth a look:\n");
            text.push_str(&told::remarks(remarks));
            text.push_str(&lines(told, self.detail, told::words, told::words));
        }
        text
    }

    /// The problems, those that are alike together.
    #[must_use]
    pub fn problems(&self) -> String {
        let lines = lines(
            &self.draft.problems,
            self.detail,
            problems::words,
            problems::words_of_several,
        );
        format!("Problems:\n{lines}")
    }

    /// How many rows have problems.
    #[must_use]
    pub fn refusal(&self) -> String {
        let problems = &self.draft.problems;
        let rows: BTreeSet<usize> = problems.iter().map(|problem| problem.place.row).collect();
        format!(
            "{} in {} of {}; no manifest was written",
            counted(problems.len(), "problem"),
            rows.len(),
            counted(self.draft.rows, "row")
        )
    }

    /// What was written, and where.
    #[must_use]
    pub fn summary(&self, out: &Path) -> String {
        let mut counts: BTreeMap<&'static ObjectKind, usize> = BTreeMap::new();
        count(&self.draft.entries, &mut counts);
        let counted: Vec<String> = counts
            .iter()
            .map(|(kind, count)| kind.counted(*count))
            .collect();
        let out = out.to_string_lossy();
        format!(
            "Converted: {} into {}.\n",
            counted.join(", "),
            escaped(&out)
        )
    }

    /// What an update changed, and what it left.
    #[must_use]
    pub fn update(&self, out: &Path, update: &Update) -> String {
        let UpdateCounts {
            added,
            changed,
            unchanged,
            ended,
            emptied,
        } = update.counts;
        let out = out.to_string_lossy();
        let mut text = format!(
            "Updated {}: {} added, {} changed, {} unchanged.\n",
            escaped(&out),
            grouped(added),
            grouped(changed),
            grouped(unchanged)
        );
        if !update.not_exported.is_empty() {
            let count = counted(update.not_exported.len(), "record");
            let keys = self.named(&update.not_exported);
            writeln!(text, "Kept: {count}, not in the export: {keys}.")
                .expect("strings take all text");
        }
        if !update.other_references.is_empty() {
            let count = counted(update.other_references.len(), "reference");
            let fields = self.named(&update.other_references);
            writeln!(
                text,
                "Kept: {count} to `set` in oppctl.yaml, where the export has another value: {fields}. To take the value of the export, write it in place of the reference."
            )
            .expect("strings take all text");
        }
        let kept = [
            (ended, "record", "absent or forgotten in the manifest"),
            (emptied, "value", "of which the export has none now"),
        ];
        for (count, noun, why) in kept.into_iter().filter(|(count, ..)| *count > 0) {
            writeln!(text, "Kept: {}, {why}.", counted(count, noun))
                .expect("strings take all text");
        }
        text
    }

    /// Where a manifest was written that no plan reads, and how it becomes one that plans read: `place` is where they would.
    #[must_use]
    pub fn unread(out: &Path, place: Option<&Path>) -> String {
        let shown = |path: &Path| escaped(&path.to_string_lossy()).into_owned();
        let way = match place {
            Some(place) => {
                let [out, place] = [out, place].map(|path| shell_word(&shown(path)));
                format!("To move it where plans look: mv {out} {place}")
            }
            None => "Add its path to `manifests`".to_owned(),
        };
        let out = shown(out);
        format!(
            "No pattern of `manifests` in oppctl.yaml matches {out}: plans will not read it. {way}\n"
        )
    }

    /// These keys; in short only the first.
    fn named(&self, keys: &[String]) -> String {
        let most = match self.detail {
            Detail::Full => keys.len(),
            Detail::Normal | Detail::Summary => MOST_KEYS,
        };
        let named: Vec<_> = keys.iter().take(most).map(|key| escaped(key)).collect();
        let more = match keys.len().saturating_sub(most) {
            0 => String::new(),
            more => format!(" and {} more (-v names them all)", grouped(more)),
        };
        format!("{}{more}", named.join(", "))
    }
}

fn count(entries: &[ManifestEntry], counts: &mut BTreeMap<&'static ObjectKind, usize>) {
    for entry in entries {
        *counts.entry(entry.kind).or_default() += 1;
        count(&entry.children, counts);
    }
}

fn source(facts: &SourceFacts) -> String {
    match facts {
        SourceFacts::Text {
            encoding,
            is_probable,
            delimiter,
        } => {
            let encoding = match is_probable {
                true => format!("probably {encoding} (if not: --encoding NAME)"),
                false => (*encoding).to_owned(),
            };
            let delimiter = match delimiter {
                '\t' => "tabs".to_owned(),
                other => format!("\"{other}\""),
            };
            format!("{encoding}, {delimiter} between the columns")
        }
        SourceFacts::Workbook { sheet } => format!("sheet \"{}\"", escaped(sheet)),
    }
}
