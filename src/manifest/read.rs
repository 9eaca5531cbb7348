//! From the bytes of all files to the declared records and all problems.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::check;
use super::decoder::Decoder;
use super::document;
use super::field_names::FieldNames;
use super::grammar::Grammar;
use super::named_values::InstanceRules;
use crate::model::kind::KINDS;
use crate::model::{
    Declared, Desired, Diagnostic, FileId, Level, Problem, Severities, Sources, Span,
};
use crate::regular_file::{MOST_BYTES, read_regular};

/// The result of reading manifests. Do not act on it if there are diagnostics.
#[derive(Debug, Default)]
pub struct Reading {
    pub desired: Desired,
    pub sources: Sources,
    /// All problems, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The standard fields whose numbers have more digits than Marketo is known to keep.
    pub imprecise: Vec<(Arc<str>, Span)>,
}

impl Reading {
    /// Takes the problems out that the configuration has lowered: they are no reason not to act any more.
    pub fn lower(&mut self, severities: &Severities) {
        // A finding may have the word of a problem, such as `unknown-field`: only what may be lowered is looked up.
        let level = |it: &Diagnostic| {
            let may_be_lower = matches!(it.problem, Problem::IgnoresUnwritten { .. });
            let level = severities.of(it.problem.code(), Level::Error);
            if may_be_lower { level } else { Level::Error }
        };
        let all = std::mem::take(&mut self.diagnostics);
        let (errors, lowered) = all.into_iter().partition(|it| level(it) == Level::Error);
        self.diagnostics = errors;
        self.desired.lowered = lowered;
        self.desired.lowered.retain(|it| level(it) > Level::Off);
    }
}

/// Reads manifests of which no instance has rules, each given as the bytes of the file and the path to show for it.
///
/// All problems of all files are reported, and what has none is in the result as well. These rules apply, in this order:
///
/// 1. **The file** has at most 256 MiB, is UTF-8, and has no mark of a merge conflict at the start of a line. A file that breaks
///    one of these is not read further. A byte order mark is dropped.
/// 2. **YAML** of version 1.2 with the core schema, so `no` and `2026-12-31` are text. It is one document. Anchors, aliases and merge
///    keys work; a key that is repeated in its mapping, another tag than those of the core schema, too deep nesting, and aliases
///    that expand to too much are problems. A whole value of `${NAME}` stands for what the instance sets under that name, `$${` for
///    a literal `${`.
/// 3. **The grammar** of version 1: only documented members, each of its shape. `defaults` apply to every entry of their file, also
///    to earlier ones. [`manifest_schema`](super::manifest_schema) accepts the same files, as far as JSON Schema can tell.
/// 4. **Keys** are complete, without blanks around them, commas and control characters, and no longer than Marketo stores. A field
///    is written once per record.
/// 5. **All records together:** a record has one entry, where letter case does not count; the parent of a record that is declared
///    present is not declared absent; and an old key that a rename names belongs to no other entry.
/// 6. **Values** of standard fields fit the documented types and lengths. Every other name may be a custom field where the kind
///    can have some, so its value is not checked.
///
/// Only an instance can tell more: its custom fields, leads and parents. [`plan::bind`](crate::plan::bind) checks these.
#[must_use]
pub fn read(files: impl IntoIterator<Item = (PathBuf, Vec<u8>)>) -> Reading {
    read_with(files, &InstanceRules::default())
}

/// Reads manifests as one instance has them: by the rules of [`read`], and with its named values and its protection of entries
/// that do not say whether they are protected.
#[must_use]
pub fn read_with(
    files: impl IntoIterator<Item = (PathBuf, Vec<u8>)>,
    rules: &InstanceRules,
) -> Reading {
    let mut reading = Reading::default();
    let Reading {
        desired,
        sources,
        diagnostics,
        imprecise,
    } = &mut reading;
    let mut usable = Vec::new();
    for (path, bytes) in files {
        let (text, problem) = text_of(bytes, MOST_BYTES);
        let file = sources.add(path, text);
        match problem {
            Some((problem, offset)) => {
                diagnostics.push(Diagnostic::new(problem, point(file, offset)));
            }
            None => match conflict_at(file, text_in(sources, file)) {
                Some(at) => diagnostics.push(Diagnostic::new(Problem::MergeConflict, at)),
                None => usable.push(file),
            },
        }
    }
    let texts: Vec<(FileId, &str)> = { usable.into_iter() }
        .map(|file| (file, text_in(sources, file)))
        .collect();
    let (mut bytes, mut read) = (texts.iter().map(|(_, text)| text.len()).sum::<usize>(), 0);
    decode(&texts, rules, |decoded, length| {
        let Decoded {
            records,
            emptied,
            problems,
        } = decoded;
        if desired.records.is_empty() {
            desired.records = records;
        } else {
            // As many as the files so far let expect, and no more: a list that doubles has room for twice as many in the end.
            let expected = desired.records.len() * bytes / read.max(1);
            let expected = expected + expected / 16;
            desired.records.reserve_exact(expected.max(records.len()));
            desired.records.extend(records);
        }
        bytes -= length;
        read += length;
        desired.emptied.extend(emptied);
        diagnostics.extend(problems);
    });
    check::records(&desired.records, imprecise, diagnostics);
    sort(diagnostics);
    reading
}

/// The text of a file that was just read.
fn text_in(sources: &Sources, file: FileId) -> &str {
    sources.file(file).text().unwrap_or_default()
}

