//! `oppctl publish`: what a command came to, on a fake of each forge.

use pretty_assertions::assert_eq;
use serde_json::json;
use snapbox::str;

use crate::harness::{FakeForge, Marketo, Project, Run, TOKEN, Trouble};

const MANIFEST: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs, amount: 1 }\n";
const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const MERGE: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const BOT: &str = "github-actions[bot]";
const ALL: [&str; 4] = [
    "pull-requests: write",
    "checks: write",
    "issues: write",
    "actions: read",
];

/// A project, and the job of a forge in it.
struct Job {
    forge: FakeForge,
    project: Project,
}

impl Job {
    /// A job of GitHub for the pull request 7.
    fn github(manifest: &str) -> Self {
        Self::github_of(Project::simulated(manifest).with_ledger())
    }

    fn github_of(mut project: Project) -> Self {
        let forge = FakeForge::start(&ALL);
        forge.push(7, HEAD);
        project.write(
            "event.json",
            json!({ "pull_request": { "number": 7, "head": { "sha": HEAD } } }).to_string(),
        );
        for (name, value) in [
            ("GITHUB_API_URL", forge.url().as_str()),
            ("GITHUB_REPOSITORY", "acme/pipeline"),
            ("GITHUB_SHA", MERGE),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_EVENT_PATH", "event.json"),
            ("GITHUB_TOKEN", TOKEN),
        ] {
            project.set(name, value);
        }
        Self { forge, project }
    }

    /// A job of GitLab for the merge request 7.
    fn gitlab(manifest: &str) -> Self {
        let forge = FakeForge::start(&["api"]);
        forge.push(7, HEAD);
        let mut project = Project::simulated(manifest).with_ledger();
        for (name, value) in [
            ("CI_API_V4_URL", format!("{}/api/v4", forge.url()).as_str()),
            ("CI_PROJECT_ID", "42"),
            ("CI_COMMIT_SHA", HEAD),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_PIPELINE_ID", "5"),
            ("GITLAB_TOKEN", TOKEN),
        ] {
            project.set(name, value);
        }
        Self { forge, project }
    }

    /// The job of the merge, with the push as its event.
    fn merged(&mut self) {
        self.forge.merge(7, MERGE);
        self.project.write("event.json", "{}");
        self.project.set("CI_COMMIT_SHA", MERGE);
        self.project.set("CI_MERGE_REQUEST_IID", "");
        self.project.set("CI_COMMIT_BRANCH", "main");
    }

    /// Runs a command with its documents.
    fn command(&self, command: &str) -> Run {
        let run = format!("{command} --write markdown=r.md --write json=r.json");
        self.project.run(&run)
    }

    #[track_caller]
    fn publish(&self, forge: &str) -> Run {
        let run = self
            .project
            .run(&format!("publish {forge} --markdown r.md --json r.json"));
        assert!(!run.text().contains("hush"), "{}", run.text());
        run
    }

    /// Plans and publishes.
    #[track_caller]
    fn plan(&self, forge: &str) -> String {
        drop(self.command("plan"));
        self.publish(forge).exits(0).stdout
    }

    /// The authors of the comments, and the titles of the pages.
    fn comments(&self) -> Vec<String> {
        let comments = self.forge.comments(7).into_iter();
        let told = comments.map(|comment| {
            let title = comment.body.lines().nth(1).unwrap_or_default();
            format!("{}: {title}", comment.author)
        });
        told.collect()
    }
}

/// A comment of somebody else with our header.
fn forged() -> String {
    format!(
        "<!-- oppctl:v1 instance=x digest={} command=plan -->\nApprove.\n\n<!-- oppctl:for local -->\n",
        "0".repeat(32)
    )
}

#[test]
fn a_plan_has_one_comment_and_a_check() {
    let job = Job::github(MANIFEST);
    let mallory = job.forge.comment("mallory", 7, &forged());
    for _ in 0..120 {
        job.forge.comment("ada", 7, "Hello");
    }
    assert_eq!(
        job.plan("github"),
        "comment on pull request 7: created\ncheck oppctl plan (local): success\n"
    );
    assert_eq!(
        job.plan("github"),
        "comment on pull request 7: unchanged\ncheck oppctl plan (local): success\n"
    );
    job.project
        .edit("pipeline/main.yaml", "amount: 1", "amount: 2");
    assert_eq!(
        job.plan("github"),
        "comment on pull request 7: updated\ncheck oppctl plan (local): success\n"
    );
    let comments = job.comments();
    assert_eq!(comments.len(), 122);
    assert_eq!(comments[0], "mallory: Approve.");
    assert_eq!(
        comments[121],
        format!("{BOT}: ### oppctl plan for `local`: merging creates 1 opportunity")
    );
    assert_eq!(job.forge.comments(7)[0].id, mallory);
    assert_eq!(job.forge.comments(7)[0].body, forged());
    let check = job.forge.checks().pop().expect("it is set");
    assert_eq!(
        [check.commit, check.conclusion, check.title],
        [HEAD, "success", "merging creates 1 opportunity"]
    );
}

#[test]
fn each_instance_has_its_comment_and_an_apply_has_another() {
    let mut job = Job::github(MANIFEST);
    job.project.edit(
        "oppctl.yaml",
        "instances:\n",
        "instances:\n  other: { simulator: { data: .other, leads: leads.yaml } }\n",
    );
    job.project.edit(
        "oppctl.yaml",
        "version: 1\n",
        "version: 1\ndefaultInstance: local\n",
    );
    for (instance, comments) in [("local", 1), ("other", 2), ("local", 2), ("other", 2)] {
        drop(job.command(&format!("plan --instance {instance}")).exits(0));
        drop(job.publish("github").exits(0));
        assert_eq!(job.comments().len(), comments);
    }
    // A plan that failed before it knew the instance takes the place of that instance's plan.
    job.project.edit("pipeline/main.yaml", "amount", "amuont");
    drop(job.command("plan --instance other").exits(3));
    let run = job
        .project
        .run("publish github --instance other --markdown r.md --json r.json");
    assert_eq!(
        run.exits(0).stdout,
        "comment on pull request 7: updated\ncheck oppctl plan (other): failure\n"
    );
    job.project.edit("pipeline/main.yaml", "amuont", "amount");
    job.merged();
    drop(job.command("apply --yes --instance other").exits(0));
    drop(job.publish("github").exits(0));
    drop(job.command("apply --yes --instance other").exits(0));
    drop(job.publish("github").exits(0));
    assert_eq!(
        job.comments(),
        [
            format!("{BOT}: ### oppctl plan for `local`: merging creates 1 opportunity"),
            format!("{BOT}: ### oppctl plan: **1 problem in the manifests**"),
            format!("{BOT}: ### oppctl apply: **Applied**: 1 created"),
        ]
    );
    let checks = job.forge.checks().into_iter().rev().take(2);
    let checks: Vec<_> = checks.map(|check| (check.commit, check.name)).collect();
    let apply = (MERGE.to_owned(), "oppctl apply (other)".to_owned());
    assert_eq!(checks, [apply.clone(), apply]);
}

