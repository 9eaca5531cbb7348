//! Changes of texts in their places: a table of layouts and traps, texts by chance, and the manifests of the repository.

use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::outline::{Outline, outlines, reading};
use super::{Edit, NotEdited, edit};
use crate::manifest::{InstanceRules, NamedValue, NamedValues};
use crate::model::{Form, Scalar};

/// The text with these changes, where no instance has rules.
fn edited(text: &str, edits: &[Edit]) -> Result<String, NotEdited> {
    edit(text, edits, &InstanceRules::default())
}

fn text(text: &str) -> Scalar<'static> {
    Scalar {
        form: Form::Text,
        text: text.to_owned().into(),
    }
}

fn number(text: &str) -> Scalar<'static> {
    Scalar {
        form: Form::Number,
        text: text.to_owned().into(),
    }
}

fn boolean(text: &str) -> Scalar<'static> {
    Scalar {
        form: Form::Boolean,
        text: text.to_owned().into(),
    }
}

fn set(record: usize, field: &str, value: Scalar<'static>) -> Edit {
    Edit::Set {
        record,
        field: field.to_owned(),
        value,
    }
}

/// A manifest with these lines below `opportunities:`.
fn manifest(lines: &str) -> String {
    format!("version: 1\nopportunities:\n{lines}")
}

fn check(before: &str, edits: &[Edit], after: &str) {
    let changed = edited(&manifest(before), edits);
    assert_eq!(changed.as_deref(), Ok(&*manifest(after)), "{before}");
}

const HEAD: &str = "  - externalOpportunityId: A # key\n";

fn check_entry(before: &str, edits: &[Edit], after: &str) {
    check(&format!("{HEAD}{before}"), edits, &format!("{HEAD}{after}"));
}

#[test]
fn a_value_keeps_the_style_of_the_old_one() {
    let won = || text("Closed Won");
    let rows = [
        (
            "    stage: Open  # why\n",
            won(),
            "    stage: Closed Won  # why\n",
        ),
        (
            "    stage:   'Open'\n",
            won(),
            "    stage:   'Closed Won'\n",
        ),
        (
            "    stage: \"Open\"\n",
            won(),
            "    stage: \"Closed Won\"\n",
        ),
        (
            "    \"stage\" : Open\n",
            won(),
            "    \"stage\" : Closed Won\n",
        ),
        (
            "    stage: !!str Open\n",
            won(),
            "    stage: !!str Closed Won\n",
        ),
        ("    stage: &s Open\n", won(), "    stage: &s Closed Won\n"),
        (
            "    stage: |-\n      One\n      Two\n    name: x\n",
            won(),
            "    stage: |-\n      Closed Won\n    name: x\n",
        ),
        (
            "    stage: >\n       One\n       Two\n\n\n    name: x\n",
            text("Closed Won\n"),
            "    stage: >\n       Closed Won\n\n\n    name: x\n",
        ),
        (
            "    stage: |\n      One\n",
            text("1\n2\n"),
            "    stage: |\n      1\n      2\n",
        ),
        (
            "    stage: Open\n",
            text("a: b #c"),
            "    stage: \"a: b #c\"\n",
        ),
        ("    stage: 'Open'\n", text("it's"), "    stage: 'it''s'\n"),
        (
            "    stage: 'Open'\n",
            text("a\nb"),
            "    stage: |-\n      a\n      b\n",
        ),
        ("    stage: Open\n", text("no"), "    stage: \"no\"\n"),
        (
            "    closeDate: 2026-01-01\n",
            text("2027-12-31"),
            "    closeDate: 2027-12-31\n",
        ),
        (
            "    amount: '1604.470'\n",
            number("17"),
            "    amount: '17'\n",
        ),
        ("    amount: 1e3\n", number("17"), "    amount: 17\n"),
        ("    stage:\n", won(), "    stage: Closed Won\n"),
        (
            "    stage: # later\n",
            won(),
            "    stage: Closed Won # later\n",
        ),
        ("    stage: ~\n", won(), "    stage: Closed Won\n"),
        (
            "    stage:\n      Open\n    name: x\n",
            won(),
            "    stage:\n      Closed Won\n    name: x\n",
        ),
        (
            "    stage: \"one\n      two\"\n",
            won(),
            "    stage: \"Closed Won\"\n",
        ),
        (
            "    stage: one\n      two # c\n",
            won(),
            "    stage: Closed Won # c\n",
        ),
        ("    stage: Open", won(), "    stage: Closed Won"),
    ];
    for (before, value, after) in rows {
        let field = before.trim().trim_matches('"').split([':', '"']).next();
        let edits = [set(0, field.unwrap_or_default(), value)];
        check_entry(before, &edits, after);
    }
}

