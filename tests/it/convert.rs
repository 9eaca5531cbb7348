//! `oppctl convert`: every sample of an export becomes its right answer, and what is dirty in it is named by row.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use oppctl::convert::{
    DateOrder, DecimalSign, Draft, Finding, MapFile, Options, PassedOver, Wrong, convert,
};
use oppctl::manifest::{ManifestEntry, read, write};
use oppctl::model::{DataType, Declared, DeclaredPart, Form, Value};
use pretty_assertions::assert_eq;

/// A sample: the export, and what a person has to say of it because the file does not tell.
struct Sample {
    file: &'static str,
    options: fn() -> Options,
}

const SAMPLES: [Sample; 6] = [
    Sample {
        file: "salesforce-report-details-en_US.csv",
        options: || Options {
            dates: Some(DateOrder::MonthFirst),
            decimal: Some(DecimalSign::Point),
            ..Options::default()
        },
    },
    Sample {
        file: "salesforce-dataloader-opportunitycontactrole.csv",
        options: Options::default,
    },
    Sample {
        file: "hubspot-all-deals.csv",
        options: Options::default,
    },
    Sample {
        file: "pipedrive-deals-de.xlsx",
        options: || Options {
            decimal: Some(DecimalSign::Comma),
            currency: Some("EUR".parse().expect("it is a currency")),
            ..Options::default()
        },
    },
    Sample {
        file: "dynamics365-open-opportunities.xlsx",
        options: || Options {
            dates: Some(DateOrder::MonthFirst),
            currency: Some("USD".parse().expect("it is a currency")),
            ..Options::default()
        },
    },
    Sample {
        file: "excel-liste-de.csv",
        options: || MapFile::options(LIST_MAP).expect("it is a map"),
    },
];

/// A list of somebody's own, whose columns nobody can know.
const LIST_MAP: &str = "
version: 1
header: 3
dates: dmy
decimal: comma
currency: EUR
columns:
  Nr.: externalOpportunityId
  Kunde: null
  Verkaufschance: name
  Phase: stage
  Wahrsch.: probability
  Betrag: amount
  Abschluss: closeDate
  Letzter Kontakt: lastActivityDate
  Gewonnen: isWon
  Bemerkung: description
";

#[test]
fn a_clean_export_becomes_its_manifest_without_a_problem() {
    for sample in &SAMPLES {
        let draft = drafted(&format!("clean/{}", sample.file), &(sample.options)());
        assert_eq!(
            shown(&draft.problems),
            Vec::<String>::new(),
            "{}",
            sample.file
        );
        assert_eq!(
            records(&draft.entries),
            expected(sample.file),
            "{}",
            sample.file
        );
    }
}

#[test]
fn a_dirty_export_becomes_the_same_with_the_dirty_rows_named() {
    for sample in &SAMPLES {
        let draft = drafted(sample.file, &(sample.options)());
        assert_eq!(
            rows(&draft.problems),
            listed(sample.file, "refused"),
            "{}\n{:#?}",
            sample.file,
            shown(&draft.problems)
        );
        assert_eq!(
            records(&draft.entries),
            expected(sample.file),
            "{}",
            sample.file
        );
    }
}

#[test]
fn what_only_an_option_settles_is_refused_without_it() {
    for sample in &SAMPLES {
        let options = Options {
            dates: None,
            decimal: None,
            ..(sample.options)()
        };
        let draft = drafted(sample.file, &options);
        let found = rows(&draft.problems);
        let ambiguous = listed_where(sample.file, "ambiguousWithoutOptions", |kind| {
            // The text alone settles it.
            kind != "text-number"
        });
        let missing: Vec<_> = ambiguous.difference(&found).collect();
        assert_eq!(missing, Vec::<&usize>::new(), "{}", sample.file);
    }
}

#[test]
fn rows_that_are_no_records_are_named() {
    for sample in &SAMPLES {
        let draft = drafted(sample.file, &(sample.options)());
        let found: BTreeSet<usize> = draft.skipped.iter().map(|skipped| skipped.row).collect();
        let blank = listed_where(sample.file, "passedOver", |what| what != "blank");
        assert_eq!(found, blank, "{}", sample.file);
    }
    let draft = drafted("excel-liste-de.csv", &(SAMPLES[5].options)());
    let sorts: Vec<PassedOver> = draft.skipped.iter().map(|skipped| skipped.what).collect();
    use PassedOver::{Footer, Preamble, RepeatedHeader, Sum};
    assert_eq!(sorts, [Preamble, Sum, RepeatedHeader, Sum, Sum, Footer]);
}

