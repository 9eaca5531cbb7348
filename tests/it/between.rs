//! What stands between this machine and Marketo: a proxy that refuses, a firewall, a certificate that nobody trusts, a gateway that
//! drops a header. The way out that is named is that of the obstacle, and not that of an instance which is away.

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Gateway, Marketo, Project, Reply};

const MANIFEST: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n";

/// A project for an instance behind the proxy that the environment names.
fn behind(proxy: &Gateway, marketo: &Marketo) -> Project {
    let mut project = marketo.project(MANIFEST);
    let config = marketo
        .config("")
        .replace(&marketo.url(), "https://123-ABC-456.mktorest.com")
        .replace("callsPer20s: 10000", "callsPer20s: 100");
    project.write("oppctl.yaml", config);
    let proxy = format!("http://proxyuser:s3cr3tpw@{}", proxy.address());
    project.set("HTTPS_PROXY", &proxy);
    project
}

/// How a proxy refuses a connection, and what the last cause of the error is.
const REFUSALS: [(u16, i32, &str, &str); 2] = [
    (
        503,
        7,
        "tunnel error: unsuccessful",
        "HTTPS_PROXY sends the connection through the proxy [PROXY]:",
    ),
    (
        407,
        8,
        "HTTP status 407",
        "the proxy [PROXY] refuses the user or the password in HTTPS_PROXY:",
    ),
];

#[test]
fn a_proxy_that_refuses_is_named_without_its_password() {
    // Each run tries again a few times.
    let tell = |(status, exit, cause, hint): (u16, i32, &str, &str)| {
        let marketo = Marketo::start();
        let refusing = Gateway::before(&marketo, move |_, _| Reply::of(status, "X: y", "no"));
        let run = behind(&refusing, &marketo).run("plan --quiet").exits(exit);
        let calls = refusing.seen();
        let is_connect = |line: &String| line == "CONNECT 123-abc-456.mktorest.com:443";
        assert!(
            !calls.is_empty() && calls.iter().all(is_connect),
            "{calls:?}"
        );
        let text = run.text();
        let hint = hint.replace("[PROXY]", &refusing.address());
        assert!(run.stderr.contains(&hint), "{text}");
        assert!(run.stderr.contains(cause), "{text}");
        assert!(!run.stderr.contains("s3cr3tpw"), "{text}");
    };
    std::thread::scope(|scope| {
        for refusal in REFUSALS {
            scope.spawn(move || tell(refusal));
        }
    });
}

#[test]
fn a_firewall_that_refuses_is_no_outage_and_no_wrong_address() {
    let marketo = Marketo::start();
    let firewall = Gateway::before(&marketo, |asked, pass| {
        if asked.is_identity() {
            return pass(asked);
        }
        let page = "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>Reference #18.9d2c";
        Reply::of(403, "Content-Type: text/html", page)
    });
    let project = firewall.project(&marketo, MANIFEST);
    project.run("plan").shows(str![[r#"
exit: 8
---- stderr
error: describe of opportunities: the reply (HTTP status 403) is not from Marketo's API: an HTML page (text/html)
  hint: a firewall or gateway refuses this machine, not Marketo: have its address put on the allow-list of your network and of the instance (Admin > Security > IP allowlist)

"#]]);
    drop(project.run("get opportunity A-1").exits(8));
    drop(project.run("apply --yes").exits(8));
}

#[test]
fn a_certificate_that_nobody_trusts_is_no_outage_and_gets_no_call() {
    let marketo = Marketo::start();
    let opened = Gateway::with_tls(&marketo);
    let mut project = opened.project(&marketo, MANIFEST);
    project.run("plan --verbose").shows(str![[r#"
exit: 8
---- stderr
error: identity: the certificate of https://127.0.0.1:[PORT] is not trusted
  caused by: error sending request
  caused by: client error (Connect)
  caused by: invalid peer certificate: UnknownIssuer
  hint: if a proxy of your organisation opens connections, name the file with its certificate in SSL_CERT_FILE; else check baseUrl and this machine's clock

"#]]);
    assert_eq!(opened.seen(), Vec::<String>::new());
    // The way out that is named is one.
    let certificate = Gateway::certificate();
    project.set("SSL_CERT_FILE", certificate.to_str().expect("it is UTF-8"));
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_header_that_a_gateway_drops_is_named_as_a_cause() {
    let marketo = Marketo::start();
    let dropping = Gateway::before(&marketo, |asked, pass| {
        pass(&asked.without("authorization"))
    });
    let project = dropping.project(&marketo, MANIFEST);
    project.run("plan").shows(str![[r#"
exit: 8
---- stderr
error: describe of opportunities: access denied (the API user's role needs "Read-Only Opportunity"): 603 "Access denied", request [REQUEST]
  hint: add the permission to the API user's role, or add this machine's address to the IP allowlist of the instance; if both are right, make sure that no proxy removes the Authorization header

"#]]);
}

#[test]
fn pages_without_end_are_not_called_a_wrong_address() {
    let marketo = Marketo::start();
    let circling = Gateway::before(&marketo, |asked, pass| {
        if !asked.is_query() {
            return pass(asked);
        }
        Reply::json(r#"{"success":true,"result":[],"moreResult":true,"nextPageToken":"again"}"#)
    });
    let project = circling.project(&marketo, MANIFEST);
    project.run("plan").shows(str![[r#"
exit: 1
---- stderr
error: query of opportunities: the pages go in a circle: after 1 page
  hint: nothing was sent or changed because of this answer; run again, and if it stays so, ask whoever runs what stands between this machine and Marketo, or Adobe's support

"#]]);
}

#[test]
fn a_code_that_nobody_knows_is_not_called_a_wrong_address() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    let unknown = FaultKind::Answer {
        code: "4711".to_owned(),
        message: Some("Something new".to_owned()),
    };
    marketo.fault(Fault::new(unknown).on(CallOperation::Query));
    project.run("plan").shows(str![[r#"
exit: 1
---- stderr
error: query of opportunities: 4711 "Something new", request [REQUEST]
  hint: Marketo's documentation does not list this code: correct what the message names, or ask Adobe's support with the request id

"#]]);
}