#[test]
fn entries_in_brackets_keep_their_brackets() {
    let rows = [
        (
            "  - { externalOpportunityId: A, stage: Open, amount: 1 }\n",
            text("Lost"),
            "  - { externalOpportunityId: A, stage: Lost, amount: 1 }\n",
        ),
        (
            "  - { externalOpportunityId: A, stage: , amount: 1 }\n",
            text("Lost"),
            "  - { externalOpportunityId: A, stage: Lost , amount: 1 }\n",
        ),
        (
            "  - { externalOpportunityId: A, stage, amount: 1 }\n",
            text("Lost"),
            "  - { externalOpportunityId: A, stage: Lost, amount: 1 }\n",
        ),
        (
            "  - {externalOpportunityId: A,\n     amount: 1, # one\n    }\n",
            text("a, b"),
            "  - {externalOpportunityId: A,\n     amount: 1, stage: \"a, b\", # one\n    }\n",
        ),
    ];
    for (before, value, after) in rows {
        check(before, &[set(0, "stage", value)], after);
    }
}

#[test]
fn what_is_shared_stays_where_it_is() {
    let lost = || [set(1, "stage", text("Lost"))];
    // By a default, a merge key, an alias.
    let head = "version: 1\ndefaults: { opportunity: { stage: Open } }\nopportunities:\n";
    let two = "  - externalOpportunityId: A\n  - externalOpportunityId: B\n    name: x # n\n";
    assert_eq!(
        edited(&format!("{head}{two}"), &lost()),
        Ok(format!("{head}{two}    stage: Lost\n"))
    );
    let base = "  - &base\n    externalOpportunityId: A\n    stage: Open\n";
    let merged = format!("{base}  - <<: *base\n    externalOpportunityId: B\n");
    check(&merged, &lost(), &format!("{merged}    stage: Lost\n"));
    // The other way round: the entry that merges keeps its value.
    check(
        &merged,
        &[set(0, "stage", text("Lost"))],
        &format!("{}    stage: Open\n", merged.replace("Open", "Lost")),
    );
    let alias = "  - externalOpportunityId: A\n    stage: &s Open\n  - externalOpportunityId: B\n    stage: *s # s\n  - { externalOpportunityId: C, stage: *s }\n";
    check(alias, &lost(), &alias.replace("*s # s", "Lost # s"));
    // The anchor moves to its first alias.
    check(
        alias,
        &[set(0, "stage", text("Lost"))],
        &alias
            .replace("&s Open", "Lost")
            .replace("*s # s", "&s Open # s"),
    );
    // All of them at once.
    check(
        alias,
        &[
            set(0, "stage", text("Lost")),
            set(1, "stage", text("Lost")),
            set(2, "stage", text("Won")),
        ],
        &alias
            .replace("&s Open", "Lost")
            .replace("*s # s", "&s Lost # s")
            .replace("*s }", "Won }"),
    );
}

#[test]
fn an_entry_that_comes_from_elsewhere_is_refused_with_its_place() {
    let roles = "  - externalOpportunityId: A\n    roles: &r\n      - { leadId: 1, role: x, isPrimary: true }\n  - externalOpportunityId: B\n    roles: *r\n";
    let value = boolean("false");
    let changed = edited(&manifest(roles), &[set(3, "isPrimary", value.clone())]);
    assert_eq!(
        changed,
        Err(NotEdited::Shared {
            line: 7,
            column: 12
        })
    );
    // Nor is what would change it too.
    let changed = edited(&manifest(roles), &[set(1, "isPrimary", value)]);
    assert_eq!(
        changed,
        Err(NotEdited::Shared {
            line: 7,
            column: 12
        })
    );
    let invalid = edited("version: 1\nopportunities: {}\n", &[]);
    assert_eq!(invalid, Err(NotEdited::Invalid));
}