#[test]
fn a_careful_tool_says_something_of_odd_values() {
    for sample in &SAMPLES {
        let draft = drafted(sample.file, &(sample.options)());
        let told: BTreeSet<usize> = draft.told.iter().map(|told| told.place.row).collect();
        let wanted = listed_where(sample.file, "told", |kind| !UNTOLD.contains(&kind));
        let missing: Vec<_> = wanted.difference(&told).collect();
        assert_eq!(missing, Vec::<&usize>::new(), "{}", sample.file);
    }
}

/// What needs no word: the value is as it stands, or the format changes nothing of it.
const UNTOLD: [&str; 11] = [
    "nbsp",
    "line-ends",
    "looks-like-formula",
    "yaml",
    "empty",
    "leading-zeros",
    "other-form",
    "date-cell",
    "format",
    "offset-form",
    "two-primaries",
];

fn data(file: &str) -> PathBuf {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/convert");
    data.join(file)
}

fn drafted(file: &str, options: &Options) -> Draft {
    let bytes = fs::read(data(file)).expect("the sample is there");
    convert(&bytes, options).unwrap_or_else(|error| unreachable!("{file}: {error:?}"))
}

/// The records that a manifest declares: their fields in words that do not depend on how values are written.
type Records = BTreeMap<String, BTreeMap<String, String>>;

fn records(entries: &[ManifestEntry]) -> Records {
    let entries: Vec<&ManifestEntry> = entries.iter().collect();
    parsed(&write(None, &entries))
}

fn expected(file: &str) -> Records {
    let stem = file.rsplit_once('.').expect("it has an ending").0;
    let text = fs::read_to_string(data(&format!("{stem}.manifest.yaml")));
    parsed(&text.expect("the sample has an answer"))
}

fn parsed(manifest: &str) -> Records {
    let reading = read([("manifest.yaml".into(), manifest.as_bytes().to_vec())]);
    assert_eq!(reading.diagnostics, []);
    let records = reading.desired.records.iter();
    let records = records.map(|record| (key(record), fields(record)));
    records.collect()
}

fn key(record: &Declared) -> String {
    let parts = record.key.iter().map(|part| match part {
        DeclaredPart::Text(text) => text.to_string(),
        DeclaredPart::Lead(id) => id.to_string(),
        DeclaredPart::LeadBy(lead) => format!("{}={}", lead.field, lead.value),
    });
    format!(
        "{} {}",
        record.kind.name,
        parts.collect::<Vec<_>>().join(" / ")
    )
}

fn fields(record: &Declared) -> BTreeMap<String, String> {
    let fields = record.fields.iter().map(|assignment| {
        let value = &assignment.value;
        // Numbers are compared as such.
        let number = Value::declared(value, &DataType::Currency);
        let text = match number {
            Ok(number) if value.form == Form::Number => number.without_zeros().to_string(),
            Ok(_) | Err(_) => format!("{:?} {}", value.form, value.text),
        };
        (assignment.name.to_string(), text)
    });
    fields.collect()
}

/// The rows of a list in what is expected of a sample.
fn listed(file: &str, list: &str) -> BTreeSet<usize> {
    listed_where(file, list, |_| true)
}

fn listed_where(file: &str, list: &str, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<usize> {
    let stem = file.rsplit_once('.').expect("it has an ending").0;
    let text = fs::read_to_string(data(&format!("{stem}.expect.yaml")));
    let expected: serde_yaml::Value =
        serde_yaml::from_str(&text.expect("the sample has an answer")).expect("it is YAML");
    let rows = expected[list].as_sequence().expect("it is a list");
    let rows = rows.iter().filter(|row| {
        let kind = row.get("kind").or_else(|| row.get("what"));
        is_wanted(kind.and_then(serde_yaml::Value::as_str).unwrap_or_default())
    });
    rows.map(|row| {
        let number = row["row"].as_u64().expect("it is a number");
        usize::try_from(number).expect("it is small")
    })
    .collect()
}

fn rows(problems: &[Finding<Wrong>]) -> BTreeSet<usize> {
    problems.iter().map(|problem| problem.place.row).collect()
}

fn shown(problems: &[Finding<Wrong>]) -> Vec<String> {
    let line = |problem: &Finding<Wrong>| {
        let place = &problem.place;
        format!(
            "{} {}: {:?} {:?}",
            place.row, place.column, problem.what, problem.value
        )
    };
    problems.iter().map(line).collect()
}
