//! Two policies obeyed together, and the message and place of each mistake.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;
use rust_decimal::Decimal;
use tempfile::TempDir;

use super::super::{ConfigError, GuardsConfig, InstanceConfig, InstanceTarget, RemoteConfig};
use super::{Permit, Policies, PolicyRefusal, RefusedByPolicy};
use crate::config::Credential;
use crate::manifest::InstanceRules;
use crate::model::{BaseUrl, Position};
use crate::plan::{DeleteCeiling, GuardLimit, Guards, SetBy};
use crate::store::Location;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

/// The policies of a machine and of the variable with these texts.
fn load(system: Option<&str>, named: Option<&str>) -> Result<Policies, ConfigError> {
    let folder = folder();
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("the file is written");
    };
    if let Some(text) = system {
        write("system.yaml", text);
    }
    let named = named.map(|text| {
        write("named.yaml", text);
        folder.path().join("named.yaml").into_os_string()
    });
    Policies::load(&folder.path().join("system.yaml"), named)
}

fn two(system: &str, named: &str) -> Policies {
    let text = |members: &str| format!("version: 1\n{members}\n");
    load(Some(&text(system)), Some(&text(named))).expect("both are right")
}

fn instance(url: &str, secret: Credential) -> InstanceConfig {
    InstanceConfig {
        name: "production".to_owned(),
        target: InstanceTarget::Remote(RemoteConfig {
            base_url: BaseUrl::parse(url).expect("a base URL"),
            client_id: Credential::Env("ID".to_owned()),
            client_secret: secret,
        }),
        confirm: false,
        manifests: Vec::new(),
        rules: InstanceRules::default(),
    }
}

fn at(url: &str) -> InstanceConfig {
    instance(url, Credential::Env("SECRET".to_owned()))
}

/// The name of the policy that refuses.
fn refusing(result: &Result<(), PolicyRefusal>) -> Option<&str> {
    let refusal = result.as_ref().err()?;
    refusal.policy.file_stem()?.to_str()
}

#[test]
fn a_host_has_to_be_in_both_lists() {
    let policies = two(
        "allowedHosts: ['*.mktorest.com', a.example]",
        "allowedHosts: [b.example, 1.mktorest.com]",
    );
    for (url, expected) in [
        ("https://1.mktorest.com", None),
        ("https://2.mktorest.com", Some("named")),
        ("https://a.example", Some("named")),
        ("https://b.example", Some("system")),
    ] {
        let checked = policies.check_instance(&at(url));
        assert_eq!(refusing(&checked), expected, "{url}");
    }
}

/// A slip such as a member without a value never lifts a restriction.
#[test]
fn a_list_without_a_value_allows_nothing() {
    let policies = two("allowedHosts:", "allowedLedgers:");
    let checked = policies.check_instance(&at("https://a.example"));
    assert_eq!(refusing(&checked), Some("system"));
    let ledger = Location::parse("s3://acme-ops", Path::new("/")).expect("a location");
    assert_eq!(refusing(&policies.check_ledger(&ledger)), Some("named"));
}

#[test]
fn either_policy_denies() {
    let command = Credential::Command(vec!["pass".to_owned()]);
    let instance = instance("https://a.example", command);
    for (system, named, expected) in [
        ("", "", None),
        (
            "credentialCommands: allow",
            "credentialCommands: deny",
            Some("named"),
        ),
        (
            "credentialCommands: deny",
            "credentialCommands: allow",
            Some("system"),
        ),
    ] {
        let checked = two(system, named).check_instance(&instance);
        assert_eq!(refusing(&checked), expected, "{system} {named}");
    }
    let policies = two("unmaskedValues: allow", "unmaskedValues: deny");
    assert_eq!(refusing(&policies.check_unmasked("x")), Some("named"));
    assert_eq!(refusing(&policies.check_sensitive_import()), Some("named"));
    assert_eq!(two("", "").check_unmasked("x"), Ok(()));
}