#[test]
fn fields_come_behind_the_last_one_and_go_with_their_lines() {
    let rows = [
        (
            "    name: x\n    roles:\n      - { leadId: 1, role: y }\n",
            "    name: x\n    stage: Lost\n    roles:\n      - { leadId: 1, role: y }\n",
        ),
        (
            "    name: |\n      x\n\n    # roles\n    roles: []\n",
            "    name: |\n      x\n    stage: Lost\n\n    # roles\n    roles: []\n",
        ),
        ("", "    stage: Lost\n"),
    ];
    for (before, after) in rows {
        if !before.contains("|") {
            let unset = [Edit::Unset {
                record: 0,
                field: "stage".to_owned(),
            }];
            check_entry(after, &unset, before);
        }
        check_entry(before, &[set(0, "stage", text("Lost"))], after);
    }
    // A name that is a word of the language.
    check_entry(
        "    name: x\n",
        &[set(0, "roles", text("a"))],
        "    name: x\n    fields: { roles: a }\n",
    );
    check_entry(
        "    fields:\n      lifecycle: x\n",
        &[set(0, "roles", text("a"))],
        "    fields:\n      lifecycle: x\n      roles: a\n",
    );
    // The first member stands behind the dash.
    check(
        "  - stage: Open # s\n    externalOpportunityId: A\n",
        &[Edit::Unset {
            record: 0,
            field: "stage".to_owned(),
        }],
        "  - externalOpportunityId: A\n",
    );
}

#[test]
fn entries_go_with_their_lines_and_the_comments_above_them() {
    let three = "  # all\n  - externalOpportunityId: A\n  # second\n  - externalOpportunityId: B # b\n    name: x\n\n  # third\n  - externalOpportunityId: C\n";
    let remove = |records: &[usize]| -> Vec<Edit> {
        let edits = records
            .iter()
            .map(|record| Edit::Remove { record: *record });
        edits.collect()
    };
    check(
        three,
        &remove(&[1]),
        "  # all\n  - externalOpportunityId: A\n\n  # third\n  - externalOpportunityId: C\n",
    );
    check(
        three,
        &remove(&[0]),
        &three.replace("  - externalOpportunityId: A\n", ""),
    );
    check(
        three,
        &remove(&[1, 2]),
        "  # all\n  - externalOpportunityId: A\n\n",
    );
    let all = edited(&manifest(three), &remove(&[0, 1, 2]));
    assert_eq!(
        all.as_deref(),
        Ok("version: 1\nopportunities: []\n  # all\n")
    );
    let nested = "  - externalOpportunityId: A\n    roles: # of A\n      - { leadId: 1, role: x }\n      - { leadId: 2, role: x }\n  - externalOpportunityId: B\n    roles: [{ leadId: 1, role: x }, { leadId: 2, role: x }]\n";
    check(
        nested,
        &remove(&[1]),
        &nested.replacen("      - { leadId: 1, role: x }\n", "", 1),
    );
    check(
        nested,
        &remove(&[4, 5]),
        &nested.replace("[{ leadId: 1, role: x }, { leadId: 2, role: x }]", "[]"),
    );
    check(
        nested,
        &remove(&[5]),
        &nested.replace(", { leadId: 2, role: x }]", "]"),
    );
    check(
        nested,
        &remove(&[1, 2]),
        &nested.replace(
            "roles: # of A\n      - { leadId: 1, role: x }\n      - { leadId: 2, role: x }\n",
            "roles: [] # of A\n",
        ),
    );
    let changed = edited(&manifest(nested), &remove(&[0]));
    assert_eq!(changed, Err(NotEdited::Nested { line: 3, column: 5 }));
    // What others refer to stays.
    let base = "  - &base\n    externalOpportunityId: A\n    stage: Open\n  - <<: *base\n    externalOpportunityId: B\n";
    assert_eq!(
        edited(&manifest(base), &remove(&[0])),
        Err(NotEdited::Layout)
    );
}

