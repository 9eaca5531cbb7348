//! Filters, aliases, compound keys, fields and pages.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{Bench, OPPORTUNITIES, ROLES, bench, bench_with, code};

/// The value of `field` in each row.
fn column<'r>(rows: &'r [Value], field: &str) -> Vec<&'r str> {
    rows.iter()
        .map(|row| row[field].as_str().unwrap())
        .collect()
}

/// A bench with opportunities A, B, C and roles on two leads.
async fn with_roles() -> (Bench, Vec<u64>) {
    let bench = bench().await;
    bench.opportunities(&["A", "B", "C"]).await;
    let leads = bench.leads(&["ada@example.com", "bob@example.com"]).await;
    let role = |key: &str, lead: usize, role: &str| json!({ "externalOpportunityId": key, "leadId": leads[lead], "role": role });
    let input = json!({ "input": [
        role("A", 0, "Buyer"), role("A", 1, "Buyer"), role("A", 0, "Champion"), role("B", 1, "Buyer"),
    ] });
    bench.post(ROLES, &input).await;
    (bench, leads)
}

#[tokio::test]
async fn the_method_may_be_overridden_in_the_url_or_in_the_form() {
    let bench = bench().await;
    bench.opportunities(&["A"]).await;
    let filter = [
        ("filterType", "externalOpportunityId"),
        ("filterValues", " a ,Z, A"),
    ];
    let in_form = [filter[0], filter[1], ("_method", "GET")];
    let get = format!("{OPPORTUNITIES}?filterType=externalOpportunityId&filterValues=a");
    for reply in [
        bench.get(&get).await,
        bench
            .form(&format!("{OPPORTUNITIES}?_method=GET"), &filter)
            .await,
        bench.form(OPPORTUNITIES, &in_form).await,
    ] {
        let rows = reply["result"].as_array().unwrap();
        assert_eq!(column(rows, "externalOpportunityId"), ["A"]);
    }
}

#[tokio::test]
async fn roles_are_found_by_each_searchable_field() {
    let (bench, leads) = with_roles().await;
    let of = |rows: Vec<Value>| {
        let mut found: Vec<(String, u64, String)> = rows
            .iter()
            .map(|row| {
                let text = |name: &str| row[name].as_str().unwrap().to_owned();
                (
                    text("externalOpportunityId"),
                    row["leadId"].as_u64().unwrap(),
                    text("role"),
                )
            })
            .collect();
        found.sort();
        found
    };
    let fields = "externalOpportunityId,leadId,role";
    let entry = |key: &str, lead: usize, role: &str| (key.to_owned(), leads[lead], role.to_owned());
    assert_eq!(
        of(bench
            .find(ROLES, "externalopportunityid", "a,C", fields)
            .await),
        [
            entry("A", 0, "Buyer"),
            entry("A", 0, "Champion"),
            entry("A", 1, "Buyer")
        ]
    );
    assert_eq!(
        of(bench
            .find(ROLES, "leadId", &leads[1].to_string(), fields)
            .await),
        [entry("A", 1, "Buyer"), entry("B", 1, "Buyer")]
    );
    let compound = json!({
        "filterType": "dedupeFields",
        "fields": ["marketoGuid", "externalOpportunityId", "leadId", "role"],
        "input": [
            { "externalOpportunityId": "b", "leadId": leads[1], "role": "BUYER" },
            { "externalOpportunityId": "A", "leadId": leads[0], "role": "Captain" },
        ],
    });
    let reply = bench.post(&format!("{ROLES}?_method=GET"), &compound).await;
    assert_eq!(
        of(reply["result"].as_array().unwrap().clone()),
        [entry("B", 1, "Buyer")]
    );
    let guid = reply["result"][0]["marketoGUID"].as_str().unwrap();
    assert_eq!(
        of(bench.find(ROLES, "idField", guid, fields).await),
        [entry("B", 1, "Buyer")]
    );
}

