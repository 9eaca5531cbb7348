//! `oppctl import`: manifests for what an instance holds, a plan that has nothing to do with them, and files that stay as they are.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use oppctl::simulator::{Alteration, CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, shows};
use crate::types;

const MANIFEST: &str = r##"version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    amount: 1604.47
    closeDate: 2026-12-31
    stage: Won
    description: |
      two
      lines
    roles:
      - { leadId: 1001, role: Champion, isPrimary: true }
      - { leadId: 1004, role: "no" }
  - { externalOpportunityId: "0042", name: "12", stage: "Lost / late" }
  - externalOpportunityId: A-3
    name: "\e[31mred\e[0m \u202e"
    stage: won
    roles:
      - { leadId: 1002, role: Buyer/Seller, externalCreatedDate: 2026-03-01T09:00:00Z }
"##;

// Where queries go.
const OPPORTUNITIES: &str = "/rest/v1/opportunities.json";
const ROLES: &str = "/rest/v1/opportunities/roles.json";
const LEADS: &str = "/rest/v1/leads.json";

/// An instance with these records, and a project that declares something else.
fn held() -> (Marketo, Project) {
    held_by(Marketo::start())
}

fn held_by(marketo: Marketo) -> (Marketo, Project) {
    drop(
        marketo
            .project(MANIFEST)
            .run("apply --yes --quiet")
            .exits(0),
    );
    let project = marketo.project("");
    std::fs::remove_file(project.root().join("pipeline/main.yaml")).expect("the file is there");
    (marketo, project)
}