/// A manifest by chance, in layouts that people write.
#[expect(clippy::too_many_lines, reason = "a text reads best in one piece")]
#[expect(clippy::format_push_string, reason = "speed does not matter here")]
pub(super) fn layouts() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("Open"),
        Just("'Open'"),
        Just("\"Open\""),
        Just("!!str Open"),
        Just("~"),
        Just(""),
        Just("&s Open"),
        Just("|-\n@  block one\n@  block two"),
        Just(">\n@  block one\n"),
        Just("|+\n@  block one\n\n"),
        Just("2026-01-31"),
        Just("'1604.470'"),
        Just("a#b"),
        Just("'it''s'"),
        Just("\"tab\\t\""),
        Just("\n@  Open"),
        Just("a\n@  block b"),
        Just("\"a\n@  block b\""),
    ];
    let comment = prop_oneof![4 => Just(""), 1 => Just(" # c"), 1 => Just("  # it's \"c\": {")];
    let above = prop_oneof![6 => Just(""), 1 => Just("# above\n"), 1 => Just("\n"), 1 => Just("# b: x\n\n")];
    let field = (value, comment, above);
    let entry = (prop::collection::vec(field, 0..4), any::<bool>(), 0..5u8);
    (
        prop::collection::vec(entry, 1..5),
        prop_oneof![Just(0usize), Just(2), Just(4)],
        any::<[bool; 4]>(),
    )
        .prop_map(
            |(entries, columns, [is_windows, ends, defaults, document])| {
                let mut text = String::from("# A manifest\n");
                if document {
                    text.push_str("---\n");
                }
                text.push_str("version: 1\n");
                if defaults {
                    text.push_str("defaults: { opportunity: { stage: Default } }\n");
                }
                text.push_str("opportunities: # all of them\n");
                let names = ["nextStep", "stage", "description", "type"];
                let mut has_anchor = false;
                for (number, (fields, is_flow, form)) in entries.iter().enumerate() {
                    let dash = " ".repeat(columns);
                    let inner = " ".repeat(columns + 2);
                    if *is_flow {
                        let mut line = format!("{dash}- {{ externalOpportunityId: O-{number}");
                        for ((value, _, _), name) in fields.iter().zip(names) {
                            let value = match value {
                                value if value.contains(['\n', '&']) => "\"x, y\"",
                                value => value,
                            };
                            line.push_str(&format!(", {name}: {value}"));
                        }
                        text.push_str(&format!("{line} }}\n"));
                        continue;
                    }
                    match form {
                        1 => text.push_str(&format!(
                            "{dash}- # dash\n{inner}externalOpportunityId: O-{number}\n"
                        )),
                        2 => text.push_str(&format!(
                            "{dash}- &e{number}\n{inner}externalOpportunityId: O-{number}\n"
                        )),
                        3 if number > 0 && text.contains(&format!("&e{}\n", number - 1)) => {
                            text.push_str(&format!(
                                "{dash}- <<: *e{}\n{inner}externalOpportunityId: O-{number}\n",
                                number - 1
                            ));
                        }
                        _ => text.push_str(&format!("{dash}- externalOpportunityId: O-{number}\n")),
                    }
                    for ((value, comment, above), name) in fields.iter().zip(names) {
                        for line in above.split_inclusive('\n') {
                            let indent = if line == "\n" { "" } else { &inner };
                            text.push_str(&format!("{indent}{line}"));
                        }
                        let value = match *value {
                            "&s Open" if has_anchor => "*s".to_owned(),
                            value => value.replace('@', &inner),
                        };
                        has_anchor |= value.contains("&s");
                        let comment = if value.contains('\n') { "" } else { comment };
                        let gap = if value.starts_with('\n') || value.is_empty() {
                            ""
                        } else {
                            " "
                        };
                        text.push_str(&format!("{inner}{name}:{gap}{value}{comment}\n"));
                    }
                    if *form == 4 {
                        text.push_str(&format!(
                            "{inner}roles: # r\n{inner}- {{ leadId: {number}1, role: Buyer }} # b\n"
                        ));
                    }
                }
                text.push_str("# the end");
                if ends {
                    text.push('\n');
                }
                if is_windows {
                    text = text.replace('\n', "\r\n");
                }
                text
            },
        )
}

