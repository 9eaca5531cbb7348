#!/usr/bin/env python3
"""Writes nine HTML pages of oppctl, one for each way in which a command can end: states.py OPPCTL FOLDER

Each page comes from a small project of its own and a simulator on loopback, both in a temporary folder. What differs from run to run is
replaced, so that two runs write the same bytes.
"""

import datetime
import getpass
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

if len(sys.argv) != 3:
    sys.exit("usage: states.py OPPCTL FOLDER")
OPPCTL = str(Path(sys.argv[1]).resolve())
OUT = Path(sys.argv[2])

COMPANIES = """Acme Robotics|Globex|Initech|Umbrella Pharma|Hooli|Wayne Enterprises|Soylent Foods|Tyrell Corp|Müller & Söhne|
Société Lyonnaise|Łódź Textiles|O'Reilly Books|Northwind|Contoso|Fabrikam|Vandelay|Pied Piper|Cyberdyne|Nakatomi|Gringotts""".replace("\n", "").split("|")
KINDS = ["Renewal", "Expansion", "New logo", "Support upgrade", "Data migration"]
STAGES = ["Qualification", "Needs Analysis", "Proposal", "Negotiation"]
ROLES = ["Decision Maker", "Champion", "Technical Buyer", "Influencer"]
PEOPLE = ["Ada Lovelace", "Grace Hopper", "Joan Clarke", "Misaki Sato", "Søren Nowak", "Zoë Müller", "José García", "Radia Perlman"]
# Close dates are far ahead, so that none is past when the pages are made again.
DATES = ["2041-01-31", "2041-02-28", "2041-03-31", "2041-06-30"]
CONFIRMED = "--yes --confirm production"


def deals(count):
    """So many opportunities, the first two of three with a role. The last two are closed."""
    found = []
    for i in range(count):
        deal = {
            "externalOpportunityId": f"OPP-{2041001 + i}",
            "name": f"{COMPANIES[i % 20]} – {KINDS[i % 5]}",
            "amount": 4000 + (i * 7919) % 90000 + (0.5 if i % 4 == 1 else 0),
            "stage": STAGES[i % 4],
            "closeDate": DATES[i % 4],
            "region": ["EMEA", "APAC", "NA"][i % 3],
            "ownerEmail": ["h.brandt@acme.example", "m.tan@acme.example", "j.ortiz@acme.example"][i % 3],
            "isClosed": False,
            "isWon": False,
        }
        if i >= count - 2:
            deal |= {"stage": "Closed Won", "closeDate": "2026-09-30", "isClosed": True, "isWon": True}
        if i % 3 < 2:
            deal["roles"] = [{"leadId": 456000 + i, "role": ROLES[i % 4], "isPrimary": True}]
        found.append(deal)
    return found


def advance(chosen, amount=0):
    """Moves open deals to the next stage, and raises their amounts."""
    for deal in chosen:
        if deal["stage"] in STAGES[:-1]:
            deal["stage"] = STAGES[STAGES.index(deal["stage"]) + 1]
        deal["amount"] += amount


def later():
    """Marketo's times have whole seconds. What is edited in the second of an apply would look like a part of it."""
    time.sleep(2.5)


