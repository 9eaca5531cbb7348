//! Manifests that are wrong, one sample for each problem, with what a person reads about it.
//!
//! A sample is a file, or a folder where several files are needed; its name is the code of its
//! problem. `SNAPSHOTS=overwrite cargo test` writes the expected texts anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use oppctl::manifest::{self, Patterns, Reading, files};
use oppctl::model::Problem;
use oppctl::render;
use pretty_assertions::assert_eq;
use snapbox::{Assert, Data, str};

use crate::harness::Project;
use crate::online;

/// Problems that no file alone has. The simulator tells accents apart: `src/plan/tests/unclear.rs` shows the first one. The other one needs
/// a value in the configuration: `instances.rs` shows it.
const ELSEWHERE: [&str; 2] = ["other-spelling", "partial-reference"];

/// Problems whose sample would be too large to keep.
const TOO_LARGE: &[&str] = &["file-too-large"];

/// Samples that are not named after a problem.
const SEVERAL: &[&str] = &["five-mistakes"];

/// Samples whose problem does not come alone: lists of lists are no manifest either.
const MIXED: &[&str] = &["too-many-nodes"];

fn samples() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/invalid");
    let mut samples: Vec<(String, PathBuf)> = fs::read_dir(folder)
        .expect("the samples are there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.is_dir() || path.extension().is_some_and(|end| end == "yaml"))
        .map(|path| {
            let name = path.file_stem().expect("samples have names");
            (name.to_string_lossy().into_owned(), path.clone())
        })
        .collect();
    samples.sort();
    samples
}

fn read(sample: &Path) -> Reading {
    let (base, pattern) = if sample.is_dir() {
        (sample, "*.yaml".to_owned())
    } else {
        let name = sample.file_name().expect("samples have names");
        let base = sample.parent().expect("samples are in a folder");
        (base, name.to_string_lossy().into_owned())
    };
    let patterns = Patterns {
        manifests: &[pattern],
        others: &[],
        ignored: &[],
    };
    let found = files::find(base, patterns)
        .expect("the sample is there")
        .manifests;
    let loaded = files::load(base, &found).map(|file| file.expect("the sample can be read"));
    manifest::read(loaded)
}

fn rendered(reading: &Reading) -> String {
    let mut out = Vec::new();
    render::diagnostics(
        &reading.sources,
        &reading.diagnostics,
        oppctl::model::Invocation::plain(),
        &mut out,
        false,
    )
    .expect("memory takes all text");
    let tally = render::tally(&reading.diagnostics);
    format!(
        "{}\n{tally}\n",
        String::from_utf8(out).expect("output is UTF-8")
    )
}

#[test]
fn each_sample_says_what_is_wrong() {
    let assert = Assert::new().action_env("SNAPSHOTS");
    for (_, sample) in samples() {
        let expected = Data::read_from(&sample.with_extension("stderr"), None);
        assert.eq(rendered(&read(&sample)), expected.raw());
    }
}

#[test]
fn a_sample_shows_its_own_problem_and_no_other() {
    for (name, sample) in samples() {
        let name = name.as_str();
        let reading = read(&sample);
        let found: BTreeSet<&str> = reading
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.problem.code())
            .collect();
        if MIXED.contains(&name) {
            assert!(found.contains(name), "{found:?}");
        } else if !SEVERAL.contains(&name) {
            assert_eq!(found, BTreeSet::from([name]), "{}", sample.display());
        }
    }
}

#[test]
fn each_problem_has_a_sample() {
    let shown: BTreeSet<String> = samples()
        .into_iter()
        .chain(online::samples())
        .map(|(name, _)| name)
        .chain(TOO_LARGE.iter().map(ToString::to_string))
        .chain(ELSEWHERE.iter().map(ToString::to_string))
        .filter(|name| !SEVERAL.contains(&name.as_str()))
        .collect();
    let codes = Problem::CODES.iter().map(ToString::to_string);
    assert_eq!(shown, codes.collect());
}

#[test]
fn equal_mistakes_are_told_once_and_standard_fields_need_no_instance() {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in 0..400 {
        writeln!(
            manifest,
            "  - {{ externalOpportunityId: A-{number}, name: x, amount: \"{number} EUR\" }}"
        )
        .expect("strings take all text");
    }
    manifest.push_str("  - { externalOpportunityId: B, name: x, closeDate: 2026-13-01 }\n");
    let project = Project::simulated(&manifest);
    let offline = project.run("validate");
    offline.shows(str![[r#"
exit: 3
---- stderr
error[wrong-type]: wrong value for the field `amount` of type currency
 --> pipeline/main.yaml:3:52
  |
3 |   - { externalOpportunityId: A-0, name: x, amount: "0 EUR" }
  |                                                    ^^^^^^^ not a number
  |
  = help: write it as in 1604.47: a point, no separators, no currency
   = and 399 more like it: pipeline/main.yaml:4:52, pipeline/main.yaml:5:52, pipeline/main.yaml:6:52, pipeline/main.yaml:7:52, pipeline/main.yaml:8:52, …

error[wrong-type]: wrong value for the field `closeDate` of type date
   --> pipeline/main.yaml:403:53
    |
403 |   - { externalOpportunityId: B, name: x, closeDate: 2026-13-01 }
    |                                                     ^^^^^^^^^^ no such day
    |
    = help: correct the month or the day

401 problems in 1 file
explain: oppctl explain wrong-type

"#]]);
    // The instance says the same.
    assert_eq!(project.run("plan").stderr, offline.stderr);
}

/// Marketo describes the probability as an integer or as a percent: a number in either case.
#[test]
fn a_percent_sign_is_no_part_of_a_number() {
    let manifest = "version: 1\nopportunities: [ { externalOpportunityId: A-1, name: Chairs, probability: 60% } ]\n";
    let project = Project::simulated(manifest);
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error[wrong-type]: wrong value for the field `probability` of type percent
 --> pipeline/main.yaml:2:75
  |
2 | opportunities: [ { externalOpportunityId: A-1, name: Chairs, probability: 60% } ]
  |                                                                           ^^^ not a number
  |
  = help: write it as in 1604.47: a point, no separators, no currency

1 problem in 1 file
explain: oppctl explain wrong-type

"#]]);
    project.edit("pipeline/main.yaml", "60%", "60");
    drop(project.run("validate").exits(0));
}