#[tokio::test]
async fn queries_beyond_the_rules_are_refused() {
    let bench = bench().await;
    let many = vec!["A"; 301].join(",");
    for (form, expected) in [
        (vec![("filterValues", "A")], "1003"),
        (vec![("filterType", "externalOpportunityId")], "1003"),
        (
            vec![
                ("filterType", "externalOpportunityId"),
                ("filterValues", " , "),
            ],
            "1003",
        ),
        (
            vec![("filterType", "description"), ("filterValues", "A")],
            "1003",
        ),
        (
            vec![("filterType", "noSuch"), ("filterValues", "A")],
            "1003",
        ),
        (
            vec![("filterType", "dedupeFields"), ("filterValues", &many)],
            "1003",
        ),
        (
            vec![
                ("filterType", "dedupeFields"),
                ("filterValues", "A"),
                ("fields", "noSuch"),
            ],
            "1006",
        ),
        (
            vec![
                ("filterType", "dedupeFields"),
                ("filterValues", "A"),
                ("nextPageToken", "x"),
            ],
            "1003",
        ),
    ] {
        let reply = bench
            .form(&format!("{OPPORTUNITIES}?_method=GET"), &form)
            .await;
        assert_eq!(code(&reply), expected, "{form:?}");
    }
    for size in ["0", "301", "-1", "+5", "x", "", "1.0"] {
        let query =
            format!("{OPPORTUNITIES}?filterType=dedupeFields&filterValues=A&batchSize={size}");
        assert_eq!(code(&bench.get(&query).await), "1003", "batchSize {size}");
    }
    let roles = format!("{ROLES}?filterType=dedupeFields&filterValues=A");
    assert_eq!(code(&bench.get(&roles).await), "1003");
    let number = format!("{ROLES}?filterType=leadId&filterValues=x");
    assert_eq!(code(&bench.get(&number).await), "1001");
    let part = json!({ "filterType": "dedupeFields", "input": [{ "externalOpportunityId": "A", "leadId": 1 }] });
    let reply = bench.post(&format!("{ROLES}?_method=GET"), &part).await;
    assert_eq!(code(&reply), "1003");
}

