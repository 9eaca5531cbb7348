use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pretty_assertions::assert_eq;
use tempfile::TempDir;

use super::*;
use crate::ledger::{Bucket, Location, Provider};
use crate::model::Position;
use crate::simulator::{Answers, Crm};

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

fn load(text: impl AsRef<[u8]>) -> Result<Loaded, ConfigError> {
    let dir = dir();
    fs::write(dir.path().join(FILE_NAME), text).expect("the file is written");
    Config::load(dir.path(), None)
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
journal: { directory: ../journals, sensitive: true }
guards: { maxDeletes: 0, maxDeletePercent: 25 }
limits: { callsPer20s: 80, concurrency: 2, dailyCalls: 10000 }
";
    fs::write(dir.path().join(FILE_NAME), text).expect("the file is written");
    let loaded = Config::load(dir.path(), None).expect("the file is right");
    assert_eq!(loaded.root, dir.path());
    assert_eq!(loaded.path, dir.path().join(FILE_NAME));
    assert_eq!(loaded.config.manifests, ["pipeline/**/*.yaml", "more.yaml"]);
    let ownership = Ownership {
        ledger: Some(Location::Bucket(Bucket {
            provider: Provider::S3,
            name: "acme-ops".to_owned(),
            prefix: "oppctl".to_owned(),
        })),
        marker: Some(Marker {
            field: "managedBy".to_owned(),
            value: "acme/pipeline".to_owned(),
        }),
        lease: Duration::from_secs(120),
    };
    assert_eq!(loaded.config.ownership, ownership);
    let journal = Journal {
        directory: dir.path().join("../journals"),
        sensitive: true,
    };
    assert_eq!(loaded.config.journal, journal);
    let guards = Guards {
        max_deletes: 0,
        max_delete_percent: 25,
    };
    assert_eq!(loaded.config.guards, guards);
    let limits = Limits {
        calls_per_20s: 80,
        concurrency: 2,
        daily_calls: 10_000,
    };
    assert_eq!(loaded.config.limits, limits);

    let local = loaded.instance(None).expect("the default");
    assert_eq!((local.name.as_str(), local.confirm), ("local", false));
    assert!(local.is_local());
    let simulator = Simulator {
        data: dir.path().join(".oppctl/simulator"),
        leads: Some(dir.path().join("leads.yaml")),
        schema: None,
        users: None,
        faults: None,
        crm: Crm::None,
        answers: Answers::default(),
    };
    assert!(matches!(&local.target, Target::Simulator(found) if *found == simulator));

    let production = loaded.instance(Some("production")).expect("it is declared");
    assert!(production.confirm && !production.is_local());
    let remote = Remote {
        base_url: BaseUrl::parse("https://123-abc-456.mktorest.com").expect("a base URL"),
        client_id: Credential::Env("MARKETO_CLIENT_ID".to_owned()),
        client_secret: Credential::File("secret.txt".into()),
    };
    assert!(matches!(&production.target, Target::Remote(found) if *found == remote));
}

#[test]
fn what_is_silent_has_the_documented_defaults() {
    let loaded = load(PRODUCTION).expect("the file is right");
    let guards = Guards {
        max_deletes: 10,
        max_delete_percent: 10,
    };
    assert_eq!(loaded.config.guards, guards);
    let limits = Limits {
        calls_per_20s: 50,
        concurrency: 5,
        daily_calls: 50_000,
    };
    assert_eq!(loaded.config.limits, limits);
    let ownership = Ownership {
        ledger: None,
        marker: None,
        lease: Duration::from_secs(60),
    };
    assert_eq!(loaded.config.ownership, ownership);
    let journal = Journal {
        directory: loaded.root.join(".oppctl/journal"),
        sensitive: false,
    };
    assert_eq!(loaded.config.journal, journal);
    assert_eq!(loaded.config.default_instance, None);
    let only = loaded.instance(None).expect("there is only one");
    assert_eq!(only.name, "production");
}

