//! The probes: for each switch the calls that show its values.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::super::{
    COMPANIES, DELETE, DELETE_COMPANIES, DELETE_SALES_PERSONS, DESCRIBE, DESCRIBE_COMPANIES,
    DESCRIBE_ROLES, DESCRIBE_SALES_PERSONS, LEADS, OPPORTUNITIES, ROLES, SALES_PERSONS,
};
use super::{Probe, Step, probe};
use crate::simulator::{CallLimits, Crm, Options};

/// A probe for each switch.
pub(super) fn all() -> Vec<Probe> {
    let parts = [
        references_and_keys(),
        values(),
        records(),
        companies_and_sales_persons(),
        calls(),
        forms(),
        crm_and_types(),
        access(),
        counts_and_time_outs(),
    ];
    parts.into_iter().flatten().collect()
}

fn write(path: &'static str, record: &Value) -> Step {
    Step::Post(path, json!({ "input": [record] }))
}

/// A sync of the opportunity A, or of another member's name.
fn a(mut more: Value) -> Step {
    let members = more.as_object_mut().unwrap();
    members
        .entry("externalOpportunityId")
        .or_insert_with(|| json!("A"));
    write(OPPORTUNITIES, &more)
}

fn role(lead: u64, primary: bool) -> Step {
    let role = json!({ "externalOpportunityId": "A", "leadId": lead, "role": "Buyer", "isPrimary": primary });
    write(ROLES, &role)
}

fn lead() -> Step {
    write(LEADS, &json!({ "email": "ada@example.com" }))
}

/// A company and its lead.
fn joined() -> Vec<Step> {
    vec![
        write(COMPANIES, &json!({ "externalCompanyId": "C" })),
        write(
            LEADS,
            &json!({ "email": "ada@example.com", "externalCompanyId": "C" }),
        ),
    ]
}

fn query(rest: &str) -> Step {
    let path = format!("{OPPORTUNITIES}?filterType=dedupeFields&filterValues={rest}");
    Step::Get(path)
}

fn find_role(fields: &str) -> Vec<Step> {
    let path = format!("{ROLES}?filterType=leadId&filterValues=1&fields={fields}");
    vec![Step::Get(path)]
}

fn file(directory: &Path, text: &str) -> Option<PathBuf> {
    let path = directory.join(format!("{}.yaml", text.len()));
    std::fs::write(&path, text).unwrap();
    Some(path)
}

fn references_and_keys() -> Vec<Probe> {
    vec![
        probe("roleUnknownLead", vec![role(9, false)], &["1004", "1013"])
            .after(vec![a(json!({ "name": "A" }))]),
        probe("roleHiddenLead", vec![role(1, false)], &["1004", "1008"])
            .with(|options, directory| {
                options.leads = file(
                    directory,
                    "leads: [{ email: ada@example.com, leadPartitionId: 2 }]\npartitions: [{ id: 2, name: Europe }]",
                );
                options.users = file(
                    directory,
                    "users: [{ clientId: simulator, clientSecret: simulator, partitions: [1] }]",
                );
            })
            .after(vec![a(json!({ "name": "A" }))]),
        probe(
            "roleUnknownOpportunity",
            vec![role(1, false)],
            &["1013", "1003"],
        )
        .after(vec![lead()]),
        probe(
            "createExisting",
            vec![Step::Post(
                OPPORTUNITIES,
                json!({ "action": "createOnly", "input": [{ "externalOpportunityId": "A" }] }),
            )],
            &["1017", "1005"],
        )
        .after(vec![a(json!({}))]),
        probe(
            "updateMissing",
            vec![Step::Post(
                OPPORTUNITIES,
                json!({ "action": "updateOnly", "input": [{ "externalOpportunityId": "A" }] }),
            )],
            &["1013", "1003"],
        ),
        probe(
            "missingKey",
            vec![write(OPPORTUNITIES, &json!({ "name": "A" }))],
            &["1003", "1002", "701"],
        ),
        probe(
            "nullName",
            vec![a(json!({ "name": null }))],
            &["1003", "701", "created"],
        ),
        probe("missingName", vec![a(json!({}))], &["created", "1003"]),
    ]
}

