//! `oppctl fmt`: writes manifests in their canonical layout. It needs no instance and no credentials; only `--drop-renamed` reads ledgers.
//!
//! A manifest that cannot be laid out anew without a risk stays as it is, and is named; the others are written.

use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::slice;

use crate::config::{InstanceFields, LoadedConfig, is_known_sensitive};
use crate::import::Renames;
use crate::manifest::files;
use crate::manifest::{
    self, Edit, InstanceRules, NotFormatted, Patterns, Reading, Rewritten, edit, format,
    is_unreadable, rewrite_all,
};
use crate::model::{Diagnostic, ObjectKind};
use crate::regular_file::MOST_BYTES;
use crate::render::{self, counted, escaped};

use super::args::FmtArgs;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::output::text;
use super::renames::renames;

/// The name of standard input among the arguments, and in messages.
const STDIN: &str = "-";
const SHOWN_STDIN: &str = "stdin";

pub(super) async fn run(context: &Context, args: &FmtArgs) -> Result<Exit, CliError> {
    if args.paths.iter().any(|path| path == Path::new(STDIN)) {
        return stream(context, args);
    }
    let loaded = context.load()?;
    let renames = match args.drop_renamed {
        true => renames(&loaded, None).await.map_err(nothing_written)?,
        false => Renames::default(),
    };
    let project = Project::new(context, loaded)?;
    let files = project.files(&args.paths)?;
    let mut done = Tally::default();
    let mut unreadable = Vec::new();
    let mut shown_files = BTreeSet::new();
    for path in &files {
        let (shown, bytes) = load(&project.loaded.root, path)?;
        shown_files.insert(shown.clone());
        let dropped = renames.edits(&shown);
        match formatted(&shown, &bytes, &project.rules, dropped.as_ref()) {
            Ok(file) if file.before == file.after => done.unchanged += 1,
            Ok(file) => {
                done.dropped += dropped.map_or(0, |(edits, _)| edits.len());
                if args.check {
                    done.would_change(context, &file, Some(&project))?;
                    continue;
                }
                let written = Rewritten {
                    path: path.clone(),
                    ..file
                };
                rewrite_all(slice::from_ref(&written)).map_err(|error| CliError::of(&error))?;
                done.changed += 1;
                context.out.data(&line(&shown))?;
            }
            Err(NotWritten::Unreadable) => unreadable.push((shown, bytes)),
            Err(NotWritten::Left(why)) => done.left.push((shown, why)),
        }
    }
    let waiting = { renames.waiting() }.filter(|(place, _)| shown_files.contains(&place.file));
    done.waiting = render::waiting_renames(waiting, &context.invocation);
    done.end(
        context,
        args,
        manifest::read_with(unreadable, &project.rules),
    )
}

fn nothing_written(error: CliError) -> CliError {
    let message = format!("{}; nothing was written", error.message);
    CliError { message, ..error }
}

/// From standard input to standard output, for editors.
fn stream(context: &Context, args: &FmtArgs) -> Result<Exit, CliError> {
    if args.drop_renamed {
        let message = "--drop-renamed is for files of the project, and not for standard input";
        return Err(CliError::new(Exit::Usage, message));
    }
    if args.paths.len() > 1 {
        return Err(CliError::new(
            Exit::Usage,
            "`-` is standard input, and stands alone",
        ));
    }
    let mut bytes = Vec::new();
    let most = MOST_BYTES as u64 + 1;
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|source| {
        CliError::new(Exit::Failed, "cannot read standard input").caused_by(&source)
    })?;
    // A text may be formatted outside of any project.
    let project = context.load().and_then(|it| Project::new(context, it)).ok();
    let rules = project.as_ref().map(|project| project.rules.clone());
    let rules = rules.unwrap_or_default();
    let shown = PathBuf::from(SHOWN_STDIN);
    let mut done = Tally::default();
    match formatted(&shown, &bytes, &rules, None) {
        Ok(file) if args.check && file.before != file.after => {
            done.would_change(context, &file, project.as_ref())?;
        }
        Ok(_) if args.check => done.unchanged += 1,
        Ok(file) => {
            let mark = if bytes.starts_with(BYTE_ORDER_MARK.as_bytes()) {
                BYTE_ORDER_MARK
            } else {
                ""
            };
            context.out.data(&format!("{mark}{}", file.after))?;
            return Ok(Exit::Done);
        }
        Err(NotWritten::Unreadable) => {
            return done.end(context, args, manifest::read_with([(shown, bytes)], &rules));
        }
        Err(NotWritten::Left(why)) => done.left.push((shown, why)),
    }
    done.end(context, args, Reading::default())
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The manifests of all instances, or of the one that is asked for.
struct Project {
    loaded: LoadedConfig,
    rules: InstanceRules,
    /// The fields that were kept of each instance.
    kept: Vec<InstanceFields>,
}