#[test]
fn the_nearest_file_counts_unless_one_is_named() {
    let dir = dir();
    let inner = dir.path().join("a/b");
    fs::create_dir_all(&inner).expect("the folders are made");
    let write = |path: &Path| fs::write(path, PRODUCTION).expect("the file is written");
    let found = |explicit: Option<&str>| {
        let loaded = Config::load(&inner, explicit.map(Path::new));
        loaded.map(|loaded| (loaded.path, loaded.root))
    };

    let missing = found(None).expect_err("there is none yet");
    assert!(matches!(missing, ConfigError::NotFound { dir } if dir == inner));
    // A folder of that name is no configuration.
    fs::create_dir(inner.join(FILE_NAME)).expect("the folder is made");

    write(&dir.path().join(FILE_NAME));
    let pair = |folder: PathBuf, file: &str| (folder.join(file), folder);
    let outer = pair(dir.path().to_owned(), FILE_NAME);
    assert_eq!(found(None).expect("it is above"), outer);

    write(&dir.path().join("a").join(FILE_NAME));
    assert_eq!(
        found(None).expect("it is nearer"),
        pair(dir.path().join("a"), FILE_NAME)
    );

    write(&inner.join("other.yaml"));
    let other = pair(inner.clone(), "other.yaml");
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
        "there is no instance `prodution` (did you mean `production`? There are `production`, `staging`)"
    );
    assert_eq!(
        choose(Some("x")),
        "there is no instance `x` (there are `production`, `staging`)"
    );
    assert_eq!(
        choose(None),
        "which of the 2 instances? (name one of `production`, `staging` with `--instance` or as `defaultInstance`)"
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
            "- the file says nothing (the least is `version: 1` and `manifests: [\"pipeline/**/*.yaml\"]`)",
        ),
        (
            "# nothing\n",
            "- the file says nothing (the least is `version: 1` and `manifests: [\"pipeline/**/*.yaml\"]`)",
        ),
        (
            "- 1\n",
            "1:1 this must be a mapping with `version`, `manifests` and `instances`, not a list",
        ),
        (
            "manifests: [a.yaml]\n",
            "1:1 `version` is missing (write `version: 1`)",
        ),
        (
            "version: 1\n",
            "1:1 `manifests` is missing (write the manifests' patterns, for example `manifests: [\"pipeline/**/*.yaml\"]`)",
        ),
        (
            "version: 2\nfuture: x\n",
            "1:10 version 2 of the configuration is not supported (this oppctl reads version 1)",
        ),
        (
            "version: \"1\"\n",
            "1:10 version \"1\" of the configuration is not supported (this oppctl reads version 1)",
        ),
        (
            "version: 1\n---\nversion: 1\n",
            "2:1 a second document (keep a single document and remove the line `---`)",
        ),
        ("version: 1\nmanifests: [a\n", "2:12 unclosed bracket '['"),
        (
            "version: 1\nversion: 1\n",
            "2:1 `version` stands twice in one mapping (remove one of the two)",
        ),
        (
            "\u{feff}version: 1\nversion: 1\n",
            "2:1 `version` stands twice in one mapping (remove one of the two)",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(mistake(text), expected, "{text}");
    }
    assert_eq!(
        mistake(b"version: \xff"),
        "- not UTF-8 (save the file as UTF-8)"
    );
}