fn values() -> impl Strategy<Value = Scalar<'static>> {
    prop_oneof![
        "\\PC{1,12}".prop_map(|it| text(&it)),
        "[ -~\n\t:#'\"|>&*!-]{1,20}".prop_map(|it| text(&it)),
        "[a-z]{1,8}".prop_map(|it| text(&it)),
        (0..10_000u32).prop_map(|it| number(&it.to_string())),
        Just(text("2027-12-31")),
        Just(text("null")),
        Just(Scalar {
            form: Form::Null,
            text: "".into()
        }),
    ]
}

/// What a text with these edits is to declare.
fn wanted(before: &str, edits: &[Edit]) -> Vec<Outline> {
    let mut wanted = outlines(&reading(before, &InstanceRules::default()));
    for edit in edits {
        if let Edit::Set {
            record,
            field,
            value,
        } = edit
            && let Some(outline) = wanted.get_mut(*record)
        {
            outline.set(field, value);
        }
    }
    wanted
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_the_changed_values_differ(
        before in layouts(),
        chosen in prop::collection::vec((any::<prop::sample::Index>(), 0..4usize, values()), 1..6),
    ) {
        let records = outlines(&reading(&before, &InstanceRules::default()));
        let problems = reading(&before, &InstanceRules::default()).diagnostics;
        prop_assert!(problems.is_empty(), "{before}\n{problems:?}");
        let opportunities: Vec<usize> = (0..records.len()).filter(|it| records[*it].kind.parent().is_none()).collect();
        let names = ["nextStep", "stage", "description", "leadSource"];
        let mut edits: Vec<Edit> = Vec::new();
        for (index, name, value) in chosen {
            let record = *index.get(&opportunities);
            let field = names[name].to_owned();
            let is_known = edits.iter().any(|edit| matches!(edit, Edit::Set { record: r, field: f, .. } if *r == record && *f == field));
            if !is_known {
                edits.push(Edit::Set { record, field, value });
            }
        }
        let after = edited(&before, &edits);
        let after = match after {
            // A field that is new in an entry that others merge.
            Err(NotEdited::Inherited { .. }) if before.contains("<<") => return Ok(()),
            after => after,
        };
        prop_assert!(after.is_ok(), "{after:?} {edits:?}\n{before}");
        let after = after.unwrap_or_default();
        let found = outlines(&reading(&after, &InstanceRules::default()));
        let all = found.iter().zip(wanted(&before, &edits)).all(|(own, wanted)| own.is_as(&wanted));
        prop_assert!(all, "{edits:?}\n{before}\n=>\n{after}");
        prop_assert_eq!(before.contains("\r\n"), after.contains("\r\n"));
        prop_assert!(!after.replace("\r\n", "").contains('\r'));
        prop_assert_eq!(before.ends_with('\n'), after.ends_with('\n'));
        // Lines that have none of the changed fields are still there, in their order.
        let is_of_field = |line: &str| {
            names.iter().any(|name| line.contains(&format!("{name}:")))
                || line.contains("- {")
                || line.contains("block") || line.contains('*') || line.trim() == "Open" || line.trim().is_empty()
        };
        let mut lines = after.lines();
        for line in before.lines().filter(|line| !is_of_field(line)) {
            prop_assert!(lines.any(|it| it == line), "{line}\n{edits:?}\n{before}\n=>\n{after}");
        }
        prop_assert_eq!(edited(&after, &edits), Ok(after));
    }
}

/// Larger files have only more of the same.
const MOST_BYTES: usize = 20_000;