#[test]
fn annotations_come_in_requests_of_fifty() {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in 0..130 {
        let entry = format!("  - {{ externalOpportunityId: A-{number}, name: x, nme: y }}\n");
        manifest.push_str(&entry);
    }
    let job = Job::github(&manifest);
    drop(job.command("plan --write sarif=r.sarif").exits(3));
    let run = job
        .project
        .run("publish github --markdown r.md --json r.json --sarif r.sarif")
        .exits(0);
    assert!(run.stdout.ends_with("check oppctl plan (local): failure\n"));
    let checks = job.forge.checks();
    assert_eq!(checks.len(), 1);
    let annotations = &checks[0].annotations;
    assert_eq!(annotations.len(), 130);
    let places = [0, 129].map(|index: usize| {
        let it = &annotations[index];
        (&*it.path, it.line, &*it.level)
    });
    assert_eq!(
        places,
        [
            ("pipeline/main.yaml", 3, "failure"),
            ("pipeline/main.yaml", 132, "failure")
        ]
    );
    assert!(
        annotations[0].message.contains("nme"),
        "{}",
        annotations[0].message
    );
}

#[test]
fn drift_has_one_issue_while_it_lasts() {
    let marketo = Marketo::start();
    let job = Job::github_of(marketo.project(MANIFEST).with_ledger());
    job.project.write("event.json", "{}");
    job.forge.open_issue(
        "mallory",
        "<!-- oppctl:v1 instance=x digest=none command=drift -->\n\n<!-- oppctl:for production -->",
    );
    let night = |job: &Job, exit| {
        drop(job.command("plan --drift").exits(exit));
        job.publish("github").exits(0).stdout
    };
    drop(job.project.run("apply --yes").exits(0));
    assert_eq!(night(&job, 0), "check oppctl drift (production): success\n");
    let other = |amount: u8| {
        let manifest = MANIFEST.replace("amount: 1", &format!("amount: {amount}"));
        drop(marketo.project(&manifest).run("apply --yes").exits(0));
    };
    other(7);
    let told = night(&job, 2);
    let number = &job.forge.issues(true)[1].0;
    assert_eq!(
        told,
        format!("drift issue {number}: created\ncheck oppctl drift (production): neutral\n")
    );
    assert!(night(&job, 2).starts_with(&format!("drift issue {number}: unchanged\n")));
    other(8);
    assert!(night(&job, 2).starts_with(&format!("drift issue {number}: updated\n")));
    // A comparison that failed says nothing about the drift.
    job.project.edit("pipeline/main.yaml", "amount", "amuont");
    assert_eq!(night(&job, 3), "check oppctl drift (production): failure\n");
    job.project.edit("pipeline/main.yaml", "amuont", "amount");
    let (_, title, body) = job.forge.issues(true)[1].clone();
    assert_eq!(
        title,
        "oppctl production: drift: 1 record changed in Marketo since the last apply"
    );
    assert!(body.contains("`amount` 1 → 8"), "{body}");
    other(1);
    assert!(night(&job, 0).starts_with(&format!("drift issue {number}: closed\n")));
    assert_eq!(job.forge.issues(true).len(), 1);
    assert_eq!(job.forge.issues(false)[0].0, *number);
    assert_eq!(job.forge.comments(*number).len(), 1);
    assert_eq!(night(&job, 0), "check oppctl drift (production): success\n");
}

#[test]
fn what_is_lost_on_the_way_is_not_doubled() {
    let job = Job::github(MANIFEST);
    let comments = "POST /repos/acme/pipeline/issues/7/comments";
    let read = "GET /repos/acme/pipeline/issues/7/comments";
    let answer = |status, headers: &str| Trouble::Answer(status, headers.to_owned(), "x");
    job.forge.trouble(read, answer(502, ""));
    job.forge.trouble(
        comments,
        Trouble::Answer(
            403,
            "Retry-After: 0".to_owned(),
            "You have exceeded a secondary rate limit",
        ),
    );
    job.forge.trouble(comments, Trouble::Done(502));
    assert_eq!(
        job.plan("github"),
        "comment on pull request 7: unchanged\ncheck oppctl plan (local): success\n"
    );
    job.project
        .edit("pipeline/main.yaml", "amount: 1", "amount: 2");
    let edit = "PATCH /repos/acme/pipeline/issues/comments/";
    job.forge.trouble(edit, Trouble::Silence);
    job.forge.trouble(edit, answer(429, "Retry-After: 0"));
    assert!(
        job.plan("github")
            .starts_with("comment on pull request 7: updated\n")
    );
    assert!(!job.forge.has_trouble());
    assert_eq!(job.comments().len(), 1);
}

