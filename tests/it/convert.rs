//! `oppctl convert`: every sample of an export becomes its right answer, and what is dirty in it is named by row.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use oppctl::convert::{
    DateOrder, DecimalSign, Draft, Finding, MapFile, Options, PassedOver, Wrong, convert,
};
use oppctl::manifest::{ManifestEntry, read, write};
use oppctl::model::{DataType, Declared, DeclaredPart, Form, Value};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Project, shows};

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

#[test]
fn a_saved_map_reads_the_same_file_in_the_same_way() {
    for sample in &SAMPLES {
        let options = (sample.options)();
        let draft = drafted(sample.file, &options);
        let map = MapFile::text(&draft.columns, &options);
        let again = MapFile::options(&map).expect("it is a map");
        let again = drafted(sample.file, &again);
        assert_eq!(again.entries, draft.entries, "{}\n{map}", sample.file);
        assert_eq!(again.problems, draft.problems, "{}", sample.file);
    }
}

#[test]
fn the_map_of_the_page_is_one() {
    let page = include_str!("../../docs/convert.md");
    let (_, map) = page.split_once("```yaml\n").expect("the page has a map");
    let (map, _) = map.split_once("```").expect("it ends");
    let options = MapFile::options(map).expect("it is a map");
    let columns = options.columns.expect("it has columns");
    let taken = columns.iter().filter(|column| column.target.is_some());
    assert_eq!((columns.len(), taken.count()), (8, 6));
}