fn values() -> Vec<Probe> {
    vec![
        probe(
            "tooLongString",
            vec![
                a(json!({ "name": "x".repeat(256) })),
                query("A&fields=name"),
            ],
            &["1003", "1077", "xxx"],
        ),
        probe(
            "textLength",
            vec![a(json!({ "name": "ä".repeat(200) }))],
            &["created", "1003"],
        ),
        probe(
            "badValue",
            vec![
                a(json!({ "closeDate": "yesterday" })),
                a(json!({ "amount": "much" })),
            ],
            &["1003", "1001", "704"],
        ),
        probe(
            "percentValue",
            vec![a(json!({ "margin": 12.50 })), query("A&fields=margin")],
            &["\"margin\":12.5", "1003"],
        )
        .with(|options, directory| {
            let fields = "opportunity: { fields: [{ name: margin, dataType: percent }] }";
            options.schema = file(directory, fields);
        }),
        probe(
            "nullBoolean",
            vec![a(json!({ "isWon": null })), query("A&fields=isWon")],
            &["\"isWon\":false", "\"isWon\":null", "611"],
        )
        .after(vec![a(json!({ "isWon": true }))]),
        probe(
            "zonelessDatetime",
            vec![
                a(json!({ "externalCreatedDate": "2026-01-01T10:00:00" })),
                query("A&fields=externalCreatedDate"),
            ],
            &["1003", "2026-01-01T16:00:00Z"],
        ),
        probe(
            "fourByteCharacters",
            vec![a(json!({ "name": "😀x" })), query("A&fields=name")],
            &["😀x", "\"name\":\"x\"", "1003"],
        ),
        probe(
            "unknownField",
            vec![a(json!({ "noSuch": 1 }))],
            &["skipped", "\"success\":false", "created"],
        ),
        probe(
            "fieldNameCase",
            vec![write(
                OPPORTUNITIES,
                &json!({ "EXTERNALopportunityid": "A" }),
            )],
            &["created", "1006"],
        ),
    ]
}

fn records() -> Vec<Probe> {
    vec![
        probe(
            "readOnlyField",
            vec![a(json!({ "createdAt": "2026-01-01T00:00:00Z" }))],
            &["1003", "created"],
        ),
        probe(
            "repeatedKey",
            vec![Step::Post(
                OPPORTUNITIES,
                json!({ "input": [{ "externalOpportunityId": "A" }, { "externalOpportunityId": "A" }] }),
            )],
            &["1036", "updated"],
        ),
        probe(
            "keyCase",
            vec![
                a(json!({ "externalOpportunityId": "a" })),
                query("a&fields=externalOpportunityId"),
            ],
            &["updated", "created"],
        )
        .after(vec![a(json!({}))]),
        probe(
            "keyBlanks",
            vec![a(json!({ "externalOpportunityId": "A " })), query("A ")],
            &["updated", "created"],
        )
        .after(vec![a(json!({}))]),
        probe(
            "noopUpdate",
            vec![a(json!({ "stage": "x" })), query("A&fields=updatedAt")],
            &["18:01:00", "18:00:00"],
        )
        .after(vec![a(json!({ "stage": "x" })), Step::Wait(60)]),
        probe("secondPrimary", vec![role(2, true)], &["created", "1003"]).after(vec![
            a(json!({})),
            lead(),
            write(LEADS, &json!({ "email": "bob@example.com" })),
            role(1, true),
        ]),
        probe(
            "deleteMissing",
            vec![write(DELETE, &json!({ "externalOpportunityId": "A" }))],
            &["Object not found", "Record not found"],
        ),
        probe(
            "deleteExtraMembers",
            vec![write(
                DELETE,
                &json!({ "externalOpportunityId": "A", "name": "A" }),
            )],
            &["1003", "1006", "deleted"],
        )
        .after(vec![a(json!({}))]),
        probe(
            "deleteOpportunityWithRoles",
            vec![
                write(DELETE, &json!({ "externalOpportunityId": "A" })),
                find_role("role").remove(0),
            ],
            &["\"result\":[]", "1022", "deleted"],
        )
        .after(vec![a(json!({})), lead(), role(1, false)]),
    ]
}