class Project:
    """A git repository with manifests, and a simulator that is its instance `production`."""

    def __init__(self, folder, config=""):
        self.root, self.extra, self.simulator = Path(folder), config, None
        self.work, self.aside = self.root / "pipeline", self.root / "aside"
        self.work.mkdir(), self.aside.mkdir()
        # No variable of this machine has an influence, above all none of a CI system.
        self.env = {"PATH": os.environ["PATH"], "HOME": folder, "TZ": "UTC", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "100"}
        self.env |= {"MARKETO_CLIENT_ID": "simulator", "MARKETO_CLIENT_SECRET": "simulator", "GIT_CONFIG_NOSYSTEM": "1"}
        for who in ("AUTHOR", "COMMITTER"):
            self.env |= {f"GIT_{who}_NAME": "Dana Whitfield", f"GIT_{who}_EMAIL": "dana@acme.example", f"GIT_{who}_DATE": "2026-11-09T09:12:00Z"}

    def __enter__(self):
        try:
            return self.begin()
        except BaseException:
            self.__exit__()
            raise

    def begin(self):
        leads = [f"  - {{ id: {456000 + i}, email: lead{i}@example.com, firstName: {p.split()[0]}, lastName: {p.split()[1]} }}\n" for i, p in enumerate(PEOPLE * 5)]
        (self.aside / "leads.yaml").write_text("leads:\n" + "".join(leads), "utf-8")
        fields = "    - { name: region, dataType: string, length: 40 }\n    - { name: ownerEmail, dataType: email }\n"
        (self.aside / "schema.yaml").write_text("opportunity:\n  fields:\n" + fields)
        serve = ["simulator", "serve", "--data", "data", "--leads", "leads.yaml", "--schema", "schema.yaml", "--control"]
        self.simulator = subprocess.Popen([OPPCTL, *serve], cwd=self.aside, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = [self.simulator.stdout.readline() for _ in range(2)]
        self.url, self.control = [re.search(r"http://\S+", line)[0].rstrip("/.") for line in lines]
        (self.work / "oppctl.yaml").write_text(
            "version: 1\nproject: acme/pipeline\nmanifests: [\"deals/*.yaml\"]\ndefaultInstance: production\ninstances:\n  production:\n"
            f"    baseUrl: {self.url}\n    confirm: true\n"
            "    credentials: { clientId: { env: MARKETO_CLIENT_ID }, clientSecret: { env: MARKETO_CLIENT_SECRET } }\n"
            "ownership: { ledger: .oppctl/ledger }\nimpact: { currency: USD }\nlimits: { concurrency: 1, readLag: 1s }\n" + self.extra
        )
        (self.work / ".gitignore").write_text(".oppctl/\npage.html\n")
        self.git("init", "-q", "-b", "main")
        return self

    def __exit__(self, *_):
        if self.simulator:
            self.simulator.terminate()
            self.simulator.wait()

    def git(self, *args):
        subprocess.run(["git", *args], cwd=self.work, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def start(self, args):
        return subprocess.Popen([OPPCTL, *args.split()], cwd=self.work, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def start_until_sent(self, calls, args):
        """Starts an apply and waits until so many calls with changes are on their way."""
        events = self.work / ".oppctl/events"
        process = self.start(f"{args} --events {events}")
        until = time.monotonic() + 60
        while not events.exists() or events.read_text("utf-8").count('"sending"') < calls:
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                sys.exit(f"oppctl {args}: call {calls} was not sent\n{process.communicate()[0]}")
            time.sleep(0.05)
        # The event is written before the call is sent.
        time.sleep(0.3)
        return process

    def ends(self, process, exits):
        """It must end as expected, or the page would show something else."""
        try:
            printed = process.communicate(timeout=120)[0]
        finally:
            process.kill()
        if process.returncode != exits:
            sys.exit(f"{' '.join(process.args)}: exit {process.returncode} instead of {exits}\n{printed}")
        return printed

    def run(self, args, exits):
        return self.ends(self.start(args), exits)

    def commit(self, found, message):
        """Writes the deals, a file for each region, and commits them. JSON is YAML, too."""
        (self.work / "deals").mkdir(exist_ok=True)
        for region in ("EMEA", "APAC", "NA"):
            text = "version: 1\nopportunities:\n"
            for deal in found:
                if deal["region"] == region:
                    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in deal.items()]
                    text += "  - " + "    ".join(lines)
            (self.work / "deals" / f"{region.lower()}.yaml").write_text(text, "utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def applied(self, found):
        self.commit(found, "Import of the pipeline")
        self.run(f"apply {CONFIRMED}", 0)
        later()

    def call(self, url, body):
        request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        if url != self.control:
            grant = "/identity/oauth/token?grant_type=client_credentials&client_id=simulator&client_secret=simulator"
            with urllib.request.urlopen(self.url + grant) as answer:
                request.add_header("Authorization", "Bearer " + json.load(answer)["access_token"])
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def fault(self, **entry):
        self.call(self.control, entry)

    def edit(self, *records):
        """Somebody edits records in Marketo."""
        self.call(self.url + "/rest/v1/opportunities.json", {"action": "updateOnly", "input": list(records)})

    def delete(self, key):
        self.call(self.url + "/rest/v1/opportunities/delete.json", {"input": [{"externalOpportunityId": key}]})

    def page(self):
        return (self.work / "page.html").read_text("utf-8")


PAGE = "--write html=page.html"
GUARDS = "guards: { maxDeletes: 3, maxAmountFactor: 5 }\n"


def refused(project):
    found = deals(18)
    project.applied(found)
    advance(found[:5])
    found[5]["amount"] *= 10
    del found[8:12]
    project.commit(found, "Deals of the old team are gone")
    project.run(f"plan {PAGE}", 5)
    return project.page()


def partial(project):
    found = deals(20)
    project.applied(found[:14])
    advance(found[:9], 500)
    project.commit(found, "Deals of week 48")
    # The first call creates, the second one updates.
    project.fault(at=1, operation="sync", fault={"kind": "skipRecord", "index": 2})
    project.fault(at=2, operation="sync", fault={"kind": "skipRecord", "index": 3, "code": "1003", "message": "Invalid value for field 'amount'"})
    project.run(f"apply {CONFIRMED} {PAGE}", 4)
    return project.page()


def stale(project):
    found = deals(18)
    project.applied(found)
    advance(found[:10], 250)
    project.commit(found, "Deals of week 48")
    project.run("plan --out .oppctl/plan.json", 0)
    project.edit(
        {"externalOpportunityId": found[2]["externalOpportunityId"], "closeDate": "2041-02-11"},
        {"externalOpportunityId": found[6]["externalOpportunityId"], "amount": 99000, "stage": "Negotiation"},
    )
    project.run(f"apply --plan .oppctl/plan.json {CONFIRMED} {PAGE}", 6)
    return project.page()


def unknown(project):
    found = deals(18)
    project.applied(found[:14])
    advance(found[:10])
    project.commit(found, "Deals of week 48")
    # The first call takes a while. Meanwhile the plan is made, so what is lost now is the answer to the second, and each reading after it.
    project.fault(at=1, operation="sync", fault={"kind": "delay", "for": "2s"})
    process = project.start_until_sent(1, f"apply {CONFIRMED} {PAGE}")
    project.fault(at=1, operation="sync", fault={"kind": "drop", "when": "afterCommit"})
    project.fault(at=1, operation="query", times=999, fault={"kind": "badGateway"})
    project.ends(process, 7)
    return project.page()


def canary(project):
    found = deals(24)
    project.applied(found[:20])
    advance(found[:12])
    for deal in found[2:]:
        deal["name"] += ", framework agreement with all subsidiaries"
    project.commit(found, "Framework agreements")
    project.fault(at=1, operation="sync", times=9, match="/rest/v1/opportunities.json", fault={"kind": "loseField", "field": "name", "kept": 40})
    project.run(f"apply {CONFIRMED} --canary 3 {PAGE}", 4)
    return project.page()


def quota(project):
    found = deals(22)
    project.applied(found[:14])
    advance(found[:12], 500)
    project.commit(found, "New year plan")
    project.fault(at=2, operation="sync", times=99, code="607")
    project.run(f"apply {CONFIRMED} {PAGE}", 7)
    return project.page()


def killed(project):
    found = deals(22)
    project.applied(found[:14])
    advance(found[:12], 500)
    project.commit(found, "New year plan")
    # The second call hangs. When it has been sent, the process is killed.
    project.fault(at=2, operation="sync", fault={"kind": "delay", "for": "20s"})
    process = project.start_until_sent(2, f"apply {CONFIRMED}")
    process.kill()
    process.communicate()
    return project.run("history last --format html", 0)


def drift(project):
    found = deals(20)
    project.applied(found)
    for i in (1, 4, 7):
        project.edit({"externalOpportunityId": found[i]["externalOpportunityId"], "stage": "Negotiation", "amount": found[i]["amount"] + 9000})
    project.edit({"externalOpportunityId": found[10]["externalOpportunityId"], "closeDate": "2041-09-30", "ownerEmail": "p.shaw@acme.example"})
    project.edit({"externalOpportunityId": found[13]["externalOpportunityId"], "name": "Vandelay – Import & Export <renamed>"})
    project.delete(found[14]["externalOpportunityId"])
    project.run(f"plan --drift {PAGE}", 2)
    return project.page()


def undo(project):
    found = deals(20)
    project.applied(found[:16])
    advance(found[:10], 500)
    project.commit(found, "Deals of week 48")
    project.run(f"apply {CONFIRMED}", 0)
    later()
    project.edit({"externalOpportunityId": found[2]["externalOpportunityId"], "amount": 77000}, {"externalOpportunityId": found[4]["externalOpportunityId"], "stage": "Proposal"})
    project.run(f"undo last {CONFIRMED} --allow-deletes 7 {PAGE}", 4)
    return project.page()


def fixed(text):
    """Replaces what differs from run to run."""
    runs, digests = {}, {}

    # What is different stays different.
    def run(match):
        order = runs.setdefault(match[0], len(runs))
        return f"20261130T08{15 - order:02}00000Z-{0x4BE19C07 + order * 0x2F35C1A9:08x}"

    def digest(match):
        order = digests.setdefault(match[2][:8], len(digests))
        return match[1] + (f"{0x5C1F9A27 + order * 0x1B0D34E5:08x}" * 5)[: len(match[2])]

    text = re.sub(r"\b\d{8}T\d{9}Z-[0-9a-f]{8}\b", run, text)
    text = re.sub(r"\b127-0-0-1-\d+-[0-9a-f]{8}\b", "127-0-0-1-8080-7d04e2b9", text)
    text = re.sub(r"\b127\.0\.0\.1:\d+\b", "127.0.0.1:8080", text)
    text = re.sub(r"(digest=|plan (?:<code>)?|commit (?:<code>)?|\bat )([0-9a-f]{8,40})\b", digest, text)
    text = re.sub(r"\brequest [0-9a-f]+#[0-9a-f]+", "request 8fb07#1a22a119c31", text)
    text = re.sub(r"(by <code>)[^<@]+@[^<]+", r"\1dana@ci-runner-7", text)
    text = re.sub(r"\bin \d+\.\d s\b", "in 1.4 s", text)
    # Today is 30 November 2026, a quarter past eight, and the next quota begins tomorrow.
    today = datetime.datetime.now(datetime.timezone.utc).date()
    near = "|".join(str(today + datetime.timedelta(days)) for days in (-1, 0, 1))

    def date(match):
        return {"UTC": "2026-12-01 06:00 UTC", "Z": "2026-11-30 08:15:00Z"}.get(match[1], "2026-11-30")

    return re.sub(rf"\b(?:{near})(?: [\d:]+ ?(UTC|Z))?\b", date, text)


STATES = {refused: GUARDS, partial: "", stale: "", unknown: "", canary: "", quota: "", killed: "", drift: "", undo: ""}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for state, config in STATES.items():
        with tempfile.TemporaryDirectory(prefix="oppctl-screens-") as folder, Project(folder, config) as project:
            text = fixed(state(project))
            for name in (folder, OPPCTL, f"{getpass.getuser()}@", f"@{socket.gethostname()}"):
                if name in text:
                    sys.exit(f"the page {state.__name__} has {name}")
        (OUT / f"{state.__name__}.html").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
