"""A team with a service, a ledger and tasks, for tests of the pages; and a visitor without a browser."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from cadence.clock import SystemClock
from cadence.config import load_settings
from cadence.engine import Engine
from cadence.ledger.sums import BODY_COLUMNS, STATE_COLUMNS, checksum
from cadence.server.store.keys import Scope
from cadence.server.store.opening import open_store
from cadence.service.keys import KeyWish, make_key
from tests.acceptance.cli.conftest import DESK, FOLLOW_UP, RECORDS, TEAM
from tests.acceptance.service.running import SCHEDULED, Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.acceptance.service.running import Served

__all__ = ["COOKIE", "MIA", "PATHS", "Office", "Visitor", "furnish", "schedule"]

COOKIE = "cadence_session"
PATHS = ("/today", "/enrollments", "/preview", "/load", "/ledger", "/ledger?show=parked", "/zone", "/calendars")
MIA, RAJ = "mia@example.com", "raj@example.com"


@dataclass(frozen=True)
class Office:
    """The project's folder; a key of Ana, who administers, one that only reads, and one of another business."""

    folder: Path
    admin: Key
    reader: Key
    stranger: Key

    def put(self, change: str, step: str) -> None:
        """Let the ledger say of a step what a run that was cut short would have left there."""
        with self.ledger() as ledger:
            ledger.execute(f"UPDATE entries SET {change} WHERE step = ?", (step,))  # noqa: S608 - the test's own words
            for row in ledger.execute("SELECT * FROM entries WHERE step = ?", (step,)).fetchall():
                sums = [checksum([row[name] for name in names]) for names in (BODY_COLUMNS, STATE_COLUMNS)]
                ledger.execute("UPDATE entries SET body_sum = ?, state_sum = ? WHERE key = ?", (*sums, row["key"]))

    @contextlib.contextmanager
    def ledger(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self.folder / ".cadence/ledger.db")) as connection, connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def key_of(self, record: str) -> str:
        """Return the key of the enrollment of a record of that name."""
        with self.ledger() as ledger:
            return str(ledger.execute("SELECT key FROM enrollments WHERE record_name = ?", (record,)).fetchone()[0])


def furnish(folder: Path, *, ledger: str = "") -> Office:
    """Make a project in *folder*: two people, two records in a sequence that starts now, keys.

    *ledger* is a URL, by default a file in the folder.
    """
    if ledger:
        (folder / "cadence.toml").write_text(f'[ledger]\nurl = "{ledger}"\n', encoding="utf-8")
    (folder / "sequences" / "calendars").mkdir(parents=True)
    (folder / "sequences" / "follow-up.yaml").write_text(FOLLOW_UP, encoding="utf-8")
    (folder / "sequences" / "calendars" / "desk.yaml").write_text(DESK, encoding="utf-8")
    (folder / "team.yaml").write_text(TEAM, encoding="utf-8")
    (folder / "records.csv").write_text(RECORDS, encoding="utf-8")
    engine = Engine(load_settings(folder))
    engine.team_import(folder / "team.yaml")
    engine.records_import(folder / "records.csv")
    for record in (MIA, RAJ):
        engine.apply(engine.plan("follow-up", record))
    ana = next(person.id for person in engine.team_list() if person.name == "Ana Ruiz")
    now = SystemClock().now()
    with open_store(engine.settings.store_url) as store:
        wishes = (
            KeyWish(user=ana, scope=Scope.ADMIN),
            KeyWish(user=ana, scope=Scope.READ),
            KeyWish(business="new", scope=Scope.ADMIN),
        )
        issued = [make_key(store, wish, now=now) for wish in wishes]
    return Office(folder, *(Key(each.api_key, each.business_id, each.user_id) for each in issued))


class Visitor:
    """Somebody with a browser that keeps cookies, runs no script and leaves no connection open."""

    def __init__(self, served: Served, key: Key | None = None, *, token: str = "") -> None:
        self._base_url = served.base_url
        self.cookies = {COOKIE: token} if token else {}
        self.proof = ""
        if key is not None:
            assert self.sign_in(key).status_code == 303

    @property
    def token(self) -> str:
        return self.cookies[COOKIE]

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self._send("POST", path, **options)

    def see(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, response.text
        return response.text

    def do(
        self, path: str, fields: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return self.post(path, data={"csrf": self.proof, **(fields or {})}, headers=headers)

    def sign_in(self, key: Key, *, to: str = "/") -> httpx.Response:
        response = self.post("/sign-in", data={"api_key": key.api_key, "zone": "Europe/Berlin", "next": to})
        if response.status_code == 303:
            self.proof = self.proof_on("/zone")
        return response

    def proof_on(self, path: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        with httpx.Client(base_url=self._base_url, cookies=self.cookies, timeout=60, verify=False) as client:  # noqa: S501 - plain HTTP
            response = client.request(method, path, **options)
            self.cookies |= dict(response.cookies)
            return response


def schedule(served: Served, key: Key, *, hours: float, kind: str = "call", **fields: Any) -> str:
    """Create an activity that is due in so many hours, and return its id."""
    due = SystemClock().now().replace(second=0, microsecond=0) + timedelta(hours=hours)
    body = {"activity_object_name": kind, "due_datetime": due.isoformat(), **fields}
    with served.client(key) as client:
        made = client.post(SCHEDULED, json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])
