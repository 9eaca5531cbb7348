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

/// The numbers of all companies and of all sales persons that a manifest ever declares.
const COMPANIES: u32 = 24;
const PERSONS: u32 = 10;
/// Only those below are named by companies, and they stay: once a company is deleted that named one, Marketo does not let it go.
const STAYING: u32 = 4;

/// Everything that manifests declare, by the numbers in the keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    opportunities: BTreeMap<u32, Opportunity>,
    companies: BTreeMap<u32, Company>,
    persons: BTreeMap<u32, Person>,
}

#[derive(Clone, Debug, PartialEq)]
struct Company {
    name: String,
    file: usize,
    person: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
struct Person {
    name: String,
    file: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Opportunity {
    name: String,
    amount: u32,
    file: usize,
    company: Option<u32>,
    person: Option<u32>,
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
            state.opportunities.insert(number, self.opportunity());
        }
        for opportunity in state.opportunities.values_mut() {
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

    /// The arguments that let an undo delete the sales persons that companies name, even those that it deletes too: Marketo goes on counting
    /// these.
    pub(crate) fn permits() -> Vec<String> {
        let persons = (0..STAYING).map(person_key);
        let permits = persons.map(|key| ["--allow-used".to_owned(), format!("salesPerson={key}")]);
        permits.flatten().collect()
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
            if self.rng.u32(..5) == 0 {
                self.change_accounts(&mut state);
                continue;
            }
            let number = self.rng.u32(..UNIVERSE);
            let Some(found) = state.opportunities.get_mut(&number) else {
                state.opportunities.insert(number, self.opportunity());
                continue;
            };
            let is_unsettled = self.strangers.contains_key(&opportunity_key(number));
            match self.rng.u32(..8) {
                // Whether a stranger is the project's own is known only after an apply that was let end.
                0..2 if !is_unsettled => drop(state.opportunities.remove(&number)),
                0..3 => found.name = name(&mut self.rng),
                3 => found.amount = self.rng.u32(1..100_000),
                4 => found.roles = roles(&mut self.rng),
                5 => found.company = some(&mut self.rng, &state.companies),
                6 => found.person = some(&mut self.rng, &state.persons),
                _ => found.file = self.rng.usize(..FILES),
            }
        }
        if state.opportunities.is_empty() {
            state.opportunities.insert(STRANGERS, self.opportunity());
        }
        state
    }

    /// Two states that the present one may become. The sales persons that stay are in both: an apply of the one deletes none of the other.
    pub(crate) fn either(&mut self) -> [State; 2] {
        let [mut one, mut other] = [self.next(), self.next()];
        let mut staying = one.persons.clone();
        staying.extend(other.persons.clone());
        staying.retain(|number, _| *number < STAYING);
        for (number, person) in staying {
            one.persons.entry(number).or_insert_with(|| person.clone());
            other.persons.entry(number).or_insert(person);
        }
        [one, other]
    }

    /// Adds, changes or leaves out a company or a sales person. What named one that is left out names none.
    fn change_accounts(&mut self, state: &mut State) {
        let State {
            opportunities,
            companies,
            persons,
        } = state;
        if self.rng.bool() {
            let number = self.rng.u32(..COMPANIES);
            let staying = persons.range(..STAYING);
            let staying = staying.map(|(number, _)| (*number, ())).collect();
            match (companies.get_mut(&number), self.rng.u32(..3)) {
                (None, _) => {
                    let new = Company {
                        name: name(&mut self.rng),
                        file: self.rng.usize(..FILES),
                        person: some(&mut self.rng, &staying),
                    };
                    companies.insert(number, new);
                }
                (Some(found), 0) => found.name = name(&mut self.rng),
                (Some(found), 1) => found.person = some(&mut self.rng, &staying),
                (Some(_), _) => {
                    companies.remove(&number);
                    for found in opportunities.values_mut() {
                        found.company = found.company.filter(|named| *named != number);
                    }
                }
            }
            return;
        }
        let number = self.rng.u32(..PERSONS);
        match (persons.get_mut(&number), self.rng.bool()) {
            (None, _) => {
                let (name, file) = (name(&mut self.rng), self.rng.usize(..FILES));
                persons.insert(number, Person { name, file });
            }
            (Some(_), true) if number >= STAYING => {
                persons.remove(&number);
                for found in opportunities.values_mut() {
                    found.person = found.person.filter(|named| *named != number);
                }
            }
            (Some(found), _) => found.name = name(&mut self.rng),
        }
    }