#[test]
fn five_hundred_dirty_rows_are_a_few_lines() {
    let project = Project::empty();
    let mut export = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n".to_owned();
    for row in 2..=501 {
        let is_dirty = (7..=405).contains(&row);
        let amount = if is_dirty { "approx. 5000" } else { "10.50" };
        let date = if row > 400 { "3/4/2026" } else { "2026-04-03" };
        writeln!(export, "O-{row},Deal {row},Won,{amount},{date}").expect("a string takes text");
    }
    project.write("deals.csv", export);
    project.run("convert deals.csv").shows(str![[r#"
exit: 3
---- stderr
deals.csv: 500 rows below the headers in row 1; UTF-8, "," between the columns
Columns, read as a Salesforce report:
  Opportunity ID     externalOpportunityId
  Opportunity Name   name
  Stage              stage
  Amount             amount
  Close Date         closeDate
Problems:
  399 × amount: not a number, first at row 7, column Amount: "approx. 5000"
      rows 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 and 387 more
  101 × closeDate: can be read as two dates, first at row 401, column Close Date: "3/4/2026"
      rows 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412 and 89 more
error: 500 problems in 495 of 500 rows; no manifest was written
  hint: name the order of the dates: --dates dmy or --dates mdy

"#]]);
    assert!(!project.root().join("deals.yaml").exists());
}

#[test]
fn an_export_becomes_a_manifest_and_a_map() {
    let project = Project::empty();
    project.write(
        "exports/roles.csv",
        fs::read(data(
            "clean/salesforce-dataloader-opportunitycontactrole.csv",
        ))
        .expect("the sample is there"),
    );
    project
        .run("convert exports/roles.csv --save-map map.yaml")
        .shows(str![[r#"
exit: 0
---- stdout
Converted: 26 roles into roles.yaml.
---- stderr
exports/roles.csv: 27 rows below the headers in row 1; UTF-8, "," between the columns
Columns, read as contact roles of Salesforce Data Loader:
  OPPORTUNITYID   externalOpportunityId
  CONTACT.EMAIL   lead.email
  ROLE            role
  ISPRIMARY       isPrimary
  CREATEDDATE     externalCreatedDate
  ISDELETED       (deleted)
Not taken:
  ID              ids of links, which Marketo does not keep
  CONTACTID       ids of contacts, which are no leads of Marketo
Rows that are no records:
  2 rows of deleted records: row 22 "00KQz00000ScY1jMAF", row 23 "00KQz00000fHWpoMAG"
Worth a look:
  lead.email: the record stands in several rows, and is taken once, at row 15, column CONTACT.EMAIL: "lead212@example.com"
  lead.email: blanks around it cut off, at row 21, column CONTACT.EMAIL: "lead222@example.com "
  role: blanks around it cut off, at row 21, column ROLE: " Champion"

"#]]);
    shows(
        &project.read("map.yaml"),
        str![[r#"
# For `oppctl convert --map`: what each column becomes; null for one that is not taken.
version: 1
columns:
  ID: null
  OPPORTUNITYID: externalOpportunityId
  CONTACTID: null
  CONTACT.EMAIL: lead.email
  ROLE: role
  ISPRIMARY: isPrimary
  CREATEDDATE: externalCreatedDate
  ISDELETED: (deleted)

"#]],
    );
    let manifest = project.read("roles.yaml");
    assert!(
        manifest.starts_with("# Written by `oppctl convert` from roles.csv.\nversion: 1\nroles:\n")
    );
    // Once more: nothing is new. Standard output has the manifest alone, and a file of somebody else is not touched.
    project
        .run("convert exports/roles.csv --quiet")
        .shows(str![[r#"
exit: 0
---- stdout
Updated roles.yaml: 0 added, 0 changed, 26 unchanged.
---- stderr
exports/roles.csv: 27 rows below the headers in row 1; UTF-8, "," between the columns

"#]]);
    assert_eq!(project.read("roles.yaml"), manifest);
    let printed = project
        .run("convert exports/roles.csv --map map.yaml --out -")
        .exits(0);
    assert_eq!(printed.stdout, manifest);
    project.write("mine.yaml", "version: 1\nroles: []\n");
    project
        .run("convert exports/roles.csv --quiet --out mine.yaml")
        .shows(str![[r#"
exit: 1
---- stderr
exports/roles.csv: 27 rows below the headers in row 1; UTF-8, "," between the columns
error: `mine.yaml` exists already; nothing was written
  hint: convert changes only manifests that it has written: name another file, or move this one away

"#]]);
    assert_eq!(project.read("mine.yaml"), "version: 1\nroles: []\n");
}

#[test]
fn columns_that_nobody_knows_become_a_map_to_fill_in() {
    let project = Project::empty();
    project.write(
        "list.csv",
        fs::read(data("clean/excel-liste-de.csv")).expect("the sample is there"),
    );
    project
        .run("convert list.csv --save-map map.yaml")
        .shows(str![[r#"
exit: 3
---- stderr
wrote map.yaml, with all columns and no targets
error: list.csv cannot be converted
  caused by: its columns are not those of an export that is known
  hint: the widest row has these columns: Nr., Kunde, Verkaufschance, Phase, Wahrsch., Betrag, Abschluss, Letzter Kontakt, Gewonnen, Bemerkung
  hint: write a map, and fill it in: oppctl convert FILE --save-map map.yaml, then oppctl convert FILE --map map.yaml
  hint: name the row of the headers if they are not in the first rows: --header ROW

"#]]);
    shows(
        &project.read("map.yaml"),
        str![[r#"
# For `oppctl convert --map`: what each column becomes; null for one that is not taken.
version: 1
columns:
  Nr.: null
  Kunde: null
  Verkaufschance: null
  Phase: null
  Wahrsch.: null
  Betrag: null
  Abschluss: null
  Letzter Kontakt: null
  Gewonnen: null
  Bemerkung: null

"#]],
    );
    project.write("filled.yaml", LIST_MAP);
    project
        .run("convert list.csv --map filled.yaml --quiet")
        .shows(str![[r#"
exit: 0
---- stdout
Converted: 24 opportunities into list.yaml.
---- stderr
list.csv: 24 rows below the headers in row 3; probably windows-1252 (if not: --encoding NAME), ";" between the columns

"#]]);
    assert_eq!(
        parsed(&project.read("list.yaml")),
        expected("excel-liste-de.csv")
    );
}

#[test]
fn deals_and_their_links_come_from_the_same_rows() {
    let project = Project::empty();
    project.write(
        "report.csv",
        "Opportunity ID,Opportunity Name,Amount,Contact: Email,Role,Primary\n\
         006Qz00000AbCdE,Chairs,10.50,ada@example.com,Buyer,1\n\
         006Qz00000AbCdE,Chairs,10.50,grace@example.com,Champion,0\n\
         006Qz00000AbCde,Tables,7,,,\n",
    );
    project
        .run("convert report.csv --widen-ids --out - --quiet")
        .shows(str![[r#"
exit: 0
---- stdout
# Written by `oppctl convert` from report.csv.
version: 1
opportunities:
  - externalOpportunityId: 006Qz00000AbCdEIAV
    name: Chairs
    amount: 10.5
    roles:
      - lead: { email: ada@example.com }
        role: Buyer
        isPrimary: true
      - lead: { email: grace@example.com }
        role: Champion
        isPrimary: false
  - externalOpportunityId: 006Qz00000AbCdeIAF
    name: Tables
    amount: 7
---- stderr
report.csv: 3 rows below the headers in row 1; UTF-8, "," between the columns

"#]]);
}

#[test]
fn options_say_what_the_file_does_not() {
    let project = Project::empty();
    project.write(
        "deals.csv",
        "Record ID;Deal Name;Amount;Price;Create Date;Deal probability\n\
         1;Chairs;1;250050;2026-02-03 10:15;50\n",
    );
    // What the export is known for is shown.
    project.write(
        "short.csv",
        "Record ID,Deal Name,Deal probability\n1,Chairs,0.5\n2,Tables\n",
    );
    project.run("convert short.csv").shows(str![[r#"
exit: 0
---- stdout
Converted: 2 opportunities into short.yaml.
---- stderr
short.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns
Columns, read as a HubSpot export of deals:
  Record ID          externalOpportunityId
  Deal Name          name
  Deal probability   probability
Percentages, as this export writes them: 0.4 is 40 % (if not: --percents whole)
Worth a look:
  externalOpportunityId: the row has fewer cells than there are headers, at row 3, column Record ID: "2"

"#]]);
    let options = "--amount Price --cents --zone Europe/Berlin --percents whole --out - --quiet";
    project
        .run(&format!("convert deals.csv {options}"))
        .shows(str![[r#"
exit: 0
---- stdout
# Written by `oppctl convert` from deals.csv.
version: 1
opportunities:
  - externalOpportunityId: "1"
    name: Chairs
    amount: 2500.5
    externalCreatedDate: "2026-02-03T09:15:00Z"
    probability: 50
---- stderr
deals.csv: 1 row below the headers in row 1; UTF-8, ";" between the columns

"#]]);
}

#[test]
fn a_cell_in_the_wrong_column_is_not_taken() {
    let project = Project::empty();
    project.write(
        "deals.csv",
        "Id,Name,Amount,StageName,IsDeleted\n1,Chairs,1,250,Won,false\n2,Tables,5,Won,perhaps\n",
    );
    project
        .run("convert deals.csv --quiet")
        .shows(str![[r#"
exit: 3
---- stderr
deals.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  externalOpportunityId: the row has a cell without a header, so its cells may be in wrong columns, at row 2, column Id: "1"
  2 × (deleted): neither true nor false, first at row 2, column IsDeleted: "Won"
      rows 2, 3
error: 3 problems in 2 of 2 rows; no manifest was written

"#]]);
}

#[test]
fn columns_of_other_kinds_are_not_taken() {
    let project = Project::empty();
    project.write(
        "report.csv",
        "Opportunity ID,Opportunity Name,Amount,Contact: Email,Role,Primary\n\
         1,Chairs,10.50,ada@example.com,Buyer,1\n",
    );
    project
        .run("convert report.csv --kind role --out -")
        .shows(str![[r#"
exit: 0
---- stdout
# Written by `oppctl convert` from report.csv.
version: 1
roles:
  - externalOpportunityId: "1"
    lead: { email: ada@example.com }
    role: Buyer
    isPrimary: true
---- stderr
report.csv: 1 row below the headers in row 1; UTF-8, "," between the columns
Columns, read as a Salesforce report:
  Opportunity ID     externalOpportunityId
  Contact: Email     lead.email
  Role               role
  Primary            isPrimary
Not taken:
  Opportunity Name   for records of another kind, or without what their keys need
  Amount             for records of another kind, or without what their keys need

"#]]);
    project
        .run("convert report.csv --kind opportunity --out -")
        .shows(str![[r#"
exit: 0
---- stdout
# Written by `oppctl convert` from report.csv.
version: 1
opportunities:
  - externalOpportunityId: "1"
    name: Chairs
    amount: 10.5
---- stderr
report.csv: 1 row below the headers in row 1; UTF-8, "," between the columns
Columns, read as a Salesforce report:
  Opportunity ID     externalOpportunityId
  Opportunity Name   name
  Amount             amount
Not taken:
  Contact: Email     for records of another kind, or without what their keys need
  Role               for records of another kind, or without what their keys need
  Primary            for records of another kind, or without what their keys need

"#]]);
}

const FIRST: &str = "Id,Name,Amount,StageName,Description\n\
     O-1,Chairs,10.50,Open,\"two\nlines\"\n\
     O-2,Tables,20,Open,\n\
     O-3,Lamps,30,Open,\n\
     O-4,Rugs,40,Open,\n";

/// What a person has made of the manifest of the first export.
fn edited_by_hand(project: &Project) {
    project.write("deals.csv", FIRST);
    drop(project.run("convert deals.csv").exits(0));
    let edits = [
        (
            "    name: Chairs\n",
            "    # the big one\n    name: Chairs # as ordered\n    priority: high\n",
        ),
        (
            "    amount: 20\n",
            "    amount: 20.0   # agreed\n    lifecycle: { protect: true }\n",
        ),
        ("    name: Lamps\n", "    ensure: absent\n    name: Lamps\n"),
    ];
    for (from, to) in edits {
        project.edit("deals.yaml", from, to);
    }
    let text = project.read("deals.yaml");
    project.write(
        "deals.yaml",
        text + "  - externalOpportunityId: MINE\n    name: Own\nroles: []\n",
    );
}

#[test]
fn a_second_conversion_keeps_what_a_person_has_written() {
    let project = Project::empty();
    edited_by_hand(&project);
    let by_hand = project.read("deals.yaml");
    // The same export changes nothing, not a byte.
    project.run("convert deals.csv --quiet").shows(str![[r#"
exit: 0
---- stdout
Updated deals.yaml: 0 added, 0 changed, 3 unchanged.
Kept: 1 record, not in the export: MINE.
Kept: 1 record, absent or forgotten in the manifest.
---- stderr
deals.csv: 4 rows below the headers in row 1; UTF-8, "," between the columns

"#]]);
    assert_eq!(project.read("deals.yaml"), by_hand);
    project.write(
        "deals.csv",
        "Id,Name,Amount,StageName,Description,NextStep\n\
         O-1,Chairs,11,Won: \"all\",\"three\nmore\nlines\",Call\n\
         O-2,Tables,20,Open,\"now\nhere\",\n\
         O-3,Lamps,31,Open,,\n\
         O-5,Beds,50,Open,,\n",
    );
    project.run("convert deals.csv --quiet").shows(str![[r#"
exit: 0
---- stdout
Updated deals.yaml: 1 added, 2 changed, 0 unchanged.
Kept: 2 records, not in the export: O-4, MINE.
Kept: 1 record, absent or forgotten in the manifest.
---- stderr
deals.csv: 4 rows below the headers in row 1; UTF-8, "," between the columns

"#]]);
    shows(
        &project.read("deals.yaml"),
        str![[r##"
# Written by `oppctl convert` from deals.csv.
version: 1
opportunities:
  - externalOpportunityId: O-1
    # the big one
    name: Chairs # as ordered
    priority: high
    amount: 11
    stage: 'Won: "all"'
    description: |-
      three
      more
      lines
    nextStep: Call
  - externalOpportunityId: O-2
    name: Tables
    amount: 20.0   # agreed
    lifecycle: { protect: true }
    stage: Open
    description: |-
      now
      here
  - externalOpportunityId: O-3
    ensure: absent
    name: Lamps
    amount: 30
    stage: Open
  - externalOpportunityId: O-4
    name: Rugs
    amount: 40
    stage: Open
  - externalOpportunityId: MINE
    name: Own
  - externalOpportunityId: O-5
    name: Beds
    amount: 50
    stage: Open
roles: []

"##]],
    );
    let updated = project.read("deals.yaml");
    drop(project.run("convert deals.csv --quiet").exits(0));
    assert_eq!(project.read("deals.yaml"), updated);
}

/// A project with the manifest of a first conversion, edited by hand, and with another export by now.
fn another_layout(from: &str, to: &str) -> Project {
    let project = Project::empty();
    project.write("deals.csv", FIRST);
    drop(project.run("convert deals.csv").exits(0));
    project.edit("deals.yaml", from, to);
    project.write(
        "deals.csv",
        FIRST
            .replace("O-4,Rugs,40,Open,", "O-4,Rugs,40,Open,Call")
            .replace("Description", "NextStep")
            .replace("10.50", "11")
            .replace("\"two\nlines\"", "Call"),
    );
    project
}

#[test]
fn whatever_layout_people_write_is_updated_in_its_place() {
    let rug = "  - externalOpportunityId: O-4\n    name: Rugs\n    amount: 40\n    stage: Open\n";
    for (from, to, updated) in [
        (
            "    amount: 10.5\n",
            "    amount: &price 10.5 # EUR\n",
            "    amount: &price 11 # EUR\n",
        ),
        (
            "    amount: 10.5\n",
            "    amount:\n      10.5\n",
            "    amount:\n      11\n",
        ),
        (
            rug,
            "  - { externalOpportunityId: O-4, name: Rugs, amount: 40, stage: Open }\n",
            "  - { externalOpportunityId: O-4, name: Rugs, amount: 40, stage: Open, nextStep: Call }\n",
        ),
        (
            "version: 1\n",
            "version: 1\ndefaults: { opportunity: { nextStep: Wait } }\n",
            "version: 1\ndefaults: { opportunity: { nextStep: Wait } }\n",
        ),
    ] {
        let project = another_layout(from, to);
        drop(project.run("convert deals.csv").exits(0));
        let text = project.read("deals.yaml");
        assert!(text.contains(updated), "{text}");
        drop(project.run("convert deals.csv").exits(0));
        assert_eq!(project.read("deals.yaml"), text);
    }
}

#[test]
fn what_cannot_be_changed_in_its_place_is_left_as_it_is() {
    let project = another_layout("    name: Tables\n", "    name: Tables\n    name: Twice\n");
    let by_hand = project.read("deals.yaml");
    drop(project.run("convert deals.csv").exits(3));
    assert_eq!(project.read("deals.yaml"), by_hand);
}

#[test]
fn roles_are_added_below_new_deals_and_beside_old_ones() {
    let project = Project::empty();
    let head = "Opportunity ID,Opportunity Name,Contact: Email,Role,Primary\n";
    project.write(
        "report.csv",
        format!("{head}1,Chairs,ada@example.com,Buyer,1\n"),
    );
    drop(project.run("convert report.csv").exits(0));
    project.write(
        "report.csv",
        format!("{head}1,Chairs,ada@example.com,Buyer,0\n1,Chairs,grace@example.com,Champion,1\n2,Tables,ada@example.com,Buyer,1\n"),
    );
    project.run("convert report.csv --quiet").shows(str![[r#"
exit: 0
---- stdout
Updated report.yaml: 3 added, 1 changed, 1 unchanged.
---- stderr
report.csv: 3 rows below the headers in row 1; UTF-8, "," between the columns

"#]]);
    shows(
        &project.read("report.yaml"),
        str![[r##"
# Written by `oppctl convert` from report.csv.
version: 1
opportunities:
  - externalOpportunityId: "1"
    name: Chairs
    roles:
      - lead: { email: ada@example.com }
        role: Buyer
        isPrimary: false
  - externalOpportunityId: "2"
    name: Tables
    roles:
      - lead: { email: ada@example.com }
        role: Buyer
        isPrimary: true
roles:
  - externalOpportunityId: "1"
    lead: { email: grace@example.com }
    role: Champion
    isPrimary: true

"##]],
    );
}

/// A workbook of these parts.
fn workbook(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in parts {
        let options = zip::write::SimpleFileOptions::default();
        archive
            .start_file(*path, options)
            .expect("memory can be written");
        io::Write::write_all(&mut archive, text.as_bytes()).expect("memory can be written");
    }
    archive
        .finish()
        .expect("memory can be written")
        .into_inner()
}

#[test]
fn a_workbook_of_excel_is_read_by_its_formats() {
    let workbook = workbook(&[
        (
            "xl/workbook.xml",
            r#"<x:workbook xmlns:x="m" xmlns:r="r"><x:workbookPr date1904="1"/><x:sheets>
               <x:sheet name="Deals &amp; more" r:id="rId3"/><x:sheet name="Notes" r:id="rId4"/></x:sheets></x:workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="rId1" Type="t/sharedStrings" Target="sharedStrings.xml"/>
               <Relationship Id="rId2" Type="t/styles" Target="styles.xml"/>
               <Relationship Id="rId3" Type="t/worksheet" Target="worksheets/sheet1.xml"/>
               <Relationship Id="rId4" Type="t/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#,
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>Deal - ID</t></si><si><t>Deal - Title</t></si><si><t>Deal - Value</t></si>\
             <si><t>Deal - Probability</t></si><si><t>Deal - Expected close date</t></si>\
             <si><r><t>Chairs &#38;</t></r><r><t xml:space=\"preserve\"> tables</t></r></si></sst>",
        ),
        (
            "xl/styles.xml",
            r##"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="#,##0.00\ [$€-407]"/></numFmts>
               <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
               <cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>"##,
        ),
        (
            "xl/worksheets/sheet1.xml",
            r#"<worksheet><sheetData>
               <row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c><c t="s"><v>4</v></c></row>
               <row r="4" hidden="1"><c r="A4"><v>17</v></c><c r="B4" t="s"><v>5</v></c><c r="C4" s="3"><v>1250.5</v></c>
               <c r="D4" s="1"><v>0.4</v></c><c r="E4" s="2"><v>44650</v></c></row>
               </sheetData></worksheet>"#,
        ),
        (
            "xl/worksheets/sheet2.xml",
            "<worksheet><sheetData/></worksheet>",
        ),
    ]);
    let project = Project::empty();
    project.write("deals.xlsx", workbook);
    project.run("convert deals.xlsx").shows(str![[r#"
exit: 64
---- stderr
error: deals.xlsx cannot be converted
  caused by: the workbook has several sheets: `Deals & more`, `Notes`
  hint: name the sheet: --sheet NAME

"#]]);
    project
        .run_args(&["convert", "deals.xlsx", "--sheet", "Deals & more"])
        .shows(str![[r#"
exit: 0
---- stdout
Converted: 1 opportunity into deals.yaml.
---- stderr
deals.xlsx: 1 row below the headers in row 1; sheet "Deals & more"
Columns, read as a Pipedrive export of deals:
  Deal - ID                    externalOpportunityId
  Deal - Title                 name
  Deal - Value                 amount
  Deal - Probability           probability
  Deal - Expected close date   closeDate
Worth a look:
  externalOpportunityId: the row is hidden, and taken like the others, at row 4, column Deal - ID: "17"
  probability: shown as a percentage, and taken as one, at row 4, column Deal - Probability: "40 %"

"#]]);
    shows(
        &project.read("deals.yaml"),
        str![[r##"
# Written by `oppctl convert` from deals.xlsx.
version: 1
opportunities:
  - externalOpportunityId: "17"
    name: Chairs & tables
    amount: 1250.5
    probability: 40
    closeDate: "2026-03-31"

"##]],
    );
    project
        .run_args(&[
            "convert",
            "deals.xlsx",
            "--sheet",
            "Deals & more",
            "--currency",
            "USD",
            "-q",
        ])
        .shows(str![[r#"
exit: 3
---- stderr
deals.xlsx: 1 row below the headers in row 1; sheet "Deals & more"
Problems:
  amount: has another currency than USD, at row 4, column Deal - Value: "€ 1250.5"
error: 1 problem in 1 of 1 row; no manifest was written
  hint: nothing is converted: name a column in one currency with --amount COLUMN

"#]]);
}

/// Files that cannot be converted, each for a reason of its own.
fn unreadable() -> Project {
    let project = Project::empty();
    project.write("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more");
    project.write("broken.xlsx", b"PK\x03\x04 and no more");
    project.write("empty.csv", "\n\n");
    project.write("quote.csv", "Record ID,Deal Name,Amount\n1,\"A,5\n2,B,6\n");
    project.write(
        "grouped.csv",
        "Opportunity ID,Opportunity Name,Stage  \u{2191},Amount\n1,a,b,2\n",
    );
    project.write("map.yaml", "version: 1\ncolumns: { Nr.: (key) }\n");
    project.write(
        "quoted.csv",
        "\"Id\",\"State\",\"Won\"\n\"1\",\"Won\",\"no\"\n",
    );
    project.write(
        "twice.yaml",
        "version: 1\ncolumns: { Id: externalOpportunityId, State: (status), Won: isWon }\n",
    );
    project
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let project = unreadable();
    let mut all = String::new();
    for arguments in [
        "old.xls",
        "broken.xlsx",
        "empty.csv",
        "quote.csv",
        "grouped.csv",
        "grouped.csv --encoding latin-0",
        "grouped.csv --header 9",
        "grouped.csv --map map.yaml",
        "grouped.csv --dates dym",
        "quoted.csv --map twice.yaml",
        "missing.csv",
    ] {
        let run = project.run(&format!("convert {arguments}"));
        writeln!(all, "$ oppctl convert {arguments}\n{}", run.text()).expect("a string takes text");
    }
    shows(
        &all,
        str![[r#"
$ oppctl convert old.xls
exit: 3
---- stderr
error: old.xls cannot be converted
  caused by: it is a workbook of an old form, or one with a password
  hint: save it as .xlsx or as CSV, without a password

$ oppctl convert broken.xlsx
exit: 3
---- stderr
error: broken.xlsx cannot be converted
  caused by: it is not a workbook that can be read
  caused by: invalid Zip archive: Could not find EOCD

$ oppctl convert empty.csv
exit: 3
---- stderr
error: empty.csv cannot be converted
  caused by: it has no table

$ oppctl convert quote.csv
exit: 3
---- stderr
error: quote.csv cannot be converted
  caused by: the quote that begins in line 2 has no end, or text behind its end

$ oppctl convert grouped.csv
exit: 3
---- stderr
error: grouped.csv cannot be converted
  caused by: the rows are grouped: `Stage  ↑` stands in the first row of each group only
  hint: export the report as "Details Only", or without groups

$ oppctl convert grouped.csv --encoding latin-0
exit: 64
---- stderr
error: grouped.csv cannot be converted
  caused by: `latin-0` is not the name of an encoding
  hint: for example utf-8, windows-1252, utf-16le or shift_jis

$ oppctl convert grouped.csv --header 9
exit: 64
---- stderr
error: grouped.csv cannot be converted
  caused by: row 9 is not in the table

$ oppctl convert grouped.csv --map map.yaml
exit: 3
---- stderr
error: map.yaml cannot be used as a map
  caused by: the column `Nr.` becomes `(key)`: expected one of (status), (lost), (currency), (deleted), (fiscal period)
  hint: `oppctl convert FILE --save-map MAP` writes one

$ oppctl convert grouped.csv --dates dym
exit: 64
---- stderr
error: invalid value 'dym' for '--dates <ORDER>'
  [possible values: dmy, mdy, ymd]

For more information, try '--help'.

$ oppctl convert quoted.csv --map twice.yaml
exit: 3
---- stderr
error: quoted.csv cannot be converted
  caused by: two columns become `isWon`: `State` and `Won`

$ oppctl convert missing.csv
exit: 1
---- stderr
error: cannot read missing.csv
  caused by: No such file or directory (os error 2)


"#]],
    );
}

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

/// A file that no pattern matches is read by no plan.
#[test]
fn a_conversion_in_a_project_goes_where_plans_look() {
    let project = Project::simulated("version: 1\nopportunities: []\n");
    project.write(
        "exports/deals.csv",
        "Id,Name,Amount,StageName\nO-1,Chairs,10,Open\n",
    );
    project
        .run("convert exports/deals.csv --quiet")
        .shows(str![[r#"
exit: 0
---- stdout
Converted: 1 opportunity into pipeline/deals.yaml.
---- stderr
exports/deals.csv: 1 row below the headers in row 1; UTF-8, "," between the columns

"#]]);
    let plan = project.run("plan --quiet").exits(0);
    assert!(plan.stdout.contains("1 to create"), "{}", plan.text());
    // What was asked for is written, and the way out is told.
    project
        .run("convert exports/deals.csv --quiet --out deals.yaml")
        .shows(str![[r#"
exit: 0
---- stdout
Converted: 1 opportunity into deals.yaml.
---- stderr
exports/deals.csv: 1 row below the headers in row 1; UTF-8, "," between the columns
No pattern of `manifests` in oppctl.yaml matches deals.yaml: plans will not read it. To move it where plans look: mv deals.yaml pipeline/deals.yaml

"#]]);
    // An update stays where the first conversion was.
    fs::remove_file(project.root().join("pipeline/deals.yaml")).expect("it is there");
    project
        .run("convert exports/deals.csv --quiet")
        .shows(str![[r#"
exit: 0
---- stdout
Updated deals.yaml: 0 added, 0 changed, 1 unchanged.
---- stderr
exports/deals.csv: 1 row below the headers in row 1; UTF-8, "," between the columns
No pattern of `manifests` in oppctl.yaml matches deals.yaml: plans will not read it. To move it where plans look: mv deals.yaml pipeline/deals.yaml

"#]]);
}

/// Somebody has written a reference into a converted manifest: the export does not replace it, and says so where it differs.
#[test]
fn a_reference_whose_value_the_export_has_otherwise_is_named() {
    let project = Project::simulated("version: 1\nopportunities: []\n");
    project.edit(
        "oppctl.yaml",
        "simulator: {",
        "set: { stage: Open }, simulator: {",
    );
    project.write(
        "deals.csv",
        "Id,Name,StageName\nO-1,Chairs,Open\nO-2,Tables,Open\n",
    );
    drop(project.run("convert deals.csv --quiet").exits(0));
    let text = project.read("pipeline/deals.yaml");
    project.write(
        "pipeline/deals.yaml",
        text.replace("stage: Open", "stage: ${stage}"),
    );
    let same = project.run("convert deals.csv --quiet").exits(0);
    assert!(!same.stdout.contains("reference"), "{}", same.text());
    project.write(
        "deals.csv",
        "Id,Name,StageName\nO-1,Chairs,Won\nO-2,Tables,Open\n",
    );
    project
        .run("convert deals.csv --quiet")
        .shows(str![[r#"
exit: 0
---- stdout
Updated pipeline/deals.yaml: 0 added, 0 changed, 2 unchanged.
Kept: 1 reference to `set` in oppctl.yaml, where the export has another value: stage of O-1. To take the value of the export, write it in place of the reference.
---- stderr
deals.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns

"#]]);
    assert!(
        project
            .read("pipeline/deals.yaml")
            .contains("stage: ${stage}")
    );
}
