//! Manifests whose mistakes only an instance can show: samples in `tests/data/invalid-online`, planned against the
//! instance of `tests/data/instance`, with what a person reads about them. A first line `# ownership: …` goes into the configuration.

use std::fs;
use std::path::{Path, PathBuf};

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::{Assert, Data, str};

use crate::harness::{Marketo, Project};

/// The samples and the codes that they are named after.
pub(crate) fn samples() -> Vec<(String, PathBuf)> {
    let mut samples: Vec<(String, PathBuf)> = fs::read_dir(data("invalid-online"))
        .expect("the samples are there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .map(|path| {
            let name = path.file_stem().expect("samples have names");
            (name.to_string_lossy().into_owned(), path.clone())
        })
        .collect();
    samples.sort();
    samples
}

#[test]
fn each_sample_says_what_is_wrong_and_sends_nothing() {
    let marketo = Marketo::of_data(&data("instance"));
    let project = instance(&marketo);
    let assert = Assert::new().action_env("SNAPSHOTS");
    for (name, sample) in samples() {
        let file = format!("{name}.yaml");
        let text = fs::read_to_string(&sample).expect("the sample can be read");
        let config = marketo.config("").replace("pipeline/*.yaml", &file);
        let ownership = ownership(&text);
        project.write("oppctl.yaml", format!("{config}{ownership}\n"));
        project.write(&file, text);
        let run = project.run("apply --yes").exits(3);
        assert_eq!(run.stdout, "", "{name}");
        let expected = Data::read_from(&sample.with_extension("stderr"), None);
        assert.eq(run.text(), expected.raw());
        let shown: Vec<&str> = run
            .stderr
            .lines()
            .filter_map(|line| line.strip_prefix("error[")?.split_once(']'))
            .map(|(code, _)| code)
            .collect();
        assert!(!shown.is_empty(), "{name}");
        assert!(shown.iter().all(|code| *code == name), "{name}: {shown:?}");
    }
    assert_eq!(
        marketo.answered(CallOperation::Sync),
        1,
        "the instance's own records"
    );
}

/// The section of the configuration that a sample brings, as a comment at its beginning.
fn ownership(sample: &str) -> String {
    let first = sample.lines().next().expect("samples are not empty");
    let section = first
        .strip_prefix("# ")
        .filter(|first| first.starts_with("ownership: "));
    section.unwrap_or_default().to_owned()
}

/// A project for the instance, which holds what it has to and whose ledger says so.
fn instance(marketo: &Marketo) -> Project {
    let manifest = fs::read_to_string(data("instance/manifest.yaml"));
    let project = marketo.project(&manifest.expect("the manifest is there"));
    let project = project.with_ledger();
    drop(project.run("apply --yes").exits(0));
    project
}

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(path)
}

#[test]
fn mistakes_found_with_and_without_the_instance_are_one_list() {
    let marketo = Marketo::of_data(&data("instance"));
    let mut project = marketo.project(
        "version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    amount: plenty
    rgion: EMEA
    roles:
      - { lead: { email: nobody@example.com }, role: Champion }
  - externalOpportunityId: A-2
    name: Desks
    isWon: maybe
  - name: Lamps
",
    );
    project.run("apply --yes").exits(3).shows(str![[r#"
exit: 3
---- stderr
error[wrong-type]: wrong value for the field `amount` of type currency
 --> pipeline/main.yaml:5:13
  |
5 |     amount: plenty
  |             ^^^^^^ not a number
  |
  = help: write it as in 1604.47: a point, no separators, no currency

error[unknown-field]: opportunities have no field `rgion` in this instance
 --> pipeline/main.yaml:6:5
  |
6 |     rgion: EMEA
  |     ^^^^^ unknown field
  |
  = help: did you mean `region`?

error[unknown-lead]: the instance has no lead whose email is nobody@example.com
 --> pipeline/main.yaml:8:26
  |
8 |       - { lead: { email: nobody@example.com }, role: Champion }
  |                          ^^^^^^^^^^^^^^^^^^ no such lead
  |
  = help: correct the value, or create the lead first: oppctl does not create leads, and a simulator has those of its leads file

error[wrong-type]: wrong value for the field `isWon` of type boolean
  --> pipeline/main.yaml:11:12
   |
11 |     isWon: maybe
   |            ^^^^^ neither `true` nor `false`
   |
   = help: write `true` or `false` without quotes; `yes` and `no` are texts in YAML 1.2

error[missing-key]: the opportunity has no `externalOpportunityId`
  --> pipeline/main.yaml:12:5
   |
12 |   - name: Lamps
   |     ^^^^^^^^^^^ this entry names no record
   |
   = help: write `externalOpportunityId`; it is a part of the key

5 problems in 1 file
explain: oppctl explain wrong-type
Nothing was sent.

"#]]);
    let calls = marketo.answered(CallOperation::Sync);
    assert_eq!(calls, 0, "nothing is sent");
    // An instance that cannot be asked hides nothing.
    project.set("MARKETO_CLIENT_SECRET", "wrong");
    let run = project.run("plan").exits(3);
    assert_eq!(run.stderr.matches("error[").count(), 3, "{}", run.stderr);
}