impl Project {
    fn new(context: &Context, loaded: LoadedConfig) -> Result<Self, CliError> {
        let asked = context.instance.as_deref();
        let mut kept = Vec::new();
        for name in loaded.config.instances.keys() {
            let fields = loaded.kept_fields(name)?;
            kept.extend(fields.map(|(_, fields)| fields));
        }
        let chosen = match (loaded.instance(asked), asked) {
            (Err(error), Some(_)) => return Err(error.into()),
            (Ok(chosen), _) => Some(chosen.clone()),
            // References are read as one of the instances has them.
            (Err(_), None) => loaded.config.instances.values().next().cloned(),
        };
        let rules = chosen.as_ref().map(|it| it.rules.clone());
        let mut project = Self {
            loaded,
            rules: rules.unwrap_or_default(),
            kept,
        };
        let config = &mut project.loaded.config;
        match (asked, chosen) {
            (Some(_), Some(chosen)) => config.manifests.extend(chosen.manifests),
            _ => config.manifests.extend(config.others.clone()),
        }
        Ok(project)
    }

    /// The manifests at or below these paths; all of them if there are none.
    fn files(&self, paths: &[PathBuf]) -> Result<BTreeSet<PathBuf>, CliError> {
        let patterns: Patterns<'_> = self.loaded.config.patterns();
        let found = files::find(&self.loaded.root, patterns)?.manifests;
        Ok(match paths {
            [] => found.into_iter().collect(),
            paths => files::at_or_below(&found, patterns, paths)?,
        })
    }

    fn may_be_sensitive(&self) -> bool {
        !self.loaded.config.sensitive.is_empty() || !self.kept.is_empty()
    }

    fn is_sensitive(&self, kind: &ObjectKind, name: &str) -> bool {
        let named = &self.loaded.config.sensitive;
        let mut kept = self.kept.iter();
        is_known_sensitive(named, None, kind, name)
            || kept.any(|kept| is_known_sensitive(named, Some(kept), kind, name))
    }
}

fn load(root: &Path, path: &PathBuf) -> Result<(PathBuf, Vec<u8>), CliError> {
    let mut loaded = files::load(root, slice::from_ref(path));
    Ok(loaded.next().expect("it is one file")?)
}

/// Why a manifest stays as it is.
enum NotWritten {
    Unreadable,
    Left(String),
}

impl From<NotFormatted> for NotWritten {
    fn from(why: NotFormatted) -> Self {
        match why {
            NotFormatted::Unreadable => Self::Unreadable,
            why => Self::Left(why.to_string()),
        }
    }
}

/// A manifest as it is, and as it should be laid out after these changes.
fn formatted(
    shown: &Path,
    bytes: &[u8],
    rules: &InstanceRules,
    changes: Option<&(Vec<Edit>, &InstanceRules)>,
) -> Result<Rewritten, NotWritten> {
    let read = |bytes: Vec<u8>| manifest::read_with([(shown.to_owned(), bytes)], rules);
    let mut reading = read(bytes.to_vec());
    let (_, source) = reading.sources.iter().next().expect("it is one file");
    let before = source.text.clone();
    if let Some((edits, rules)) = changes {
        let changed = edit(&before, edits, rules);
        let changed = changed.map_err(|why| NotWritten::Left(why.to_string()))?;
        reading = read(changed.into_bytes());
    }
    Ok(Rewritten {
        path: shown.to_owned(),
        before,
        after: format(&reading, rules)?,
    })
}

