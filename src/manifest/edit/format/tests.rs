//! The canonical layout: tables, texts by chance, and the manifests of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::super::layout::Layout;
use super::super::outline::{outlines, reading};
use super::super::scan::layout;
use super::super::tests::layouts;
use super::NotFormatted;
use crate::manifest::{InstanceRules, NamedValue, NamedValues};

fn format(text: &str) -> Result<String, NotFormatted> {
    let rules = InstanceRules::default();
    super::format(&reading(text, &rules), &rules)
}

#[track_caller]
fn check(before: &str, after: &str) {
    assert_eq!(format(before).as_deref(), Ok(after), "{before}");
    assert_eq!(format(after).as_deref(), Ok(after));
}

/// The same for the lines below `opportunities:`.
#[track_caller]
fn check_entries(before: &str, after: &str) {
    let head = "version: 1\nopportunities:\n";
    check(&format!("{head}{before}"), &format!("{head}{after}"));
}

#[test]
fn a_text_by_hand_becomes_canonical() {
    check(
        "\n\nversion: 1   \n\n\n\nopportunities: # all\n- stage:   'Open' # s\n  # its key\n  \"externalOpportunityId\" :  A\n  lifecycle: {protect: true}\n\n\n  roles:\n  -   {role: x,leadId: 1}   # r\n  -   role: y\n      leadId: 2\n\n  name:\n    Chairs\n# the end\n\n",
        "version: 1\n\nopportunities: # all\n  # its key\n  - externalOpportunityId: A\n    stage: Open # s\n\n    name: Chairs\n\n    roles:\n      - { leadId: 1, role: x } # r\n      - leadId: 2\n        role: y\n    lifecycle: { protect: true }\n# the end\n",
    );
    check(
        "# top\nroles: []\n\n# deals\nopportunities:\n- externalOpportunityId: A\n# by default\ndefaults: {role: {isPrimary: true}, opportunity: {stage: x}}\nversion: 1\n",
        "# top\nversion: 1\n# by default\ndefaults: { opportunity: { stage: x }, role: { isPrimary: true } }\n\n# deals\nopportunities:\n  - externalOpportunityId: A\nroles: []\n",
    );
}

#[test]
fn what_stands_around_the_document_stays() {
    check(
        "# yaml-language-server: $schema=x.json\n%YAML 1.2\n---   # start\nversion:  1\nopportunities: [ ]\n...\n\n\n# after",
        "# yaml-language-server: $schema=x.json\n%YAML 1.2\n--- # start\nversion: 1\nopportunities: []\n...\n\n# after\n",
    );
    check("\n# nothing\n\n\n", "# nothing\n");
    check("", "");
    check(
        "version:  1\r\nopportunities:\r\n- externalOpportunityId: A\r\n  description: |\r\n    a\r\n    b\r\n",
        "version: 1\r\nopportunities:\r\n  - externalOpportunityId: A\r\n    description: |\r\n      a\r\n      b\r\n",
    );
    check(
        "{version: 1, opportunities: [{name: x, externalOpportunityId: A}]}\n",
        "{ version: 1, opportunities: [{ externalOpportunityId: A, name: x }] }\n",
    );
}

#[test]
fn comments_keep_their_places() {
    check(
        "version: 1\nopportunities:\n  - externalOpportunityId: A\n    roles:\n    - leadId: 1\n      role: x\n      # deep\n    # about stage\n    stage: Open\n    # entry tail\n  # list tail\n# root tail\nroles:\n# zero\n- externalOpportunityId: A\n  leadId: 3\n  role: z\n     # odd\n",
        "version: 1\nopportunities:\n  - externalOpportunityId: A\n    # about stage\n    stage: Open\n    roles:\n      - leadId: 1\n        role: x\n        # deep\n    # entry tail\n  # list tail\n# root tail\nroles:\n  # zero\n  - externalOpportunityId: A\n    leadId: 3\n    role: z\n    # odd\n",
    );
    // In a column of their own.
    check_entries(
        "- externalOpportunityId: A   # key\n  stage: \"Open\"              # stage\n",
        "  - externalOpportunityId: A   # key\n    stage: Open                # stage\n",
    );
    check_entries(
        "- externalOpportunityId: A\n  stage: # why\n    # more\n\n    Open # now\n",
        "  - externalOpportunityId: A\n    stage: # why\n      # more\n\n      Open # now\n",
    );
}

#[test]
fn comments_between_entries_belong_to_the_entry_that_they_are_about() {
    check_entries(
        "-  externalOpportunityId: A\n   name: x\n #lead\n-\n #dash\n externalOpportunityId: B\n",
        "  - externalOpportunityId: A\n    name: x\n  #lead\n  -\n    #dash\n    externalOpportunityId: B\n",
    );
    check_entries(
        "  - externalOpportunityId: A\n  # lead\n     # deeper\n  - externalOpportunityId: B\n  # tail\n     # deeper\n",
        "  - externalOpportunityId: A\n  # lead\n  # deeper\n  - externalOpportunityId: B\n  # tail\n  # deeper\n",
    );
}