    fn opportunity(&mut self) -> Opportunity {
        Opportunity {
            name: name(&mut self.rng),
            amount: self.rng.u32(1..100_000),
            file: self.rng.usize(..FILES),
            company: None,
            person: None,
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
            let exact = text.replace(" roles: [", " rolesMode: exact, roles: [");
            project.write(&path, exact);
        }
        let State {
            opportunities,
            companies,
            persons,
        } = &self.state;
        let is_stranger = |number| self.strangers.contains_key(&opportunity_key(number));
        let mut text = "version: 1\n".to_owned();
        let absent = (0..UNIVERSE)
            .filter(|number| !opportunities.contains_key(number) && !is_stranger(*number))
            .map(|number| format!("externalOpportunityId: {}, rolesMode: exact", key(number)));
        list(&mut text, "opportunities", absent.map(|it| tombstone(&it)));
        let absent = (0..COMPANIES)
            .filter(|number| !companies.contains_key(number))
            .map(|number| format!("externalCompanyId: {}", company_key(number)));
        list(&mut text, "companies", absent.map(|it| tombstone(&it)));
        let absent = (0..PERSONS)
            .filter(|number| !persons.contains_key(number))
            .map(|number| format!("externalSalesPersonId: {}", person_key(number)));
        list(&mut text, "salesPersons", absent.map(|it| tombstone(&it)));
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
        let companies: Vec<String> = (0..COMPANIES).map(company_key).collect();
        let persons: Vec<String> = (0..PERSONS).map(person_key).collect();
        let mut found = Records::new();
        for (kind, keys) in [
            ("opportunity", &keys),
            ("role", &keys),
            ("company", &companies),
            ("salesPerson", &persons),
        ] {
            let mut args = vec!["get", kind, "--format", "json"];
            args.extend(keys.iter().map(String::as_str));
            let got = project.run_args(&args);
            assert!([0, 1].contains(&got.exit), "{}", got.text());
            let document: Value = serde_json::from_str(&got.stdout).expect("it is JSON");
            for record in document["records"].as_array().expect("it is a list") {
                let id = record["marketoGUID"].as_str().map(str::to_owned);
                let id = id.or_else(|| record["id"].as_i64().map(|id| id.to_string()));
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
            company: None,
            person: None,
            roles: BTreeMap::from([((LEADS[0], ROLES[0]), true)]),
        };
        Self {
            opportunities: numbers
                .map(|number| (number, opportunity(number)))
                .collect(),
            ..Self::default()
        }
    }

    /// Writes it as the manifests of a project.
    pub(crate) fn write(&self, project: &Project) {
        for file in 0..FILES {
            let mut text = "version: 1\n".to_owned();
            let persons = self.persons.iter().filter(|(_, found)| found.file == file);
            let persons = persons.map(|(number, found)| {
                let (key, name) = (person_key(*number), &found.name);
                format!("externalSalesPersonId: {key}, firstName: {name}")
            });
            list(&mut text, "salesPersons", persons);
            let companies = self.companies.iter();
            let companies = companies.filter(|(_, found)| found.file == file);
            let companies = companies.map(|(number, found)| {
                let (key, name) = (company_key(*number), &found.name);
                let person = named(found.person.map(person_key));
                format!(
                    "externalCompanyId: {key}, company: {name}, externalSalesPersonId: {person}"
                )
            });
            list(&mut text, "companies", companies);
            let opportunities = self.opportunities.iter();
            let opportunities = opportunities.filter(|(_, found)| found.file == file);
            let opportunities = opportunities.map(|(number, found)| found.manifest(*number));
            list(&mut text, "opportunities", opportunities);
            project.write(&format!("pipeline/{file}.yaml"), text);
        }
    }

    /// The records of it, with their values as the instance shows them.
    pub(crate) fn records(&self) -> BTreeMap<(String, String), String> {
        let mut records = BTreeMap::new();
        for (number, found) in &self.persons {
            let key = ("salesPerson".to_owned(), person_key(*number));
            records.insert(key, found.name.clone());
        }
        for (number, found) in &self.companies {
            let key = ("company".to_owned(), company_key(*number));
            let person = named(found.person.map(person_key));
            records.insert(key, format!("{} {person}", found.name));
        }
        for (number, found) in &self.opportunities {
            let company = named(found.company.map(company_key));
            let person = named(found.person.map(person_key));
            let values = format!("{} {} {company} {person}", found.name, found.amount);
            records.insert(opportunity_key(*number), values);
            for ((lead, role), primary) in &found.roles {
                let key = format!("{} / {lead} / {role}", key(*number));
                records.insert(("role".to_owned(), key), primary.to_string());
            }
        }
        records
    }
}

impl Opportunity {
    /// Its entry in a manifest, without braces.
    fn manifest(&self, number: u32) -> String {
        let roles = self.roles.iter().map(|((lead, role), primary)| {
            format!("{{ leadId: {lead}, role: {role}, isPrimary: {primary} }}")
        });
        let roles = roles.collect::<Vec<_>>().join(", ");
        format!(
            "externalOpportunityId: {}, name: {}, amount: {}, externalCompanyId: {}, externalSalesPersonId: {}, roles: [{roles}]",
            key(number),
            self.name,
            self.amount,
            named(self.company.map(company_key)),
            named(self.person.map(person_key)),
        )
    }
}

/// Writes a section of a manifest, if it has entries.
fn list(text: &mut String, section: &str, entries: impl Iterator<Item = String>) {
    for (index, entry) in entries.enumerate() {
        if index == 0 {
            writeln!(text, "{section}:").expect("strings take all text");
        }
        writeln!(text, "  - {{ {entry} }}").expect("strings take all text");
    }
}

fn tombstone(entry: &str) -> String {
    format!("{entry}, ensure: absent")
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
    let text = |field: &str| record[field].as_str().map(str::to_owned);
    let name = |field: &str| text(field).unwrap_or_default();
    let (company, person) = (text("externalCompanyId"), text("externalSalesPersonId"));
    match kind {
        "salesPerson" => (person.expect("its key"), name("firstName")),
        "company" => {
            let values = format!("{} {}", name("company"), named(person));
            (company.expect("its key"), values)
        }
        _ => {
            let opportunity = text("externalOpportunityId").expect("its key");
            let Some(role) = text("role") else {
                let (name, amount) = (name("name"), &record["amount"]);
                let (company, person) = (named(company), named(person));
                return (opportunity, format!("{name} {amount} {company} {person}"));
            };
            let key = format!("{opportunity} / {} / {role}", record["leadId"]);
            (key, record["isPrimary"].to_string())
        }
    }
}

/// The key of what is named, in manifests and for comparisons.
fn named(key: Option<String>) -> String {
    key.unwrap_or_else(|| "null".to_owned())
}

fn company_key(number: u32) -> String {
    format!("C-{number}")
}

fn person_key(number: u32) -> String {
    format!("S-{number}")
}

/// The number of something that is declared, or none.
fn some<T>(rng: &mut Rng, declared: &BTreeMap<u32, T>) -> Option<u32> {
    let keys: Vec<u32> = declared.keys().copied().collect();
    let index = rng.usize(..=keys.len());
    keys.get(index).copied()
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