/// The rows of all pages of a query, and the number of pages.
async fn pages(
    bench: &Bench,
    path: &str,
    filter: &str,
    values: &str,
    size: &str,
) -> (Vec<Value>, usize) {
    let mut form = vec![
        ("filterType".to_owned(), filter.to_owned()),
        ("filterValues".to_owned(), values.to_owned()),
        ("batchSize".to_owned(), size.to_owned()),
        ("fields".to_owned(), "externalOpportunityId".to_owned()),
    ];
    let mut rows = Vec::new();
    for count in 1.. {
        let pairs: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let reply = bench.form(&format!("{path}?_method=GET"), &pairs).await;
        rows.extend(reply["result"].as_array().unwrap().iter().cloned());
        let Some(next) = reply["nextPageToken"].as_str() else {
            assert_eq!(reply.get("moreResult"), None);
            return (rows, count);
        };
        assert_eq!(reply["moreResult"], true);
        form.truncate(4);
        form.push(("nextPageToken".to_owned(), next.to_owned()));
    }
    unreachable!("the loop has no end")
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let bench = bench().await;
    let keys: Vec<String> = (0..10).map(|number| format!("K{number}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    bench.opportunities(&keys).await;
    let lead = bench.leads(&["ada@example.com"]).await[0];
    let roles: Vec<Value> = keys
        .iter()
        .flat_map(|key| {
            ["x", "y"]
                .map(|role| json!({ "externalOpportunityId": key, "leadId": lead, "role": role }))
        })
        .collect();
    bench.post(ROLES, &json!({ "input": roles })).await;

    for (size, expected) in [("3", 4), ("5", 2), ("10", 1)] {
        let (rows, count) =
            pages(&bench, OPPORTUNITIES, "dedupeFields", &keys.join(","), size).await;
        assert_eq!(column(&rows, "externalOpportunityId"), keys);
        assert_eq!(count, expected, "pages of {size}");
    }
    let twice: Vec<&str> = keys.iter().flat_map(|&key| [key, key]).collect();
    let (rows, count) = pages(&bench, ROLES, "externalOpportunityId", &keys.join(","), "3").await;
    assert_eq!(
        (column(&rows, "externalOpportunityId"), count),
        (twice.clone(), 7)
    );
    let (rows, count) = pages(&bench, ROLES, "leadId", &lead.to_string(), "6").await;
    assert_eq!((column(&rows, "externalOpportunityId"), count), (twice, 4));
}

#[tokio::test]
async fn a_page_token_works_for_its_own_query_only() {
    let bench = bench().await;
    bench.opportunities(&["A", "B", "C"]).await;
    let query = |values: &str| {
        format!("{OPPORTUNITIES}?filterType=dedupeFields&filterValues={values}&batchSize=1")
    };
    let reply = bench.get(&query("A,B,C")).await;
    let token = reply["nextPageToken"].as_str().unwrap();
    let encoded = token.replace('=', "%3D");
    let next = format!("{}&nextPageToken={encoded}", query("A,B,C"));
    assert_eq!(
        bench.get(&next).await["result"][0]["externalOpportunityId"],
        "B"
    );
    // The token can be in the URL while the rest is in the body.
    let form = [
        ("filterType", "dedupeFields"),
        ("filterValues", "A,B,C"),
        ("batchSize", "1"),
    ];
    let url = format!("{OPPORTUNITIES}?_method=GET&nextPageToken={encoded}");
    assert_eq!(
        bench.form(&url, &form).await["result"][0]["externalOpportunityId"],
        "B"
    );
    let other = format!("{}&nextPageToken={encoded}", query("A,B"));
    assert_eq!(code(&bench.get(&other).await), "1003");
}

#[tokio::test]
async fn compound_queries_page_with_all_inputs_sent_again() {
    let (bench, leads) = with_roles().await;
    let mut body = json!({ "filterType": "dedupeFields", "batchSize": 1, "fields": ["role"], "input": [
        { "externalOpportunityId": "A", "leadId": leads[0], "role": "Champion" },
        { "externalOpportunityId": "A", "leadId": leads[0], "role": "Buyer" },
    ] });
    let url = format!("{ROLES}?_method=GET");
    let first = bench.post(&url, &body).await;
    assert_eq!(first["result"][0]["role"], "Champion");
    body["nextPageToken"] = first["nextPageToken"].clone();
    let second = bench.post(&url, &body).await;
    assert_eq!(second["result"][0]["role"], "Buyer");
    assert_eq!(second.get("nextPageToken"), None);
}

#[tokio::test]
async fn custom_text_and_integers_are_searchable() {
    let bench = bench_with(|options, directory| {
        let path = directory.join("schema.yaml");
        let text = "opportunity:\n  fields:\n    - { name: region, dataType: string }\n    - { name: rank, dataType: integer }\n    - { name: note, dataType: text }\n";
        std::fs::write(&path, text).unwrap();
        options.schema = Some(path);
    })
    .await;
    let input = json!({ "input": [
        { "externalOpportunityId": "A", "region": "EMEA", "rank": 7, "note": "n" },
        { "externalOpportunityId": "B", "region": "emea", "rank": 8 },
        { "externalOpportunityId": "C", "region": "APAC" },
    ] });
    bench.post(OPPORTUNITIES, &input).await;
    let (rows, count) = pages(&bench, OPPORTUNITIES, "region", "Emea", "1").await;
    assert_eq!(
        (column(&rows, "externalOpportunityId"), count),
        (vec!["A", "B"], 2)
    );
    let (rows, _) = pages(&bench, OPPORTUNITIES, "rank", "8,9", "300").await;
    assert_eq!(column(&rows, "externalOpportunityId"), ["B"]);
    let note = format!("{OPPORTUNITIES}?filterType=note&filterValues=n");
    assert_eq!(code(&bench.get(&note).await), "1003");
}