#[test]
fn brackets_stay() {
    check_entries(
        "- {externalOpportunityId: A, # id\n   # above\n   amount: 1 # one\n   , name: \"x\"  , # nm\n   # tail\n   }\n- { externalOpportunityId: B, stage, name: , type: 't, u' }\n",
        "  - {\n      externalOpportunityId: A, # id\n      # above\n      amount: 1, # one\n      name: x # nm\n      # tail\n    }\n  - { externalOpportunityId: B, stage, name:, type: \"t, u\" }\n",
    );
    check_entries(
        "- externalOpportunityId: A\n  roles: # c\n   [\n {role: x, leadId: 1}]\n",
        "  - externalOpportunityId: A\n    roles: # c\n      [\n        { leadId: 1, role: x }\n      ]\n",
    );
}

#[test]
fn texts_keep_their_signs() {
    let head = "  - externalOpportunityId: A\n";
    let rows = [
        // Blocks.
        (
            "description: |2\n      two more\n    text  \n\n\n  name: x\n",
            "description: |2\n        two more\n      text  \n\n    name: x\n",
        ),
        (
            "nextStep: |+ # kept\n        kept\n\n\n  name: x\n",
            "nextStep: |+ # kept\n      kept\n\n\n    name: x\n",
        ),
        (
            "nextStep: |+\n        kept\n\n\n",
            "nextStep: |+\n      kept\n\n\n",
        ),
        (
            "name: >-\n        fold\n\n\n        ed\n",
            "name: >-\n      fold\n\n\n      ed\n",
        ),
        ("name: |\n\n    blank\n", "name: |\n\n      blank\n"),
        // Several lines.
        (
            "name: a b\n     c\n\n     d # c\n",
            "name: a b\n      c\n\n      d # c\n",
        ),
        (
            "name: \"one \\\n      two\n      \\ three\"\n",
            "name: \"one \\\n      two\n      \\ three\"\n",
        ),
        // Quotes.
        ("name: 'it''s'\n", "name: it's\n"),
        ("name: 'no'\n", "name: \"no\"\n"),
        ("name: no\n", "name: no\n"),
        ("name: 'a \"q\"'\n", "name: 'a \"q\"'\n"),
        ("name: \"a \\u00e9\"\n", "name: a é\n"),
        ("name: \"\\u200b\"\n", "name: \"\\u200b\"\n"),
        ("name: x\u{a0}\n", "name: x\u{a0}\n"),
        (
            "\"fields\": {'y': 'n', \"a\": \"1\"}\n",
            "fields: { \"y\": \"n\", a: \"1\" }\n",
        ),
        // Types, digits, references.
        ("amount: '1604.470'\n", "amount: \"1604.470\"\n"),
        ("amount: +1604.470\n", "amount: +1604.470\n"),
        ("amount: !!str 5\n", "amount: !!str 5\n"),
        ("stage: ~\n", "stage: ~\n"),
        ("stage:\n", "stage:\n"),
        ("stage: $${owner}\n", "stage: $${owner}\n"),
    ];
    for (before, after) in rows {
        let before = format!("- externalOpportunityId: A\n  {before}");
        check_entries(&before, &format!("{head}    {after}"));
    }
}

#[test]
fn anchors_stand_before_their_aliases() {
    check_entries(
        "- &base # b\n\n  # first\n  externalOpportunityId: A\n  name: &n Name\n- <<: *base\n  type: *n\n  externalOpportunityId: B\n",
        "  - &base # b\n    # first\n    externalOpportunityId: A\n    name: &n Name\n  - <<: *base\n    externalOpportunityId: B\n    type: *n\n",
    );
    // The order of the members would turn them around.
    check_entries(
        "- name: &n A1\n  externalOpportunityId: *n\n",
        "  - name: &n A1\n    externalOpportunityId: *n\n",
    );
}