#[test]
fn records_become_manifests_that_change_nothing() {
    let (_marketo, project) = held();
    project
        .run("import opportunity A-1 0042 a-3 --with-roles")
        .shows(str![[r#"
exit: 0
---- stdout
pipeline/opportunities.yaml   3 opportunities, 3 roles

Imported: 3 opportunities, 3 roles into 1 file.  7 calls.

"#]]);
    shows(
        &project.read("pipeline/opportunities.yaml"),
        str![[r#"
version: 1
opportunities:
  - externalOpportunityId: "0042"
    name: "12"
    stage: Lost / late
  - externalOpportunityId: A-1
    amount: 1604.47
    closeDate: "2026-12-31"
    description: |
      two
      lines
    name: Chairs
    stage: Won
    roles:
      - lead: { email: ada@example.com }
        role: Champion
        isPrimary: true
      - leadId: 1004
        role: "no"
        isPrimary: false
  - externalOpportunityId: A-3
    name: "\x1B[31mred\x1B[0m \u202E"
    stage: won
    roles:
      - lead: { email: grace@example.com }
        role: Buyer/Seller
        externalCreatedDate: "2026-03-01T09:00:00Z"
        isPrimary: false

"#]],
    );
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

No changes. 6 unchanged.
Read 3 opportunities, 3 roles in 6 calls.

"#]]);
    // Nothing is imported twice, and nothing is asked for twice.
    project
        .run("import opportunity A-1 0042 A-3")
        .shows(str![[r#"
exit: 0
---- stdout
Nothing to import.  Declared already: 3 opportunities.  2 calls.

"#]]);
    project
        .run("import opportunity A-1 --with-roles")
        .shows(str![[r#"
exit: 0
---- stdout
Nothing to import.  Declared already: 1 opportunity, 2 roles.  6 calls.

"#]]);
}

#[test]
fn every_type_survives() {
    let marketo = Marketo::schema(types::SCHEMA);
    drop(
        marketo
            .project(types::MANIFEST)
            .run("apply --yes --quiet")
            .exits(0),
    );
    let project = marketo.project("");
    for alteration in [
        None,
        Some(Alteration::NumbersAsText),
        Some(Alteration::TrailingBlank),
        Some(Alteration::LowerCaseNames),
        Some(Alteration::ReverseRows),
    ] {
        std::fs::remove_file(project.root().join("pipeline/main.yaml")).expect("the file is there");
        if let Some(alteration) = alteration {
            let fault = Fault::new(FaultKind::Alter(alteration));
            marketo.fault(fault.on(CallOperation::Query).times(2));
        }
        let import = "import opportunity 0042 --with-roles --out pipeline/main.yaml";
        drop(project.run(import).exits(0));
        assert!(!marketo.has_faults(), "{alteration:?} met both queries");
        project.assert_plan_empty();
    }
    shows(
        &project.read("pipeline/main.yaml"),
        str![[r#"
version: 1
opportunities:
  - externalOpportunityId: "0042"
    aBoolean: true
    aCurrency: 1604.47
    aDate: "2026-12-31"
    aDatetime: "2026-03-01T09:00:00Z"
    aFloat: -0.5
    aFormula: "1.0"
    aLink: https://example.com/?a=1&b=%20
    aPercent: 50
    aPhone: "+49 30 0042"
    aReference: "0x1F"
    aScore: -3
    aString: "1e3"
    aText: |
      first line
      second line
    aTextarea: "Größe 田中 🐶 \" \\ \t end"
    aUrl: https://example.com/ü
    anEmail: ada@example.com
    anInteger: 9223372036854775807
    anotherString: "0042"
    name: "no"
    fields:
      roles: "yes"
    roles:
      - lead: { email: ada@example.com }
        role: "no"
        externalCreatedDate: "2026-03-01T09:00:00Z"
        isPrimary: false

"#]],
    );
}

#[test]
fn roles_alone_stand_in_a_list_of_their_own() {
    let (_marketo, project) = held();
    project
        .run_args(&[
            "import",
            "role",
            "A-1/ada@example.com/champion",
            "A-3",
            "A-3/1002/Buyer/Seller",
        ])
        .shows(str![[r#"
exit: 0
---- stdout
pipeline/roles.yaml   2 roles

Imported: 2 roles into 1 file.  7 calls.

"#]]);
    shows(
        &project.read("pipeline/roles.yaml"),
        str![[r#"
version: 1
roles:
  - externalOpportunityId: A-1
    lead: { email: ada@example.com }
    role: Champion
    isPrimary: true
  - externalOpportunityId: A-3
    lead: { email: grace@example.com }
    role: Buyer/Seller
    externalCreatedDate: "2026-03-01T09:00:00Z"
    isPrimary: false

"#]],
    );
    project.assert_plan_empty();
    // The opportunity comes later: what is declared of its roles stays where it is.
    project
        .run("import opportunity A-1 --with-roles --lead-by id")
        .shows(str![[r#"
exit: 0
---- stdout
pipeline/opportunities.yaml   1 opportunity, 1 role

Imported: 1 opportunity, 1 role into 1 file.  Declared already: 1 role.  6 calls.

"#]]);
    shows(
        &project.read("pipeline/opportunities.yaml"),
        str![[r#"
version: 1
opportunities:
  - externalOpportunityId: A-1
    amount: 1604.47
    closeDate: "2026-12-31"
    description: |
      two
      lines
    name: Chairs
    stage: Won
    roles:
      - leadId: 1004
        role: "no"
        isPrimary: false

"#]],
    );
    project.assert_plan_empty();
}

#[test]
fn keys_come_from_files() {
    let (_marketo, project) = held();
    project.write("list.txt", "\u{feff}A-1\r\n\n  A-9 \nA-3\na-1\nB,1\n");
    project
        .run("import opportunity --from list.txt -q")
        .shows(str![[r#"
exit: 1
---- stdout
Imported: 2 opportunities into 1 file.  3 calls.
---- stderr
list.txt:3: not found in production: opportunity A-9
list.txt:6: not imported: opportunity B,1: no manifest can have this key

"#]]);
    project.write(
        "roles.csv",
        "note,ROLE,externalOpportunityId,lead\n\
         \"a \"\"b\"\"\n\",Champion,A-1,ada@example.com\n\
         ,Buyer/Seller,A-3,1002\n\
         ,Buyer,A-3,1002\n\
         ,X,A-3,nobody@example.com\n\
         ,X,A-3,\"no,body@example.com\"\n\
         ,X,A-3,twin@example.com\n",
    );
    project.run("import role --from roles.csv").shows(str![[r#"
exit: 1
---- stdout
pipeline/roles.yaml   2 roles

Imported: 2 roles into 1 file.  5 calls.
---- stderr
roles.csv:5: not found in production: role A-3 / 1002 / Buyer
roles.csv:6: no lead of production has this e-mail address
roles.csv:7: no lead of production has this e-mail address
roles.csv:8: more than one lead of production has this e-mail address; name one by its id: 1004, 1005

"#]]);
    // As spreadsheets write it in half of the world; the first part alone.
    project.write(
        "opportunities.csv",
        "name;externalopportunityid\nx;0042\n;\n;A-8\n",
    );
    project
        .run("import opportunity A-3 --from opportunities.csv --out pipeline/b.yaml")
        .shows(str![[r#"
exit: 1
---- stdout
pipeline/b.yaml   1 opportunity

Imported: 1 opportunity into 1 file.  Declared already: 1 opportunity.  3 calls.
---- stderr
opportunities.csv:4: not found in production: opportunity A-8

"#]]);
    project.assert_plan_empty();
    let mut child = project
        .command(&[
            "import",
            "role",
            "--from",
            "-",
            "--out",
            "pipeline/c.yaml",
            "--lead-by",
            "id",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("the input is piped");
    stdin
        .write_all(b"externalOpportunityId\tleadId\trole\nA-1\t\t\n")
        .expect("the binary reads");
    drop(stdin);
    let run = project.ended(child.wait_with_output().expect("the binary ends"));
    drop(run.exits(0));
    shows(
        &project.read("pipeline/c.yaml"),
        str![[r#"
version: 1
roles:
  - externalOpportunityId: A-1
    leadId: 1004
    role: "no"
    isPrimary: false

"#]],
    );
    project.assert_plan_empty();
}

#[test]
fn files_without_keys_are_refused() {
    let (marketo, project) = held();
    project.write("bad.txt", "A-1\n/\nA-1/ada/Champion\nA-1/1001\n");
    project.run("import role --from bad.txt").shows(str![[r#"
exit: 3
---- stderr
error: bad.txt:2: this is not a key of roles
  hint: write externalOpportunityId/leadId/role, only externalOpportunityId, or the exact form, a JSON list: '["externalOpportunityId",leadId,"role"]'

"#]]);
    project.write("bad.csv", "externalOpportunityId,leadId\nA-1,1001\n");
    project.run("import role --from bad.csv").shows(str![[r#"
exit: 3
---- stderr
error: `bad.csv` has a column `externalOpportunityId`, but none for `role`
  hint: give the column with that part of the key the heading `role`

"#]]);
    project.write("bad.bin", b"A-1\n\xff\n");
    project.run("import role --from bad.bin").shows(str![[r#"
exit: 3
---- stderr
error: bad.bin:2: the text is not UTF-8
  hint: in a spreadsheet, save it as "CSV UTF-8"; or, for a file of Windows in Western Europe, run: iconv -f WINDOWS-1252 -t UTF-8 'bad.bin' > keys.csv

"#]]);
    project.run("import role --from none.txt").shows(str![[r#"
exit: 1
---- stderr
error: cannot read `none.txt`
  caused by: No such file or directory (os error 2)

"#]]);
    project.run("import role").shows(str![[r#"
exit: 64
---- stderr
error: the following required arguments were not provided:
  <KEY>...

Usage: oppctl import <KIND> <KEY>...

For more information, try '--help'.

"#]]);
    project.run("import role A-1 --with-roles").shows(str![[r#"
exit: 64
---- stderr
error: `--with-roles` does not apply to roles

"#]]);
    let before = marketo.answered(CallOperation::Query);
    project.write("empty.csv", "externalOpportunityId\n");
    project
        .run("import opportunity --from empty.csv")
        .shows(str![[r#"
exit: 3
---- stderr
error: empty.csv has no key
  hint: write one key in each line, or a CSV table with a column for each part of the key

"#]]);
    assert_eq!(marketo.answered(CallOperation::Query), before);
}

/// A file with a hole, which needs no room on the disk.
#[test]
fn a_file_of_keys_has_a_largest_size() {
    let (_marketo, project) = held();
    let keys = std::fs::File::create(project.root().join("keys.csv")).expect("it is made");
    keys.set_len(300 << 20).expect("it can have a hole");
    project
        .run("import opportunity --from keys.csv")
        .shows(str![[r#"
exit: 1
---- stderr
error: cannot read `keys.csv`
  caused by: the file has 300 MiB; the limit is 256 MiB

"#]]);
}

#[test]
fn files_that_are_not_understood_are_not_quoted() {
    let (marketo, project) = held();
    let before = marketo.calls().len();
    let long: String = (0..5000)
        .map(|row| format!("006q{row:06},Deal {row},{row}.50,ada{row}@example.com\n"))
        .collect();
    let long = format!("Opportunity ID,Opportunity Name,Amount,Contact Email\n{long}");
    let exports: [&[u8]; 10] = [
        long.as_bytes(),
        b"Opportunity ID,Opportunity Name,Contact Email\nA-1,Chairs,ada@example.com\n",
        b"Nr.;Kunde\nA-1;Ada Lovelace\n",
        b"Id\tName\nA-1\tAda Lovelace\n",
        b"\"Opportunity ID\"\n\"A-1\"\n",
        // Without a heading.
        b"A-1,Ada Lovelace,ada@example.com\n",
        b"sep=,\nOpportunity ID,Name\nA-1,Ada Lovelace\n",
        b"Liste;\n;\nexternalOpportunityId;name\nA-1;Ada Lovelace\n",
        b"externalOpportunityId,name\nA-1,Ada Lov\xe9lace\n",
        b"PK\x03\x04\x14\0Ada Lovelace",
    ];
    for bytes in exports {
        project.write("export.csv", bytes);
        let run = project.run("import opportunity --from export.csv").exits(3);
        let text = run.text();
        assert_eq!(text.lines().count(), 4, "{text}");
        for cell in ["Ada", "example.com", "A-1", "Chairs", "Kunde"] {
            assert!(!text.contains(cell), "{text}");
        }
        assert!(
            text.contains("`externalOpportunityId`") || text.contains("UTF-8"),
            "{text}"
        );
    }
    assert_eq!(marketo.calls().len(), before);
}

#[test]
fn headings_are_known_however_their_words_are_joined() {
    let (_marketo, project) = held();
    let utf16 = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect()
    };
    let files = [
        "Name,External Opportunity ID\nx,A-1\n".as_bytes().to_vec(),
        b"external_opportunity_id\nA-1\n".to_vec(),
        utf16("name\tEXTERNALOPPORTUNITYID\r\nKäferberg\tA-1\r\n"),
        // Keys may contain a semicolon.
        b"A-1\nX;1\n".to_vec(),
        b"[\"A-1\"]\n".to_vec(),
    ];
    for (number, bytes) in files.iter().enumerate() {
        project.write("keys.csv", bytes);
        let out = format!("elsewhere/{number}.yaml");
        let run = project.run(&format!(
            "import opportunity --from keys.csv -q --out {out}"
        ));
        let text = run.text();
        assert!(text.contains("Imported: 1 opportunity"), "{text}");
    }
}

#[test]
fn a_long_list_of_wrong_keys_ends_with_a_count() {
    let (_marketo, project) = held();
    let mut rows = String::from("externalOpportunityId,leadId,role\n");
    for number in 0..30 {
        writeln!(rows, "A-1,Ada Lovelace {number},Champion").expect("strings take all text");
    }
    project.write("roles.csv", &rows);
    let run = project.run("import role --from roles.csv").exits(3);
    let text = run.text();
    assert!(!text.contains("Lovelace"), "{text}");
    assert!(
        text.contains("roles.csv:21: ") && !text.contains("roles.csv:22: "),
        "{text}"
    );
    assert!(
        text.contains("and 10 more") && text.contains("30 texts are not keys"),
        "{text}"
    );
    let keys: String = (0..30).map(|number| format!("GONE-{number}\n")).collect();
    project.write("keys.txt", keys);
    for command in ["import opportunity --from keys.txt", "get opportunity A-1"] {
        let mut args: Vec<String> = command.split(' ').map(str::to_owned).collect();
        if command.starts_with("get") {
            args.extend((0..30).map(|number| format!("GONE-{number}")));
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let text = project.run_args(&args).exits(1).text();
        assert_eq!(
            text.matches("not found in production").count(),
            20,
            "{text}"
        );
        assert!(text.contains("and 10 more"), "{text}");
    }
}

#[test]
fn nothing_to_import_writes_nothing() {
    let (_marketo, project) = held();
    for _ in 0..2 {
        project
            .run("import opportunity GONE --out pipeline/one.yaml")
            .shows(str![[r#"
exit: 1
---- stdout
Nothing to import.  3 calls.
---- stderr
not found in production: opportunity GONE

"#]]);
        assert!(!project.root().join("pipeline/one.yaml").exists());
    }
}

#[test]
fn files_in_the_way_of_a_grouped_import_are_all_named_first() {
    let (_marketo, project) = held();
    let old = "version: 1\nopportunities: [{ externalOpportunityId: B-1, ensure: absent }]\n";
    project.write("pipeline/stage-won.yaml", old);
    project.write("pipeline/stage-lost-late.yaml", "version: 1\n");
    project
        .run("import opportunity A-1 0042 A-3 --group-by stage")
        .shows(str![[r#"
exit: 1
---- stderr
error: `pipeline/stage-lost-late.yaml`, `pipeline/stage-won.yaml` exist already; nothing was written
  hint: import never changes a file: name another folder or file with --out

"#]]);
    assert_eq!(project.read("pipeline/stage-won.yaml"), old);
    assert_eq!(
        project.read("pipeline/stage-lost-late.yaml"),
        "version: 1\n"
    );
}

#[test]
fn files_that_are_there_stay_as_they_are() {
    let (_marketo, project) = held();
    let other = "version: 1\nopportunities: [{ externalOpportunityId: B-1, ensure: absent }]\n";
    project.write("pipeline/opportunities-002.yaml", other);
    project
        .run("import opportunity A-1 0042 A-3 --per-file 1")
        .shows(str![[r#"
exit: 1
---- stderr
error: `pipeline/opportunities-002.yaml` exists already; nothing was written
  hint: import never changes a file: name another folder or file with --out

"#]]);
    project
        .run("import opportunity A-1 --out pipeline/opportunities-002.yaml")
        .shows(str![[r#"
exit: 1
---- stderr
error: `pipeline/opportunities-002.yaml` exists already; nothing was written
  hint: import never changes a file: name another folder or file with --out

"#]]);
    assert_eq!(project.read("pipeline/opportunities-002.yaml"), other);
    let files = std::fs::read_dir(project.root().join("pipeline")).expect("the folder is there");
    assert_eq!(files.count(), 1);
    drop(
        project
            .run("import opportunity A-1 0042 A-3 --group-by stage")
            .exits(0),
    );
    project
        .run("import opportunity A-1 0042 A-3 --group-by stage")
        .shows(str![[r#"
exit: 0
---- stdout
Nothing to import.  Declared already: 3 opportunities.  2 calls.

"#]]);
    let files = std::fs::read_dir(project.root().join("pipeline")).expect("the folder is there");
    let mut files: Vec<_> = files
        .map(|file| file.expect("it can be read").file_name())
        .collect();
    files.sort();
    assert_eq!(
        files,
        [
            "opportunities-002.yaml",
            "stage-lost-late.yaml",
            "stage-won.yaml"
        ]
    );
    project.assert_plan_empty();
    project
        .run("import opportunity A-1 --group-by stages")
        .shows(str![[r#"
exit: 64
---- stderr
error: --group-by names `stages`, which is not an imported field
  hint: did you mean `stage`?

"#]]);
}

#[test]
fn a_folder_that_cannot_be_is_told() {
    let (_marketo, project) = held();
    project.write("pipeline/sub", "");
    project
        .run("import opportunity A-1 --out pipeline/sub/a.yaml")
        .shows(str![[r#"
exit: 1
---- stderr
error: cannot tell where `pipeline/sub/a.yaml` is
  caused by: Not a directory (os error 20)

"#]]);
    let files = std::fs::read_dir(project.root().join("pipeline")).expect("the folder is there");
    assert_eq!(files.count(), 1);
}

#[test]
fn plans_read_what_is_written_or_it_is_told() {
    let (_marketo, project) = held();
    project
        .run("import opportunity A-1 --out elsewhere")
        .shows(str![[r#"
exit: 0
---- stdout
elsewhere/opportunities.yaml   1 opportunity

Imported: 1 opportunity into 1 file.  3 calls.
---- stderr
no pattern of `manifests` matches elsewhere/opportunities.yaml: plans will not read it

"#]]);
    project.edit("oppctl.yaml", "pipeline/*.yaml", "pipeline/**/x-*.yml");
    project.run("import opportunity A-1").shows(str![[r#"
exit: 64
---- stderr
error: no pattern of `manifests` matches pipeline/opportunities.yml
  hint: name a folder or a file that one matches: --out PATH

"#]]);
    drop(
        project
            .run("import opportunity A-1 --out ./pipeline/../pipeline/new/x-1.yml")
            .exits(0),
    );
    project.assert_plan_empty();
    project.edit("oppctl.yaml", "x-*.yml", "*.yml");
    project.write("schemas/manifest.v1.json", "{}");
    drop(project.run("-C pipeline import opportunity A-3").exits(0));
    drop(
        project
            .run("-C pipeline import opportunity 0042 --out deep/er")
            .exits(0),
    );
    let schema = |file: &str| project.read(file).lines().next().map(ToOwned::to_owned);
    let line = |path: &str| Some(format!("# yaml-language-server: $schema={path}"));
    assert_eq!(
        schema("pipeline/opportunities.yml"),
        line("../schemas/manifest.v1.json")
    );
    assert_eq!(
        schema("pipeline/deep/er/opportunities.yml"),
        line("../../../schemas/manifest.v1.json")
    );
    project.assert_plan_empty();
}

#[test]
fn manifests_with_mistakes_are_mended_first() {
    let (marketo, project) = held();
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities:\n  - { name: x }\n",
    );
    project.run("import opportunity A-1").shows(str![[r#"
exit: 3
---- stderr
error[missing-key]: the opportunity has no `externalOpportunityId`
 --> pipeline/main.yaml:3:5
  |
3 |   - { name: x }
  |     ^^^^^^^^^^^ this entry names no record
  |
  = help: write `externalOpportunityId`; it is a part of the key

1 problem in 1 file
explain: oppctl explain missing-key

"#]]);
    // A manifest that would not go with the ones that are there.
    let absent = "version: 1\nopportunities: [{ externalOpportunityId: A-1, ensure: absent }]\n";
    project.write("pipeline/main.yaml", absent);
    project.run("import role A-1").shows(str![[r#"
exit: 3
---- stderr
error[reference-absent]: the role A-1 / ada@example.com / Champion cannot exist: its opportunity is declared absent
 --> pipeline/roles.yaml:3:28
  |
3 |   - externalOpportunityId: A-1
  |                            ^^^ declared present below an absent opportunity
  |
 --> pipeline/main.yaml:2:42
  |
2 | opportunities: [{ externalOpportunityId: A-1, ensure: absent }]
  |                                          --- declared absent here
  |
  = help: remove this entry, give it `ensure: absent`, or keep the opportunity

error[reference-absent]: the role A-1 / 1004 / no cannot exist: its opportunity is declared absent
 --> pipeline/roles.yaml:7:28
  |
7 |   - externalOpportunityId: A-1
  |                            ^^^ declared present below an absent opportunity
  |
 --> pipeline/main.yaml:2:42
  |
2 | opportunities: [{ externalOpportunityId: A-1, ensure: absent }]
  |                                          --- declared absent here
  |
  = help: remove this entry, give it `ensure: absent`, or keep the opportunity

2 problems in 1 file
explain: oppctl explain reference-absent
nothing was written: these manifests would be invalid

"#]]);
    let files = std::fs::read_dir(project.root().join("pipeline")).expect("the folder is there");
    assert_eq!(files.count(), 1);
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
}

#[test]
fn sensitive_values_do_not_come_into_files_by_accident() {
    let schema = "\
opportunity:
  fields:
    - { name: salary, dataType: currency, isSensitive: true }
    - { name: region, dataType: string }
";
    let marketo = Marketo::schema(schema);
    let manifest = "version: 1\nopportunities: [{ externalOpportunityId: A-1, name: Chairs, salary: 4711, region: North }]\n";
    drop(
        marketo
            .project(manifest)
            .run("apply --yes --quiet")
            .exits(0),
    );
    let project = marketo.project("");
    project.write("pipeline/main.yaml", "version: 1\nopportunities: []\n");
    project
        .run("import opportunity A-1 --out pipeline/a.yaml")
        .shows(str![[r#"
exit: 0
---- stdout
pipeline/a.yaml   1 opportunity

Imported: 1 opportunity into 1 file.  3 calls.
---- stderr
not imported, because these fields are sensitive: salary

"#]]);
    shows(
        &project.read("pipeline/a.yaml"),
        str![[r#"
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    region: North

"#]],
    );
    project.assert_plan_empty();
    project
        .run("import opportunity A-1 --group-by salary --out pipeline/b.yaml")
        .shows(str![[r#"
exit: 64
---- stderr
error: --group-by names `salary`, which is not an imported field
  hint: list the fields with `oppctl describe`

"#]]);
    std::fs::remove_file(project.root().join("pipeline/a.yaml")).expect("the file is there");
    marketo.fault(Fault::code("603").on(CallOperation::Schema));
    project.run("import opportunity A-1").shows(str![[r#"
exit: 8
---- stderr
error: it is not known which fields are sensitive, so nothing is imported
  caused by: fields of opportunities: access denied (the API user's role needs "Read-Write Schema Standard Field" and "Read-Write Schema Custom Field"): 603 "Access denied", request [REQUEST]
  hint: give the API user that permission
  hint: import the values of all fields: --with-sensitive

"#]]);
    marketo.heal();
    drop(
        project
            .run("import opportunity A-1 --with-sensitive")
            .exits(0),
    );
    assert!(
        project
            .read("pipeline/opportunities.yaml")
            .contains("salary: 4711\n")
    );
    project.assert_plan_empty();
}

#[test]
fn records_that_bear_the_marker_are_imported_and_adopted() {
    let marketo =
        Marketo::schema("opportunity: { fields: [{ name: managedBy, dataType: string }] }\n");
    let manifest = "version: 1\nopportunities: [{ externalOpportunityId: A-1, name: Chairs, managedBy: acme }]\n";
    drop(
        marketo
            .project(manifest)
            .run("apply --yes --quiet")
            .exits(0),
    );
    let project = marketo.project("version: 1\nopportunities: []\n");
    let config = project.read("oppctl.yaml");
    let ownership = "ownership: { ledger: ledger, marker: { field: managedBy, value: acme } }\n";
    project.write("oppctl.yaml", format!("{config}{ownership}"));
    drop(project.run("import opportunity --marked").exits(0));
    shows(
        &project.read("pipeline/opportunities.yaml"),
        str![[r#"
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs

"#]],
    );
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

The ledger has no record of this instance yet. Records that no manifest declares are not owned and stay as they are.
1 record is there as wanted, and not owned yet: an apply adopts it without writing to Marketo.
  opportunity A-1  pipeline/opportunities.yaml:3
No changes in Marketo, 1 in the ledger. 1 unchanged.
Read 1 opportunity in 4 calls.

"#]]);
}

#[test]
fn leads_that_may_not_be_read_are_named_by_their_ids_on_demand() {
    let (marketo, project) = held();
    marketo.fault(Fault::code("603").prefix(LEADS).times(2));
    project.run("import role A-1").shows(str![[r#"
exit: 8
---- stderr
error: query of leads: access denied (the API user's role needs "Read-Only Lead"): 603 "Access denied", request [REQUEST]
  hint: add the permission to the API user's role, or add this machine's address to the IP allowlist of the instance; if both are right, make sure that no proxy removes the Authorization header
  hint: or name leads by their ids, which needs no access to them: --lead-by id

"#]]);
    drop(project.run("import role A-1 --lead-by id").exits(0));
    marketo.heal();
    project.assert_plan_empty();
}

#[test]
fn a_read_that_fails_writes_nothing() {
    let (marketo, project) = held();
    for path in [OPPORTUNITIES, ROLES, LEADS] {
        marketo.fault(Fault::code("610").prefix(path).on(CallOperation::Query));
        drop(project.run("import opportunity A-1 --with-roles").exits(1));
        marketo.heal();
    }
    let files = std::fs::read_dir(project.root().join("pipeline")).expect("the folder is there");
    assert_eq!(files.count(), 0);
}

#[test]
fn many_records_need_as_few_calls_as_there_can_be() {
    let marketo = Marketo::with_leads_of("large");
    let mut project = Project::example("large");
    project.write("oppctl.yaml", marketo.config(""));
    project.set("MARKETO_CLIENT_ID", "simulator");
    project.set("MARKETO_CLIENT_SECRET", "simulator");
    drop(project.run("apply --yes --quiet").exits(0));
    std::fs::remove_dir_all(project.root().join("pipeline")).expect("the folder is there");
    let mut keys = String::from("externalOpportunityId\n");
    for number in 1..=650 {
        writeln!(keys, "LARGE-{number:05}").expect("strings take all text");
    }
    project.write("keys.csv", keys);
    let before = marketo.calls().len();
    project
        .run("import opportunity --from keys.csv --with-roles")
        .shows(str![[r#"
exit: 0
---- stdout
pipeline/opportunities-001.yaml   100 opportunities, 200 roles
pipeline/opportunities-002.yaml   100 opportunities, 200 roles
pipeline/opportunities-003.yaml   100 opportunities, 200 roles
pipeline/opportunities-004.yaml   100 opportunities, 200 roles
pipeline/opportunities-005.yaml   100 opportunities, 200 roles
pipeline/opportunities-006.yaml   100 opportunities, 200 roles
pipeline/opportunities-007.yaml   50 opportunities, 100 roles

Imported: 650 opportunities, 1,300 roles into 7 files.  13 calls.

"#]]);
    shows(
        &marketo.tally(before),
        str![[r#"
1 Describe opportunities/describe.json: ok
1 Describe opportunities/roles/describe.json: ok
1 Identity /identity/oauth/token: ok
2 Query leads.json: ok
3 Query opportunities.json: ok
5 Query opportunities/roles.json: ok
1 Schema opportunities/schema/fields.json: ok

"#]],
    );
    project.assert_plan_empty();
    assert!(
        project
            .read("pipeline/opportunities-007.yaml")
            .contains("lead: { email: lead")
    );
}

#[test]
fn a_file_without_a_key_is_a_mistake() {
    let project = Project::simulated("version: 1\n");
    project.write("keys.csv", "externalOpportunityId\n");
    project
        .run("import opportunity --from keys.csv")
        .shows(str![[r#"
exit: 3
---- stderr
error: keys.csv has no key
  hint: write one key in each line, or a CSV table with a column for each part of the key

"#]]);
}
