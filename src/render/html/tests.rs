//! Pages: what they show and how, and that data stays data.

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::html;
use super::page::{SCRIPT, STYLE};
use super::policy::{hash, policy};
use crate::render::ending::Verdict;
use crate::render::escape::escaped;
use crate::render::markdown::tests::sample::{Sample, created, deleted, field, updated};
use crate::render::{MASK, MarkdownLimit, markdown};

/// The text between two marks.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).expect("the start is there");
    let (found, _) = rest.split_once(end).expect("the end is there");
    found
}

fn json(page: &str) -> &str {
    between(page, "id=\"data\">", "</script>")
}

fn data(page: &str) -> Value {
    serde_json::from_str(json(page)).expect("it is JSON")
}

/// The page without its data, style and script.
fn shown(page: &str) -> String {
    page.replacen(json(page), "", 1)
        .replacen(STYLE, "", 1)
        .replacen(SCRIPT, "", 1)
}

/// What the tags of a page are, in their order. Commands are code where the text has a pair of backticks.
fn tags(page: &str) -> Vec<String> {
    let shown = shown(page);
    let tags = shown.split('<').skip(1).map(|tag| {
        let end = tag.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '/');
        tag[..end.unwrap_or(tag.len())].to_owned()
    });
    tags.filter(|tag| !tag.ends_with("code")).collect()
}

fn small() -> Sample {
    Sample::of(vec![
        created("A-1", "a.yaml"),
        updated("A-2", "b.yaml", vec![field("stage", "Open", "Won")]),
        deleted("A-3", "a.yaml"),
    ])
}

#[test]
fn the_policy_allows_this_style_and_this_script_and_nothing_else() {
    let page = html(&small().planned());
    let style = between(&page, "<style>", "</style>");
    let script = between(&page, "</script><script>", "</script>");
    assert_eq!((style, script), (STYLE, SCRIPT));
    let policy = policy(style, script).replace('\'', "&#39;");
    assert!(page.contains(&policy));
    assert!(policy.contains(&format!("sha256-{}", hash(SCRIPT))));
    assert!(policy.starts_with("default-src &#39;none&#39;; ") && !policy.contains("unsafe"));
}

#[test]
fn the_script_is_small_and_makes_no_markup_of_data() {
    assert!(SCRIPT.len() < 20_000, "{} bytes", SCRIPT.len());
    for word in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "createContextualFragment",
        "document.write",
        "eval(",
        "Function(",
        "fetch(",
        "XMLHttpRequest",
        "import(",
        "://",
        "</",
        "<!--",
    ] {
        assert!(!SCRIPT.contains(word), "{word}");
    }
    for word in ["url(", "@import", "://", "</"] {
        assert!(!STYLE.contains(word), "{word}");
    }
}

#[test]
fn a_page_asks_for_nothing() {
    let sample = small();
    for page in [html(&sample.planned()), html(&sample.applied())] {
        let shown = shown(&page);
        for word in [
            " src=", "<link", "<img", "<iframe", "<object", " style=", " onclick",
        ] {
            assert!(!shown.contains(word), "{word}");
        }
        let mut addresses = shown.split(" href=\"").skip(1);
        assert!(addresses.all(|rest| rest.starts_with('#')));
    }
}

#[test]
fn a_plan_has_the_verdict_of_its_brief_and_a_row_for_each_change() {
    let sample = small();
    let account = sample.planned();
    let page = html(&account);
    let verdict = "merging creates 1 opportunity, updates 1 opportunity and deletes 1 opportunity";
    let brief = &account.plan.as_ref().expect("it is a plan").brief;
    assert_eq!(brief.verdict, verdict);
    assert_eq!(between(&page, "<h1 id=\"verdict\">", "</h1>"), verdict);
    assert_eq!(data(&page)["verdict"], verdict);
    assert!(between(&page, "<title>", "</title>").ends_with(verdict));
    assert!(
        markdown(&account, MarkdownLimit::Github)
            .contains(&verdict.replace("deletes", "**deletes**"))
    );
    let rows = data(&page)["rows"].clone();
    let rows = rows.as_array().expect("a list").iter();
    let rows: Vec<String> = rows
        .map(|row| {
            let member = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            [member("action"), member("key"), member("summary")].join(": ")
        })
        .collect();
    assert_eq!(
        rows,
        [
            "create: A-1: ",
            "update: A-2: stage Open → Won",
            "delete: A-3: stage Won"
        ]
    );
    // Without scripts they are there too, with the keys as the heads of their rows.
    let table = between(&page, "<table id=\"table\">", "</table>");
    assert_eq!(table.matches("<tr class=").count(), 3);
    assert_eq!(table.matches("<th scope=\"row\"").count(), 3);
    assert!(table.contains("stage Open → Won"));
    assert!(page.starts_with("<!-- oppctl:v1 instance=123-abc-456-6109becf "));
    assert!(page.contains("\n<!doctype html>\n<html lang=\"en\">"));
}