/// The text of a manifest, as [`read`] keeps it.
#[must_use]
pub fn text_again(path: &Path) -> Option<String> {
    let (text, problem) = text_of(read_regular(path, MOST_BYTES as u64).ok()?, MOST_BYTES);
    problem.is_none().then_some(text)
}

/// What one file declares.
#[derive(Default)]
struct Decoded {
    records: Vec<Declared>,
    emptied: BTreeSet<FileId>,
    problems: Vec<Diagnostic>,
}

/// Fewer bytes are read before a second thread has started.
const WORTH_THREADS: usize = 256 * 1024;

/// Passes on what each of these files declares and its length, in their order. Many files are shared among the processors.
fn decode(texts: &[(FileId, &str)], rules: &InstanceRules, mut take: impl FnMut(Decoded, usize)) {
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let threads = match bytes < WORTH_THREADS {
        true => 1,
        false => thread::available_parallelism().map_or(1, usize::from),
    };
    let next = AtomicUsize::new(0);
    let work = |send: &mut dyn FnMut(usize, Decoded)| {
        let grammars = Grammar::all();
        let mut names = FieldNames::default();
        // Files differ in size, so that a thread takes the next one whenever it is done.
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some((file, text)) = texts.get(index)
        {
            let mut decoded = Decoded::default();
            let mut decoder = Decoder {
                file: *file,
                text,
                grammars: &grammars,
                names: &mut names,
                out: &mut decoded.problems,
                records: &mut decoded.records,
                emptied: &mut decoded.emptied,
                defaults: KINDS.map(|_| Vec::new()),
                protects: rules.protect,
            };
            document::read(&mut decoder, &rules.values);
            send(index, decoded);
        }
    };
    // Those of later files wait for the earlier ones.
    let (mut waiting, mut taken) = (BTreeMap::new(), 0);
    let mut keep = |index, decoded| {
        waiting.insert(index, decoded);
        while let Some(decoded) = waiting.remove(&taken) {
            take(decoded, texts[taken].1.len());
            taken += 1;
        }
    };
    let threads = threads.min(texts.len());
    if threads < 2 {
        return work(&mut keep);
    }
    thread::scope(|scope| {
        let (sender, done) = mpsc::channel();
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let sender = sender.clone();
                let work = &work;
                // Who receives waits for all of them.
                scope.spawn(move || work(&mut |index, decoded| drop(sender.send((index, decoded)))))
            })
            .collect();
        drop(sender);
        done.into_iter()
            .for_each(|(index, decoded)| keep(index, decoded));
        for worker in workers {
            worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}

/// The place of the mark of a merge conflict.
fn conflict_at(file: FileId, text: &str) -> Option<Span> {
    let offset = conflict(text)?;
    let end = text[offset..].lines().next().map_or(0, str::len) + offset;
    Some(Span {
        end: point(file, end).end,
        ..point(file, offset)
    })
}

/// The text of a file without a byte order mark, and the problem and its offset if the file cannot be used.
fn text_of(bytes: Vec<u8>, limit: usize) -> (String, Option<(Problem, usize)>) {
    if bytes.len() > limit {
        return (String::new(), Some((Problem::FileTooLarge, 0)));
    }
    let (text, problem) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (text, Some((Problem::NotUtf8, offset)))
        }
    };
    match text.strip_prefix('\u{feff}') {
        Some(rest) => (
            rest.to_owned(),
            problem.map(|(problem, offset)| (problem, offset - BYTE_ORDER_MARK)),
        ),
        None => (text, problem),
    }
}

/// Where git has left the mark of a conflict, at the beginning of a line, where no YAML of ours can have it.
pub(crate) fn conflict(text: &str) -> Option<usize> {
    let marks = ["<<<<<<< ", "||||||| ", ">>>>>>> "];
    // Most files have none of them anywhere, and a text is found faster than the lines are.
    if !marks.iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if marks.iter().any(|mark| line.starts_with(mark)) {
            return Some(offset);
        }
        offset += line.len();
    }
    None
}

const BYTE_ORDER_MARK: usize = '\u{feff}'.len_utf8();

fn point(file: FileId, offset: usize) -> Span {
    let start = u32::try_from(offset).expect("no file exceeds the limit");
    Span {
        file,
        start,
        end: start,
    }
}

/// Adds problems that were found later. A place that has a problem already keeps that one.
pub fn add(diagnostics: &mut Vec<Diagnostic>, found: Vec<Diagnostic>) {
    let known: HashSet<Span> = diagnostics.iter().map(|known| known.at).collect();
    let new = found.into_iter().filter(|new| !known.contains(&new.at));
    diagnostics.extend(new);
    sort(diagnostics);
}

/// Sorts by place and drops repetitions: a default or an anchored node is checked once for each record that has it.
fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.at, diagnostic.problem.code()));
    diagnostics.dedup();
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn bytes_become_text_or_a_problem_with_its_place() {
        let mark = "\u{feff}";
        let rows = [
            (b"a: 1".to_vec(), "a: 1", None),
            (format!("{mark}a: 1").into_bytes(), "a: 1", None),
            (
                b"a: \xff!".to_vec(),
                "a: \u{fffd}!",
                Some((Problem::NotUtf8, 3)),
            ),
            (
                [mark.as_bytes(), b"a: \xff"].concat(),
                "a: \u{fffd}",
                Some((Problem::NotUtf8, 3)),
            ),
            (
                b"a: 12345678".to_vec(),
                "",
                Some((Problem::FileTooLarge, 0)),
            ),
        ];
        for (bytes, text, problem) in rows {
            assert_eq!(text_of(bytes, 10), (text.to_owned(), problem));
        }
    }
}