fn companies_and_sales_persons() -> Vec<Probe> {
    vec![
        probe(
            "unknownCompany",
            vec![a(json!({ "externalCompanyId": "c" }))],
            &["1013", "created"],
        )
        .with(|options, directory| options.leads = file(directory, "companies: []")),
        probe(
            "unknownSalesPerson",
            vec![a(json!({ "externalSalesPersonId": "s" }))],
            &["\"success\":false", "skipped"],
        )
        .with(|options, directory| options.leads = file(directory, "salesPersons: [sp]")),
        probe(
            "leadCompanyFields",
            vec![
                write(LEADS, &json!({ "email": "ada@example.com", "industry": "Tea" })),
                Step::Get(format!("{COMPANIES}?filterType=id&filterValues=1&fields=industry")),
            ],
            &["1021", "\"industry\":\"Tea\""],
        )
        .after(joined()),
        probe(
            "leadLeavesCompany",
            vec![write(
                LEADS,
                &json!({ "email": "ada@example.com", "externalCompanyId": null }),
            )],
            &["1003", "updated"],
        )
        .after(joined()),
        probe(
            "leadLinkFilters",
            vec![Step::Get(format!(
                "{LEADS}?filterType=externalCompanyId&filterValues=c&fields=email"
            ))],
            &["1003", "ada@example.com"],
        )
        .after(joined()),
        probe(
            "deleteCompanyInUse",
            vec![write(
                DELETE_COMPANIES,
                &json!({ "externalCompanyId": "C" }),
            )],
            &["1022", "deleted"],
        )
        .after(vec![
            write(COMPANIES, &json!({ "externalCompanyId": "C" })),
            a(json!({ "externalCompanyId": "c" })),
        ]),
        probe(
            "deleteSalesPersonInUse",
            vec![Step::Post(
                DELETE_SALES_PERSONS,
                json!({ "input": [{ "externalSalesPersonId": "of A" }, { "externalSalesPersonId": "of C" }] }),
            )],
            &[
                "\"seq\":0,\"status\":\"skipped\"",
                "\"id\":1,\"status\":\"deleted\"},{\"seq\":1,\"status\":\"skipped\"",
                "\"id\":2,\"status\":\"deleted\"",
            ],
        )
        .after(vec![
            write(SALES_PERSONS, &json!({ "externalSalesPersonId": "of A" })),
            write(SALES_PERSONS, &json!({ "externalSalesPersonId": "of C" })),
            a(json!({ "externalSalesPersonId": "of A" })),
            write(
                COMPANIES,
                &json!({ "externalCompanyId": "C", "externalSalesPersonId": "of C" }),
            ),
            write(DELETE_COMPANIES, &json!({ "externalCompanyId": "C" })),
        ]),
        probe(
            "salesPersonEmail",
            vec![write(
                SALES_PERSONS,
                &json!({ "externalSalesPersonId": "S", "email": "new@example.com" }),
            )],
            &["1003", "updated"],
        )
        .after(vec![write(
            SALES_PERSONS,
            &json!({ "externalSalesPersonId": "S", "email": "old@example.com" }),
        )]),
    ]
}

fn sync(body: Value) -> Vec<Step> {
    vec![Step::Post(OPPORTUNITIES, body)]
}

