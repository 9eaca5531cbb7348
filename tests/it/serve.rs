//! `simulator serve`: a Marketo for others, which keeps its records and ends when it is told to.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::Project;

/// A served simulator in a process of its own.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    /// Starts it in the folder of a project and waits until it says where it listens.
    fn start(project: &Project, args: &str) -> Self {
        let args: Vec<&str> = ["simulator", "serve", "--data", "data"]
            .into_iter()
            .chain(args.split_whitespace())
            .collect();
        let mut child = project
            .command(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut url = String::new();
        let stdout = child.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout)
            .read_line(&mut url)
            .expect("it prints its URL");
        let url = url.trim_end().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{url:?}");
        Self { child, url }
    }

    fn port(&self) -> &str {
        self.url.rsplit(':').next().expect("the URL has a port")
    }

    /// Asks for the token and then for this path, and returns what is answered.
    fn get(&self, path: &str) -> String {
        let token = "/identity/oauth/token?grant_type=client_credentials&client_id=simulator&client_secret=simulator";
        let granted = self.send(token, "");
        let (_, token) = granted
            .split_once("\"access_token\":\"")
            .expect("there is a token");
        let (token, _) = token.split_once('"').expect("the token ends");
        self.send(path, &format!("Authorization: Bearer {token}\r\n"))
    }

    fn send(&self, path: &str, header: &str) -> String {
        let mut stream =
            TcpStream::connect(format!("127.0.0.1:{}", self.port())).expect("it listens");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n"
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    /// Ends it by a signal, as a service manager does.
    fn end(self, signal: &str) {
        let id = self.child.id().to_string();
        let killed = Command::new("kill")
            .args(["-s", signal, &id])
            .status()
            .expect("kill is there");
        assert!(killed.success());
        let output = self.child.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), &*stderr),
            (Some(0), "client id and secret: simulator\n")
        );
    }
}

const DESCRIBE: &str = "/rest/v1/opportunities/describe.json";

/// A project with leads, fields, and an instance that is served.
fn project() -> Project {
    let mut project = Project::simulated(
        "version: 1\nopportunities:\n  - externalOpportunityId: A-1\n    name: Chairs\n    region: EMEA\n    \
         roles: [{ lead: { email: ada@example.com }, role: Champion }]\n",
    );
    project.write(
        "schema.yaml",
        "opportunity: { fields: [{ name: region, dataType: string }] }\n",
    );
    project.set("ID", "simulator");
    project
}

fn point(project: &Project, served: &Served) {
    project.write(
        "oppctl.yaml",
        format!(
            "version: 1\nmanifests: [pipeline/*.yaml]\ninstances:\n  served:\n    baseUrl: {}\n    \
             credentials: {{ clientId: {{ env: ID }}, clientSecret: {{ env: ID }} }}\n",
            served.url
        ),
    );
}