fn line(path: &Path) -> String {
    format!("{}\n", escaped(&path.to_string_lossy()))
}

/// What became of the manifests.
#[derive(Default)]
struct Tally {
    unchanged: usize,
    changed: usize,
    /// How many entries do not name the old key of their record any more.
    dropped: usize,
    left: Vec<(PathBuf, String)>,
    /// Which entries go on naming it.
    waiting: String,
}

impl Tally {
    /// Shows the change of a file that is not to be written.
    fn would_change(
        &mut self,
        context: &Context,
        file: &Rewritten,
        project: Option<&Project>,
    ) -> Result<(), CliError> {
        self.changed += 1;
        let none = InstanceRules::default();
        let rules = project.map_or(&none, |project| &project.rules);
        let is_sensitive = |kind: &'static ObjectKind, name: &str| {
            project.is_some_and(|project| project.is_sensitive(kind, name))
        };
        let read = manifest::read_with([(file.path.clone(), file.before.clone().into())], rules);
        // Sensitive values are known by the entries that can be read.
        if !read.diagnostics.is_empty() && project.is_some_and(Project::may_be_sensitive) {
            return context.out.data(&line(&file.path));
        }
        let diff = text(|out| render::diff(slice::from_ref(file), &is_sensitive, rules, out));
        context.out.data(&diff)
    }

    /// Says what became of them, with the problems of those that cannot be read.
    fn end(
        self,
        context: &Context,
        args: &FmtArgs,
        mut unreadable: Reading,
    ) -> Result<Exit, CliError> {
        // What else is wrong with such a file often comes from that.
        let is_cause = |it: &Diagnostic| is_unreadable(&it.problem);
        if unreadable.diagnostics.iter().any(is_cause) {
            unreadable.diagnostics.retain(is_cause);
        }
        let Self {
            unchanged,
            changed,
            dropped,
            left,
            waiting,
        } = self;
        let files = counted(changed, "file");
        let rest = match unchanged {
            0 => String::new(),
            unchanged => format!(", {unchanged} formatted already"),
        };
        let summary = match (args.check, changed) {
            (_, 0) => format!("{} formatted already", counted(unchanged, "file")),
            (true, _) => {
                let command = match args.drop_renamed {
                    true => "`oppctl fmt --drop-renamed`",
                    false => "`oppctl fmt`",
                };
                let hint = context.invocation.completed(command);
                format!("{files} not formatted{rest}. To format: {hint}")
            }
            (false, _) => format!("formatted {files}{rest}"),
        };
        if changed + unchanged > 0 {
            context.out.progress(&summary);
        }
        if dropped > 0 {
            let entries = render::counted_entries(dropped);
            let took = if args.check { "would take" } else { "took" };
            let said = format!("{took} `renamedFrom` out of {entries}");
            context.out.progress(&said);
        }
        if !waiting.is_empty() {
            context.out.progress(waiting.trim_end());
        }
        let refused = input::refuse(context, &unreadable.sources, &unreadable.diagnostics);
        if !left.is_empty() {
            let message = match left.len() {
                1 => "a manifest cannot be formatted safely; it is as it was".to_owned(),
                count => {
                    format!("{count} manifests cannot be formatted safely; they are as they were")
                }
            };
            let error = CliError::new(Exit::Failed, message)
                .hint("write these lines in a plainer form, or format the file by hand");
            let error = left.iter().fold(error, |mut error, (path, why)| {
                error.causes.push(format!("{}: {why}", path.display()));
                error
            });
            let Some(refused) = refused else {
                return Err(error);
            };
            context.error(error);
            return Ok(refused);
        }
        Ok(match (refused, args.check && changed > 0) {
            (Some(refused), _) => refused,
            (None, true) => Exit::Pending,
            (None, false) => Exit::Done,
        })
    }
}