#[test]
fn mistakes_of_the_language() {
    let rows = [
        (
            "defaultinstance: a\n",
            "3:1 unknown key `defaultinstance` (did you mean `defaultInstance`? There are `version`, `manifests`, `defaultInstance`, `instances`, `ownership`, `journal`, `guards`, `limits`)",
        ),
        (
            "guards: { maxDelete: 1 }\n",
            "3:11 unknown key `maxDelete` in `guards` (did you mean `maxDeletes`? There are `maxDeletes`, `maxDeletePercent`)",
        ),
        (
            "guards: { maxDeletes: many }\n",
            "3:23 `guards.maxDeletes` must be a whole number, not string \"many\"",
        ),
        (
            "guards: { maxDeletes: -1 }\n",
            "3:23 `guards.maxDeletes` must be a whole number, not integer `-1`",
        ),
        (
            "guards: { maxDeletePercent: 101 }\n",
            "3:29 `maxDeletePercent` must be between 0 and 100, not 101",
        ),
        (
            "limits: []\n",
            "3:9 `limits` must be a mapping with `callsPer20s`, `concurrency` or `dailyCalls`, not a list",
        ),
        (
            "limits: { dailyCalls: 0 }\n",
            "3:23 `dailyCalls` must be at least 1, not 0",
        ),
        (
            "defaultInstance: prodution\ninstances: { production: { simulator: { data: a } } }\n",
            "3:18 `defaultInstance` names `prodution`, which is not among the instances (did you mean `production`? There are `production`)",
        ),
        (
            "defaultInstance: prod\n",
            "3:18 `defaultInstance` names `prod`, which is not among the instances (there are none)",
        ),
        (
            "instances: { \" a\": { simulator: { data: a } } }\n",
            "3:20 a name of an instance is empty or has blanks around it (write a name that `--instance` can give)",
        ),
        (
            "instances:\n  a: { simulator: { data: a } }\n  a: { simulator: { data: b } }\n",
            "5:3 `a` stands twice in one mapping (remove one of the two)",
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
            "3:17 instance `a` has both `simulator` and `baseUrl` (make two instances of it, or remove one of the two)",
        ),
        (
            "instances: { a: { baseUrl: https://x.example } }\n",
            "3:17 instance `a` has `baseUrl` but not `credentials` (a Marketo instance needs `baseUrl` and `credentials`)",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(mistake_in(text), expected, "{text}");
    }
    let manifests = |list: &str| mistake(format!("version: 1\nmanifests: {list}\n"));
    assert_eq!(
        manifests("[]"),
        "2:12 `manifests` has no pattern (write at least one, for example `pipeline/**/*.yaml`)"
    );
    assert_eq!(
        manifests("[a.yaml, 'a/***/b']"),
        "2:21 not a pattern: wildcards are either regular `*` or recursive `**` (write for example `pipeline/**/*.yaml`)"
    );
    assert_eq!(
        manifests("pipeline/*.yaml"),
        "2:12 `manifests` must be a list, not string \"pipeline/*.yaml\""
    );
}

#[test]
fn a_directory_of_ledgers_is_relative_to_the_file() {
    let dir = dir();
    let text = format!("{PRODUCTION}ownership: {{ ledger: ../ledger }}\n");
    fs::write(dir.path().join(FILE_NAME), text).expect("the file is written");
    let loaded = Config::load(dir.path(), None).expect("the file is right");
    let folder = Location::Directory(dir.path().join("../ledger"));
    assert_eq!(loaded.config.ownership.ledger, Some(folder));
}

#[test]
fn mistakes_of_the_journal() {
    let rows = [
        ("journal: { directory: '' }", "3:23 `directory` is empty"),
        (
            "journal: { sensitiv: true }",
            "3:12 unknown key `sensitiv` in `journal` (did you mean `sensitive`? There are `directory`, `sensitive`)",
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
            "3:14 unknown key `ledgr` in `ownership` (did you mean `ledger`? There are `ledger`, `marker`, `lease`)".to_owned(),
        ),
        (
            "x",
            "3:12 `ownership` must be a mapping with `ledger` or `marker`, not string \"x\"".to_owned(),
        ),
        (
            "{ ledger: 's4://bucket' }",
            "3:22 `ledger` is a URL of an unknown sort (write a directory, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`)".to_owned(),
        ),
        (
            "{ lease: 60s }",
            "3:21 `lease` is of no use without `ledger` (it is the time of the lock beside the ledger: name a ledger too, or remove it)".to_owned(),
        ),
        (
            "{ ledger: x, lease: 60 s }",
            "3:32 `lease` is not a duration between 1s and 1h (write for example `60s` or `2m`)".to_owned(),
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
            format!("3:31 `stage` is Marketo's own field, and a marker needs one of its own ({example})"),
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
            "3:46 `crm` cannot be `sdfc` (did you mean `sfdc`? There are `none`, `sfdc`, `dynamics`)",
        ),
        (
            "instances: { a: { simulator: { data: a, answers: { roleUnknwnLead: 1013 } } } }\n",
            "3:68 there is no switch `roleUnknwnLead` (did you mean `roleUnknownLead`? `oppctl simulator answers` lists all)",
        ),
        (
            "instances:\n  a:\n    simulator:\n      data: a\n      answers:\n        roleUnknownLead: 1005\n",
            "8:26 switch `roleUnknownLead` has no value `1005` (did you mean `1004`? its values are `1004`, `1013`)",
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
    let Target::Simulator(simulator) = &loaded.config.instances["a"].target else {
        panic!("it is a simulator");
    };
    assert_eq!(simulator.crm, Crm::Dynamics);
    let set = ["roleUnknownLead", "keyCase", "missingKey", "unknownField"]
        .map(|name| simulator.answers.get(name).expect("there is such a switch"));
    assert_eq!(set, ["1013", "exact", "701", "record1006"]);
    let name = |path: &Option<PathBuf>| {
        path.as_ref()
            .and_then(|path| path.file_name().map(ToOwned::to_owned))
    };
    assert_eq!(name(&simulator.users), Some("u.yaml".into()));
    assert_eq!(name(&simulator.faults), Some("f.yaml".into()));
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
        "11:24 `callsPer20s` is 1000, and Marketo allows 100 to all integrations of an instance together (more is accepted in a file whose instances are all on this machine)"
    );
    assert_eq!(
        mistake(format!("{PRODUCTION}limits: {{ concurrency: 11 }}\n")),
        "11:24 `concurrency` is 11, and Marketo allows 10 to all integrations of an instance together (more is accepted in a file whose instances are all on this machine)"
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
            "clientSecret: 53",
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
            "9:28 `instances.production.credentials.clientSecret.env` must be a string",
        ),
        (
            "clientSecret: { command: s3cret }",
            "9:32 `instances.production.credentials.clientSecret.command` must be a list",
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
            "9:7 this stands twice in one mapping",
        ),
    ];
    for (line, expected) in rows {
        let text = PRODUCTION.replace("clientSecret: { command: [pass, show, marketo] }", line);
        let error = load(text).expect_err("there is a mistake");
        let Position { line, column } = error.location().expect("it has a place");
        assert_eq!(format!("{line}:{column} {}", error), expected);
        let all = format!("{error} {error:?} {}", error.hint().unwrap_or_default());
        assert!(!all.contains("s3cret") && !all.contains("53"), "{all}");
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
    let error =
        load("version: 1\nmanifests: [a.yaml]\ninstances: { a: { credentials: s3cret } }\n")
            .expect_err("there is a mistake");
    assert_eq!(
        error.to_string(),
        "`instances.a.credentials` must be a mapping with `clientId` and `clientSecret`"
    );
}