fn calls() -> Vec<Probe> {
    vec![
        probe(
            "invalidAction",
            sync(json!({ "action": "upsert", "input": [{ "externalOpportunityId": "A" }] })),
            &["1003", "1001"],
        ),
        probe(
            "idFieldWithCreateOnly",
            sync(
                json!({ "action": "createOnly", "dedupeBy": "idField", "input": [{ "marketoGUID": "x" }] }),
            ),
            &["\"success\":false", "skipped"],
        ),
        probe(
            "idFieldWithUpsert",
            sync(json!({ "dedupeBy": "idField", "input": [{ "marketoGUID": "{guid}", "stage": "x" }] })),
            &["\"success\":false", "skipped", "updated"],
        )
        .after(vec![a(json!({}))]),
        probe(
            "tooManyRecords",
            sync(json!({ "input": vec![json!({ "externalOpportunityId": "A" }); 301] })),
            &["1003", "1001"],
        ),
        probe("emptyInput", sync(json!({ "input": [] })), &["1003", "1002"]),
        probe(
            "queryInSync",
            sync(json!({
                "filterType": "dedupeFields", "input": [{ "externalOpportunityId": "A" }],
            })),
            &["need _method=GET", "created"],
        ),
        probe(
            "dedupeByInDelete",
            vec![Step::Post(
                DELETE,
                json!({ "dedupeBy": "idField", "input": [{ "externalOpportunityId": "A" }] }),
            )],
            &["its member is 'deleteBy'", "deleted"],
        )
        .after(vec![a(json!({}))]),
        probe(
            "unknownMember",
            sync(json!({ "lookupField": "name", "input": [{ "externalOpportunityId": "A" }] })),
            &["created", "Unknown member"],
        ),
        probe(
            "filterNotSearchable",
            vec![Step::Get(format!(
                "{OPPORTUNITIES}?filterType=name&filterValues=A"
            ))],
            &["1003", "1011"],
        ),
        probe(
            "tooManyValues",
            vec![query(&"A,".repeat(301))],
            &["1003", "\"seq\":0"],
        )
        .after(vec![a(json!({}))]),
        probe(
            "unknownQueryField",
            vec![query("A&fields=noSuch")],
            &["1006", "1003", "\"success\":true"],
        ),
        probe(
            "defaultFields",
            vec![query("A")],
            &["\"createdAt\"", "\"name\":\"A\",\"description\":null"],
        )
        .after(vec![a(json!({ "name": "A" }))]),
        probe(
            "batchSizeBeyond",
            vec![query("A&batchSize=301")],
            &["1003", "1001", "\"success\":true"],
        ),
        probe(
            "refusedPageToken",
            vec![query("A&nextPageToken=MZXW6YTBOI======")],
            &["1003", "702"],
        ),
        probe(
            "pageTokenLife",
            vec![query("A,B&batchSize=1&nextPageToken={page}")],
            &["\"B\"", "1003"],
        )
        .after(vec![
            a(json!({})),
            a(json!({ "externalOpportunityId": "B" })),
            query("A,B&batchSize=1"),
            Step::Wait(600),
        ]),
    ]
}