#[test]
fn the_smaller_number_wins_and_silence_takes_it() {
    let policies = two("maxDeletes: 5\nmaxDeletePercent: 50", "maxDeletes: 8");
    let ceiling = DeleteCeiling {
        max_deletes: Some(5),
        max_delete_percent: Some(50),
    };
    assert_eq!(policies.ceiling(), ceiling);
    let silent = Guards {
        max_deletes: 5,
        max_delete_percent: 10,
        ..Guards::default()
    };
    assert_eq!(policies.guards(GuardsConfig::default()), Ok(silent));
    let written = |max_deletes, max_delete_percent| GuardsConfig {
        max_deletes: Some(max_deletes),
        max_delete_percent: Some(max_delete_percent),
        ..GuardsConfig::default()
    };
    let guards = Guards {
        max_deletes: 5,
        max_delete_percent: 50,
        ..Guards::default()
    };
    assert_eq!(policies.guards(written(5, 50)), Ok(guards));
    for (written, member, configured, most) in [
        (written(6, 50), "maxDeletes", 6, 5),
        (written(5, 51), "maxDeletePercent", 51, 50),
    ] {
        let refusal = policies.guards(written).expect_err("it is too high");
        let expected = RefusedByPolicy::Guard {
            member,
            configured: Decimal::from(configured),
            most: Decimal::from(most),
        };
        assert_eq!(refusal.what, expected);
    }
    assert_eq!(policies.check_permit(Permit::Flag, Some(5)), Ok(()));
    assert_eq!(policies.check_permit(Permit::Flag, None), Ok(()));
    let checked = policies.check_permit(Permit::PlanFile, Some(6));
    assert_eq!(refusing(&checked), Some("system"));
}

#[test]
fn every_guard_has_a_highest_value_and_the_refusal_says_whose_it_is() {
    let text = "maxCreates: 5\nmaxUpdates: 6\nmaxUpdatePercent: 7\nmaxAmountFactor: 8\nmaxPipelineChange: 9.5%";
    let policies = two(text, "maxCreates: 4");
    let by = |by| move |most| Some(GuardLimit { most, by });
    let of_policy = by(SetBy::Policy);
    let silent = policies.guards(GuardsConfig::default()).expect("allowed");
    assert_eq!(silent.max_creates, of_policy(4));
    assert_eq!(silent.max_updates, of_policy(6));
    assert_eq!(silent.max_update_percent, of_policy(7));
    let factor = GuardLimit {
        most: 8,
        by: SetBy::Policy,
    };
    assert_eq!(silent.max_amount_factor, Some(factor));
    let share = GuardLimit {
        most: Decimal::new(95, 1),
        by: SetBy::Policy,
    };
    assert_eq!(silent.max_pipeline_change, Some(share));
    let lower = GuardsConfig {
        max_updates: Some(2),
        ..GuardsConfig::default()
    };
    let guards = policies.guards(lower).expect("lower is allowed");
    assert_eq!(guards.max_updates, by(SetBy::Configuration)(2));
    let too_high = [
        GuardsConfig {
            max_creates: Some(5),
            ..GuardsConfig::default()
        },
        GuardsConfig {
            max_updates: Some(7),
            ..GuardsConfig::default()
        },
        GuardsConfig {
            max_update_percent: Some(8),
            ..GuardsConfig::default()
        },
        GuardsConfig {
            max_amount_factor: Some(9),
            ..GuardsConfig::default()
        },
        GuardsConfig {
            max_pipeline_change: Some(Decimal::TEN),
            ..GuardsConfig::default()
        },
    ];
    let refused = too_high.map(|written| {
        let refusal = policies.guards(written).expect_err("it is too high");
        format!("{} → {}", refusal.what, refusal.hint())
    });
    assert_eq!(
        refused,
        [
            "guards.maxCreates is 5, and the policy allows at most 4 → write at most `guards: { maxCreates: 4 }`",
            "guards.maxUpdates is 7, and the policy allows at most 6 → write at most `guards: { maxUpdates: 6 }`",
            "guards.maxUpdatePercent is 8, and the policy allows at most 7 → write at most `guards: { maxUpdatePercent: 7 }`",
            "guards.maxAmountFactor is 9, and the policy allows at most 8 → write at most `guards: { maxAmountFactor: 8 }`",
            "guards.maxPipelineChange is 10, and the policy allows at most 9.5 → write at most `guards: { maxPipelineChange: 9.5% }`",
        ]
    );
}

