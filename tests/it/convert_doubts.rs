//! `oppctl convert`: keys that are not what they look like, columns that contradict themselves, and what else a person has to see.

use std::fmt::Write as _;

use snapbox::str;

use crate::harness::{Project, shows};

#[test]
fn a_key_that_is_not_what_it_looks_like_is_refused() {
    let project = Project::empty();
    project.write(
        "roles.csv",
        "Opportunity ID,Opportunity Name,Contact: Email,Role,Primary\n\
         =\"006Qz00000StZsx\",Chairs,,,\n\
         \"=\"\"006Qz00000StZsy\"\"\",Tables,,,\n\
         006Qz\u{a0}00000StZsz,Lamps,,,\n\
         006Qz\u{200b}00000StZsz,Lamps,,,\n\
         \u{2060}D-4,Rugs,,,\n\
         D-\u{fffd},Sofas,,,\n\
         D-6,Beds,ada@ex\u{ad}ample.com,Key\u{202f}Buyer,1\n\
         \u{a0}D-7 ,Desks,ada@example.com,Key Buyer,1\n",
    );
    project.run("convert roles.csv --quiet").shows(str![[r#"
exit: 3
---- stderr
roles.csv: 8 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  2 × externalOpportunityId: has a formula, and not its value, first at row 2, column Opportunity ID: "="006Qz00000StZsx""
      rows 2, 3
  3 × externalOpportunityId: has a hidden blank or another character that nobody sees, first at row 4, column Opportunity ID: "006Qz\u{a0}00000StZsz"
      rows 4, 5, 6
  externalOpportunityId: has a letter that is lost, at row 7, column Opportunity ID: "D-�"
  lead.email: has a hidden blank or another character that nobody sees, at row 8, column Contact: Email: "ada@ex\u{ad}ample.com"
  role: has a hidden blank or another character that nobody sees, at row 8, column Role: "Key\u{202f}Buyer"
error: 8 problems in 7 of 8 rows; no manifest was written
  hint: write the keys without formulas: 006Qz00000StZsx for ="006Qz00000StZsx"
  hint: remove the hidden characters from the keys, or export the file again
  hint: export the file again: the program that wrote it could not write these letters

"#]]);
    assert!(!project.root().join("roles.yaml").exists());
}

#[test]
fn dates_in_two_orders_contradict_each_other() {
    let project = Project::empty();
    project.write(
        "deals.csv",
        "Id,Name,CloseDate,CreatedDate\n\
         1,Chairs,31/12/2030,\n\
         2,Tables,12/25/2030,\n\
         3,Lamps,30/12/2030 10:15,\n\
         4,Rugs,2030-12-24,\n\
         5,Beds,7/7/2030,\n",
    );
    project.run("convert deals.csv --quiet").shows(str![[r#"
exit: 3
---- stderr
deals.csv: 5 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  closeDate: most dates of the column are dmy, and this one is not, at row 3, column CloseDate: "12/25/2030"
error: 1 problem in 1 of 5 rows; no manifest was written
  hint: name the order of the dates: --dates dmy or --dates mdy

"#]]);
    project
        .run("convert deals.csv --quiet --dates mdy")
        .shows(str![[r#"
exit: 3
---- stderr
deals.csv: 5 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  2 × closeDate: not a date, first at row 2, column CloseDate: "31/12/2030"
      rows 2, 4
error: 2 problems in 2 of 5 rows; no manifest was written

"#]]);
    // Half of them are no majority.
    project.write(
        "half.csv",
        "Id,Name,CloseDate\n1,Chairs,31/12/2030\n2,Tables,12/25/2030\n",
    );
    project.run("convert half.csv --quiet").shows(str![[r#"
exit: 3
---- stderr
half.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  2 × closeDate: as many dates of the column are dmy as mdy, first at row 2, column CloseDate: "31/12/2030"
      rows 2, 3
error: 2 problems in 2 of 2 rows; no manifest was written
  hint: name the order of the dates: --dates dmy or --dates mdy

"#]]);
    // Times have one form, so none is in another order.
    project.write(
        "times.csv",
        "Id,Name,CreatedDate\n1,Chairs,31/12/2030 10:15\n2,Tables,12/25/2030 10:15\n",
    );
    project
        .run("convert times.csv --quiet --zone UTC")
        .shows(str![[r#"
exit: 3
---- stderr
times.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  2 × externalCreatedDate: not a date with a time, first at row 2, column CreatedDate: "31/12/2030 10:15"
      rows 2, 3
error: 2 problems in 2 of 2 rows; no manifest was written

"#]]);
}

#[test]
fn groups_of_digits_tell_the_decimal_sign() {
    let project = Project::empty();
    project.write(
        "deals.csv",
        "Id,Name,Amount\n1,Chairs,\"1,234,567\"\n2,Tables,\"2,345,678\"\n3,Lamps,\"12,5\"\n4,Rugs,7\n",
    );
    project.run("convert deals.csv --quiet").shows(str![[r#"
exit: 3
---- stderr
deals.csv: 4 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  amount: has another decimal sign than most numbers of the column, at row 4, column Amount: "12,5"
error: 1 problem in 1 of 4 rows; no manifest was written
  hint: name the decimal sign: --decimal comma or --decimal point

"#]]);
}

#[test]
fn a_sign_and_its_code_are_one_currency() {
    let project = Project::empty();
    project.write(
        "deals.csv",
        "Id,Name,Amount\n1,Chairs,$10.50\n2,Tables,20 USD\n3,Lamps,EUR 30\n",
    );
    project.run("convert deals.csv --quiet").shows(str![[r#"
exit: 3
---- stderr
deals.csv: 3 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  amount: has another currency than USD, at row 4, column Amount: "EUR 30"
error: 1 problem in 1 of 3 rows; no manifest was written
  hint: nothing is converted: name the currency with --currency CODE, or a column in one currency with --amount COLUMN

"#]]);
    // The dollars of the first row are those of one of two countries.
    project.write(
        "dollars.csv",
        "Id,Name,Amount\n1,Chairs,$10.50\n2,Tables,20 USD\n3,Lamps,CAD 30\n",
    );
    project.run("convert dollars.csv --quiet").shows(str![[r#"
exit: 3
---- stderr
dollars.csv: 3 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  3 × amount: the amounts have several currencies, first at row 2, column Amount: "$10.50"
      rows 2, 3, 4
error: 3 problems in 3 of 3 rows; no manifest was written
  hint: nothing is converted: name the currency with --currency CODE, or a column in one currency with --amount COLUMN

"#]]);
}

#[test]
fn lost_letters_and_control_characters_are_worth_a_look() {
    let project = Project::empty();
    project.write(
        "deals.csv",
        "Id,Name,Amount,Description\n\
         1,M\u{fffd}bel,1,\"two\nlines\"\n\
         2,B\u{fffd}nke,2,a\u{7}b\n\
         3,St\u{95}hle,3,\n",
    );
    project.run("convert deals.csv").shows(str![[r#"
exit: 0
---- stdout
Converted: 3 opportunities into deals.yaml.
---- stderr
deals.csv: 3 rows below the headers in row 1; UTF-8, "," between the columns
Columns, read as opportunities of Salesforce Data Loader:
  Id            externalOpportunityId
  Name          name
  Amount        amount
  Description   description
Worth a look:
  2 × name: has a letter that is lost, first at row 2, column Name: "M�bel"
      rows 2, 3
  description: has a control character, at row 3 (line 4), column Description: "a\u{7}b"
  name: has a control character, at row 4 (line 5), column Name: "St\u{95}hle"

"#]]);
}

#[test]
fn a_line_for_several_rows_has_no_number_of_one_of_them() {
    let project = Project::empty();
    let [one, other] = [256, 300].map(|length| "x".repeat(length));
    project.write(
        "deals.csv",
        format!("Id,Name,Amount\n1,{one},1\n2,{other},2\n"),
    );
    project.run("convert deals.csv --quiet").shows(str![[r#"
exit: 3
---- stderr
deals.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  2 × name: more characters than the 255 that fit, first at row 2, column Name: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
      rows 2, 3
error: 2 problems in 2 of 2 rows; no manifest was written

"#]]);
    project.run("convert deals.csv --verbose").shows(str![[r#"
exit: 3
---- stderr
deals.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns
Columns, read as opportunities of Salesforce Data Loader:
  Id       externalOpportunityId
  Name     name
  Amount   amount
Problems:
  name: 256 characters, where 255 fit, at row 2, column Name: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
  name: 300 characters, where 255 fit, at row 3, column Name: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
error: 2 problems in 2 of 2 rows; no manifest was written

"#]]);
    // The same number is told.
    project.write(
        "same.csv",
        format!("Id,Name,Amount\n1,{one},1\n2,{one},2\n"),
    );
    project.run("convert same.csv --quiet").shows(str![[r#"
exit: 3
---- stderr
same.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns
Problems:
  2 × name: 256 characters, where 255 fit, first at row 2, column Name: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
      rows 2, 3
error: 2 problems in 2 of 2 rows; no manifest was written

"#]]);
}

#[test]
fn a_field_that_is_missing_or_misspelled_is_worth_a_look() {
    let project = Project::empty();
    project.write("list.csv", "No.,Title,Budget\nD-1,Chairs,5\n");
    project.write(
        "map.yaml",
        "version: 1\ncolumns: { No.: externalOpportunityId, Title: nmae, Budget: customBudget (currency) }\n",
    );
    project
        .run("convert list.csv --map map.yaml --out -")
        .shows(str![[r#"
exit: 0
---- stdout
# Written by `oppctl convert` from list.csv.
version: 1
opportunities:
  - externalOpportunityId: D-1
    nmae: Chairs
    customBudget: 5
---- stderr
list.csv: 1 row below the headers in row 1; UTF-8, "," between the columns
Columns, by the map:
  No.      externalOpportunityId
  Title    nmae
  Budget   customBudget (currency)
Worth a look:
  name: no column becomes it, and new opportunities need it
  nmae: taken as a custom field, column Title; did you mean `name`?

"#]]);
}

#[test]
fn records_that_the_export_no_longer_has_are_named() {
    let project = Project::empty();
    let rows: Vec<String> = (1..=9)
        .map(|row| format!("O-{row},Deal {row},1\n"))
        .collect();
    let head = "Id,Name,Amount\n";
    project.write("deals.csv", head.to_owned() + &rows.concat());
    drop(project.run("convert deals.csv").exits(0));
    project.write("deals.csv", head.to_owned() + &rows[..2].concat());
    project.run("convert deals.csv --quiet").shows(str![[r#"
exit: 0
---- stdout
Updated deals.yaml: 0 added, 0 changed, 2 unchanged.
Kept: 7 records, not in the export: O-3, O-4, O-5, O-6, O-7 and 2 more (-v names them all).
---- stderr
deals.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns

"#]]);
    project.run("convert deals.csv --verbose").shows(str![[r#"
exit: 0
---- stdout
Updated deals.yaml: 0 added, 0 changed, 2 unchanged.
Kept: 7 records, not in the export: O-3, O-4, O-5, O-6, O-7, O-8, O-9.
---- stderr
deals.csv: 2 rows below the headers in row 1; UTF-8, "," between the columns
Columns, read as opportunities of Salesforce Data Loader:
  Id       externalOpportunityId
  Name     name
  Amount   amount

"#]]);
}

#[test]
fn an_option_that_is_given_is_no_way_out() {
    let project = Project::empty();
    project.write(
        "deals.csv",
        "Id,Name,Amount,Probability\n1,Chairs,EUR 1,0.5\n2,Tables,USD 2,40\n",
    );
    let mut all = String::new();
    for options in [
        "",
        "--currency USD --percents share",
        "--amount Amount --percents share",
        "--currency USD --amount Amount --percents share",
    ] {
        let run = project.run(&format!("convert deals.csv --quiet {options}"));
        let hints = run.stderr.lines().filter(|line| line.contains("hint:"));
        let hints: Vec<&str> = hints.collect();
        writeln!(all, "{options}:\n{}", hints.join("\n")).expect("a string takes text");
    }
    shows(
        &all,
        str![[r#"
:
  hint: nothing is converted: name the currency with --currency CODE, or a column in one currency with --amount COLUMN
  hint: if the column has one form: --percents whole (40 is 40 %) or --percents share (0.4 is 40 %)
--currency USD --percents share:
  hint: nothing is converted: name a column in one currency with --amount COLUMN
--amount Amount --percents share:
  hint: nothing is converted: name the currency with --currency CODE
--currency USD --amount Amount --percents share:


"#]],
    );
}