/// The texts of all manifests below a folder.
fn manifests(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            manifests(&path, found);
        } else if path
            .extension()
            .is_some_and(|it| it == "yaml" || it == "yml")
        {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let text = text.trim_start_matches('\u{feff}').to_owned();
            if text.len() > MOST_BYTES {
                continue;
            }
            let reading = reading(&text, &InstanceRules::default());
            if reading.diagnostics.is_empty() && !reading.desired.records.is_empty() {
                found.push((path.display().to_string(), text));
            }
        }
    }
}

#[test]
fn every_manifest_of_the_repository_can_be_edited_and_is_the_same_again_afterwards() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["examples", "tests/data", "docs"] {
        manifests(&root.join(folder), &mut found);
    }
    assert!(found.len() > 10, "{}", found.len());
    let (mut done, mut all) = (0, 0);
    for (path, before) in &found {
        let records = outlines(&reading(before, &InstanceRules::default()));
        for (index, record) in records.iter().enumerate().take(12) {
            for field in record.fields.values().take(4) {
                all += 1;
                let value = match (field.value.form, &*field.value.text) {
                    (Form::Boolean, "true") => boolean("false"),
                    (Form::Boolean, _) => boolean("true"),
                    (Form::Number, _) => number("12345"),
                    (Form::Text, it) if it.starts_with("20") && it.contains('T') => {
                        text("2027-12-31T10:00:00Z")
                    }
                    (Form::Text, it) if it.starts_with("20") => text("2027-12-31"),
                    // No comma: a field may name a record by its key.
                    (Form::Null | Form::Text, _) => text("Another: value; with # signs"),
                };
                let there = match edited(before, &[set(index, &field.name, value)]) {
                    Ok(there) => there,
                    Err(NotEdited::Shared { .. }) => continue,
                    Err(error) => panic!("{path} {index} {}: {error}", field.name),
                };
                let back = edited(&there, &[set(index, &field.name, field.value.clone())]);
                let back = back.unwrap_or_else(|error| panic!("{path} {index}: {error}\n{there}"));
                let again = outlines(&reading(&back, &InstanceRules::default()));
                let is_as = again.iter().zip(&records).all(|(own, it)| own.is_as(it));
                assert!(is_as, "{path} {index} {}", field.name);
                done += 1;
            }
        }
    }
    assert!(done * 10 > all * 9, "{done} of {all}");
}

#[test]
fn a_reference_is_never_written_over() {
    let values = [("owner".into(), NamedValue::text("Ada"))];
    let rules = InstanceRules {
        values: NamedValues::new("local", values.into_iter().collect()),
        protect: false,
    };
    let before = manifest(&format!(
        "{HEAD}    name: ${{owner}}\n    stage: Open\n    type: $${{owner}}\n"
    ));
    let stage = set(0, "stage", text("${owner}"));
    let after = before.replace("Open", "\"$${owner}\"");
    assert_eq!(edit(&before, &[stage], &rules), Ok(after));
    let refused = edit(&before, &[set(0, "name", text("Eve"))], &rules);
    let field = "name".to_owned();
    assert_eq!(
        refused,
        Err(NotEdited::Reference {
            field,
            line: 4,
            column: 11
        })
    );
}

#[test]
fn the_word_for_the_old_key_goes_with_its_anchor_unless_an_alias_repeats_it() {
    let edits = [Edit::Renamed { record: 0 }];
    check_entry(
        "    renamedFrom: &old A-1\n    name: N\n",
        &edits,
        "    name: N\n",
    );
    check(
        "  - { externalOpportunityId: A, renamedFrom: &old A-1, name: N }\n",
        &edits,
        "  - { externalOpportunityId: A, name: N }\n",
    );
    // The first that repeats it gets the value and the anchor.
    check_entry(
        "    renamedFrom: &old A-1\n    name: *old\n    stage: *old\n",
        &edits,
        "    name: &old A-1\n    stage: *old\n",
    );
    let text = manifest(&format!(
        "{HEAD}    renamedFrom: &old 'A[1'\n    name: *old\n"
    ));
    let refused = NotEdited::Repeated {
        field: "renamedFrom".to_owned(),
        line: 4,
        column: 18,
        by: (5, 11),
    };
    assert_eq!(edited(&text, &edits), Err(refused));
}