#[test]
fn a_run_has_an_outcome_for_each_change_and_its_causes() {
    let sample = Sample::everywhere("x");
    let page = html(&sample.applied());
    let rows = data(&page)["rows"].clone();
    let outcomes: Vec<&str> = (0..5)
        .map(|index| rows[index]["outcome"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        outcomes,
        [
            "applied",
            "rejected",
            "unknown",
            "not attempted",
            "not attempted"
        ]
    );
    let causes = between(&page, "<h2 id=\"causes\">Not applied</h2>", "</section>");
    assert_eq!(causes.matches("<p class=\"finding\">").count(), 4);
    assert!(causes.contains("its opportunity x was not sent"));
    let verdict = between(&page, "<h1 id=\"verdict\">", "</h1>");
    let title = markdown(&sample.applied(), MarkdownLimit::Github);
    assert!(title.replace("**", "").contains(verdict), "{verdict}");
}

#[test]
fn hostile_data_stays_data() {
    let harmless = Sample::everywhere("x");
    for text in [
        "</script><img src=x onerror=alert(1)>",
        "--><script>alert(1)</script><!--",
        "</title></style><script>",
        "\"><svg onload=alert(1)>",
        "' onfocus='alert(1)' autofocus='",
        "&lt;b&gt; &#60;",
        "\u{202e}gnp.exe\u{200b}\0\u{1b}[31m",
        "javascript:alert(1)",
        "]]><!--<script>",
        "##[group]x",
    ] {
        let sample = Sample::everywhere(text);
        let pairs = [
            (html(&harmless.planned()), html(&sample.planned())),
            (html(&harmless.applied()), html(&sample.applied())),
            (
                html(&harmless.failed(Verdict::Failed)),
                html(&sample.failed(Verdict::Failed)),
            ),
        ];
        for (harmless, page) in &pairs {
            assert_eq!(tags(page), tags(harmless), "{text}");
            assert!(!json(page).contains('<'), "{text}");
            let hidden = ['\u{202e}', '\u{200b}', '\0', '\u{1b}'];
            assert!(!page.contains(hidden), "{text}");
            let row = &data(page)["rows"][1];
            assert_eq!(row["name"], *escaped(text));
            assert_eq!(row["fields"][1]["before"], *escaped(text));
        }
    }
}

#[test]
fn long_texts_are_whole_and_sensitive_values_are_nowhere() {
    let text = "word ".repeat(2_000);
    let mut secret = field("discount", "hunter2", "correct horse");
    secret.sensitive = true;
    let fields = vec![field("description", "one\ntwo", &text), secret];
    let sample = Sample::of(vec![updated("A-1", "a.yaml", fields)]);
    let page = html(&sample.planned());
    assert!(!page.contains("hunter2") && !page.contains("correct horse"));
    let fields = data(&page)["rows"][0]["fields"].clone();
    assert_eq!(fields[0]["before"], "one\ntwo");
    assert_eq!(fields[0]["after"], *text);
    assert_eq!(fields[0]["long"], true);
    assert_eq!(
        (&fields[1]["before"], &fields[1]["after"]),
        (&MASK.into(), &MASK.into())
    );
    assert!(shown(&page).contains("description edited"));
}

#[test]
fn ten_thousand_changes_are_all_in_the_data_and_some_in_the_page() {
    let changes = (0..10_000).map(|index| match index % 3 {
        0 => created(&format!("A-{index}"), "a.yaml"),
        1 => deleted(&format!("A-{index}"), "b.yaml"),
        _ => updated(
            &format!("A-{index}"),
            "c.yaml",
            vec![field("stage", "Open", "Won")],
        ),
    });
    let sample = Sample::of(changes.collect());
    let page = html(&sample.planned());
    assert_eq!(
        data(&page)["rows"].as_array().expect("a list").len(),
        10_000
    );
    let table = between(&page, "<table id=\"table\">", "</table>");
    assert_eq!(table.matches("<th scope=\"row\"").count(), 500);
    assert!(page.contains("<noscript><p>The first 500 changes; 9,500 more"));
    assert!(page.len() < 4_000_000, "{} bytes", page.len());
}
