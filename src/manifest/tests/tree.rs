//! From texts to trees: the meaning of YAML, and the places of its nodes.

use pretty_assertions::assert_eq;

use super::super::frame::ItemSink;
use super::super::named_values::NamedValues;
use super::super::parser::{parse, parse_to};
use super::super::tree::{Member, Node, NodeContent};
use super::{shown, tree};
use crate::model::{FileId, Sources};

fn check(text: &str, expected: &str, problems: &[&str]) {
    let (tree, found) = tree(text);
    assert_eq!(
        (tree.as_str(), found),
        (expected, problems.iter().map(ToString::to_string).collect()),
        "{text}"
    );
}

#[test]
fn scalars_are_what_yaml_1_2_says() {
    let rows = [
        ("a: no", r#"{a: "no"}"#),
        ("a: 'true'", r#"{a: "true"}"#),
        ("a: True", "{a: True}"),
        ("a: 12:30:45", r#"{a: "12:30:45"}"#),
        ("a: 2026-12-31", r#"{a: "2026-12-31"}"#),
        ("a: 007", "{a: 007}"),
        ("a: 1.10", "{a: 1.10}"),
        ("a: 1_000", r#"{a: "1_000"}"#),
        ("a: 12345678901234567.89", "{a: 12345678901234567.89}"),
        ("a: !!str 12", r#"{a: "12"}"#),
        ("a: !!float 12", "{a: 12}"),
        ("a: !!str", r#"{a: ""}"#),
        ("a: !<tag:yaml.org,2002:str> ~", r#"{a: "~"}"#),
        ("a: !!map {}\nb: !!seq []", "{a: {}, b: []}"),
        ("a:\nb: ~\nc: null", "{a: null, b: null, c: null}"),
        ("- \n- a\n-", r#"[null, "a", null]"#),
        (
            "a: |\n  one\n  two\n\nb: >-\n  one\n  two",
            r#"{a: "one\ntwo\n", b: "one two"}"#,
        ),
        ("a: \"q\\u00e4\\n\\\n  r\"", r#"{a: "qä\nr"}"#),
        (
            "a: x # comment\n# comment\nb: 'it''s'",
            r#"{a: "x", b: "it's"}"#,
        ),
        ("{a: 1, b, c: [2, d: 3]}", "{a: 1, b: null, c: [2, {d: 3}]}"),
        ("a: x\u{85}y", "{a: \"x\\u{85}y\"}"),
        ("a: |\n \tx\n", r#"{a: "\tx\n"}"#),
    ];
    for (text, expected) in rows {
        check(text, expected, &[]);
    }
}

#[test]
fn line_ends_and_byte_order_do_not_matter() {
    check("a: 1\r\nb:\r\n  - x\r\n", r#"{a: 1, b: ["x"]}"#, &[]);
    check("a: 1\n...\n# end\n", "{a: 1}", &[]);
    check("%YAML 1.2\n---\na: 1", "{a: 1}", &[]);
}

#[test]
fn a_member_counts_once() {
    check(
        "a: 1\nb: 2\na: 3\na: 4",
        "{a: 1, b: 2}",
        &["3:1 duplicate-member", "4:1 duplicate-member"],
    );
    check("a: 1\n\"a\": 2", "{a: 1}", &["2:1 duplicate-member"]);
    let many: String = (0..100)
        .map(|index| format!("k{index}: {index}\n"))
        .collect();
    let (_, problems) = tree(&format!("{many}k7: again\n"));
    assert_eq!(problems, ["101:1 duplicate-member"]);
}

#[test]
fn anchors_repeat_and_merge_keys_lie_under() {
    check("a: &x {k: [1]}\nb: *x", "{a: {k: [1]}, b: {k: [1]}}", &[]);
    check("a: &x 1\nb: &x 2\nc: *x", "{a: 1, b: 2, c: 2}", &[]);
    check(
        "a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}",
        "{a: {k: 1, l: 2}, b: {l: 3, k: 1}}",
        &[],
    );
    check("<<: {k: 1}\nk: 2", "{k: 2}", &[]);
    check("<<: [{k: 1}, {k: 2, l: 2}]", "{k: 1, l: 2}", &[]);
    check(
        "a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}",
        "{a: {k: 1}, b: {l: 2, k: 1}, c: {l: 2, k: 1}}",
        &[],
    );
    check("&k a: *k", r#"{a: "a"}"#, &[]);
    check("a: &x b\n*x : 1", r#"{a: "b", b: 1}"#, &[]);
    check("'<<': {k: 1}", "{<<: {k: 1}}", &[]);
    check(
        "<<: {k: 1}\n<<: {l: 2}",
        "{k: 1}",
        &["2:1 duplicate-member"],
    );
    check("<<: 1\na: 2", "{a: 2}", &["1:5 bad-merge"]);
    check(
        "<<: [{k: 1}, x, [y]]",
        "{k: 1}",
        &["1:14 bad-merge", "1:17 bad-merge"],
    );
}

#[test]
fn what_cannot_be_used_is_said_once_and_the_rest_is_read() {
    check("a: *x\nb: 1", "{a: !, b: 1}", &["1:4 syntax"]);
    check("a: &x [*x]", "{a: [!]}", &["1:8 syntax"]);
    check(
        "? [a]\n: {a: 1, a: 2}\nb: 1",
        "{b: 1}",
        &["1:3 key-not-scalar", "2:10 duplicate-member"],
    );
    check(
        "a: !secret x\nb: !!int 1.5\nc: !!set {d}\n!x e: 1",
        "{a: !, b: !, c: !}",
        &[
            "1:4 unsupported-tag",
            "2:4 tag-mismatch",
            "3:4 unsupported-tag",
            "4:1 unsupported-tag",
        ],
    );
    check("a: !!seq {}", "{a: !}", &["1:4 tag-mismatch"]);
    check("a: 1\n---\nb: [", "{a: 1}", &["2:1 second-document"]);
}

#[test]
fn what_was_read_before_a_break_is_kept() {
    check("", "", &[]);
    check("# nothing", "", &[]);
    check("a: 1\nb: [1, 2, 3", "{a: 1, b: [1]} …", &["2:4 syntax"]);
    check("a:\n  - x\n  - y\n  z", r#"{a: ["x"]} …"#, &["4:3 syntax"]);
    check("a: b: c", r#"{a: "b"} …"#, &["1:5 syntax"]);
    check("a: 'x", "{} …", &["1:4 syntax"]);
    check("- {a: 1}\n- [{b: 2},\n", "[{a: 1}] …", &["2:3 syntax"]);
}

#[test]
fn places_are_bytes_of_the_text() {
    let text = "zwölf: [äpfel, 'ü b', \"é\\n\"]\nmehr: &a\n  größe: 12 # ö\nrest: *a\nleer:\n";
    let mut sources = Sources::default();
    let file = sources.add("test.yaml".into(), text.to_owned());
    let root = parse(file, text, &NamedValues::default(), &mut Vec::new())
        .root
        .unwrap();
    let mut places = Vec::new();
    collect(&root, &mut |node: &Node<'_>| {
        let place = sources.position(node.at.span(file));
        let source = &text[node.at.start as usize..node.at.end as usize];
        places.push(format!(
            "{}:{} {source:?} {}",
            place.line,
            place.column,
            shown(node)
        ));
    });
    let expected = [
        r#"1:9 "äpfel" "äpfel""#,
        r#"1:16 "'ü b'" "ü b""#,
        r#"1:23 "\"é\\n\"" "é\n""#,
        r#"3:10 "12" 12"#,
        // The place of an alias is where it is used, that of what it stands for where it is written.
        r#"3:10 "12" 12"#,
        // What is not written has the place of its name.
        r#"5:1 "leer" null"#,
    ];
    assert_eq!(places, expected);
}

fn collect<'n, 't>(node: &'n Node<'t>, visit: &mut impl FnMut(&'n Node<'t>)) {
    match &node.content {
        NodeContent::Scalar(_) | NodeContent::Broken => visit(node),
        NodeContent::List(items) => items.iter().for_each(|item| collect(item, visit)),
        NodeContent::Mapping(members) => members
            .iter()
            .for_each(|member| collect(&member.value, visit)),
        NodeContent::Shared(node) => collect(node, visit),
    }
}

/// Keeps the items of every list of the top mapping.
#[derive(Default)]
struct Kept<'t>(Vec<Node<'t>>);

impl<'t> ItemSink<'t> for Kept<'t> {
    fn takes(&mut self, _: &str, _: &[Member<'t>]) -> bool {
        true
    }

    fn item(&mut self, item: Node<'t>) {
        self.0.push(item);
    }
}

/// The room that is left in the mappings below a node.
fn room(node: &Node<'_>) -> usize {
    match &node.content {
        NodeContent::Mapping(members) => {
            let below: usize = members.iter().map(|member| room(&member.value)).sum();
            members.capacity() - members.len() + below
        }
        NodeContent::List(items) => items.iter().map(room).sum(),
        NodeContent::Shared(node) => room(node),
        NodeContent::Scalar(_) | NodeContent::Broken => 0,
    }
}

#[test]
fn mappings_inside_an_item_take_no_more_room_than_they_need() {
    let inner = "{ a: 1 }, ".repeat(100);
    let text = format!("records:\n  - b: [ {inner}{{ a: {{ c: 1 }} }} ]\n    d: {{}}\n");
    let mut out = Vec::new();
    let mut kept = Kept::default();
    let values = NamedValues::default();
    drop(parse_to(&mut kept, FileId(0), &text, &values, &mut out).root);
    let [item] = &kept.0[..] else {
        panic!("{} items", kept.0.len());
    };
    let NodeContent::Mapping(members) = &item.content else {
        panic!("{item:?}");
    };
    let below: usize = members.iter().map(|member| room(&member.value)).sum();
    assert_eq!((members.len(), below), (2, 0));
}
