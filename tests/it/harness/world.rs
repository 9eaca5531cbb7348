//! A project whose manifests change at random, and what instance and ledger have to hold of it.
//!
//! Its keys are few enough to ask for all of them: a record that leaked, or that nobody wants any more, is seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::ops::Range;

use fastrand::Rng;
use pretty_assertions::assert_eq;
use serde_json::Value;

use super::Project;

/// The numbers of all opportunities that a manifest ever declares.
const UNIVERSE: u32 = 420;
/// Those below are in the instance before the project begins, and not its own until it declares them.
const STRANGERS: u32 = 12;
const FILES: usize = 3;
const LEADS: [u32; 3] = [1001, 1002, 1003];
const ROLES: [&str; 2] = ["Buyer", "Champion"];

/// Everything that manifests declare, by the number in the key.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State(BTreeMap<u32, Opportunity>);

#[derive(Clone, Debug, PartialEq)]
struct Opportunity {
    name: String,
    amount: u32,
    file: usize,
    /// Whether each is the primary one, by lead and name.
    roles: BTreeMap<(u32, &'static str), bool>,
}

/// Records by kind and key: their values, and the id if it is known.
pub(crate) type Records = BTreeMap<(String, String), (String, Option<String>)>;

/// An instance that a project changes from one state to the next.
pub(crate) struct World {
    rng: Rng,
    /// Where the instance is for the binary.
    instance: SocketAddr,
    /// The value of `ownership.ledger`; without one, manifests say themselves what is to go.
    ledger: Option<String>,
    environment: Vec<(String, String)>,
    pub(crate) state: State,
    /// The records of others, as they have to stay.
    strangers: Records,
}

impl World {
    /// One without any record.
    pub(crate) fn new(seed: u64, instance: SocketAddr, ledger: Option<&str>) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            instance,
            ledger: ledger.map(str::to_owned),
            environment: Vec::new(),
            state: State::default(),
            strangers: Records::new(),
        }
    }

    /// Sets variables of the environment in all its projects.
    pub(crate) fn set(&mut self, environment: Vec<(String, String)>) {
        self.environment = environment;
    }

    /// Puts records of somebody else into the instance.
    pub(crate) fn invite_strangers(&mut self) {
        let project = self.project("simulator");
        let mut state = State::default();
        for number in 0..STRANGERS {
            state.0.insert(number, self.opportunity());
        }
        for opportunity in state.0.values_mut() {
            opportunity.roles.clear();
        }
        state.write(&project);
        project.write("oppctl.yaml", self.config_with(""));
        drop(project.run("apply --yes --quiet").exits(0));
        self.strangers = self.instance(&project);
        assert_eq!(self.strangers.len(), STRANGERS as usize);
    }

    /// A folder with a project for this API user.
    pub(crate) fn project(&self, user: &str) -> Project {
        let mut project = Project::empty();
        project.write("oppctl.yaml", self.config(60));
        for (name, value) in &self.environment {
            project.set(name, value);
        }
        project.set("MARKETO_CLIENT_ID", user);
        project.set("MARKETO_CLIENT_SECRET", user);
        project
    }

    /// A configuration whose leases are good for so many seconds.
    pub(crate) fn config(&self, lease: u64) -> String {
        let ownership = self.ledger.as_ref().map(|ledger| {
            format!("project: world\nownership: {{ ledger: \"{ledger}\", lease: {lease}s }}\n")
        });
        self.config_with(&ownership.unwrap_or_default())
    }

    fn config_with(&self, ownership: &str) -> String {
        let instance = self.instance;
        format!(
            "version: 1\n\
             manifests: [pipeline/*.yaml]\n\
             limits: {{ callsPer20s: 10000, readLag: 0s }}\n\
             guards: {{ maxDeletes: 10000, maxDeletePercent: 100 }}\n\
             {ownership}\
             instances:\n  \
               production:\n    \
                 baseUrl: http://{instance}\n    \
                 credentials:\n      \
                   clientId: {{ env: MARKETO_CLIENT_ID }}\n      \
                   clientSecret: {{ env: MARKETO_CLIENT_SECRET }}\n"
        )
    }

    /// A random number below this one.
    pub(crate) fn draw(&mut self, below: usize) -> usize {
        self.rng.usize(..below.max(1))
    }

    /// The present state with records added, changed and left out: a few, dozens, or most of them.
    pub(crate) fn next(&mut self) -> State {
        let mut state = self.state.clone();
        let steps = [4, 40, 400][self.draw(3)];
        for _ in 0..=self.draw(steps) {
            let number = self.rng.u32(..UNIVERSE);
            let Some(found) = state.0.get_mut(&number) else {
                state.0.insert(number, self.opportunity());
                continue;
            };
            let is_unsettled = self.strangers.contains_key(&opportunity_key(number));
            match self.rng.u32(..6) {
                // Whether a stranger is the project's own is known only after an apply that was let end.
                0..2 if !is_unsettled => drop(state.0.remove(&number)),
                0..3 => found.name = name(&mut self.rng),
                3 => found.amount = self.rng.u32(1..100_000),
                4 => found.roles = roles(&mut self.rng),
                _ => found.file = self.rng.usize(..FILES),
            }
        }
        if state.0.is_empty() {
            state.0.insert(STRANGERS, self.opportunity());
        }
        state
    }

    fn opportunity(&mut self) -> Opportunity {
        Opportunity {
            name: name(&mut self.rng),
            amount: self.rng.u32(1..100_000),
            file: self.rng.usize(..FILES),
            roles: roles(&mut self.rng),
        }
    }

    /// Asserts that instance and ledger hold what is declared, and what is others' as it was; nothing is left to do.
    #[track_caller]
    pub(crate) fn assert_converged(&mut self, project: &Project) {
        let instance = self.instance(project);
        let declared = self.state.records();
        self.strangers.retain(|key, _| !declared.contains_key(key));
        let mut expected = declared;
        expected.extend(values(&self.strangers));
        assert_eq!(values(&instance), expected);
        for (key, stranger) in &self.strangers {
            assert_eq!(instance.get(key), Some(stranger));
        }
        if self.ledger.is_some() {
            self.assert_ledger_is(project, &instance);
        }
        project.assert_plan_empty();
    }

    /// Writes the present state as the manifests of a project; where no ledger knows what is to go, they say it.
    pub(crate) fn write(&self, project: &Project) {
        self.state.write(project);
        if self.ledger.is_some() {
            return;
        }
        for file in 0..FILES {
            let path = format!("pipeline/{file}.yaml");
            let text = project.read(&path);
            let exact = text.replace("    roles: [", "    rolesMode: exact\n    roles: [");
            project.write(&path, exact);
        }
        let is_absent = |number: &u32| {
            let is_stranger = self.strangers.contains_key(&opportunity_key(*number));
            !self.state.0.contains_key(number) && !is_stranger
        };
        let mut text = "version: 1\nopportunities:\n".to_owned();
        for number in (0..UNIVERSE).filter(is_absent) {
            let key = key(number);
            writeln!(
                text,
                "  - {{ externalOpportunityId: {key}, ensure: absent, rolesMode: exact }}"
            )
            .expect("strings take all text");
        }
        project.write("pipeline/absent.yaml", text);
    }

    /// Asserts that the instance is as one of these projects wants it, that the ledger says so, and that this project has
    /// nothing left to do; its state is the present one.
    #[track_caller]
    pub(crate) fn assert_one_of(&mut self, candidates: [(&Project, State); 2]) {
        let (any, _) = candidates[0];
        let instance = self.instance(any);
        let found = values(&instance);
        let wanted = candidates.each_ref().map(|(_, state)| state.records());
        let Some(index) = wanted.iter().position(|wanted| *wanted == found) else {
            panic!("{found:#?} is neither of {wanted:#?}");
        };
        self.assert_ledger_is(any, &instance);
        let [first, second] = candidates;
        let (project, state) = if index == 0 { first } else { second };
        project.assert_plan_empty();
        self.state = state;
    }

    /// Asserts that the ledger has the records of the instance, and not those of others.
    #[track_caller]
    pub(crate) fn assert_ledger_is(&self, project: &Project, instance: &Records) {
        let ids = instance
            .iter()
            .filter(|(key, _)| !self.strangers.contains_key(*key))
            .map(|(key, (_, id))| (key.clone(), id.clone()));
        let owned: BTreeMap<_, _> = ids.collect();
        assert_eq!(ledger(project), owned);
    }

    /// Every record that the instance has of all keys there are.
    pub(crate) fn instance(&self, project: &Project) -> Records {
        let keys: Vec<String> = (0..UNIVERSE).map(key).collect();
        let mut found = Records::new();
        for kind in ["opportunity", "role"] {
            let mut args = vec!["get", kind, "--format", "json"];
            args.extend(keys.iter().map(String::as_str));
            let got = project.run_args(&args);
            assert!([0, 1].contains(&got.exit), "{}", got.text());
            let document: Value = serde_json::from_str(&got.stdout).expect("it is JSON");
            for record in document["records"].as_array().expect("it is a list") {
                let id = record["marketoGUID"].as_str().map(str::to_owned);
                let (key, values) = read(kind, record);
                let twin = found.insert((kind.to_owned(), key), (values, id));
                assert_eq!(twin, None, "a record is there twice");
            }
        }
        found
    }
}

