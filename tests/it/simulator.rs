//! `oppctl simulator` as a process: its lists, its arguments, and faults that come over HTTP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use oppctl::simulator::{Answers, FAULTS, PRESETS};
use pretty_assertions::assert_eq;
use serde_json::Value;

fn oppctl(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oppctl"));
    command.args(arguments).env_remove("OPPCTL_INSTANCE");
    command
}

fn run(arguments: &[&str]) -> Output {
    oppctl(arguments).output().expect("the program runs")
}

fn stdout(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it is UTF-8")
}

#[test]
fn answers_are_listed_with_their_values() {
    let json: Value = serde_json::from_str(&stdout(&["simulator", "answers", "--format", "json"]))
        .expect("it is JSON");
    assert_eq!(json["version"], 1);
    let table = stdout(&["simulator", "answers"]);
    // The presets come first, and an empty line after them.
    let (presets, table) = table.split_once("\n\n").expect("two tables");
    assert_eq!(presets.lines().count(), PRESETS.len() + 1);
    for (preset, entry) in PRESETS
        .iter()
        .zip(json["presets"].as_array().expect("a list"))
    {
        assert_eq!(entry["name"], preset.name);
        assert!(presets.contains(preset.summary), "{presets}");
    }
    let listed = json["switches"].as_array().expect("a list").iter();
    for (switch, (entry, line)) in Answers::all().iter().zip(listed.zip(table.lines().skip(1))) {
        assert_eq!(entry["name"], switch.name);
        assert_eq!(entry["default"], switch.values[0]);
        assert_eq!(entry["values"], serde_json::json!(switch.values));
        let words: Vec<&str> = line.split_whitespace().take(3).collect();
        let [recorded, documented] = PRESETS else {
            panic!("there are two presets");
        };
        let values = [recorded, documented].map(|preset| preset.value(switch));
        assert_eq!(words, [switch.name, values[0], values[1]]);
        assert_eq!(entry["presets"]["documented"], values[1]);
        assert!(line.ends_with(switch.reason), "{line}");
    }
    assert_eq!(table.lines().count(), Answers::all().len() + 1);
}

#[test]
fn faults_are_listed_with_their_members() {
    let json: Value = serde_json::from_str(&stdout(&["simulator", "faults", "--format", "json"]))
        .expect("it is JSON");
    let table = stdout(&["simulator", "faults"]);
    for (fault, entry) in FAULTS
        .iter()
        .zip(json["faults"].as_array().expect("a list"))
    {
        assert_eq!(entry["name"], fault.name);
        assert!(table.contains(fault.effect), "{}", fault.name);
        for (name, takes) in fault.members {
            assert!(table.contains(takes), "{} {name}", fault.name);
        }
    }
}

#[test]
fn a_wrong_answer_is_wrong_usage() {
    for (answer, expected) in [
        ("roleUnkownLead=1004", "did you mean `roleUnknownLead`?"),
        ("roleUnknownLead=1005", "its values are `1004`, `1013`"),
        ("roleUnknownLead", "not of the form NAME=VALUE"),
        (
            "preset=documentd",
            "did you mean `documented`? the presets are `recorded`, `documented`",
        ),
    ] {
        let output = run(&["simulator", "serve", "--data", "x", "--answer", answer]);
        assert_eq!(output.status.code(), Some(64), "{answer}");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(expected), "{text}");
    }
}

/// A simulator of its own, which ends with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended by itself, which is the test's failure and not this one's.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn serve(data: &Path, more: &[&str]) -> (Served, Vec<String>) {
    let data = data.to_str().expect("a path of text");
    let child = oppctl(&["simulator", "serve", "--data", data])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut served = Served(child);
    let out = served.0.stdout.take().expect("it is piped");
    // With --control it prints two lines, and then nothing until it ends.
    let lines = BufReader::new(out).lines().take(2);
    let urls = lines.map(|line| line.expect("it is text")).collect();
    (served, urls)
}

/// The answer to an HTTP request, as text.
fn ask(url: &str, method: &str, path: &str, body: &str) -> String {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream
        .write_all(request.as_bytes())
        .expect("it takes the request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn a_served_simulator_takes_answers_a_script_and_faults_over_http() {
    let directory = tempfile::tempdir().expect("a directory");
    let faults = directory.path().join("faults.json");
    std::fs::write(&faults, r#"[{"match":"/identity","fault":"badGateway"}]"#).expect("written");
    let (_served, urls) = serve(
        &directory.path().join("data"),
        &[
            "--control",
            "--answer",
            "missingToken=601",
            "--answer",
            "preset=documented",
            "--answer",
            "notFoundStatus=404",
            "--crm",
            "sfdc",
            "--faults",
            faults.to_str().expect("a path of text"),
        ],
    );
    let [url, control] = &urls[..] else {
        panic!("{urls:?}");
    };
    assert_eq!(*control, format!("{url}/simulator/faults"));
    let describe = "/rest/v1/opportunities/describe.json";
    assert!(ask(url, "GET", describe, "").contains("\"601\""));
    assert!(ask(url, "GET", "/rest/v1/x.json", "").starts_with("HTTP/1.1 404"));
    let identity = "/identity/oauth/token?grant_type=client_credentials&client_id=simulator&client_secret=simulator";
    assert!(ask(url, "GET", identity, "").starts_with("HTTP/1.1 502"));
    assert!(ask(url, "GET", identity, "").starts_with("HTTP/1.1 200"));
    let fault = r#"{"match":"/identity","fault":{"kind":"badGateway"}}"#;
    let added = ask(url, "POST", "/simulator/faults", fault);
    assert!(added.ends_with("{\"waiting\":1}"), "{added}");
    assert!(ask(url, "GET", identity, "").starts_with("HTTP/1.1 502"));
}

#[test]
fn a_served_simulator_reports_each_member_that_it_ignores_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let more = ["--control", "--answer", "queryToken=accepted"];
    let (mut served, urls) = serve(&directory.path().join("data"), &more);
    let url = &urls[0];
    let identity = "/identity/oauth/token?grant_type=client_credentials&client_id=simulator&client_secret=simulator";
    let answer = ask(url, "GET", identity, "");
    let (_, json) = answer.split_once("\r\n\r\n").expect("it has a body");
    let granted: Value = serde_json::from_str(json).expect("it is JSON");
    let token = granted["access_token"].as_str().expect("a token");
    let path = format!("/rest/v1/opportunities.json?access_token={token}");
    let body = r#"{"lookupField":"name","\u001b[2J":1,"input":[{"externalOpportunityId":"A","name":"A"}]}"#;
    for _ in 0..2 {
        assert!(ask(url, "POST", &path, body).contains("\"success\":true"));
    }
    let listed = ask(url, "GET", "/simulator/ignored", "");
    assert!(
        listed.contains(r#""member":"lookupField","calls":2"#),
        "{listed}"
    );
    let log = served.0.stderr.take().expect("it is piped");
    let mut lines = BufReader::new(log).lines().map_while(Result::ok);
    let first: Vec<_> = lines.by_ref().take(3).collect();
    drop(served);
    assert_eq!(lines.next(), None);
    assert_eq!(
        first,
        [
            "client id and secret: simulator",
            "a sync of /rest/v1/opportunities.json has no member `\\e[2J`: ignored",
            "a sync of /rest/v1/opportunities.json has no member `lookupField`: ignored",
        ]
    );
}