fn forms() -> Vec<Probe> {
    vec![
        probe("querySeq", vec![query("X,A")], &["\"seq\":0", "\"seq\":1"])
            .after(vec![a(json!({}))]),
        probe(
            "queryOrder",
            vec![query("A,B")],
            &["[{\"seq\":0", "[{\"seq\":1"],
        )
        .after(vec![
            a(json!({})),
            a(json!({ "externalOpportunityId": "B" })),
        ]),
        probe(
            "emptyField",
            vec![query("A&fields=amount")],
            &["\"amount\":null", "\"#0\"}"],
        )
        .after(vec![a(json!({}))]),
        probe("unsetBoolean", find_role("isPrimary"), &["false", "null"]).after(vec![
            a(json!({})),
            lead(),
            write(
                ROLES,
                &json!({ "externalOpportunityId": "A", "leadId": 1, "role": "Buyer" }),
            ),
        ]),
        probe(
            "numberForm",
            vec![query("A&fields=amount,fiscalYear")],
            &[
                "\"amount\":1.5,\"fiscalYear\":2026",
                "\"amount\":\"1.5\",\"fiscalYear\":2026",
                "\"amount\":\"1.5\",\"fiscalYear\":\"2026\"",
            ],
        )
        .after(vec![a(json!({ "amount": 1.5, "fiscalYear": 2026 }))]),
        probe(
            "decimalForm",
            vec![query("A&fields=amount,quantity")],
            &[
                "\"amount\":12345678.0,\"quantity\":3.0",
                "\"amount\":12345678.0,\"quantity\":3}",
                "\"amount\":12345678,\"quantity\":3",
            ],
        )
        .after(vec![a(json!({ "amount": 12_345_678, "quantity": 3 }))]),
        probe(
            "datetimeForm",
            vec![query("A&fields=externalCreatedDate")],
            &[
                "\"2026-03-01T09:00:00Z\"",
                "\"2026-03-01T03:00:00-06:00\"",
                "\"2026-03-01 09:00:00\"",
                "\"2026-03-01T09:00:00Z+0000\"",
            ],
        )
        .after(vec![a(
            json!({ "externalCreatedDate": "2026-03-01T09:00:00Z" }),
        )]),
        probe("guidBlank", vec![query("A")], &["\"#0\"", "\"#0 \""]).after(vec![a(json!({}))]),
        probe(
            "lastPage",
            vec![query("A")],
            &["[]}", "\"moreResult\":false"],
        ),
        probe(
            "emptyResult",
            vec![query("A")],
            &["\"result\":[]", "{\"success\":true}"],
        ),
        probe(
            "envelope",
            vec![query("A")],
            &["\"result\":[]}", "\"errors\":[],\"warnings\":[]"],
        ),
    ]
}

fn describe() -> Vec<Step> {
    vec![Step::Get(DESCRIBE.to_owned())]
}

fn sfdc(options: &mut Options, _: &Path) {
    options.crm = Crm::Sfdc;
}

fn crm_and_types() -> Vec<Probe> {
    vec![
        probe(
            "crmWrite",
            vec![a(json!({}))],
            &["skipped", "\"success\":false"],
        )
        .with(sfdc),
        probe(
            "crmRoles",
            vec![Step::Get(DESCRIBE_ROLES.to_owned())],
            &["610", "603", "703"],
        )
        .with(sfdc),
        probe(
            "crmManaged",
            describe(),
            &["\"updateable\":true}", "\"crmManaged\":true"],
        )
        .with(sfdc),
        probe(
            "amountType",
            describe(),
            &[
                "\"amount\",\"dataType\":\"currency\"",
                "\"amount\",\"dataType\":\"float\"",
            ],
        ),
        probe(
            "probabilityType",
            describe(),
            &["\"probability\",\"dataType\":\"integer\"", "\"percent\""],
        ),
        probe(
            "companyIdLength",
            describe(),
            &["\"length\":50,\"updateable\":true", "\"length\":100"],
        ),
        probe(
            "websiteType",
            vec![Step::Get(DESCRIBE_COMPANIES.to_owned())],
            &[
                "\"Website\",\"dataType\":\"string\"",
                "\"Website\",\"dataType\":\"url\"",
            ],
        ),
        probe(
            "billingFields",
            vec![Step::Get(DESCRIBE_COMPANIES.to_owned())],
            &["\"annualRevenue\"", "\"billingCity\""],
        ),
        probe(
            "salesPersonIdLength",
            vec![Step::Get(DESCRIBE_SALES_PERSONS.to_owned())],
            &[
                "\"length\":50",
                "Person Id\",\"dataType\":\"string\",\"length\":255",
            ],
        ),
        probe(
            "sampleFields",
            vec![query("A&fields=source")],
            &["1006", "\"source\":\"Email\""],
        )
        .after(vec![a(json!({})), a(json!({ "source": "Email" }))]),
        probe(
            "roleKeyFields",
            vec![Step::Get(DESCRIBE_ROLES.to_owned())],
            &[
                "\"role\",\"dataType\":\"string\",\"length\":255,\"updateable\":true",
                "\"role\",\"dataType\":\"string\",\"length\":50,\"updateable\":false",
            ],
        ),
        probe(
            "describeForm",
            vec![Step::Get(DESCRIBE_ROLES.to_owned())],
            &[
                "\"description\":\"Marketo Opportunity Person Role\"",
                "\"displayName\":\"Is Primary\"",
            ],
        ),
    ]
}