#[test]
fn two_runs_at_once_leave_one_comment() {
    for (forge, posts, deletes) in [
        (
            "github",
            "POST /repos/acme/pipeline/issues/7/comments",
            "DELETE /repos/acme/pipeline/issues/comments/",
        ),
        (
            "gitlab",
            "POST /api/v4/projects/42/merge_requests/7/notes",
            "DELETE /api/v4/projects/42/merge_requests/7/notes/",
        ),
    ] {
        let job = match forge {
            "github" => Job::github(MANIFEST),
            _ => Job::gitlab(MANIFEST),
        };
        let only = |job: &Job| {
            let mut comments = job.forge.comments(7);
            assert_eq!(comments.len(), 2, "{comments:?}");
            assert_eq!(comments[0].author, "mallory");
            comments.remove(1)
        };
        job.forge.comment("mallory", 7, &forged());
        job.forge.trouble(posts, Trouble::Rival(Some(7), forged()));
        // The oldest of ours stays, and has the newer text.
        assert!(job.plan(forge).contains(" 7: updated\n"));
        let kept = only(&job);
        assert!(kept.body.contains("merging creates 1 opportunity"));
        // The other run ended before it could delete its comment.
        let others = [1, 2].map(|_| job.forge.rival(7, &forged()));
        let gone = Trouble::Answer(404, String::new(), "Not Found");
        job.forge.trouble(deletes, Trouble::Done(502));
        assert!(job.plan(forge).contains(" 7: unchanged\n"));
        assert_eq!(only(&job), kept);
        assert!(others.iter().all(|other| *other > kept.id));
        // It deletes its own in between.
        job.forge.rival(7, &forged());
        job.forge.trouble(deletes, gone);
        assert!(job.plan(forge).contains(" 7: unchanged\n"));
        assert!(!job.forge.has_trouble());
        // Which of two plans was reviewed is not known.
        if forge == "github" {
            job.forge.merge(7, MERGE);
            job.project.write("event.json", "{}");
            job.reviewed("r").shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 has no plan to apply: it has several comments with different plans
  hint: open a pull request with an empty commit, and merge it when its plan is there

"#]]);
        }
    }
}

#[test]
fn two_nights_at_once_leave_one_issue() {
    let marketo = Marketo::start();
    let job = Job::github_of(marketo.project(MANIFEST).with_ledger());
    job.project.write("event.json", "{}");
    drop(job.project.run("apply --yes").exits(0));
    let other = MANIFEST.replace("amount: 1", "amount: 7");
    drop(marketo.project(&other).run("apply --yes").exits(0));
    drop(job.command("plan --drift").exits(2));
    let text =
        "<!-- oppctl:v1 instance=x digest=none command=drift -->\n\n<!-- oppctl:for production -->";
    let rival = Trouble::Rival(None, text.to_owned());
    job.forge.trouble("POST /repos/acme/pipeline/issues", rival);
    let told = job.publish("github").exits(0).stdout;
    let open = job.forge.issues(true);
    assert_eq!(open.len(), 1);
    let number = open[0].0;
    assert!(told.starts_with(&format!("drift issue {number}: updated\n")));
    assert!(open[0].2.contains("`amount` 1 → 7"), "{}", open[0].2);
    let closed = job.forge.issues(false);
    assert!(closed[0].0 > number);
    assert_eq!(
        job.forge.comments(closed[0].0)[0].body,
        format!("Closed: #{number} is about the same.")
    );
    // Without drift all of them are closed.
    job.forge.open_issue(BOT, text);
    drop(marketo.project(MANIFEST).run("apply --yes").exits(0));
    drop(job.command("plan --drift").exits(0));
    drop(job.publish("github").exits(0));
    assert_eq!(job.forge.issues(true), []);
}