#[test]
fn records_outlive_a_served_simulator() {
    let project = project();
    let args = "--port-file port --leads leads.yaml --schema schema.yaml";
    let served = Served::start(&project, args);
    assert_eq!(project.read("port"), format!("{}\n", served.port()));
    point(&project, &served);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo served (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"                     :3
  + role        A-1 / ada@example.com / Champion  :6

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Applied: 2 created.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance served
  Undo      oppctl undo [RUN] --instance served

"#]]);
    served.end("TERM");

    let served = Served::start(&project, "--schema schema.yaml");
    point(&project, &served);
    project.assert_plan_empty();
    served.end("INT");
}

#[test]
fn a_store_serves_one_at_a_time() {
    let project = project();
    let served = Served::start(&project, "");
    project
        .run("simulator serve --data data")
        .shows(str![[r#"
exit: 7
---- stderr
error: cannot run the simulator
  caused by: cannot open the simulator's store
  caused by: process [PID] uses data/marketo.redb
  hint: wait until it has ended, and run this again; several runs at once can share a simulator that is served: `oppctl simulator serve --help`

"#]]);
    // Nor does a run whose simulator lives only as long as itself: it says whose the store is, and that it will be free again.
    project.edit("oppctl.yaml", "data: .oppctl", "data: data");
    for command in ["plan", "apply --yes"] {
        let run = project.run(command).exits(7);
        let of = format!("process {} uses ", served.child.id());
        assert!(run.stderr.contains(&of), "{}", run.text());
    }
    served.end("TERM");
    drop(project.run("describe").exits(0));
}

#[test]
fn a_port_file_takes_the_place_of_no_other_file() {
    let project = project();
    // What others may have called a file of theirs beside it, or have laid a link from.
    project.write("port.new", "precious");
    project.write("victim", "precious");
    let link = |from: &str| {
        std::os::unix::fs::symlink(project.root().join("victim"), project.root().join(from))
            .expect("the folder can be written");
    };
    for name in ["port.tmp", "port~", "other.new"] {
        link(name);
    }
    for file in ["port", "other"] {
        let served = Served::start(&project, &format!("--port-file {file}"));
        assert_eq!(project.read(file), format!("{}\n", served.port()));
        served.end("TERM");
    }
    assert_eq!(project.read("port.new"), "precious");
    assert_eq!(project.read("victim"), "precious");
    // Nor does it write through a link at its own place.
    link("linked");
    let run = project.run("simulator serve --data data --port-file linked");
    assert_eq!((run.exit, &*project.read("victim")), (1, "precious"));
}

/// The snippet of the page about the simulator, with the port that this test got.
#[test]
fn the_project_of_the_page_uses_a_served_simulator() {
    let page = include_str!("../../docs/simulator.md");
    let (_, snippet) = page
        .split_once("# in oppctl.yaml\n")
        .expect("the page has the snippet");
    let (snippet, after) = snippet.split_once("```").expect("the snippet ends");
    let mut project = Project::empty();
    let served = Served::start(&project, "");
    let snippet = snippet.replace(":8765", &format!(":{}", served.port()));
    project.write(
        "oppctl.yaml",
        format!("version: 1\nmanifests: [a.yaml]\n{snippet}"),
    );
    project.write(
        "a.yaml",
        "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n",
    );
    let (_, export) = after.split_once("export ").expect("it sets variables");
    let (export, _) = export.split_once('\n').expect("the line ends");
    for variable in export.split(' ') {
        let (name, value) = variable.split_once('=').expect("it is set");
        project.set(name, value);
    }
    assert!(after.contains("\noppctl plan --instance served\n"));
    drop(project.run("plan --exit-code --instance served").exits(2));
    drop(project.run("apply --yes --instance served").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_port_may_be_chosen_and_is_told_when_it_is_taken() {
    let project = project();
    let served = Served::start(&project, "");
    let address = format!("127.0.0.1:{}", served.port());
    project
        .run(&format!("simulator serve --data other --listen {address}"))
        .shows(str![[r#"
exit: 1
---- stderr
error: cannot run the simulator
  caused by: cannot listen on 127.0.0.1:[PORT]
  caused by: Address already in use (os error 98)

"#]]);
    let port = served.port().to_owned();
    served.end("TERM");
    let served = Served::start(&project, &format!("--listen {address}"));
    assert_eq!(served.port(), port);
    served.end("TERM");
}

#[test]
fn limits_are_enforced_unless_they_are_lifted() {
    let project = project();
    for (args, refused) in [("", true), ("--no-limits", false)] {
        let served = Served::start(&project, args);
        let answers: Vec<String> = (0..101).map(|_| served.get(DESCRIBE)).collect();
        let beyond = answers
            .iter()
            .filter(|answer| answer.contains("\"606\""))
            .count();
        assert_eq!(beyond, usize::from(refused), "{args}");
        served.end("TERM");
    }
}

#[test]
fn an_answer_takes_its_latency() {
    let project = project();
    let served = Served::start(&project, "--latency 120ms");
    let before = Instant::now();
    assert!(served.get(DESCRIBE).contains("\"success\":true"));
    // The token and the description; a machine may be slower than that, but not faster.
    assert!(before.elapsed() >= Duration::from_millis(240));
    served.end("TERM");
}