fn access() -> Vec<Probe> {
    let unknown = "/rest/v1/nothing.json";
    vec![
        probe(
            "badCredentials",
            vec![Step::Bare(
                "/identity/oauth/token?grant_type=client_credentials&client_id=simulator&client_secret=x",
            )],
            &["invalid_client", "unauthorized"],
        ),
        probe(
            "unknownClient",
            vec![Step::Bare(
                "/identity/oauth/token?grant_type=client_credentials&client_id=x&client_secret=x",
            )],
            &["No client", "Bad client"],
        ),
        probe(
            "badGrantType",
            vec![Step::Bare("/identity/oauth/token?grant_type=password")],
            &["400 ", "401 "],
        ),
        probe(
            "identityForm",
            vec![Step::Form(
                "/identity/oauth/token",
                "grant_type=client_credentials&client_id=simulator&client_secret=simulator",
            )],
            &["bearer", "invalid_request"],
        ),
        probe(
            "missingToken",
            vec![Step::Bare(DESCRIBE)],
            &["603", "600", "601"],
        ),
        probe(
            "queryToken",
            vec![Step::Bare(
                "/rest/v1/opportunities/describe.json?access_token={token}",
            )],
            &["603", "601", "600", "\"success\":true"],
        ),
        probe(
            "schemaPermission",
            vec![
                Step::As("standard"),
                Step::Get("/rest/v1/opportunities/schema/fields/name.json".to_owned()),
                Step::As("custom"),
                Step::Get("/rest/v1/opportunities/schema/fields/name.json".to_owned()),
            ],
            &["\"success\":true", "\"success\":true", "603"],
        )
        .with(|options, directory| {
            options.users = file(
                directory,
                "users:\n  - { clientId: standard, clientSecret: standard, permissions: [Read-Write Schema Standard Field] }\n  - { clientId: custom, clientSecret: custom, permissions: [Read-Write Schema Custom Field] }",
            );
        }),
        probe("checkOrder", vec![Step::Bare(unknown)], &["610", "603"]),
        probe(
            "notFoundStatus",
            vec![Step::Get(unknown.to_owned())],
            &["200 ", "404 "],
        ),
    ]
}

fn counts_and_time_outs() -> Vec<Probe> {
    vec![
        probe(
            "refusedCalls",
            vec![
                Step::Get(OPPORTUNITIES.to_owned()),
                Step::Get(DESCRIBE.to_owned()),
            ],
            &["\"success\":true", "607"],
        )
        .with(|options, _| {
            options.limits = CallLimits {
                daily: Some(1),
                ..CallLimits::none()
            };
        }),
        probe(
            "serverTimeOut",
            vec![Step::Get(DESCRIBE.to_owned())],
            &["604", "502 "],
        )
        .with(|options, _| options.time_outs.read = Duration::ZERO),
        probe(
            "timedOutWrite",
            vec![a(json!({})), query("A")],
            &["\"A\"", "\"result\":[]"],
        )
        .with(|options, _| options.time_outs.write = Duration::ZERO),
        probe(
            "usageDays",
            vec![Step::Get("/rest/v1/stats/usage/last7days.json".to_owned())],
            &["2026-02-24", "[{\"date\":\"2026-03-02\""],
        ),
    ]
}