impl State {
    /// Opportunities with these numbers, and a role on each.
    pub(crate) fn new(numbers: Range<u32>) -> Self {
        let opportunity = |number| Opportunity {
            name: format!("Renewal-{number}"),
            amount: number,
            file: 0,
            roles: BTreeMap::from([((LEADS[0], ROLES[0]), true)]),
        };
        Self(
            numbers
                .map(|number| (number, opportunity(number)))
                .collect(),
        )
    }

    /// Writes it as the manifests of a project.
    pub(crate) fn write(&self, project: &Project) {
        for file in 0..FILES {
            let mut text = "version: 1\nopportunities:\n".to_owned();
            let of_file = self.0.iter().filter(|(_, found)| found.file == file);
            for (number, found) in of_file {
                write!(
                    text,
                    "  - externalOpportunityId: {}\n    name: {}\n    amount: {}\n    roles: [",
                    key(*number),
                    found.name,
                    found.amount
                )
                .expect("strings take all text");
                for ((lead, role), primary) in &found.roles {
                    write!(
                        text,
                        "{{ leadId: {lead}, role: {role}, isPrimary: {primary} }}, "
                    )
                    .expect("strings take all text");
                }
                text.push_str("]\n");
            }
            if text.ends_with("opportunities:\n") {
                text = text.replace("opportunities:\n", "opportunities: []\n");
            }
            project.write(&format!("pipeline/{file}.yaml"), text);
        }
    }