#[test]
fn a_ledger_has_to_be_below_a_place_of_both_lists() {
    let policies = two(
        "allowedLedgers: ['s3://acme-ops/oppctl', /srv/ledgers]",
        "allowedLedgers: ['s3://acme-ops/oppctl/pipeline', /srv/ledgers]",
    );
    for (ledger, expected) in [
        ("s3://acme-ops/oppctl/pipeline", None),
        ("s3://acme-ops/oppctl/pipeline/x", None),
        ("/srv/ledgers", None),
        ("/srv/ledgers/a", None),
        ("s3://acme-ops/oppctl/other", Some("named")),
        ("s3://acme-ops/oppctl/pipelines", Some("named")),
        ("s3://acme-ops", Some("system")),
        ("s3://acme-ops-2/oppctl/pipeline", Some("system")),
        ("gs://acme-ops/oppctl/pipeline", Some("system")),
        ("/srv/ledgers2", Some("system")),
        ("/srv/ledgers/../x", Some("system")),
        ("/srv/ledgers/a/../../x", Some("system")),
    ] {
        let location = Location::parse(ledger, Path::new("/")).expect("a location");
        let checked = policies.check_ledger(&location);
        assert_eq!(refusing(&checked), expected, "{ledger}");
    }
    let remote = at("https://a.example");
    let checked = policies.check_has_ledger(&remote, None);
    assert_eq!(refusing(&checked), Some("system"));
    let none = two("allowedLedgers: []", "");
    assert_eq!(none.check_has_ledger(&remote, None), Ok(()));
}

