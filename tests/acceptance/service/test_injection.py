"""Markup, template expressions and line ends in every text that can be stored or asked for: each is shown as text.

What can be stored is taken from /openapi.json, so that a new text cannot be forgotten.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

from tests.acceptance.cli.conftest import Cadence
from tests.acceptance.cli.terminal import on_a_terminal
from tests.acceptance.service.described import Description, filled
from tests.acceptance.service.running import SCHEDULED, make_key, serve
from tests.pages import MIA, PATHS, Office, Visitor, furnish

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.acceptance.service.described import Operation
    from tests.acceptance.service.running import Served

pytestmark = pytest.mark.slow
HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 1337 * 7331 }}${1337*7331}\r\nBEGIN:X\x1b[2J"
PRODUCT = str(1337 * 7331)
SEQUENCE = f"""\
sequence: hostile
title: {json.dumps(HOSTILE)}
steps:
  - id: hello
    activity: email
    due: 1 hour after start
    note: {json.dumps("<b>" + HOSTILE.partition("{{")[0] + "{{ record.first_name }}")}
"""
FIELDS = ("first_name", "last_name", f"field {HOSTILE[:60]}")
# What is any text to the schema, and to the service the name or the address of something.
WANTED = {
    "activity_object_name",
    "activity_name",
    "roles",
    "webhook_url",
    "query",
    "associated_entities",
    "related_objects",
}
SHOWN = {"PATCH mine name", "PATCH id display_name", "POST activities name", "POST role name",
         "POST scheduled-activity note", "POST add fields", "PATCH id fields"}  # fmt: skip


class Stage:
    """A service in whose store every text is hostile; each begins with the name of where it was `set`."""

    def __init__(self, served: Served, office: Office) -> None:
        self.served = served
        self.office = office
        self.description = Description(served)
        self.set: set[str] = set()
        with served.client(office.admin) as client:
            things = ["call", "client_client", *ids_of(client, self.description)]
            for operation in self.description.calls():
                if operation.body is not None and "/webhooks" not in operation.path:
                    self._fill(client, operation, address(client, operation, things))
            task = {"activity_object_name": "call", "due_datetime": "2020-01-01T10:00:00Z"}
            for role in client.get("/api/role", params={"page_size": 1000}).json()["results"]:
                client.post(SCHEDULED, json={**task, "role_id": role["id"]}).raise_for_status()

    def _fill(self, client: httpx.Client, operation: Operation, path: str) -> None:
        properties = self.description.resolved(operation.body or {})["properties"]
        base = {**self.description.least(operation)}
        if operation.path == SCHEDULED:
            base |= {"activity_object_name": "call", "employee_id": self.office.admin.user_id}
        for name in [name for name, schema in properties.items() if self.description.holds_text(schema)]:
            where = f"{operation.method} {operation.path.rpartition('/')[2].strip('{}')} {name}"
            value = self.description.sample(properties[name], text=f"{where} {HOSTILE}", is_full=True)
            if "/records/" in operation.path and name == "fields":
                value = [{"name": each, "value": f"{where} {HOSTILE}"} for each in FIELDS]
            unique = {"name": f"x_{len(self.set)}"} if "name" in base else {}
            answered = client.request(operation.method, path, json={**base, **unique, name: value})
            assert answered.status_code in ((200, 201, 400) if name in WANTED else (200, 201)), answered.text
            assert PRODUCT not in answered.text
            self.set |= {where} if answered.is_success else set()


def ids_of(client: httpx.Client, description: Description) -> Iterator[str]:
    """Yield the ids of whatever the lists of the API hold."""
    for operation in description.calls():
        if operation.method == "GET" and "{" not in operation.path and operation.path != "/api/audit":
            rows = client.get(operation.path).json()
            yield from (row["id"] for row in (rows if isinstance(rows, list) else rows.get("results", [rows])))
    contacts = client.post("/api/records/client_client/search", json={}).json()["results"]
    yield from (row["id"] for row in contacts)


def address(client: httpx.Client, operation: Operation, things: list[str]) -> str:
    """Return the path of a call with something in its places that is there."""
    parent = operation.path[: operation.path.rfind("}") + 1]
    addresses = list(filled(operation.path, things, objects=["client_client"]))
    above = zip(filled(parent, things, objects=["client_client"]), addresses, strict=True)
    return next((path for parent, path in above if client.get(parent).status_code == 200), addresses[0])


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    office = furnish(tmp_path_factory.mktemp("stage"))
    (office.folder / "sequences" / "hostile.yaml").write_text(SEQUENCE, encoding="utf-8")
    with serve(office.folder) as served:
        stage = Stage(served, office)
        make_key(office.folder, "--name", HOSTILE)
        write_into_ledger(office)
        yield stage


def write_into_ledger(office: Office) -> None:
    """Let the ledger of the project say it too, where it takes its words from sequences, records and the CRM."""
    with office.ledger() as ledger:
        ledger.execute("UPDATE enrollments SET sequence = ?, record_name = ?", (HOSTILE, HOSTILE))
        ledger.execute("UPDATE enrollments SET params = ?", ('{"x": "<script>alert(3)</script>"}',))
        ledger.execute("UPDATE targets SET name = ?", (HOSTILE,))
        ledger.execute('UPDATE leases SET "by" = ?', (HOSTILE,))
        ledger.execute("UPDATE attempts SET detail = ?, outcome = ?", (HOSTILE, HOSTILE))
        ledger.execute("UPDATE changes SET why = ?, what = ?", (HOSTILE, HOSTILE))
        ledger.execute("UPDATE entries SET activity = ?", (HOSTILE,))
    quoted = HOSTILE.replace("'", "''")
    for step, state in (("hello", "in_doubt"), ("call", "parked"), ("offer", "rejected")):
        office.put(f"state = '{state}', reason = '{quoted}'", step)


def test_what_is_stored_is_on_every_page_as_text(stage: Stage) -> None:
    visitor = Visitor(stage.served, stage.office.admin)
    with stage.office.ledger() as ledger:
        keys = [row[0] for row in ledger.execute("SELECT key FROM enrollments")]
    needs = [f"/ledger?show={show}" for show in ("doubt", "parked", "rejected", "waiting")]
    today = [f"/today?state={state}" for state in ("open", "done", "all")]
    paths = [*PATHS, *needs, *today, "/preview?sequence=hostile", *(f"/enrollments/{key}" for key in keys)]
    pages = {path: visitor.see(path) for path in paths}
    for path, page in pages.items():
        assert_harmless(page)
        assert "&lt;img src=x" in page, path
    seen = {where for where in stage.set if any(where in page for page in pages.values())}
    assert seen >= SHOWN
    assert len(stage.set) > 25


def test_a_url_that_is_markup_is_none_and_one_that_is_plain_is_text(stage: Stage) -> None:
    with stage.served.client(stage.office.admin) as client:
        for url in (f"https://hooks.invalid/{HOSTILE}", "https://hooks.invalid/<b>", 'https://hooks.invalid/"'):
            assert client.post("/api/webhooks", json={"url": url}).status_code == 400
            assert client.patch("/api/activities/call", json={"webhook_url": url}).status_code == 400
        client.post("/api/webhooks", json={"url": "https://hooks.invalid/?a='&lt="}).raise_for_status()
        client.post("/api/activities/call/log-activity", json={"related_objects": []}).raise_for_status()
    page = Visitor(stage.served, stage.office.admin).see("/ledger/deliveries")
    assert_harmless(page)
    assert "https://hooks.invalid/?a=&#39;&amp;lt=" in page


def test_a_draft_and_what_is_made_of_it(stage: Stage) -> None:
    visitor = Visitor(stage.served, stage.office.admin)
    draft = {
        "text": SEQUENCE,
        "record": MIA,
        "fields": f"first_name={HOSTILE.splitlines()[0]}",
        "start": "2030-01-07T09:00",
    }
    plan = visitor.do("/preview/plan.json", draft)
    assert (plan.status_code, plan.headers["content-type"].split(";")[0]) == (200, "application/json")
    assert "{{ 1337 * 7331 }}" in plan.text
    assert PRODUCT not in plan.text
    for path in ("/preview/drawing", "/preview/plan.html"):
        page = visitor.do(path, draft)
        assert page.status_code == 200
        assert_harmless(page.text)
    assert_harmless(visitor.see("/preview/records?record=PATCH"))
    broken = visitor.do("/preview/drawing", {**draft, "text": f"sequence: {HOSTILE}\nsteps: {HOSTILE}"})
    assert_harmless(broken.text)


def test_a_calendar_has_an_event_for_each_task_and_no_line_of_a_text_s_own(stage: Stage) -> None:
    visitor = Visitor(stage.served, stage.office.admin)
    made = visitor.do("/calendars").text
    found = re.search(r'value="http://[^/"]+(/calendar/[\w-]+\.ics)"', made)
    assert found is not None
    with stage.served.client() as anybody:
        content = anybody.get(found[1]).content
    assert b"\x1b" not in content
    components = Calendar.from_ical(content).walk()
    assert {component.name for component in components} == {"VCALENDAR", "VEVENT"}
    assert any("alert(2)" in str(component.get("description")) for component in components)
    assert not [line for line in content.splitlines() if line.startswith(b"BEGIN:X")]


def test_what_is_asked(stage: Stage) -> None:
    visitor = Visitor(stage.served, stage.office.admin)
    names = ("q", "state", "page", "day", "assignee", "type", "show", "from", "sequence", "record", "next", "zone")
    for path in (*PATHS, "/sign-in", "/ledger/deliveries", "/preview/records"):
        for name in names:
            assert_harmless(visitor.get(path, params={name: HOSTILE}).text)
    fields = dict.fromkeys(
        ("plan", "text", "record", "fields", "params", "start", "zone", "entry", "way", "from"), HOSTILE
    )
    fields |= {"assignee": HOSTILE, "due": HOSTILE, "employee": HOSTILE, "api_key": HOSTILE, "next": HOSTILE}
    forms = (
        "/load",
        "/preview/drawing",
        "/preview/plan.json",
        "/preview/plan.html",
        "/zone",
        "/ledger/retry",
        "/ledger/resolve",
    )
    for path in (*forms, "/calendars", f"/calendars/{'x' * 9}/revoke", "/sign-in"):
        assert_harmless(visitor.do(path, fields).text)


def test_addresses_that_are_no_text_are_refused_in_words(stage: Stage) -> None:
    visitor = Visitor(stage.served, stage.office.admin)
    assert visitor.get("/enrollments/%00").status_code == 404
    assert visitor.get("/enrollments?q=%00%ff&page=-1").status_code == 200
    assert visitor.get("/ledger?page=99999999999999999999&show=parked").status_code == 200


@pytest.mark.parametrize(
    "arguments",
    [("target", "ping"), ("team", "list"), ("records", "list"), ("activities", "list"), ("keys", "list"), ("status",), ("log",),
     ("plan", "hostile", "--record", MIA), ("explain", "hostile", "--record", MIA)],
    ids=" ".join,
)  # fmt: skip
def test_no_terminal_obeys_it(stage: Stage, arguments: tuple[str, ...]) -> None:
    shown = on_a_terminal(Cadence(stage.office.folder), *arguments, env={"NO_COLOR": "1"})
    assert shown
    assert "\x1b" not in shown
    assert "\rBEGIN" not in shown
    assert PRODUCT not in shown


def test_no_terminal_obeys_what_a_finding_quotes(stage: Stage) -> None:
    command = Cadence(stage.office.folder)
    asked = ("plan", "hostile", "--record", MIA, "--field", f"timezone=x{HOSTILE}")
    shown = on_a_terminal(command, *asked, env={"NO_COLOR": "1"}, code=1)
    assert "no-zone" in shown
    assert "\x1b" not in shown
    assert not [line for line in shown.splitlines() if line.startswith("BEGIN")]


def assert_harmless(page: str) -> None:
    assert "<img" not in page
    assert "<script>" not in page
    assert PRODUCT not in page