#[test]
fn a_write_that_is_sent_elsewhere_is_not_done() {
    let job = Job::github(MANIFEST);
    let to = |status, place: &str| {
        let headers = format!("Location: {place}");
        Trouble::Answer(status, headers, "Moved Permanently")
    };
    let api = |path: &str| format!("{}/repos/acme/pipeline{path}", job.forge.url());
    drop(job.command("plan").exits(0));
    let comments = "POST /repos/acme/pipeline/issues/7/comments";
    job.forge
        .trouble(comments, to(301, &api("/issues/7/comments")));
    job.forge.trouble(
        "POST /repos/acme/pipeline/check-runs",
        to(307, "https://forge.example/"),
    );
    job.publish("github").shows(str![[r#"
exit: 1
---- stderr
error: cannot comment on the pull request: GitHub points to another address (301), which gets neither the call nor the token
  hint: start a new run: if the repository was renamed or moved, its variables have the new name

"#]]);
    assert_eq!(job.comments(), Vec::<String>::new());
    drop(job.publish("github").exits(0));
    job.project
        .edit("pipeline/main.yaml", "amount: 1", "amount: 2");
    drop(job.command("plan").exits(0));
    let before = job.forge.everything();
    job.forge.trouble(
        "PATCH /repos/acme/pipeline/issues/comments/",
        to(302, "https://forge.example/"),
    );
    drop(job.publish("github").exits(1));
    assert_eq!(job.forge.comments(7).len(), 1);
    assert!(before.contains(&job.forge.comments(7)[0].body));
    // What was moved on the same server is read there, and nowhere else.
    let pull = "GET /repos/acme/pipeline/pulls/7";
    job.forge.trouble(pull, to(301, &api("/pulls/7?moved=1")));
    job.forge
        .trouble(pull, to(308, "/repos/acme/pipeline/pulls/7"));
    job.forge.trouble(
        "GET /repos/acme/pipeline/issues/7/comments",
        to(301, &api("/issues/7/comments?per_page=1")),
    );
    assert!(
        job.publish("github")
            .exits(0)
            .stdout
            .starts_with("comment on pull request 7: updated\n")
    );
    assert!(!job.forge.has_trouble());
    job.forge.trouble(pull, to(301, "http://localhost:9/"));
    job.publish("github").shows(str![[r#"
exit: 1
---- stdout
check oppctl plan (local): success
---- stderr
error: cannot read the pull request: GitHub points to another address (301), which gets neither the call nor the token
  hint: start a new run: if the repository was renamed or moved, its variables have the new name

"#]]);
    for _ in 0..6 {
        job.forge.trouble(pull, to(301, &api("/pulls/7")));
    }
    job.publish("github").shows(str![[r#"
exit: 1
---- stdout
check oppctl plan (local): success
---- stderr
error: cannot read the pull request: the answer of GitHub is not what its documentation says: it has moved again and again

"#]]);
}

#[test]
fn a_note_that_is_sent_elsewhere_is_not_done() {
    let job = Job::gitlab(MANIFEST);
    let elsewhere = || Trouble::Answer(302, "Location: https://forge.example/".to_owned(), "Moved");
    drop(job.command("plan").exits(0));
    let project = "/api/v4/projects/42";
    for call in [
        format!("GET {project}/merge_requests/7"),
        format!("POST {project}/merge_requests/7/notes"),
        format!("POST {project}/statuses/"),
    ] {
        job.forge.trouble(&call, elsewhere());
        let run = job.publish("gitlab").exits(1);
        assert!(run.stderr.contains("points to another address (302)"));
        assert!(!job.forge.has_trouble());
    }
    job.forge.trouble("GET /api/v4/user", elsewhere());
    drop(job.publish("gitlab").exits(1));
}

#[test]
fn a_check_is_set_once_whatever_is_lost() {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in 0..120 {
        let entry = format!("  - {{ externalOpportunityId: A-{number}, name: x, nme: y }}\n");
        manifest.push_str(&entry);
    }
    let job = Job::github(&manifest);
    drop(job.command("plan --write sarif=r.sarif").exits(3));
    let publish = "publish github --markdown r.md --json r.json --sarif r.sarif";
    let creation = "POST /repos/acme/pipeline/check-runs";
    let update = "PATCH /repos/acme/pipeline/check-runs/";
    let failed = |status| Trouble::Answer(status, String::new(), "Server Error");
    for (call, trouble) in [
        (creation, failed(503)),
        (creation, Trouble::Silence),
        (update, Trouble::Done(504)),
        (update, failed(502)),
        (update, Trouble::Silence),
    ] {
        job.forge.trouble(call, trouble);
    }
    drop(job.project.run(publish).exits(0));
    assert!(!job.forge.has_trouble());
    let checks = job.forge.checks();
    assert_eq!(checks.len(), 1);
    let lines = checks[0].annotations.iter().map(|it| it.line);
    assert!(lines.eq(3..123), "{:?}", checks[0].annotations);
    // A check of an earlier run is not taken for this one.
    job.forge.trouble(creation, failed(502));
    drop(job.project.run(publish).exits(0));
    assert_eq!(job.forge.checks().len(), 2);
    // A forge that is down is not asked for ever.
    for _ in 0..4 {
        job.forge.trouble(creation, failed(502));
    }
    drop(job.project.run(publish).exits(7));
    assert!(!job.forge.has_trouble());
    // What the forge has refused is not tried again.
    job.forge.trouble(creation, failed(422));
    drop(job.project.run(publish).exits(1));
    assert_eq!(job.forge.checks().len(), 2);
}

#[test]
fn a_status_of_gitlab_is_set_whatever_is_lost() {
    let job = Job::gitlab(MANIFEST);
    let status = "POST /api/v4/projects/42/statuses/";
    job.forge
        .trouble(status, Trouble::Answer(502, String::new(), "Bad Gateway"));
    job.forge.trouble(status, Trouble::Silence);
    drop(job.plan("gitlab"));
    assert!(!job.forge.has_trouble());
    assert_eq!(job.forge.checks().len(), 1);
    job.project.edit("pipeline/main.yaml", "amount", "amuont");
    drop(job.command("plan").exits(3));
    job.forge.trouble(status, Trouble::Silence);
    drop(job.publish("gitlab").exits(0));
    let checks = job.forge.checks().into_iter();
    let checks: Vec<_> = checks.map(|check| check.conclusion).collect();
    assert_eq!(checks, ["success", "failed"]);
}

#[test]
fn no_forge_is_waited_for_without_end() {
    let job = Job::github(MANIFEST);
    drop(job.command("plan").exits(0));
    let pull = "GET /repos/acme/pipeline/pulls/7";
    let seconds = |status, seconds: u64| {
        Trouble::Answer(status, format!("Retry-After: {seconds}"), "Slow down")
    };
    job.forge.trouble(pull, seconds(503, 86_400));
    assert!(
        job.publish("github")
            .exits(7)
            .stderr
            .contains("GitHub answered with 503")
    );
    job.forge.trouble(pull, seconds(429, 1));
    job.forge.trouble(pull, seconds(429, u64::MAX));
    assert!(
        job.publish("github")
            .exits(7)
            .stderr
            .contains("the rate limit of GitHub is used up")
    );
    assert!(!job.forge.has_trouble());
}

#[test]
fn gitlab_says_what_is_wrong_and_a_fork_publishes_nothing() {
    let mut job = Job::gitlab(MANIFEST);
    drop(job.command("plan").exits(0));
    job.forge.trouble(
        "POST /api/v4/projects/42/merge_requests/7/notes",
        Trouble::Members(
            400,
            json!({ "message": { "note": ["is \u{1b}[2J\n::error::bad"] } }),
        ),
    );
    job.publish("gitlab").shows(str![[r#"
exit: 1
---- stdout
check oppctl plan (local): success
---- stderr
error: cannot comment on the merge request: GitLab refused it (400): {"note":["is \u001b[2J\n::error::bad"]}

"#]]);
    job.forge.trouble(
        "POST /api/v4/projects/42/merge_requests/7/notes",
        Trouble::Answer(400, String::new(), "bad\u{1b}[2J\n::error::worse"),
    );
    job.publish("gitlab").shows(str![[r#"
exit: 1
---- stdout
check oppctl plan (local): success
---- stderr
error: cannot comment on the merge request: GitLab refused it (400): bad\e[2J\n::error::worse

"#]]);
    job.project.set("CI_MERGE_REQUEST_PROJECT_ID", "41");
    job.publish("gitlab").shows(str![[r#"
exit: 1
---- stderr
error: CI_MERGE_REQUEST_PROJECT_ID is another project than CI_PROJECT_ID: a pipeline of a fork publishes nothing

"#]]);
    assert_eq!(job.comments(), Vec::<String>::new());
    job.project.set("CI_MERGE_REQUEST_PROJECT_ID", "42");
    drop(job.publish("gitlab").exits(0));
}

#[test]
fn errors_name_what_is_missing() {
    let job = Job::github(MANIFEST);
    drop(job.command("plan").exits(0));
    job.forge
        .grant(TOKEN, BOT, &["checks: write", "pull-requests: read"]);
    job.publish("github").shows(str![[r#"
exit: 8
---- stdout
check oppctl plan (local): success
---- stderr
error: cannot comment on the pull request: the token lacks a permission (403): Resource not accessible by integration
  hint: give the token `pull-requests: write` (runs for forks cannot have it)

"#]]);
    job.forge.grant(TOKEN, BOT, &["pull-requests: write"]);
    job.publish("github").shows(str![[r#"
exit: 8
---- stdout
comment on pull request 7: created
---- stderr
error: cannot set the check of the commit: the token lacks a permission (403): Resource not accessible by integration
  hint: give the token `checks: write`

"#]]);
    job.forge.grant(TOKEN, BOT, &ALL);
    job.forge.trouble(
        "GET /repos/acme/pipeline/issues/7/comments",
        Trouble::Answer(
            403,
            "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 99999999999".to_owned(),
            "API rate limit exceeded for installation ID 1",
        ),
    );
    let limited = job.publish("github");
    assert_eq!(limited.exit, 7);
    assert!(
        limited.stderr.contains(
            "error: cannot read the comments of the pull request: the rate limit of GitHub is used up, for "
        ),
        "{}",
        limited.text()
    );
    job.forge.trouble(
        "GET /repos/acme/pipeline/issues/7/comments",
        Trouble::Answer(422, String::new(), "no hush: ghs_hush"),
    );
    job.publish("github").shows(str![[r#"
exit: 1
---- stdout
check oppctl plan (local): success
---- stderr
error: cannot read the comments of the pull request: GitHub refused it (422)

"#]]);
}

#[test]
fn a_token_of_another_user_has_to_be_named() {
    let job = Job::github(MANIFEST);
    job.forge.grant(TOKEN, "acme-bot[bot]", &ALL);
    drop(job.command("plan").exits(0));
    job.publish("github").shows(str![[r#"
exit: 1
---- stdout
check oppctl plan (local): success
---- stderr
error: the comment was written as acme-bot[bot], not as github-actions[bot]
  hint: name the user of the token: --author 'acme-bot[bot]'

"#]]);
    let again = "publish github --markdown r.md --json r.json --author acme-bot[bot]";
    assert_eq!(
        job.project.run(again).exits(0).stdout,
        "comment on pull request 7: unchanged\ncheck oppctl plan (local): success\n"
    );
}

#[test]
fn a_token_that_is_not_known_or_missing_is_told() {
    let mut job = Job::github(MANIFEST);
    drop(job.command("plan").exits(0));
    job.project.set("GITHUB_TOKEN", "ghs_other");
    job.publish("github").shows(str![[r#"
exit: 8
---- stderr
error: cannot read the pull request: GitHub does not know the token (401)
  hint: look at GITHUB_TOKEN: it may have expired, or belong to another server

"#]]);
    job.project.set("GITHUB_TOKEN", "");
    job.publish("github").shows(str![[r#"
exit: 1
---- stderr
error: GITHUB_TOKEN is not set
  hint: give the step `env: { GITHUB_TOKEN: ${{ github.token }} }`

"#]]);
    job.project.set("GITHUB_TOKEN", TOKEN);
    job.project.set("GITHUB_API_URL", "http://forge.example");
    job.publish("github").shows(str![[r#"
exit: 1
---- stderr
error: GITHUB_API_URL is not an https URL

"#]]);
    job.project.set("GITHUB_API_URL", "");
    job.publish("github").shows(str![[r#"
exit: 1
---- stderr
error: GITHUB_API_URL is not set
  hint: run this in a job of GitHub Actions, which sets it

"#]]);
}

#[test]
fn what_cannot_be_published_is_refused() {
    let mut job = Job::github(MANIFEST);
    job.publish("github").shows(str![[r#"
exit: 1
---- stderr
error: cannot read r.md
  caused by: No such file or directory (os error 2)
  hint: the command before writes it, even if it fails: look at its output

"#]]);
    job.project.write("r.md", "### Approve\n");
    job.project.write("r.json", "{}");
    job.publish("github").shows(str![[r#"
exit: 3
---- stderr
error: r.md cannot be published
  caused by: it does not begin with the marker of a report: write it with --write markdown=FILE

"#]]);
    for file in ["r.md", "r.json"] {
        std::fs::remove_file(job.project.root().join(file)).expect("it is there");
    }
    drop(job.command("plan").exits(0));
    let page = job.project.read("r.md");
    job.project
        .write("r.md", page.clone() + &"x".repeat(66_000));
    job.publish("github").shows(str![[r#"
exit: 1
---- stdout
check oppctl plan (local): success
---- stderr
error: the text has 67037 characters, and a comment of GitHub has at most 65536
  hint: write it with --markdown-limit, for example `--markdown-limit github`

"#]]);
    assert_eq!(job.comments(), Vec::<String>::new());
    job.project.write("r.md", page);
    // A plan in the run of a merge would be taken for reviewed; an apply needs the pull request.
    job.merged();
    job.publish("github").shows(str![[r#"
exit: 1
---- stdout
check oppctl plan (local): success
---- stderr
error: this run is not about a pull request: its text was not posted
  hint: publish a plan in the run that the pull request starts, and an apply in the run of its merge

"#]]);
    job.project.set("GITHUB_SHA", &"c".repeat(40));
    drop(job.command("apply --yes").exits(0));
    job.publish("github").shows(str![[r#"
exit: 1
---- stdout
check oppctl apply (local): success
---- stderr
error: this run is not about a pull request: its text was not posted
  hint: publish a plan in the run that the pull request starts, and an apply in the run of its merge

"#]]);
    assert_eq!(job.comments(), Vec::<String>::new());
}

#[test]
fn files_of_two_runs_are_not_published_as_one() {
    let mut job = Job::github(MANIFEST);
    job.project.edit(
        "oppctl.yaml",
        "instances:\n",
        "instances:\n  other: { simulator: { data: .other, leads: leads.yaml } }\n",
    );
    let run = |job: &Job, command: &str, name: &str| {
        let run = format!("{command} --write markdown={name}.md --write json={name}.json");
        drop(job.project.run(&run).exits(0));
    };
    let publish = |job: &Job, page: &str, document: &str, more: &str| {
        let run = format!("publish github --markdown {page}.md --json {document}.json {more}");
        job.project.run(&run)
    };
    run(&job, "plan --instance local", "one");
    run(&job, "plan --instance other", "two");
    publish(&job, "one", "two", "").shows(str![[r#"
exit: 3
---- stderr
error: two.json cannot be published
  caused by: it is of another run than the page: give both files of one command

"#]]);
    publish(&job, "one", "one", "--instance other").shows(str![[r#"
exit: 3
---- stderr
error: the files are of the instance local, not of other
  hint: publish the files that the command has written for this instance

"#]]);
    job.project.set("OPPCTL_INSTANCE", "other");
    drop(publish(&job, "one", "one", "").exits(3));
    job.project.set("OPPCTL_INSTANCE", "local");
    drop(publish(&job, "one", "one", "").exits(0));
    let before = left(&job);
    run(&job, "apply --yes", "three");
    job.project
        .edit("pipeline/main.yaml", "amount: 1", "amount: 2");
    run(&job, "apply --yes", "four");
    run(&job, "plan --drift", "five");
    let names = ["one", "three", "four", "five"];
    for page in names {
        for document in names.iter().filter(|document| **document != page) {
            let run = publish(&job, page, document, "").exits(3);
            assert!(run.stderr.contains("it is of another run than the page"));
        }
    }
    assert_eq!(left(&job), before);
}

#[test]
fn a_half_event_is_told() {
    let mut job = Job::github(MANIFEST);
    drop(job.command("plan").exits(0));
    job.project
        .write("event.json", "{ \"pull_request\": { \"number\": 7,");
    job.publish("github").shows(str![[r#"
exit: 1
---- stderr
error: event.json, which GITHUB_EVENT_PATH names, is not the event of a run: it is not an object of JSON, as if it were cut off
  hint: leave GITHUB_EVENT_PATH as the run has set it; in a container, mount the file there too

"#]]);
    job.project.write(
        "event.json",
        json!({ "pull_request": { "number": 7 } }).to_string(),
    );
    job.publish("github").shows(str![[r#"
exit: 1
---- stderr
error: event.json, which GITHUB_EVENT_PATH names, is not the event of a run: its pull request has no number or no last commit
  hint: leave GITHUB_EVENT_PATH as the run has set it; in a container, mount the file there too

"#]]);
    job.project.write("event.json", "");
    drop(job.publish("github").exits(1));
    job.project.set("GITHUB_EVENT_PATH", "gone.json");
    job.publish("github").shows(str![[r#"
exit: 1
---- stderr
error: cannot read gone.json, which GITHUB_EVENT_PATH names
  caused by: No such file or directory (os error 2)
  hint: leave GITHUB_EVENT_PATH as the run has set it; in a container, mount the file there too

"#]]);
    assert_eq!(left(&job), (String::new(), 0));
}

#[test]
fn gitlab_has_the_same_comment_check_and_issue() {
    let mut job = Job::gitlab(MANIFEST);
    job.forge.comment("mallory", 7, &forged());
    for _ in 0..110 {
        job.forge.comment("ada", 7, "Hello");
    }
    assert_eq!(
        job.plan("gitlab"),
        "comment on merge request 7: created\ncheck oppctl plan (local): success\n"
    );
    job.project
        .edit("pipeline/main.yaml", "amount: 1", "amount: 2");
    let notes = "PUT /api/v4/projects/42/merge_requests/7/notes/";
    job.forge.trouble(
        notes,
        Trouble::Answer(429, "Retry-After: 0".to_owned(), "Retry later"),
    );
    assert_eq!(
        job.plan("gitlab"),
        "comment on merge request 7: updated\ncheck oppctl plan (local): success\n"
    );
    assert_eq!(job.comments().len(), 112);
    assert_eq!(job.forge.comments(7)[0].body, forged());
    job.merged();
    drop(job.command("apply --yes").exits(0));
    assert_eq!(
        job.publish("gitlab").exits(0).stdout,
        "comment on merge request 7: created\ncheck oppctl apply (local): success\n"
    );
    drop(job.project.run("get opportunity A-1").exits(0));
    drop(job.command("plan --drift").exits(0));
    assert_eq!(
        job.publish("gitlab").exits(0).stdout,
        "check oppctl drift (local): success\n"
    );
    let checks = job.forge.checks().into_iter();
    let checks: Vec<_> = checks
        .map(|check| (check.name, check.commit, check.conclusion))
        .collect();
    assert_eq!(
        checks.last(),
        Some(&(
            "oppctl drift (local)".to_owned(),
            MERGE.to_owned(),
            "success".to_owned()
        ))
    );
    let limit = || Trouble::Answer(429, "Retry-After: 0".to_owned(), "Retry later");
    for _ in 0..11 {
        job.forge.trouble("GET /api/v4/user", limit());
    }
    // A server that always says "now" is not asked for ever.
    drop(job.publish("gitlab").exits(7));
    assert!(!job.forge.has_trouble());
    job.forge.grant(TOKEN, "project_42_bot", &["read_api"]);
    job.publish("gitlab").shows(str![[r#"
exit: 8
---- stderr
error: cannot read the issues: the token lacks a permission (403): insufficient_scope
  hint: give the token the scope `api` and the role Developer

"#]]);
    job.project.set("GITLAB_TOKEN", "");
    job.publish("gitlab").shows(str![[r#"
exit: 1
---- stderr
error: GITLAB_TOKEN is not set
  hint: create a project access token with the scope `api` and the role Developer, and give it to the job as the masked variable GITLAB_TOKEN

"#]]);
}

#[test]
fn gitlab_hands_out_the_plan_that_the_latest_pipeline_has_kept() {
    let mut job = Job::gitlab(MANIFEST);
    drop(job.plan("gitlab"));
    let plan = job.project.read("r.json");
    job.merged();
    let reviewed = |job: &Job, folder: &str| {
        let run = format!("publish gitlab --reviewed {folder} --job plan --path out/plan.json");
        job.project.run(&run)
    };
    reviewed(&job, "r0").shows(str![[r#"
exit: 5
---- stderr
error: merge request 7 has no plan to apply: the file of the plan in the comment was made for an earlier commit, or is not kept any more
  hint: open a merge request with an empty commit, and merge it when its plan is there

"#]]);
    let keep = |pipeline: &str, text: &str| {
        let name = format!("plan@refs%2Fmerge-requests%2F7%2F{pipeline}");
        let files = vec![("out/plan.json".to_owned(), text.as_bytes().to_vec())];
        job.forge.keep(&name, HEAD, files);
    };
    // A pipeline for merged results.
    keep("merge", &plan);
    assert_eq!(
        reviewed(&job, "r1").exits(0).stdout,
        "plan of merge request 7: r1/01-7.json\n"
    );
    assert_eq!(job.project.read("r1/01-7.json"), plan);
    // An older one is kept for the other reference.
    keep("head", "{}");
    drop(reviewed(&job, "r2").exits(0));
    keep("merge", "{\"digest\": \"0\"}");
    drop(reviewed(&job, "r4").exits(5));
    // A merge request whose commit is not that of the merge.
    job.forge.merge(7, &"e".repeat(40));
    reviewed(&job, "r3").shows(str![[r#"
exit: 5
---- stderr
error: the commit bbbbbbbbbb does not come from a merge request that was merged into main, so its plan was not reviewed; nothing is to be applied
  hint: open a merge request; one with an empty commit is enough

"#]]);
}

impl Job {
    /// Plans, publishes and keeps the plan of the pull request as its job does.
    fn propose(&self, number: u64, head: &str, amount: u8) {
        self.forge.push(number, head);
        self.event(number, head);
        let manifest = MANIFEST.replace("amount: 1", &format!("amount: {amount}"));
        self.project.write("pipeline/main.yaml", manifest);
        drop(self.command("plan").exits(0));
        drop(self.publish("github").exits(0));
        self.keep(head, &self.project.read("r.json"));
        self.project.write("event.json", "{}");
        self.forge.merge(number, MERGE);
    }

    /// The event of the pull request, as it is for ever in runs of its job.
    fn event(&self, number: u64, head: &str) {
        let event = json!({ "pull_request": { "number": number, "head": { "sha": head } } });
        self.project.write("event.json", event.to_string());
    }

    fn keep(&self, head: &str, plan: &str) {
        let digest = self.project.read("r.md");
        let (_, digest) = digest.split_once("digest=").expect("it has one");
        let name = format!("oppctl-plan-{}", &digest[..32]);
        let files = vec![("plan.json".to_owned(), plan.as_bytes().to_vec())];
        self.forge.keep(&name, head, files);
    }

    fn reviewed(&self, folder: &str) -> Run {
        let run = self
            .project
            .run(&format!("publish github --reviewed {folder}"));
        assert!(!run.text().contains("hush"), "{}", run.text());
        run
    }
}

#[test]
fn only_a_plan_that_was_reviewed_and_kept_is_handed_out() {
    let mut job = Job::github(MANIFEST);
    job.project.write("event.json", "{}");
    job.reviewed("r0").shows(str![[r#"
exit: 5
---- stderr
error: the commit bbbbbbbbbb does not come from a pull request that was merged into main, so its plan was not reviewed; nothing is to be applied
  hint: open a pull request; one with an empty commit is enough

"#]]);
    job.forge.merge(7, MERGE);
    job.forge.comment("mallory", 7, &forged());
    job.reviewed("r1").shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 has no plan to apply: github-actions[bot] has not commented on it with a plan for local
  hint: open a pull request with an empty commit, and merge it when its plan is there

"#]]);
    job.propose(7, HEAD, 2);
    assert_eq!(
        job.reviewed("r2").exits(0).stdout,
        "plan of pull request 7: r2/01-7.json\n"
    );
    assert_eq!(job.project.read("r2/01-7.json"), job.project.read("r.json"));
    // A folder with other plans in it is not taken: all in it is applied.
    drop(job.reviewed("r2").exits(1));
    // Somebody pushed after the plan.
    job.forge.push(7, &"d".repeat(40));
    job.forge.merge(7, MERGE);
    job.reviewed("r3").shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 has no plan to apply: the plan in its comment is for the commit aaaaaaaaaa, and dddddddddd was merged
  hint: open a pull request with an empty commit, and merge it when its plan is there

"#]]);
    job.forge.push(7, HEAD);
    job.forge.merge(7, MERGE);
    // A run for a fork has kept one of the same name, and then another file is kept in it.
    job.forge.spoil(true);
    drop(job.reviewed("r4").exits(5));
    job.keep(HEAD, "{\"digest\": \"0\"}");
    job.reviewed("r5").shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 has no plan to apply: the file that the run has kept is not the plan in the comment
  hint: open a pull request with an empty commit, and merge it when its plan is there

"#]]);
    job.keep(HEAD, &job.project.read("r.json"));
    drop(job.reviewed("r6").exits(0));
    job.forge.spoil(false);
    drop(job.reviewed("r7").exits(5));
    // The last plan of the pull request failed.
    job.forge.push(7, HEAD);
    job.event(7, HEAD);
    job.project.edit("pipeline/main.yaml", "amount", "amuont");
    drop(job.command("plan").exits(3));
    drop(job.publish("github").exits(0));
    job.project.write("event.json", "{}");
    job.forge.merge(7, MERGE);
    job.reviewed("r8").shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 has no plan to apply: its last plan failed, as the comment says
  hint: open a pull request with an empty commit, and merge it when its plan is there

"#]]);
    job.propose(7, HEAD, 3);
    job.forge.grant(TOKEN, BOT, &["pull-requests: write"]);
    job.reviewed("r9").shows(str![[r#"
exit: 8
---- stderr
error: cannot read the plan that a run has kept: the token lacks a permission (403): Resource not accessible by integration
  hint: give the token `actions: read`

"#]]);
    job.project.set("GITHUB_SHA", "main");
    drop(job.reviewed("r10").exits(1));
}

/// Everything that a re-run of a plan's job could leave behind.
fn left(job: &Job) -> (String, usize) {
    (job.forge.everything(), job.forge.checks().len())
}

#[test]
fn a_plan_is_not_posted_where_nobody_reviews_it_any_more() {
    for forge in ["github", "gitlab"] {
        let job = match forge {
            "github" => Job::github(MANIFEST),
            _ => Job::gitlab(MANIFEST),
        };
        drop(job.plan(forge));
        let before = left(&job);
        // The job runs again, with its event and its variables of then, and plans something else now.
        job.project
            .edit("pipeline/main.yaml", "amount: 1", "amount: 2");
        drop(job.command("plan").exits(0));
        job.forge.push(7, &"d".repeat(40));
        let pushed = job.publish(forge);
        job.forge.close(7);
        let closed = job.publish(forge);
        job.forge.push(7, HEAD);
        job.forge.merge(7, MERGE);
        let merged = job.publish(forge);
        assert_eq!(left(&job), before);
        if forge == "github" {
            pushed.shows(str![[r#"
exit: 6
---- stderr
error: the plan is for the commit aaaaaaaaaa, and the last one of pull request 7 is dddddddddd: it was not posted
  hint: the run for dddddddddd posts its own plan; if there is none, push to the pull request

"#]]);
            closed.shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 is closed already: the plan was not posted, because nobody reviews it any more
  hint: open it again, or open another pull request

"#]]);
            merged.shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 is merged already: the plan was not posted, because nobody reviews it any more
  hint: to apply what was merged, run the job of the merge again; for a new plan open a pull request, one with an empty commit is enough

"#]]);
        } else {
            assert_eq!([pushed, closed, merged].map(|run| run.exit), [6, 5, 5]);
        }
    }
}

#[test]
fn a_comment_that_was_changed_after_the_merge_is_not_believed() {
    let job = Job::github(MANIFEST);
    job.propose(7, HEAD, 2);
    let ours = job.forge.comments(7).remove(0);
    // The merge comes between the question and the comment.
    job.forge.edit(ours.id, &ours.body);
    job.reviewed("r1").shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 has no plan to apply: its comment was changed after the merge, so what it says now is not what was reviewed
  hint: open a pull request with an empty commit, and merge it when its plan is there

"#]]);
    // A comment in which somebody has put another commit.
    job.forge.push(7, HEAD);
    job.forge
        .edit(ours.id, &ours.body.replace(HEAD, &"c".repeat(40)));
    job.forge.merge(7, MERGE);
    job.reviewed("r2").shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 has no plan to apply: the plan in its comment is for the commit cccccccccc, and aaaaaaaaaa was merged
  hint: open a pull request with an empty commit, and merge it when its plan is there

"#]]);
    job.forge
        .edit(ours.id, &ours.body.replace(&format!(" at {HEAD}"), ""));
    job.forge.merge(7, MERGE);
    job.reviewed("r3").shows(str![[r#"
exit: 5
---- stderr
error: pull request 7 has no plan to apply: its comment does not say which commit was planned
  hint: open a pull request with an empty commit, and merge it when its plan is there

"#]]);
    job.forge.edit(ours.id, &ours.body);
    job.forge.merge(7, MERGE);
    drop(job.reviewed("r4").exits(0));
}

#[test]
fn only_the_one_merge_into_the_branch_of_the_run_counts() {
    let mut job = Job::github(MANIFEST);
    job.propose(7, HEAD, 2);
    job.forge.retarget(7, "next");
    job.reviewed("r1").shows(str![[r#"
exit: 5
---- stderr
error: the commit bbbbbbbbbb does not come from a pull request that was merged into main, so its plan was not reviewed; nothing is to be applied
  hint: open a pull request; one with an empty commit is enough

"#]]);
    job.project.set("GITHUB_REF", "refs/heads/next");
    drop(job.reviewed("r2").exits(0));
    job.project.set("GITHUB_REF", "refs/tags/v1");
    job.reviewed("r3").shows(str![[r#"
exit: 1
---- stderr
error: GITHUB_REF is not a branch: run this in a job of the branch that was merged into

"#]]);
    job.project.set("GITHUB_REF", "refs/heads/main");
    job.forge.retarget(7, "main");
    job.propose(8, &"e".repeat(40), 3);
    job.reviewed("r4").shows(str![[r#"
exit: 5
---- stderr
error: the commit bbbbbbbbbb is the merge of several pull requests, 7 and 8: which plan was reviewed for it is not known; nothing is to be applied
  hint: open a pull request; one with an empty commit is enough

"#]]);
}

#[test]
fn on_gitlab_only_the_one_merge_into_the_branch_counts() {
    let mut job = Job::gitlab(MANIFEST);
    drop(job.plan("gitlab"));
    let files = vec![(
        ".oppctl/ci/plan.json".to_owned(),
        job.project.read("r.json").into_bytes(),
    )];
    let name = "oppctl-plan@refs%2Fmerge-requests%2F7%2Fhead";
    job.forge.keep(name, HEAD, files);
    job.merged();
    let reviewed = |job: &Job, folder: &str| {
        job.project
            .run(&format!("publish gitlab --reviewed {folder}"))
    };
    drop(reviewed(&job, "r1").exits(0));
    job.forge.retarget(7, "next");
    drop(reviewed(&job, "r2").exits(5));
    job.forge.retarget(7, "main");
    job.project.set("CI_COMMIT_BRANCH", "");
    reviewed(&job, "r3").shows(str![[r#"
exit: 1
---- stderr
error: CI_COMMIT_BRANCH is not set
  hint: run this in a job of GitLab for a branch, which sets it

"#]]);
    job.project.set("CI_COMMIT_BRANCH", "main");
    // Its artifacts are those of the latest pipeline that succeeded, which is not that of the last commit.
    job.forge.push(7, &"d".repeat(40));
    job.forge.merge(7, MERGE);
    reviewed(&job, "r4").shows(str![[r#"
exit: 5
---- stderr
error: merge request 7 has no plan to apply: the plan in its comment is for the commit aaaaaaaaaa, and dddddddddd was merged
  hint: open a merge request with an empty commit, and merge it when its plan is there

"#]]);
    job.forge.push(8, HEAD);
    job.forge.merge(8, MERGE);
    reviewed(&job, "r5").shows(str![[r#"
exit: 5
---- stderr
error: the commit bbbbbbbbbb is the merge of several merge requests, 7 and 8: which plan was reviewed for it is not known; nothing is to be applied
  hint: open a merge request; one with an empty commit is enough

"#]]);
}