    /// The records of it, with their values as the instance shows them.
    pub(crate) fn records(&self) -> BTreeMap<(String, String), String> {
        let mut records = BTreeMap::new();
        for (number, found) in &self.0 {
            let values = format!("{} {}", found.name, found.amount);
            records.insert(opportunity_key(*number), values);
            for ((lead, role), primary) in &found.roles {
                let key = format!("{} / {lead} / {role}", key(*number));
                records.insert(("role".to_owned(), key), primary.to_string());
            }
        }
        records
    }
}

/// Records without their ids.
pub(crate) fn values(records: &Records) -> BTreeMap<(String, String), String> {
    let of = records.iter();
    of.map(|(key, (values, _))| (key.clone(), values.clone()))
        .collect()
}

/// The ids that the ledger has.
fn ledger(project: &Project) -> BTreeMap<(String, String), Option<String>> {
    let list = project.run("ledger list --format json").exits(0);
    let document: Value = serde_json::from_str(&list.stdout).expect("it is JSON");
    let records = document["records"].as_array().expect("it is a list").iter();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    records
        .map(|record| {
            let kind = text(&record["kind"]).expect("it has a kind");
            let key = text(&record["key"]).expect("it has a key");
            ((kind, key), text(&record["marketoGuid"]))
        })
        .collect()
}

/// The key and the values of a record as `get` shows it.
fn read(kind: &str, record: &Value) -> (String, String) {
    let opportunity = record["externalOpportunityId"].as_str().expect("its key");
    if kind == "opportunity" {
        let name = record["name"].as_str().unwrap_or_default();
        return (
            opportunity.to_owned(),
            format!("{name} {}", record["amount"]),
        );
    }
    let role = record["role"].as_str().expect("its key");
    let key = format!("{opportunity} / {} / {role}", record["leadId"]);
    (key, record["isPrimary"].to_string())
}

fn key(number: u32) -> String {
    format!("K-{number}")
}

fn opportunity_key(number: u32) -> (String, String) {
    ("opportunity".to_owned(), key(number))
}

fn name(rng: &mut Rng) -> String {
    format!("Renewal-{}", rng.u32(..1_000_000))
}

fn roles(rng: &mut Rng) -> BTreeMap<(u32, &'static str), bool> {
    let mut roles = BTreeMap::new();
    for _ in 0..rng.usize(..4) {
        let lead = LEADS[rng.usize(..LEADS.len())];
        roles.insert((lead, ROLES[rng.usize(..ROLES.len())]), rng.bool());
    }
    roles
}