#[test]
fn what_cannot_be_laid_out_is_left() {
    let form = |what, line| NotFormatted::Form { what, line };
    let rows = [
        (
            "version: 1\nopportunities:\n  - ? externalOpportunityId\n    : A\n",
            form("a key with `?` before it", 3),
        ),
        (
            "version: 1\nopportunities:\n  - { ? externalOpportunityId : A }\n",
            form("a key with `?` before it", 3),
        ),
        (
            "version: 1\nopportunities: []\r# a\n",
            form("a carriage return without a line feed", 2),
        ),
        (
            "version: 1\nopportunities:\n  - { externalOpportunityId: # c\n    A }\n",
            form("fmt does not know this form of YAML", 4),
        ),
        (
            "--- &root\nversion: 1\n",
            form("fmt does not know this form of YAML", 1),
        ),
        ("- a\n", form("fmt does not know this form of YAML", 1)),
        ("a: [", NotFormatted::Unreadable),
        ("version: 1\n---\nversion: 1\n", NotFormatted::Unreadable),
        ("version: *a\n", NotFormatted::Unreadable),
        ("version: 1\n<<<<<<< HEAD\n", NotFormatted::Unreadable),
    ];
    for (text, why) in rows {
        assert_eq!(format(text), Err(why), "{text}");
    }
    // Mistakes that are none of the layout are for `validate`.
    check(
        "opportunites:\n- name:   x\n",
        "opportunites:\n  - name: x\n",
    );
}

#[test]
fn references_stay() {
    let values = [("owner".into(), NamedValue::text("Ada"))];
    let rules = InstanceRules {
        values: NamedValues::new("local", values.into_iter().collect()),
        protect: true,
    };
    let before = "version: 1\nopportunities:\n- name:   ${owner}\n  externalOpportunityId: A\n";
    let after = "version: 1\nopportunities:\n  - externalOpportunityId: A\n    name: ${owner}\n";
    assert_eq!(
        super::format(&reading(before, &rules), &rules).as_deref(),
        Ok(after)
    );
    assert_eq!(format(before).as_deref(), Ok(after));
}

/// The comments of a text, in the order of the text.
fn comments(text: &str) -> Vec<String> {
    let unix = text.replace("\r\n", "\n");
    let layout: Layout<'_> = layout(&unix).expect("it has a layout");
    let comments = layout.comments_outside(&[]).into_iter();
    comments.map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_the_layout_is_its_own(before in layouts()) {
        let formatted = format(&before);
        prop_assert!(formatted.is_ok(), "{formatted:?}\n{before}");
        let formatted = formatted.unwrap_or_default();
        prop_assert_eq!(format(&formatted), Ok(formatted.clone()), "{}", &before);
        // The members of these texts are in their order.
        prop_assert_eq!(comments(&formatted), comments(&before), "{}", &formatted);
        let rules = InstanceRules::default();
        let declared = |text: &str| outlines(&reading(text, &rules));
        prop_assert_eq!(declared(&formatted), declared(&before), "{}", &formatted);
        prop_assert_eq!(formatted.contains("\r\n"), before.contains("\r\n"));
        prop_assert!(formatted.ends_with('\n'));
        prop_assert!(formatted.lines().all(|line| line.trim_end() == line), "{}", formatted);
    }
}

/// The members of an entry, in their order.
const MEMBERS: [&str; 7] = [
    "externalOpportunityId: A # key",
    "ensure: present # ensure",
    "name: x # name",
    "fields: { ensure: y } # fields",
    "roles: # roles\n      - leadId: 1\n        role: z # role\n      # below the role",
    "rolesMode: exact # mode",
    "lifecycle: { protect: true } # lifecycle",
];

fn entry(members: &[&str]) -> String {
    format!(
        "version: 1\nopportunities:\n  - {}\n    # below\n",
        members.join("\n    ")
    )
}

proptest! {
    #[test]
    fn members_get_their_order_and_take_their_comments_along(shuffled in Just(MEMBERS.to_vec()).prop_shuffle()) {
        prop_assert_eq!(format(&entry(&shuffled)), Ok(entry(&MEMBERS)));
    }
}

/// The YAML files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|it| it == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn the_examples_are_formatted_and_all_manifests_can_be() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("examples"), &mut found);
    files(&root.join("tests/data"), &mut found);
    let mut examples = 0;
    for path in found {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let formatted = match format(&text) {
            Ok(formatted) => formatted,
            // In the samples of mistakes.
            Err(NotFormatted::Unreadable | NotFormatted::Form { .. })
                if path.starts_with(root.join("tests/data")) =>
            {
                continue;
            }
            Err(error) => panic!("{}: {error}", path.display()),
        };
        if path.starts_with(root.join("examples")) && text.contains("\nopportunities:") {
            examples += 1;
            assert_eq!(formatted, text, "{}", path.display());
        }
    }
    assert!(examples > 5, "{examples}");
}

#[test]
fn the_manifests_of_the_documentation_are_formatted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for page in [
        "README.md",
        "docs/manifests.md",
        "docs/instances.md",
        "docs/fmt.md",
    ] {
        let text = fs::read_to_string(root.join(page)).expect("the page can be read");
        for block in text.split("```yaml\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            if block.contains("opportunities:\n") && block.contains("version: 1\n") {
                seen += 1;
                assert_eq!(format(block).as_deref(), Ok(block), "{page}");
            }
        }
    }
    assert!(seen > 1, "{seen}");
}
