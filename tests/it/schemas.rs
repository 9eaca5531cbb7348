//! The committed JSON Schemas: fresh, valid, and of one mind with the examples and with samples of mistakes.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use oppctl::config::{LoadedConfig, config_schema, policy_schema};
use oppctl::manifest::manifest_schema;
use oppctl::plan::file::plan_schema;
use oppctl::render::{drift_schema, event_schema, report_schema, status_schema, validation_schema};
use schemars::Schema;
use serde_json::Value;

/// Compares a schema with its committed file, or writes the file if SCHEMAS=overwrite is set.
fn assert_fresh(file: &str, schema: &Schema) {
    let path = project().join("schemas").join(file);
    let text = serde_json::to_string_pretty(schema).expect("a schema is JSON") + "\n";
    if std::env::var_os("SCHEMAS").is_some_and(|value| value == "overwrite") {
        fs::write(&path, &text).expect("the schema is written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is stale: run `SCHEMAS=overwrite cargo test --test it schemas`",
        path.display()
    );
}

#[test]
fn schemas_are_fresh() {
    assert_fresh("config.v1.json", &config_schema());
    assert_fresh("drift.v1.json", &drift_schema());
    assert_fresh("event.v1.json", &event_schema());
    assert_fresh("validation.v1.json", &validation_schema());
    assert_fresh("manifest.v1.json", &manifest_schema());
    assert_fresh("plan.v2.json", &plan_schema());
    assert_fresh("policy.v1.json", &policy_schema());
    assert_fresh("report.v1.json", &report_schema());
    assert_fresh("status.v1.json", &status_schema());
}

#[test]
fn schemas_are_valid() {
    let schemas = [
        config_schema(),
        drift_schema(),
        event_schema(),
        validation_schema(),
        manifest_schema(),
        plan_schema(),
        policy_schema(),
        report_schema(),
        status_schema(),
    ];
    for schema in schemas {
        jsonschema::meta::validate(schema.as_value()).expect("the schema is one of draft 7");
    }
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn validator(schema: &Schema) -> Validator {
    jsonschema::draft7::new(schema.as_value()).expect("the schema compiles")
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("the sample is YAML")
}

/// All YAML files below the examples.
fn examples(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.is_dir() && !hidden {
            files.extend(examples(&path));
        } else if path.extension() == Some(OsStr::new("yaml")) {
            files.push(path);
        }
    }
    files
}

/// What the first line of a file names, for editors.
fn named_schema(file: &Path, text: &str) -> Validator {
    let first = text.lines().next().unwrap_or_default();
    let named = first
        .strip_prefix("# yaml-language-server: $schema=")
        .unwrap_or_else(|| panic!("{} has no modeline", file.display()));
    let schema = file.parent().expect("files are in folders").join(named);
    let schema =
        fs::read_to_string(&schema).unwrap_or_else(|error| panic!("{}: {error}", schema.display()));
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    jsonschema::draft7::new(&schema).expect("the schema compiles")
}

#[test]
fn examples_fit_the_schemas_that_they_name() {
    let mut counts = [0, 0];
    for path in examples(&project().join("examples")) {
        let count = match path.file_name().and_then(OsStr::to_str) {
            Some("oppctl.yaml") => 0,
            // The simulator's own files are not part of either language.
            Some("leads.yaml") => continue,
            _ if path.parent().is_some_and(|it| it.ends_with("simulator")) => continue,
            _ => 1,
        };
        let text = fs::read_to_string(&path).expect("the example can be read");
        let schema = named_schema(&path, &text);
        if let Err(error) = schema.validate(&yaml(&text)) {
            panic!("{}: {} at {}", path.display(), error, error.instance_path());
        }
        counts[count] += 1;
    }
    assert!(counts[0] >= 3 && counts[1] >= 5, "{counts:?}");
}

/// The schema of the team's example knows the custom fields of its instances.
#[test]
fn an_editor_with_the_saved_schema_sees_mistakes_in_custom_fields() {
    let file = project().join("examples/team/pipeline/emea/renewals.yaml");
    let text = fs::read_to_string(&file).expect("the example can be read");
    let schema = named_schema(&file, &text);
    for (right, wrong) in [
        ("isStrategic: true", "isStrategic: often"),
        ("renewalDate: 2030-04-30", "renewalDate: April"),
        ("renewalDate: 2030-04-30", "renewalDay: 2030-04-30"),
        ("amount: 48000", "amount: much"),
    ] {
        let changed = text.replace(right, wrong);
        assert_ne!(changed, text);
        assert!(!schema.is_valid(&yaml(&changed)), "{wrong}");
    }
}

/// Says of each sample whether the schema takes it.
fn assert_takes(schema: &Schema, takes: bool, samples: &[&str]) {
    let validator = validator(schema);
    for sample in samples {
        assert!(validator.is_valid(&yaml(sample)) == takes, "{sample}");
    }
}

/// A manifest with one entry of a section.
fn manifests(section: &str, entries: &[&str]) -> Vec<String> {
    let of = |entry: &&str| format!("version: 1\n{section}:\n  - {entry}\n");
    entries.iter().map(of).collect()
}

fn assert_manifests(takes: bool, section: &str, entries: &[&str]) {
    let manifests = manifests(section, entries);
    let samples: Vec<&str> = manifests.iter().map(String::as_str).collect();
    assert_takes(&manifest_schema(), takes, &samples);
}

#[test]
fn the_manifest_schema_takes_the_whole_language() {
    assert_takes(
        &manifest_schema(),
        true,
        &[
            "version: 1",
            "{version: 1, opportunities: [], roles: []}",
            "{version: 1, defaults: {opportunity: {leadSource: Inbound, fields: {roles: x}}, role: {isPrimary: false}}}",
        ],
    );
    assert_manifests(
        true,
        "opportunities",
        &[
            "{externalOpportunityId: 19UYA31581L000000}",
            "{externalOpportunityId: 12345, name: 12, custom: true, amount: '1604.470', closeDate: null}",
            "{externalOpportunityId: A B, name: Chairs, stage: null, description: ''}",
            "{externalOpportunityId: A, fields: {roles: custom, ensure: x, name: Chairs}}",
            "{externalOpportunityId: A, ensure: absent}",
            "{externalOpportunityId: A, ensure: forgotten, lifecycle: {protect: true, ignoreChanges: [stage]}}",
            "{externalOpportunityId: A, rolesMode: exact, roles: []}",
            "{externalOpportunityId: A, roles: [{leadId: 1, role: Champion}, {lead: {email: a@example.com}, role: x, ensure: absent}]}",
        ],
    );
    assert_manifests(
        true,
        "roles",
        &[
            "{externalOpportunityId: A, leadId: 456784, role: Influencer, isPrimary: null}",
            "{externalOpportunityId: A, leadId: '456784', role: true}",
            "{externalOpportunityId: A, lead: {customId: 17}, role: Influencer}",
            "{externalOpportunityId: A, leadId: 1, role: x, externalCreatedDate: 2026-03-01T10:00:00+01:00}",
            "{externalOpportunityId: A, leadId: 1, role: x, externalCreatedDate: '2026-03-01 10:00Z'}",
            "{externalOpportunityId: A, leadId: 1, role: x, externalCreatedDate: ''}",
            "{externalOpportunityId: A, leadId: 1, role: x, fields: {isPrimary: true}}",
        ],
    );
}

#[test]
fn the_manifest_schema_catches_mistakes() {
    assert_takes(
        &manifest_schema(),
        false,
        &[
            "{}",
            "version: 2",
            "{version: 1, opportunity: []}",
            "{version: 1, opportunities: {}}",
            "{version: 1, defaults: {opportunities: {}}}",
            "{version: 1, defaults: {opportunity: {externalOpportunityId: A}}}",
            "{version: 1, defaults: {opportunity: {ensure: absent}}}",
            "{version: 1, defaults: {opportunity: {roles: []}}}",
            "{version: 1, defaults: {role: {lead: {email: a@example.com}}}}",
            "{version: 1, defaults: {role: {leadSource: x}}}",
        ],
    );
    assert_manifests(
        false,
        "opportunities",
        &[
            "{}",
            "A",
            "{name: Chairs}",
            "{externalOpportunityId: }",
            "{externalOpportunityId: ''}",
            "{externalOpportunityId: 'A,B'}",
            "{externalOpportunityId: ' A'}",
            "{externalOpportunityId: 'A '}",
            "{externalOpportunityId: \"A\\tB\"}",
            "{externalOpportunityId: 012345678901234567890123456789012345678901234567890x}",
            "{externalOpportunityId: A, name: null}",
            "{externalOpportunityId: A, name: ''}",
            "{externalOpportunityId: A, marketoGUID: x}",
            "{externalOpportunityId: A, createdAt: 2026-03-01T10:00:00Z}",
            "{externalOpportunityId: A, tags: [a]}",
            "{externalOpportunityId: A, ensure: gone}",
            "{externalOpportunityId: A, rolesMode: all}",
            "{externalOpportunityId: A, lifecycle: {protect: 'no'}}",
            "{externalOpportunityId: A, lifecycle: {ignore: []}}",
            "{externalOpportunityId: A, fields: {externalOpportunityId: B}}",
            "{externalOpportunityId: A, roles: [{externalOpportunityId: A, leadId: 1, role: x}]}",
        ],
    );
    assert_manifests(
        false,
        "roles",
        &[
            "{leadId: 1, role: x}",
            "{externalOpportunityId: A, role: x}",
            "{externalOpportunityId: A, leadId: 1}",
            "{externalOpportunityId: A, leadId: 0, role: x}",
            "{externalOpportunityId: A, leadId: ada, role: x}",
            "{externalOpportunityId: A, leadId: 1.5, role: x}",
            "{externalOpportunityId: A, leadId: 1, lead: {email: a@example.com}, role: x}",
            "{externalOpportunityId: A, lead: {}, role: x}",
            "{externalOpportunityId: A, lead: {email: a@example.com, id: 1}, role: x}",
            "{externalOpportunityId: A, lead: {email: 'a,b'}, role: x}",
            "{externalOpportunityId: A, leadId: 1, role: x, isPrimary: no}",
            "{externalOpportunityId: A, leadId: 1, role: x, isprimary: true}",
            "{externalOpportunityId: A, leadId: 1, role: x, externalCreatedDate: 2026-03-01}",
            "{externalOpportunityId: A, leadId: 1, role: x, externalCreatedDate: 2026-03-01T10:00:00}",
        ],
    );
}

/// A configuration with this instance.
fn instance(text: &str) -> String {
    format!("{{version: 1, manifests: [a.yaml], instances: {{a: {text}}}}}")
}

/// A configuration with this ownership.
fn ownership(text: &str) -> String {
    format!("{{version: 1, project: acme/pipeline, manifests: [a.yaml], ownership: {text}}}")
}

#[test]
fn the_config_schema_takes_the_whole_language() {
    let with_url = |url: &str| {
        instance(&format!(
            "{{baseUrl: '{url}', credentials: {{clientId: {{env: ID}}, clientSecret: {{file: s.txt}}}}, confirm: true}}"
        ))
    };
    let samples = [
        "{version: 1, manifests: [a.yaml]}".to_owned(),
        "{version: 1, manifests: [a.yaml], defaultInstance: a, guards: {maxDeletes: 0}, limits: {callsPer20s: 1000}}".to_owned(),
        instance("{simulator: {data: .oppctl, leads: l.yaml, schema: s.yaml}, confirm: true}"),
        instance("{simulator: {data: a, users: u, faults: f, crm: sfdc, answers: {preset: documented, roleUnknownLead: 1013, keyCase: exact, missingKey: '701'}}}"),
        ownership("{}"),
        ownership("{ledger: .oppctl/ledger, lease: 2m, marker: {field: managedBy, value: acme/pipeline}}"),
        ownership("{ledger: 'C:/ledger'}"),
        ownership("{ledger: 's3://acme-ops/oppctl/a b/'}"),
        ownership("{ledger: 'GS://acme.ops'}"),
        ownership("{ledger: 'az://container/x', marker: {field: owner__c, value: x y}}"),
        with_url("https://123-ABC-456.mktorest.com/rest"),
        with_url("http://127.0.0.1:8080"),
        with_url("http://[::1]:8080/"),
    ];
    let samples: Vec<&str> = samples.iter().map(String::as_str).collect();
    assert_takes(&config_schema(), true, &samples);
}

#[test]
fn the_config_schema_catches_mistakes() {
    let with = |url: &str, secret: &str| {
        instance(&format!(
            "{{baseUrl: '{url}', credentials: {{clientId: {{env: ID}}, clientSecret: {secret}}}}}"
        ))
    };
    let url = "https://x.example";
    let samples = [
        "{}".to_owned(),
        "{version: 1}".to_owned(),
        "{version: 2, manifests: [a.yaml]}".to_owned(),
        "{version: 1, manifests: []}".to_owned(),
        ownership("{ledger: ''}"),
        ownership("{ledger: '~/ledger'}"),
        ownership("{ledger: 's4://bucket/path'}"),
        ownership("{ledger: 's3://key:secret@bucket'}"),
        ownership("{ledger: 's3://bucket?x'}"),
        ownership("{ledger: 's3://bucket//x'}"),
        ownership("{lease: 60s}"),
        ownership("{ledger: a, lease: 60}"),
        ownership("{ledger: a, lease: 1d}"),
        ownership("{marker: {field: managedBy}}"),
        ownership("{marker: {field: managed by, value: x}}"),
        ownership("{marker: {field: managedBy, value: ''}}"),
        ownership("{marker: {field: managedBy, value: ' x'}}"),
        "{version: 1, manifests: [a.yaml], limits: {concurrency: 0}}".to_owned(),
        "{version: 1, manifests: [a.yaml], guards: {maxDeletePercent: 101}}".to_owned(),
        instance("{}"),
        instance("{confirm: true}"),
        instance("{simulator: {}}"),
        instance("{simulator: {data: a, port: 1}}"),
        instance("{simulator: {data: a, crm: hubspot}}"),
        instance("{simulator: {data: a, answers: {roleUnknownLead: 1005}}}"),
        instance("{simulator: {data: a, answers: {preset: documentd}}}"),
        instance("{simulator: {data: a, answers: {roleUnknownLad: 1004}}}"),
        instance("{baseUrl: 'https://x.example'}"),
        instance("{simulator: {data: a}, baseUrl: 'https://x.example'}"),
        with("http://x.example", "{env: SECRET}"),
        with("http://localhost.example", "{env: SECRET}"),
        with("https://ada:secret@x.example", "{env: SECRET}"),
        with("https://x.example?a=b", "{env: SECRET}"),
        with(url, "secret"),
        with(url, "{}"),
        with(url, "{env: A, file: b}"),
        with(url, "{env: not-a-name}"),
        with(url, "{command: []}"),
        with(url, "{command: pass}"),
    ];
    let samples: Vec<&str> = samples.iter().map(String::as_str).collect();
    assert_takes(&config_schema(), false, &samples);
}

/// The policy of docs/threat-model.md is one of the samples.
#[test]
fn the_policy_schema_takes_the_whole_language() {
    let page = project().join("docs/threat-model.md");
    let page = fs::read_to_string(page).expect("the page can be read");
    let example = page.split_once("```yaml\n").expect("it has an example").1;
    let example = example.split_once("```").expect("the example ends").0;
    let samples = [
        example,
        "{version: 1}",
        "{version: 1, allowedHosts: [], allowedLedgers: []}",
        "{version: 1, allowedHosts: ['*.mktorest.com', 127.0.0.1, '[::1]']}",
        "{version: 1, allowedLedgers: [/var/lib/oppctl, 'gs://acme', 'az://c/x']}",
        "{version: 1, maxDeletes: 0, maxDeletePercent: 100}",
        "{version: 1, credentialCommands: allow, unmaskedValues: deny}",
    ];
    assert_takes(&policy_schema(), true, &samples);
}

#[test]
fn the_policy_schema_catches_mistakes() {
    let samples = [
        "{}",
        "{version: 2}",
        "{version: 1, allowedHost: []}",
        "{version: 1, allowedHosts: }",
        "{version: 1, allowedHosts: a.example}",
        "{version: 1, allowedHosts: ['*']}",
        "{version: 1, allowedHosts: ['*.com']}",
        "{version: 1, allowedHosts: ['https://a.example']}",
        "{version: 1, credentialCommands: no}",
        "{version: 1, maxDeletes: -1}",
        "{version: 1, maxDeletePercent: 101}",
    ];
    assert_takes(&policy_schema(), false, &samples);
}

#[test]
fn the_configurations_of_the_examples_load() {
    for example in ["quickstart", "large", "team"] {
        let loaded = LoadedConfig::load(&project().join("examples").join(example), None)
            .expect("the configuration is right");
        let instance = loaded.instance(None).expect("there is one to work on");
        assert!(instance.is_local(), "{example} needs nothing else");
    }
}