#[test]
fn a_journal_is_in_the_project_or_at_an_allowed_place() {
    let said = |first: &str, journal: &str| {
        let location = Location::parse(journal, Path::new("/project")).expect("a location");
        let checked = two(first, "").check_journal(&location, Path::new("/project"));
        checked.is_ok()
    };
    for (policy, journal, is_allowed) in [
        ("", "s3://elsewhere/x", true),
        ("allowedJournals: []", ".oppctl/journal", true),
        ("allowedJournals: []", "../journal", false),
        (
            "allowedJournals: ['s3://acme-ops/runs']",
            "s3://acme-ops/runs/a",
            true,
        ),
        (
            "allowedJournals: ['s3://acme-ops/runs']",
            "s3://acme-ops/runs2",
            false,
        ),
        ("allowedJournals: [/srv/runs]", "/srv/runs", true),
        ("allowedJournals: [/srv/runs]", "/srv/other", false),
        // Without a word about journals, those in object storage are where ledgers may be.
        (
            "allowedLedgers: ['s3://acme-ops/oppctl']",
            "s3://acme-ops/oppctl",
            true,
        ),
        (
            "allowedLedgers: ['s3://acme-ops/oppctl']",
            "s3://elsewhere/x",
            false,
        ),
        (
            "allowedLedgers: ['s3://acme-ops/oppctl']",
            "/srv/runs",
            true,
        ),
    ] {
        assert_eq!(said(policy, journal), is_allowed, "{policy} {journal}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_leads_out_of_an_allowed_place() {
    let folder = folder();
    let allowed = folder.path().join("allowed");
    fs::create_dir(&allowed).expect("the folder is made");
    for (link, target) in [("there", folder.path()), ("nowhere", Path::new("/none/x"))] {
        std::os::unix::fs::symlink(target, allowed.join(link)).expect("the link is made");
    }
    let place = Location::Directory(allowed.clone());
    for (path, is_within) in [
        ("ledger", true),
        ("there/allowed/ledger", true),
        ("there/ledger", false),
        ("nowhere", false),
        ("nowhere/ledger", false),
    ] {
        let location = Location::Directory(allowed.join(path));
        assert_eq!(location.is_within(&place), is_within, "{path}");
    }
}

#[test]
fn only_an_absent_file_at_the_fixed_place_is_no_policy() {
    assert_eq!(
        load(None, None).expect("none is right"),
        Policies::default()
    );
    let folder = folder();
    let absent = folder.path().join("policy.yaml");
    let unreadable = |system: &Path, named: Option<OsString>| {
        let error = Policies::load(system, named).expect_err("it cannot be read");
        assert!(
            matches!(error, ConfigError::PolicyUnreadable { .. }),
            "{error}"
        );
    };
    unreadable(&absent, Some(absent.clone().into_os_string()));
    unreadable(folder.path(), None);
    unreadable(&absent.join("below/a.yaml"), Some(folder.path().into()));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", &absent).expect("the link is made");
        unreadable(&absent, None);
    }
    for named in ["", "policy.yaml", "./policy.yaml"] {
        let missing = folder.path().join("none.yaml");
        let error = Policies::load(&missing, Some(named.into())).expect_err("it is relative");
        assert!(
            matches!(error, ConfigError::PolicyVariable { .. }),
            "{error}"
        );
    }
}

#[test]
fn mistakes_of_a_policy() {
    let rows = [
        ("", "- the file is empty (write at least `version: 1`)"),
        (
            "[]",
            "1:1 the file must be a mapping with `version`, not a list",
        ),
        (
            "version: 2\nnew: x",
            "1:10 version 2 of the policy is not supported (this oppctl reads version 1)",
        ),
        (
            "version: 1\noppctl: '>=99'\nlater: x",
            concat!(
                "2:9 the file needs oppctl >=99, and this is oppctl ",
                env!("CARGO_PKG_VERSION"),
                " (install a version that satisfies it, or correct `oppctl` in the file if it asks for too much)"
            ),
        ),
        (
            "version: 1\nallowedHost: []",
            "2:1 unknown key `allowedHost` (did you mean `allowedHosts`? Known: `version`, `oppctl`, `allowedHosts`, `credentialCommands`, `allowedLedgers`, `allowedJournals`, `maxDeletes`, `maxDeletePercent`, `maxCreates`, `maxUpdates`, `maxUpdatePercent`, `maxAmountFactor`, `maxPipelineChange`, `unmaskedValues`)",
        ),
        (
            "version: 1\nmaxDeletes: 1\nmaxDeletes: 100",
            "3:1 `maxDeletes` occurs twice in one mapping (remove one of the two)",
        ),
        (
            "version: 1\nmaxDeletes: null",
            "2:13 `maxDeletes` must be a whole number, not nothing",
        ),
        (
            "version: 1\nallowedHosts: [a.example, 'https://b.example']",
            "2:27 this is neither a host nor `*.` and a domain (write a host such as `123-ABC-456.mktorest.com`, or all below a domain: `*.mktorest.com`)",
        ),
        (
            "version: 1\nallowedLedgers: [ledger]",
            "2:18 this directory is relative, or has a part `..` (write an absolute directory, or a place such as `s3://acme-ops/oppctl`)",
        ),
        (
            "version: 1\nallowedLedgers: [/srv/../ledger]",
            "2:18 this directory is relative, or has a part `..` (write an absolute directory, or a place such as `s3://acme-ops/oppctl`)",
        ),
        (
            "version: 1\nmaxDeletePercent: 101",
            "2:19 `maxDeletePercent` must be between 0 and 100, not 101",
        ),
        (
            "version: 1\nunmaskedValues: no",
            "2:17 `unmaskedValues` is neither `allow` nor `deny` (write `allow` or `deny`)",
        ),
    ];
    for (text, expected) in rows {
        let error = load(Some(text), None).expect_err("there is a mistake");
        let at = match error.location() {
            Some(Position { line, column }) => format!("{line}:{column}"),
            None => "-".to_owned(),
        };
        let hint = error.hint().map(|hint| format!(" ({hint})"));
        let told = format!("{at} {error}{}", hint.unwrap_or_default());
        assert_eq!(told, expected, "{text}");
    }
}
