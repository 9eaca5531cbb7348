//! What no lint checks: sizes, openings, words that have one home.

use std::fs;
use std::path::{Path, PathBuf};

use oppctl::model::kind::KINDS;
use pretty_assertions::assert_eq;

/// The most lines of a source file, its tests not counted.
const MOST_LINES: usize = 400;

#[test]
fn source_files_are_small() {
    let long: Vec<String> = sources()
        .iter()
        .map(|file| (file, file.code.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(file, lines)| format!("{}: {lines}", file.name))
        .collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn source_files_say_what_they_are_for() {
    let silent = names(|file| !file.text.starts_with("//! "));
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn nothing_panics_without_a_reason() {
    let panicking = names(|file| {
        [".unwrap()", "panic!(", "unreachable!("]
            .iter()
            .any(|word| file.code.contains(word))
    });
    assert_eq!(panicking, Vec::<String>::new());
}

#[test]
fn kinds_have_one_home() {
    let homes = ["src/model/kind/", "src/simulator/"];
    let literals = [
        "opportunity",
        "opportunities",
        "role",
        "roles",
        "opportunityRole",
    ]
    .map(|name| format!("\"{name}\""));
    let naming = names(|file| {
        let at_home = homes.iter().any(|home| file.name.starts_with(home));
        // Documentation may name them.
        let mut code = file
            .code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        !at_home && code.any(|line| literals.iter().any(|literal| line.contains(literal)))
    });
    assert_eq!(naming, Vec::<String>::new());
}

#[test]
fn names_of_kinds_have_one_home() {
    let homes = ["src/model/kind/", "src/simulator/"];
    // File, name, and why the file may spell it.
    let exceptions = [
        ("src/render/json/types.rs", "marketo_guid"), // A member of reports, whose format is fixed.
        ("src/render/json/report.rs", "marketo_guid"), // Fills it.
        ("src/render/listing/ledger.rs", "marketo_guid"), // A member of `ledger list`, whose format is fixed.
        ("src/api/meaning.rs", "externalSalesPersonId"),  // What a code of Marketo is about.
        ("src/cli/args/condition.rs", "externalCompanyId"), // An example in a message.
        ("src/convert/profiles/hubspot.rs", "externalCompanyId"), // What columns of exports mean.
        ("src/convert/profiles/salesforce.rs", "externalCompanyId"), // The same.
        (
            "src/convert/profiles/salesforce.rs",
            "externalSalesPersonId",
        ), // The same.
    ];
    let mut words: Vec<String> = vec!["GUID".to_owned(), "marketo_guid".to_owned()];
    for kind in KINDS {
        for flag in ["with", "undeclared"] {
            words.push(format!("{flag}-{}", kind.plural));
            words.push(format!("{flag}_{}", kind.plural));
        }
        // A name of one lower-case word is a word of English too.
        let keys = kind.key.iter().map(|part| part.field);
        let names = keys.filter(|name| name.contains(char::is_uppercase));
        words.extend(names.map(str::to_owned));
        // "id" is a word of every API.
        words.extend((kind.id_field != "id").then(|| kind.id_field.to_owned()));
    }
    words.sort();
    words.dedup();
    let mut spelled = Vec::new();
    for file in sources() {
        if homes.iter().any(|home| file.name.starts_with(home)) || !file.name.starts_with("src/") {
            continue;
        }
        let lines = file.code.lines().map(str::trim_start);
        let code: Vec<&str> = lines.filter(|line| !line.starts_with("//")).collect();
        for word in &words {
            let is_spelled = code.iter().any(|line| line.contains(word.as_str()));
            if is_spelled && !exceptions.contains(&(&*file.name, word)) {
                spelled.push(format!("{}: {word}", file.name));
            }
        }
    }
    assert_eq!(spelled, Vec::<String>::new());
}

#[test]
fn a_dry_run_is_no_flag() {
    let flagged = names(|file| file.code.contains("dry_run"));
    assert_eq!(flagged, Vec::<String>::new());
}

#[test]
fn tests_wait_for_events_and_not_for_time() {
    let sleeping = names_of(&all_sources(), |file| {
        let tests = file.text.strip_prefix(&file.code).unwrap_or(&file.text);
        tests.contains(concat!("thread::", "sleep"))
    });
    assert_eq!(sleeping, Vec::<String>::new());
}

#[test]
fn no_test_file_is_forgotten() {
    let main = fs::read_to_string(root().join("tests/it/main.rs")).expect("the file is there");
    let forgotten: Vec<String> = files(&root().join("tests/it"))
        .iter()
        .filter_map(|path| path.strip_prefix(root().join("tests/it")).ok()?.to_str())
        .filter(|path| !path.contains('/') && *path != "main.rs")
        .map(|path| format!("mod {};", path.trim_end_matches(".rs")))
        .filter(|declaration| !main.contains(declaration.as_str()))
        .collect();
    assert_eq!(forgotten, Vec::<String>::new());
}

#[test]
fn no_expected_text_has_lost_its_sample() {
    let orphans: Vec<PathBuf> = files(&root().join("tests/data"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "stderr"))
        .filter(|path| !path.with_extension("yaml").exists() && !path.with_extension("").is_dir())
        .collect();
    assert_eq!(orphans, Vec::<PathBuf>::new());
}

/// A file of the crate.
struct Source {
    /// Relative to the package.
    name: String,
    text: String,
    /// The text without the tests at its end; nothing of a file of tests.
    code: String,
}

fn sources() -> Vec<Source> {
    let mut sources = all_sources();
    sources.retain(|file| !file.code.is_empty());
    sources
}

fn all_sources() -> Vec<Source> {
    let of = |path: PathBuf| {
        let name = path
            .strip_prefix(root())
            .expect("sources are in the package");
        let name = name.to_str().expect("names are UTF-8").to_owned();
        let text = fs::read_to_string(&path).expect("sources are UTF-8");
        let of_tests =
            name.starts_with("tests/") || name.contains("/tests/") || name.ends_with("tests.rs");
        let end = text
            .find("\n#[cfg(test)]\nmod tests {")
            .map_or(text.len(), |end| end + 1);
        let code = if of_tests {
            String::new()
        } else {
            text[..end].to_owned()
        };
        Source { name, text, code }
    };
    let mut paths = files(&root().join("src"));
    paths.extend(files(&root().join("tests/it")));
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(of)
        .collect()
}

fn names(wrong: impl Fn(&Source) -> bool) -> Vec<String> {
    names_of(&sources(), wrong)
}

fn names_of(sources: &[Source], wrong: impl Fn(&Source) -> bool) -> Vec<String> {
    let wrong = sources.iter().filter(|file| wrong(file));
    wrong.map(|file| file.name.clone()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
