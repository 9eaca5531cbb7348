//! Reading `oppctl.yaml`: what it means, and the message and place of each mistake.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pretty_assertions::assert_eq;
use rust_decimal::Decimal;
use tempfile::TempDir;

use super::*;
use crate::model::{BaseUrl, DealField, Position};
use crate::plan::{DealFields, Guards, Marker};
use crate::simulator::{Answers, Crm};
use crate::store::{Bucket, Location, Provider};

const PRODUCTION: &str = "
version: 1
manifests: [\"pipeline/**/*.yaml\"]
instances:
  production:
    baseUrl: https://123-ABC-456.mktorest.com/rest
    credentials:
      clientId: { env: MARKETO_CLIENT_ID }
      clientSecret: { command: [pass, show, marketo] }
    confirm: true
";

fn dir() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn load(text: impl AsRef<[u8]>) -> Result<LoadedConfig, ConfigError> {
    let dir = dir();
    fs::write(dir.path().join(FILE_NAME), text).expect("the file is written");
    LoadedConfig::load(dir.path(), None)
}

/// `LINE:COLUMN message (hint)` of the mistake.
fn mistake(text: impl AsRef<[u8]>) -> String {
    let error = load(text).expect_err("there is a mistake");
    let at = match error.location() {
        Some(Position { line, column }) => format!("{line}:{column}"),
        None => "-".to_owned(),
    };
    let hint = error.hint().map(|hint| format!(" ({hint})"));
    format!("{at} {}{}", error, hint.unwrap_or_default())
}

/// The mistake of a file with this text after its version and manifests, which are two lines.
fn mistake_in(rest: &str) -> String {
    mistake(format!("version: 1\nmanifests: [a.yaml]\n{rest}"))
}

#[test]
fn the_example_of_the_documentation() {
    let dir = dir();
    let text = "
version: 1
project: acme/pipeline
manifests: [\"pipeline/**/*.yaml\", more.yaml]
defaultInstance: local
instances:
  local: { simulator: { data: .oppctl/simulator, leads: leads.yaml } }
  production:
    baseUrl: https://123-ABC-456.mktorest.com
    credentials:
      clientId: { env: MARKETO_CLIENT_ID }
      clientSecret: { file: secret.txt }
    confirm: true
ownership:
  ledger: s3://acme-ops/oppctl
  marker: { field: managedBy, value: acme/pipeline }
  lease: 2m
journal: { directory: ../journals, keep: 90d, sensitive: true }
guards: { maxDeletes: 0, maxDeletePercent: 25, maxCreates: 100, maxUpdates: 50, maxUpdatePercent: 20, maxAmountFactor: 5, maxPipelineChange: 2.5% }
impact: { amount: acv, owner: rep, currency: EUR, stages: [Prospecting, Negotiation] }
limits: { callsPer20s: 80, concurrency: 2, dailyCalls: 10000, maxCalls: 500, readLag: 1m }
";
    fs::write(dir.path().join(FILE_NAME), text).expect("the file is written");
    let loaded = LoadedConfig::load(dir.path(), None).expect("the file is right");
    assert_eq!(loaded.root, dir.path());
    assert_eq!(loaded.path, dir.path().join(FILE_NAME));
    assert_eq!(loaded.config.manifests, ["pipeline/**/*.yaml", "more.yaml"]);
    let ownership = OwnershipConfig {
        ledger: Some(Location::Bucket(Bucket {
            provider: Provider::S3,
            name: "acme-ops".to_owned(),
            prefix: "oppctl".to_owned(),
        })),
        marker: Some(Marker {
            field: "managedBy".into(),
            value: "acme/pipeline".into(),
        }),
        lease: Duration::from_secs(120),
    };
    assert_eq!(loaded.config.ownership, ownership);
    assert_eq!(loaded.config.project.as_deref(), Some("acme/pipeline"));
    let journal = JournalConfig {
        directory: Location::Directory(dir.path().join("../journals")),
        keep: Some(Duration::from_secs(90 * 24 * 3600)),
        sensitive: true,
    };
    assert_eq!(loaded.config.journal, journal);
    let guards = GuardsConfig {
        max_deletes: Some(0),
        max_delete_percent: Some(25),
        max_creates: Some(100),
        max_updates: Some(50),
        max_update_percent: Some(20),
        max_amount_factor: Some(5),
        max_pipeline_change: Some(Decimal::new(25, 1)),
    };
    assert_eq!(loaded.config.guards, guards);
    let impact = ImpactConfig {
        fields: DealFields::named(|field| match field {
            DealField::Amount => Some("acv".into()),
            DealField::Owner => Some("rep".into()),
            DealField::Stage | DealField::Closed | DealField::Won | DealField::CloseDate => None,
        }),
        currency: Some("EUR".into()),
        stages: ["Prospecting", "Negotiation"].map(Into::into).to_vec(),
    };
    assert_eq!(loaded.config.impact, impact);
    let chosen: Vec<_> = impact.fields.chosen().map(|(field, _)| field).collect();
    assert_eq!(chosen, [DealField::Amount, DealField::Owner]);
    let limits = ApiLimits {
        calls_per_20s: 80,
        concurrency: 2,
        daily_calls: 10_000,
        max_calls: Some(500),
        read_lag: Duration::from_secs(60),
    };
    assert_eq!(loaded.config.limits, limits);

    let local = loaded.instance(None).expect("the default");
    assert_eq!((local.name.as_str(), local.confirm), ("local", false));
    assert!(local.is_local());
    let simulator = SimulatorConfig {
        data: dir.path().join(".oppctl/simulator"),
        leads: Some(dir.path().join("leads.yaml")),
        schema: None,
        users: None,
        faults: None,
        crm: Crm::None,
        answers: Answers::default(),
    };
    assert!(matches!(&local.target, InstanceTarget::Simulator(found) if *found == simulator));

    let production = loaded.instance(Some("production")).expect("it is declared");
    assert!(production.confirm && !production.is_local());
    let remote = RemoteConfig {
        base_url: BaseUrl::parse("https://123-abc-456.mktorest.com").expect("a base URL"),
        client_id: Credential::Env("MARKETO_CLIENT_ID".to_owned()),
        client_secret: Credential::File("secret.txt".into()),
    };
    assert!(matches!(&production.target, InstanceTarget::Remote(found) if *found == remote));
}

#[test]
fn what_is_silent_has_the_documented_defaults() {
    let loaded = load(PRODUCTION).expect("the file is right");
    let guards = Guards {
        max_deletes: 10,
        max_delete_percent: 10,
        ..Guards::default()
    };
    assert_eq!(loaded.config.impact, ImpactConfig::default());
    let written = loaded.config.guards;
    assert_eq!(Policies::default().guards(written), Ok(guards));
    let limits = ApiLimits {
        calls_per_20s: 50,
        concurrency: 5,
        daily_calls: 50_000,
        max_calls: None,
        read_lag: Duration::from_secs(20),
    };
    assert_eq!(loaded.config.limits, limits);
    let ownership = OwnershipConfig {
        ledger: None,
        marker: None,
        lease: Duration::from_secs(60),
    };
    assert_eq!(loaded.config.ownership, ownership);
    let journal = JournalConfig {
        directory: Location::Directory(loaded.root.join(".oppctl/journal")),
        keep: None,
        sensitive: false,
    };
    assert_eq!(loaded.config.journal, journal);
    assert_eq!(loaded.config.default_instance, None);
    let only = loaded.instance(None).expect("there is only one");
    assert_eq!(only.name, "production");
}

fn write_production(path: &Path) {
    fs::write(path, PRODUCTION).expect("the file is written");
}

fn file_and_folder(folder: PathBuf, file: &str) -> (PathBuf, PathBuf) {
    (folder.join(file), folder)
}

#[test]
fn the_nearest_file_counts_unless_one_is_named() {
    let dir = dir();
    let inner = dir.path().join("a/b");
    fs::create_dir_all(&inner).expect("the folders are made");
    let found = |explicit: Option<&str>| {
        let loaded = LoadedConfig::load(&inner, explicit.map(Path::new));
        loaded.map(|loaded| (loaded.path, loaded.root))
    };

    let missing = found(None).expect_err("there is none yet");
    assert!(matches!(missing, ConfigError::NotFound { dir } if dir == inner));
    // A folder of that name is not a configuration.
    fs::create_dir(inner.join(FILE_NAME)).expect("the folder is made");

    write_production(&dir.path().join(FILE_NAME));
    let outer = file_and_folder(dir.path().to_owned(), FILE_NAME);
    assert_eq!(found(None).expect("it is above"), outer);

    write_production(&dir.path().join("a").join(FILE_NAME));
    assert_eq!(
        found(None).expect("it is nearer"),
        file_and_folder(dir.path().join("a"), FILE_NAME)
    );

    write_production(&inner.join("other.yaml"));
    let other = file_and_folder(inner.clone(), "other.yaml");
    assert_eq!(found(Some("other.yaml")).expect("it is named"), other);

    let unreadable = found(Some("none.yaml")).expect_err("there is no such file");
    assert!(
        matches!(&unreadable, ConfigError::Unreadable { path, .. } if *path == inner.join("none.yaml"))
    );
    assert_eq!(unreadable.path(), Some(inner.join("none.yaml").as_path()));
}

#[test]
fn an_instance_is_chosen_by_name() {
    let text = "
version: 1
manifests: [a.yaml]
instances:
  staging: { simulator: { data: a } }
  production: { simulator: { data: b } }
";
    let loaded = load(text).expect("the file is right");
    let choose = |name| {
        let error = loaded.instance(name).expect_err("there is none");
        format!("{} ({})", error, error.hint().unwrap_or_default())
    };
    assert_eq!(
        choose(Some("prodution")),
        "there is no instance `prodution` (did you mean `production`? Known: `production`, `staging`)"
    );
    assert_eq!(
        choose(Some("x")),
        "there is no instance `x` (known: `production`, `staging`)"
    );
    assert_eq!(
        choose(None),
        "no instance is chosen: the file declares 2 instances (choose one with `--instance NAME` or `defaultInstance`: `production`, `staging`)"
    );
    let none = load("version: 1\nmanifests: [a.yaml]\n").expect("validating needs no instance");
    assert!(matches!(
        none.instance(None),
        Err(ConfigError::NoInstances { .. })
    ));
}

#[test]
fn mistakes_of_the_text() {
    let rows = [
        (
            "",
            "- the file is empty (write at least `version: 1` and `manifests: [\"pipeline/**/*.yaml\"]`)",
        ),
        (
            "# nothing\n",
            "- the file is empty (write at least `version: 1` and `manifests: [\"pipeline/**/*.yaml\"]`)",
        ),
        (
            "- 1\n",
            "1:1 the file must be a mapping with `version`, `manifests` and `instances`, not a list",
        ),
        (
            "manifests: [a.yaml]\n",
            "1:1 `version` is missing (write `version: 1`)",
        ),
        (
            "version: 1\n",
            "1:1 `manifests` is missing (write the patterns of the manifests, for example `manifests: [\"pipeline/**/*.yaml\"]`)",
        ),
        (
            "version: 2\nfuture: x\n",
            "1:10 version 2 of the configuration is not supported (this oppctl reads version 1)",
        ),
        (
            "version: \"1\"\n",
            "1:10 the version of the configuration must be a whole number (this oppctl reads version 1)",
        ),
        (
            "version: 1\n---\nversion: 1\n",
            "2:1 the file has a second document (remove the line `---`: the file must be a single document)",
        ),
        ("version: 1\nmanifests: [a\n", "2:12 unclosed bracket '['"),
        (
            "version: 1\nversion: 1\n",
            "2:1 `version` occurs twice in one mapping (remove one of the two)",
        ),
        (
            "\u{feff}version: 1\nversion: 1\n",
            "2:1 `version` occurs twice in one mapping (remove one of the two)",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(mistake(text), expected, "{text}");
    }
    assert_eq!(
        mistake(b"version: \xff"),
        "- the file is not UTF-8 (save the file as UTF-8)"
    );
}

#[test]
fn mistakes_of_the_language() {
    let rows = [
        (
            "defaultinstance: a\n",
            "3:1 unknown key `defaultinstance` (did you mean `defaultInstance`? Known: `version`, `oppctl`, `manifests`, `ignore`, `project`, `defaultInstance`, `instances`, `ownership`, `sensitive`, `journal`, `guards`, `severity`, `impact`, `references`, `limits`)",
        ),
        (
            "guards: { maxDelete: 1 }\n",
            "3:11 unknown key `maxDelete` in `guards` (did you mean `maxDeletes`? Known: `maxDeletes`, `maxDeletePercent`, `maxCreates`, `maxUpdates`, `maxUpdatePercent`, `maxAmountFactor`, `maxPipelineChange`)",
        ),
        (
            "instances: { local: { simulator: { data: s3://acme/data } } }\n",
            "3:42 `data` looks like a URL, and has to be a path on this machine (name a folder or a file, for example `.oppctl/runs`; only `ownership.ledger` and `journal.directory` can be in object storage)",
        ),
        (
            "guards: { maxDeletes: many }\n",
            "3:23 `guards.maxDeletes` must be a whole number, not a string",
        ),
        (
            "guards: { maxDeletes: -1 }\n",
            "3:23 `guards.maxDeletes` must be a whole number, not -1",
        ),
        (
            "guards: { maxDeletePercent: 101 }\n",
            "3:29 `maxDeletePercent` must be between 0 and 100, not 101",
        ),
        (
            "guards: { maxAmountFactor: 1 }\n",
            "3:28 `maxAmountFactor` must be at least 2, not 1",
        ),
        (
            "guards: { maxPipelineChange: 10 }\n",
            "3:30 `maxPipelineChange` is not a share in percent (write a share such as `10%` or `2.5%`)",
        ),
        (
            "guards: { maxPipelineChange: 1e3% }\n",
            "3:30 `maxPipelineChange` is not a share in percent (write a share such as `10%` or `2.5%`)",
        ),
        ("impact: { amount: ' ' }\n", "3:19 `amount` is empty"),
        (
            "limits: []\n",
            "3:9 `limits` must be a mapping with `callsPer20s`, `concurrency`, `dailyCalls`, `maxCalls` or `readLag`, not a list",
        ),
        (
            "limits: { dailyCalls: 0 }\n",
            "3:23 `dailyCalls` must be at least 1, not 0",
        ),
        (
            "limits: { maxCalls: 0 }\n",
            "3:21 `maxCalls` must be at least 1, not 0",
        ),
        (
            "defaultInstance: prodution\ninstances: { production: { simulator: { data: a } } }\n",
            "3:18 `defaultInstance` names `prodution`, which is not one of the instances (did you mean `production`? Known: `production`)",
        ),
        (
            "defaultInstance: prod\n",
            "3:18 `defaultInstance` names `prod`, which is not one of the instances (there are none)",
        ),
        (
            "instances: { \" a\": { simulator: { data: a } } }\n",
            "3:20 the name of an instance is empty or has blanks around it (write a name for `--instance`, for example `production`)",
        ),
        (
            "instances:\n  a: { simulator: { data: a } }\n  a: { simulator: { data: b } }\n",
            "5:3 `a` occurs twice in one mapping (remove one of the two)",
        ),
        (
            "instances: { a: { simulator: {} } }\n",
            "3:30 `data` is missing in `instances.a.simulator`",
        ),
        (
            "instances: { a: { simulator: { data: '' } } }\n",
            "3:38 `data` is empty",
        ),
        (
            "instances:\n  a:\n    confirm: true\n",
            "5:5 instance `a` has neither `simulator` nor `baseUrl` (write either `simulator: { data: DIR }`, or `baseUrl` and `credentials`)",
        ),
        (
            "instances: { a: { simulator: { data: a }, baseUrl: https://x.example } }\n",
            "3:17 instance `a` has both `simulator` and `baseUrl` (declare two instances, or remove one of the two members)",
        ),
        (
            "instances: { a: { baseUrl: https://x.example } }\n",
            "3:17 instance `a` has `baseUrl` but not `credentials` (a Marketo instance needs `baseUrl` and `credentials`)",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(mistake_in(text), expected, "{text}");
    }
    assert_eq!(
        mistake("version: 1\nmanifests: []\n"),
        "2:12 `manifests` has no pattern (write at least one pattern, for example `pipeline/**/*.yaml`)"
    );
    assert_eq!(
        mistake("version: 1\nmanifests: [a.yaml, 'a/***/b']\n"),
        "2:21 not a valid pattern: `**` has to stand alone between two `/` (write `**/*.yaml` for the files of all folders, `*.yaml` for those of one)"
    );
    assert_eq!(
        mistake("version: 1\nmanifests: [a.yaml]\nignore: ['!a.yaml']\n"),
        "3:10 not a valid pattern: a leading `!` has no meaning here (write what is to be left out under `ignore`, without the `!`)"
    );
    assert_eq!(
        mistake("version: 1\n<<<<<<< HEAD\nmanifests: [a.yaml]\n"),
        "2:1 git left a conflict in this file (keep what is right of the two sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`)"
    );
    assert_eq!(
        mistake("version: 1\nmanifests: pipeline/*.yaml\n"),
        "2:12 `manifests` must be a list, not a string"
    );
}

#[test]
fn a_directory_of_ledgers_is_relative_to_the_file() {
    let dir = dir();
    let text = format!("{PRODUCTION}project: acme/pipeline\nownership: {{ ledger: ../ledger }}\n");
    fs::write(dir.path().join(FILE_NAME), text).expect("the file is written");
    let loaded = LoadedConfig::load(dir.path(), None).expect("the file is right");
    let folder = Location::Directory(dir.path().join("../ledger"));
    assert_eq!(loaded.config.ownership.ledger, Some(folder));
}

/// Where others can have their ledgers too, only a name tells whose a ledger is.
#[test]
fn a_ledger_outside_of_the_project_needs_its_name() {
    let hint = "add a name that only this project has, for example `project: acme/pipeline`: oppctl then refuses what belongs to other projects";
    for ledger in ["../ledger", "/var/ledger", "s3://acme-ops/oppctl"] {
        assert_eq!(
            mistake_in(&format!("ownership: {{ ledger: {ledger} }}\n")),
            format!(
                "3:22 `ledger` lies outside of this project, where others may have theirs, and the project has no name ({hint})"
            )
        );
    }
    for name in ["''", "' x'", "\"a\\nb\""] {
        assert_eq!(
            mistake_in(&format!("project: {name}\n")),
            "3:10 `project` is empty, longer than 100 characters, or has blanks around it (write a name that only this project has, for example `project: acme/pipeline`)"
        );
    }
}

#[test]
fn mistakes_of_the_journal() {
    let rows = [
        (
            "journal: { directory: s3://acme/runs }",
            "3:23 `directory` lies outside of this project, where others may have theirs, and the project has no name (add a name that only this project has, for example `project: acme/pipeline`: oppctl then refuses what belongs to other projects)",
        ),
        (
            "journal: { directory: 'https://s3cret.example' }",
            "3:23 `directory` is the address of a server, not of a bucket (write `s3://BUCKET/PATH`, and set the server's address in the environment, for S3 in AWS_ENDPOINT_URL)",
        ),
        (
            "journal: { directory: '' }",
            "3:23 `directory` is empty (write a directory, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`)",
        ),
        (
            "journal: { keep: 3h }",
            "3:18 `keep` is not a duration of at least 1d (write a duration such as `90d`, or remove it to keep all journals)",
        ),
        (
            "journal: { sensitiv: true }",
            "3:12 unknown key `sensitiv` in `journal` (did you mean `sensitive`? Known: `directory`, `keep`, `sensitive`)",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(mistake_in(text), expected);
    }
}

#[test]
fn mistakes_of_the_ownership() {
    let example =
        "name a custom field of type string, for example `managedBy`; `oppctl fields` lists them";
    let rows = [
        (
            "{ ledgr: x }",
            "3:14 unknown key `ledgr` in `ownership` (did you mean `ledger`? Known: `ledger`, `marker`, `lease`)".to_owned(),
        ),
        (
            "x",
            "3:12 `ownership` must be a mapping with `ledger` or `marker`, not a string".to_owned(),
        ),
        (
            "{ ledger: 's4://bucket' }",
            "3:22 `ledger` has an unknown URL scheme (write a directory, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`)".to_owned(),
        ),
        (
            "{ lease: 60s }",
            "3:21 `lease` has no effect without `ledger` (add `ledger`, or remove `lease`: it is the lease of the lock on the ledger)".to_owned(),
        ),
        (
            "{ ledger: x, lease: 60 s }",
            "3:32 `lease` is not a duration between 1s and 1h (write a duration such as `60s` or `2m`)".to_owned(),
        ),
        (
            "{ marker: { field: managedBy } }",
            "3:22 `value` is missing in `ownership.marker`".to_owned(),
        ),
        (
            "{ marker: { field: managed by, value: x } }",
            format!("3:31 `field` is not the API name of a field ({example})"),
        ),
        (
            "{ marker: { field: stage, value: x } }",
            format!("3:31 `stage` is a standard field of Marketo, but the marker needs a custom field ({example})"),
        ),
        (
            "{ marker: { field: managedBy, value: '' } }",
            "3:49 `value` is empty or has blanks around it (write a name that only this project has, for example `acme/pipeline`)".to_owned(),
        ),
    ];
    for (ownership, expected) in rows {
        assert_eq!(
            mistake_in(&format!("ownership: {ownership}\n")),
            expected,
            "{ownership}"
        );
    }
    for lease in [
        "",
        "s",
        "60",
        "0s",
        "-1s",
        "+1s",
        "61m",
        "2h",
        "1d",
        "1.5s",
        "99999999999999999999s",
    ] {
        let text = format!("ownership: {{ ledger: x, lease: '{lease}' }}\n");
        assert!(mistake_in(&text).contains("1h"), "{lease}");
    }
}

#[test]
fn mistakes_of_a_simulator() {
    for (text, expected) in [
        (
            "instances: { a: { simulator: { data: a, users: '' } } }\n",
            "3:48 `users` is empty",
        ),
        (
            "instances: { a: { simulator: { data: a, crm: sdfc } } }\n",
            "3:46 `crm` is not one of the known words (did you mean `sfdc`? Known: `none`, `sfdc`, `dynamics`)",
        ),
        (
            "instances: { a: { simulator: { data: a, answers: { roleUnknwnLead: 1013 } } } }\n",
            "3:68 there is no such switch (did you mean `roleUnknownLead`? `oppctl simulator answers` lists all)",
        ),
        (
            "instances:\n  a:\n    simulator:\n      data: a\n      answers:\n        roleUnknownLead: 1005\n",
            "8:26 switch `roleUnknownLead` has no such value (did you mean `1004`? its values are `1004`, `1013`)",
        ),
        (
            "instances: { a: { simulator: { data: a, answers: { unknownField: [] } } } }\n",
            "3:66 `instances.a.simulator.answers.unknownField` must be a word or a code, not a list",
        ),
    ] {
        assert_eq!(mistake_in(text), expected, "{text}");
    }
}

#[test]
fn the_simulator_takes_answers_files_and_a_crm() {
    let loaded = load(
        "version: 1\nmanifests: [a.yaml]\ninstances:\n  a:\n    simulator:\n      data: a\n      users: u.yaml\n      faults: f.yaml\n      crm: dynamics\n      answers: { roleUnknownLead: 1013, keyCase: exact, missingKey: '701' }\n",
    )
    .expect("it is right");
    let InstanceTarget::Simulator(simulator) = &loaded.config.instances["a"].target else {
        panic!("it is a simulator");
    };
    assert_eq!(simulator.crm, Crm::Dynamics);
    let set = ["roleUnknownLead", "keyCase", "missingKey", "unknownField"]
        .map(|name| simulator.answers.get(name).expect("there is such a switch"));
    assert_eq!(set, ["1013", "exact", "701", "record1006"]);
    assert_eq!(simulator.users, Some(loaded.root.join("u.yaml")));
    assert_eq!(simulator.faults, Some(loaded.root.join("f.yaml")));
}

#[test]
fn more_than_marketo_allows_is_for_local_instances_only() {
    let limits = "limits: { callsPer20s: 1000, concurrency: 100 }\n";
    let with = |instances: &str| {
        load(format!(
            "version: 1\nmanifests: [a.yaml]\n{instances}{limits}"
        ))
    };
    assert!(with("instances: { a: { simulator: { data: a } } }\n").is_ok());
    let loopback = PRODUCTION.replace("https://123-ABC-456.mktorest.com", "http://127.0.0.1:8080");
    assert!(load(format!("{loopback}{limits}")).is_ok());
    assert_eq!(
        mistake(format!("{PRODUCTION}{limits}")),
        "11:24 `callsPer20s` is 1000, but Marketo allows 100 per instance, for all integrations together (write at most 100; more is accepted only if all instances are on this machine)"
    );
    assert_eq!(
        mistake(format!("{PRODUCTION}limits: {{ concurrency: 11 }}\n")),
        "11:24 `concurrency` is 11, but Marketo allows 10 per instance, for all integrations together (write at most 10; more is accepted only if all instances are on this machine)"
    );
}

#[test]
fn what_may_be_a_secret_is_never_repeated() {
    let rows = [
        (
            "clientSecret: s3cret",
            "9:21 `clientSecret` does not say where the credential is",
        ),
        (
            "clientSecret: 530917",
            "9:21 `clientSecret` does not say where the credential is",
        ),
        (
            "clientSecret: [s3cret]",
            "9:21 `clientSecret` does not say where the credential is",
        ),
        (
            "clientSecret:",
            "9:19 `clientSecret` does not say where the credential is",
        ),
        (
            "clientSecret: { s3cret }",
            "9:23 unknown key in `instances.production.credentials.clientSecret`",
        ),
        (
            "clientSecret: { env: s3cret-value }",
            "9:28 `env` is not the name of an environment variable",
        ),
        (
            "clientSecret: { env: [s3cret] }",
            "9:28 `instances.production.credentials.clientSecret.env` must be a string, not a list",
        ),
        (
            "clientSecret: { command: s3cret }",
            "9:32 `instances.production.credentials.clientSecret.command` must be a list, not a string",
        ),
        ("clientSecret: { command: [] }", "9:32 `command` is empty"),
        ("clientSecret: { file: '' }", "9:29 `file` is empty"),
        (
            "clientSecret: {}",
            "9:21 `clientSecret` has 0 of `env`, `file` and `command`",
        ),
        (
            "clientSecret: { env: A, file: b }",
            "9:21 `clientSecret` has 2 of `env`, `file` and `command`",
        ),
        (
            "secret: s3cret",
            "9:7 unknown key in `instances.production.credentials`",
        ),
        (
            "clientId: { env: A }",
            "9:7 a key occurs twice in one mapping",
        ),
    ];
    for (line, expected) in rows {
        let text = PRODUCTION.replace("clientSecret: { command: [pass, show, marketo] }", line);
        let error = load(text).expect_err("there is a mistake");
        let Position { line, column } = error.location().expect("it has a place");
        assert_eq!(format!("{line}:{column} {}", error), expected);
        let all = format!("{error} {error:?} {}", error.hint().unwrap_or_default());
        assert!(!all.contains("s3cret") && !all.contains("530917"), "{all}");
    }
    for url in [
        "https://ada:s3cret@x.example",
        "https://x.example?token=s3cret",
        "s3cret",
    ] {
        let text = PRODUCTION.replace("https://123-ABC-456.mktorest.com/rest", url);
        let error = load(text).expect_err("there is a mistake");
        assert_eq!(
            error.location(),
            Some(Position {
                line: 6,
                column: 14
            })
        );
        let all = format!("{error} {error:?} {}", error.hint().unwrap_or_default());
        assert!(!all.contains("s3cret"), "{all}");
    }
}

/// A secret at the wrong level, as a value and as a key: nothing below `instances` is repeated, and no text anywhere.
#[test]
fn a_secret_that_is_too_far_left_is_not_repeated() {
    let instance = "a mapping with `simulator`, or with `baseUrl` and `credentials`";
    let rows = [
        ("instances: s3cret", "3:12 `instances` must be a mapping, not a string".to_owned()),
        ("instances: [s3cret]", "3:12 `instances` must be a mapping, not a list".to_owned()),
        ("instances: { it: s3cret }", format!("3:18 `instances.it` must be {instance}, not a string")),
        ("instances: { it: 530053 }", format!("3:18 `instances.it` must be {instance}, not a number")),
        (
            "instances: { s3cret }",
            "3:21 an instance has neither `simulator` nor `baseUrl` (write either `simulator: { data: DIR }`, or `baseUrl` and `credentials`)".to_owned(),
        ),
        (
            "instances: { it: { credentials: s3cret } }",
            "3:33 `instances.it.credentials` must be a mapping with `clientId` and `clientSecret`, not a string".to_owned(),
        ),
        (
            "instances: { it: { s3cret } }",
            "3:20 unknown key in `instances.it` (did you mean `set`? Known: `simulator`, `baseUrl`, `credentials`, `confirm`, `manifests`, `set`, `protect`)".to_owned(),
        ),
        (
            "instances: { it: { s3cret: 1, s3cret: 2 } }",
            "3:31 a key occurs twice in one mapping (remove one of the two)".to_owned(),
        ),
        (
            "instances: { it: { confirm: s3cret } }",
            "3:29 `instances.it.confirm` must be a boolean, not a string".to_owned(),
        ),
        (
            "instances: { it: { simulator: s3cret } }",
            "3:31 `instances.it.simulator` must be a mapping with `data`, not a string".to_owned(),
        ),
        (
            "instances: { it: { simulator: { data: a, crm: s3cret } } }",
            "3:47 `crm` is not one of the known words (known: `none`, `sfdc`, `dynamics`)".to_owned(),
        ),
        (
            "instances: { it: { simulator: { data: a, answers: { preset: s3cret } } } }",
            "3:61 there is no such preset (the presets are `recorded`, `documented`)".to_owned(),
        ),
        (
            "instances: { it: { simulator: { data: a, answers: { s3cret: 1 } } } }",
            "3:61 there is no such switch (`oppctl simulator answers` lists all)".to_owned(),
        ),
        (
            "journal: s3cret",
            "3:10 `journal` must be a mapping with `directory`, `keep` or `sensitive`, not a string".to_owned(),
        ),
        (
            "journal: { sensitive: s3cret }",
            "3:23 `journal.sensitive` must be a boolean, not a string".to_owned(),
        ),
        (
            "limits: { dailyCalls: s3cret }",
            "3:23 `limits.dailyCalls` must be a whole number, not a string".to_owned(),
        ),
        (
            "limits: { readLag: s3cret }",
            "3:20 `readLag` is not a duration of at most 10m (write a duration such as `20s`, or `0s` if reads never lag)".to_owned(),
        ),
        (
            "guards: s3cret",
            "3:9 `guards` must be a mapping with limits such as `maxDeletes`, not a string".to_owned(),
        ),
        (
            "references: { missing: s3cret }",
            "3:24 `references.missing` must be `error` or `skip`".to_owned(),
        ),
        (
            "ownership: { ledger: [s3cret] }",
            "3:22 `ownership.ledger` must be a string, not a list".to_owned(),
        ),
        ("sensitive: s3cret", "3:12 `sensitive` must be a list, not a string".to_owned()),
        ("project: [s3cret]", "3:10 `project` must be a string, not a list".to_owned()),
    ];
    for (text, expected) in rows {
        assert_eq!(mistake_in(&format!("{text}\n")), expected, "{text}");
        let error = load(format!("version: 1\nmanifests: [a.yaml]\n{text}\n"));
        let debug = format!("{:?}", error.expect_err("there is a mistake"));
        let quotes = debug.contains("s3cret") || debug.contains("530053");
        // The errors of the simulator's switches keep the word, and are shown without it.
        assert!(!quotes || text.contains("answers"), "{debug}");
    }
    assert_eq!(
        mistake("version: s3cret\n"),
        "1:10 the version of the configuration must be a whole number (this oppctl reads version 1)"
    );
}

#[test]
fn a_file_may_need_another_version_of_the_program() {
    let of = |requirement: &str, rest: &str| {
        load(format!(
            "oppctl: {requirement}\nversion: 1\nmanifests: [a.yaml]\n{rest}"
        ))
    };
    for requirement in ["'>=0.1'", "0.1", "'*'", "'>=0.1, <99'"] {
        assert!(of(requirement, "").is_ok(), "{requirement}");
    }
    // What a later version reads need not be known here.
    let error = of("'>=99'", "later: x\n").expect_err("this is an older version");
    let running = env!("CARGO_PKG_VERSION");
    assert_eq!(
        error.to_string(),
        format!("the file needs oppctl >=99, and this is oppctl {running}")
    );
    assert_eq!(error.location(), Some(Position { line: 1, column: 9 }));
    for requirement in ["s3cret", "[s3cret]", "true"] {
        let error = of(requirement, "").expect_err("it is no requirement");
        assert_eq!(
            error.to_string(),
            "`oppctl` does not name versions of oppctl"
        );
    }
}

#[test]
fn a_read_lag_is_a_duration_of_at_most_ten_minutes() {
    for lag in ["", "20", "11m", "1h", "-1s", "1.5s"] {
        let text = format!("limits: {{ readLag: '{lag}' }}\n");
        let mistake = mistake_in(&text);
        assert!(mistake.contains("`readLag` is not a duration"), "{mistake}");
    }
    for (lag, seconds) in [("0s", 0), ("15s", 15), ("10m", 600)] {
        let text = format!("limits: {{ readLag: {lag} }}\n");
        let loaded = load(&(PRODUCTION.to_owned() + &text)).expect("the file is right");
        assert_eq!(loaded.config.limits.read_lag, Duration::from_secs(seconds));
    }
}
