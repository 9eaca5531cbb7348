//! Every value of every switch can be set, and changes the answer that the switch is for.

mod probes;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::{Bench, Options, bench_with};
use crate::simulator::{AnswerError, Answers, PRESETS, SWITCHES};

/// One call of a probe. `{guid}`, `{page}` and `{token}` stand for the last id and the last tokens.
enum Step {
    Get(String),
    Post(&'static str, Value),
    /// Without a token.
    Bare(&'static str),
    /// A form to a path, without a token.
    Form(&'static str, &'static str),
    /// Identity; the following calls are by this client.
    As(&'static str),
    Wait(u64),
}

/// A test of a switch: calls that prepare it, calls whose answers are compared, and a part of these
/// answers for each value.
struct Probe {
    switch: &'static str,
    options: fn(&mut Options, &Path),
    before: Vec<Step>,
    calls: Vec<Step>,
    shows: &'static [&'static str],
}

fn probe(switch: &'static str, calls: Vec<Step>, shows: &'static [&'static str]) -> Probe {
    Probe {
        switch,
        options: |_, _| {},
        before: Vec::new(),
        calls,
        shows,
    }
}

impl Probe {
    fn after(mut self, before: Vec<Step>) -> Self {
        self.before = before;
        self
    }

    fn with(mut self, options: fn(&mut Options, &Path)) -> Self {
        self.options = options;
        self
    }

    /// The compared answers, with the switch set to `value`.
    async fn run(&self, value: &str) -> String {
        let mut bench = bench_with(|options, directory| {
            options.answers.set(self.switch, value).unwrap();
            (self.options)(options, directory);
        })
        .await;
        let mut script = Script::default();
        for step in &self.before {
            script.step(&mut bench, step).await;
        }
        script.text.clear();
        for step in &self.calls {
            script.step(&mut bench, step).await;
        }
        script.text
    }
}

/// The calls of one run and their answers.
#[derive(Default)]
struct Script {
    text: String,
    guid: String,
    page: String,
    /// Ids in the order of their appearance, because they are random.
    guids: BTreeMap<String, usize>,
}

impl Script {
    async fn step(&mut self, bench: &mut Bench, step: &Step) {
        let filled = |text: &str| {
            let token = bench.token.as_str();
            text.replace("{guid}", &self.guid)
                .replace("{page}", &self.page)
                .replace("{token}", token)
        };
        let request = match step {
            Step::Get(path) => {
                let request = bench.http.get(bench.url(&filled(path)));
                request.bearer_auth(&bench.token)
            }
            Step::Post(path, body) => {
                let request = bench.http.post(bench.url(path));
                let request = request.header("content-type", "application/json");
                let body = filled(&body.to_string());
                request.body(body).bearer_auth(&bench.token)
            }
            Step::Bare(path) => bench.http.get(bench.url(&filled(path))),
            Step::Form(path, form) => {
                let form_type = "application/x-www-form-urlencoded";
                let request = bench.http.post(bench.url(path));
                request.header("content-type", form_type).body(*form)
            }
            Step::As(client) => {
                bench.token = super::token_of(bench, client).await;
                return;
            }
            Step::Wait(seconds) => {
                bench.clock.advance(Duration::from_secs(*seconds));
                return;
            }
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let mut reply: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        self.settle(&mut reply);
        self.text = format!("{}{status} {reply}\n", self.text);
    }

    /// Removes whatever is different in each run.
    fn settle(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.shift_remove("requestId");
                members.shift_remove("access_token");
                if let Some(page) = members.shift_remove("nextPageToken") {
                    self.page = page.as_str().unwrap().to_owned();
                }
                if let Some(Value::String(guid)) = members.get_mut("marketoGUID") {
                    let bare = guid.trim().to_owned();
                    let next = self.guids.len();
                    let number = *self.guids.entry(bare.clone()).or_insert(next);
                    *guid = guid.replace(&bare, &format!("#{number}"));
                    self.guid = bare;
                }
                members.values_mut().for_each(|value| self.settle(value));
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.settle(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Runs a probe with every value of its switch.
async fn show(probe: Probe) {
    let switches = Answers::all();
    let switch = switches.iter().find(|switch| switch.name == probe.switch);
    let switch = switch.expect(probe.switch);
    assert_eq!(probe.shows.len(), switch.values.len(), "{}", switch.name);
    let mut texts: Vec<String> = Vec::new();
    for (value, shown) in switch.values.iter().zip(probe.shows) {
        let text = probe.run(value).await;
        let case = format!("{}={value}: {text}", switch.name);
        assert!(text.contains(shown), "{shown} is not in {case}");
        assert!(!texts.contains(&text), "nothing new in {case}");
        texts.push(text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_value_of_every_switch_changes_an_answer() {
    let probes = probes::all();
    let mut probed: Vec<&str> = probes.iter().map(|probe| probe.switch).collect();
    let mut names: Vec<&str> = SWITCHES.iter().map(|switch| switch.name).collect();
    probed.sort_unstable();
    names.sort_unstable();
    assert_eq!(probed, names);
    let running = probes.into_iter().map(|probe| tokio::spawn(show(probe)));
    for shown in running.collect::<Vec<_>>() {
        shown.await.unwrap();
    }
}

#[test]
fn switches_are_set_by_name_and_have_distinct_names_and_values() {
    let mut answers = Answers::default();
    for (index, switch) in SWITCHES.iter().enumerate() {
        assert!(switch.values.len() > 1, "{}", switch.name);
        assert!(!switch.reason.contains('\n'), "{}", switch.name);
        assert_eq!(answers.get(switch.name), Some(switch.default()));
        for (index, value) in switch.values.iter().enumerate() {
            assert!(!switch.values[..index].contains(value), "{value}");
            answers.set(switch.name, value).unwrap();
            assert_eq!(answers.get(switch.name), Some(*value));
        }
        let earlier = &SWITCHES[..index];
        assert!(earlier.iter().all(|earlier| earlier.name != switch.name));
    }
}

#[test]
fn a_misspelling_is_reported_with_a_suggestion() {
    let mut answers = Answers::default();
    let mut say = |name: &str, value: &str| {
        let error: AnswerError = answers.set(name, value).unwrap_err();
        format!("{error} ({})", error.hint())
    };
    assert_eq!(
        say("roleUnkownLead", "1004"),
        "there is no switch `roleUnkownLead` (did you mean `roleUnknownLead`? `oppctl simulator answers` lists all)"
    );
    assert_eq!(
        say("x", "1004"),
        "there is no switch `x` (`oppctl simulator answers` lists all)"
    );
    assert_eq!(
        say("deleteOpportunityWithRoles", "orphans"),
        "switch `deleteOpportunityWithRoles` has no value `orphans` (did you mean `orphan`? its values are `cascade`, `inUse`, `orphan`)"
    );
}

#[test]
fn a_preset_sets_all_switches_and_single_ones_override_it() {
    let [recorded, documented] = PRESETS else {
        panic!("there are two presets");
    };
    assert_eq!(Answers::preset(recorded.name), Ok(Answers::default()));
    let mut answers = Answers::preset(documented.name).unwrap();
    let mut different = 0;
    for switch in SWITCHES {
        assert_eq!(answers.get(switch.name), Some(documented.value(switch)));
        assert_eq!(recorded.value(switch), switch.default());
        different += usize::from(documented.value(switch) != switch.default());
    }
    assert_eq!(different, 17);
    answers.set("missingToken", "601").unwrap();
    let settings = [("missingToken", "601"), ("preset", "documented")];
    assert_eq!(Answers::of(settings), Ok(answers));
    let error = Answers::of([("preset", "documentd")]).unwrap_err();
    assert_eq!(
        (error.to_string(), error.hint()),
        (
            "there is no preset `documentd`".to_owned(),
            "did you mean `documented`? the presets are `recorded`, `documented`".to_owned()
        )
    );
}

/// The files of the simulator, without the table of switches and without tests.
fn sources(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !["tests", "answers"].contains(&name) {
            sources(&path, files);
        } else if path.is_file() {
            files.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn one_file_reads_each_switch() {
    let mut files = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/simulator");
    sources(&folder, &mut files);
    for switch in SWITCHES {
        let snake = switch.name.chars().fold(String::new(), |text, letter| {
            if letter.is_uppercase() {
                format!("{text}_{}", letter.to_lowercase())
            } else {
                format!("{text}{letter}")
            }
        });
        let consults = |file: &&String| {
            file.match_indices(&format!("answers.{snake}"))
                .any(|(at, found)| !file[at + found.len()..].starts_with('_'))
        };
        assert_eq!(files.iter().filter(consults).count(), 1, "{}", switch.name);
    }
}

#[tokio::test]
async fn a_store_refuses_another_way_to_compare_keys() {
    let directory = super::bench().await.stop().await;
    let mut options = Options::new(directory.path().join("data"));
    options.answers.set("keyCase", "exact").unwrap();
    let error = super::start(options).await.err().unwrap();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("compares keys by `folded trimmed`"),
        "{cause}"
    );
}
