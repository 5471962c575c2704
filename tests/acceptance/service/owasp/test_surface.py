"""What there is to be called and how it presents itself: risks 8 and 9 of the OWASP API Security Top Ten of 2023."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
from starlette.routing import Route, Router

from cadence.clock import SystemClock
from cadence.config import Settings
from cadence.server.store.opening import open_store
from cadence.service.application import build_service
from tests import postgres
from tests.acceptance.service.described import NOBODY, filled
from tests.acceptance.service.running import SCHEDULED, make_key, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.service.owasp.house import House
    from tests.acceptance.service.running import Served

pytestmark = pytest.mark.slow
NOTE = "the note nobody else may read"
EVERYWHERE = (
    "/api/team",
    "/api/nothing",
    "/healthz",
    "/openapi.json",
    "/metrics",
    "/hooks/crm",
    "/calendar/x.ics",
    "/today",
)
REFERENCE = Path(__file__).parents[4] / "docs/reference/service.md"


class TestApi8SecurityMisconfiguration:
    """Nothing is said that helps an attacker, nothing is allowed that was not asked for."""

    @pytest.mark.parametrize("path", EVERYWHERE)
    def test_no_answer_is_guessed_at_or_read_by_another_site(self, house: House, path: str) -> None:
        foreign = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
        with house.served.client(house.ours.admin) as client:
            for method in ("GET", "OPTIONS", "POST"):
                answered = client.request(method, path, headers=foreign, params={"callback": "steal"})
                assert answered.headers["x-content-type-options"] == "nosniff"
                assert answered.headers["cache-control"] == "no-store"
                assert "server" not in answered.headers
                assert not [name for name in answered.headers if name.startswith("access-control-")]
                assert not answered.text.startswith("steal(")

    def test_what_goes_wrong_inside_is_said_in_no_answer_and_without_notes_in_the_log(
        self, request: pytest.FixtureRequest, tmp_path: Path, kind: str
    ) -> None:
        db = request.getfixturevalue("broken") if kind == "postgres" else f"sqlite:///{tmp_path / 'store.db'}"
        key = make_key(tmp_path, "--db", db)
        with serve(tmp_path, "--db", db) as served, served.client(key) as client:
            break_store(db)
            for answered in (
                client.post(
                    SCHEDULED,
                    json={"activity_object_name": "call", "due_datetime": "2026-12-01T10:00:00Z", "note": NOTE},
                ),
                client.get(SCHEDULED, params={"search": NOTE}),
            ):
                assert (answered.status_code, answered.json()) == (
                    500,
                    {"detail": "Internal server error.", "code": "error"},
                )
                line = next(
                    line for line in served.log.read_text().splitlines() if answered.headers["x-request-id"] in line
                )
                assert "Traceback" in json.loads(line)["traceback"]
            assert NOTE not in served.log.read_text()
            assert key.api_key not in served.log.read_text()

    def test_a_method_that_a_path_does_not_have_is_named_with_those_it_has(self, house: House) -> None:
        with house.served.client(house.ours.admin) as client:
            for path, allowed in (
                ("/api/business/mine", "GET, HEAD, PATCH"),
                ("/healthz", "GET, HEAD"),
                ("/sign-in", "GET, HEAD, POST"),
            ):
                for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
                    answered = client.request(method, path)
                    assert (answered.status_code, answered.headers["Allow"]) == (405, allowed)
                    assert answered.json() == {
                        "detail": f'Method "{method}" not allowed.',
                        "code": "method_not_allowed",
                    }
                assert client.head(path).status_code == 200

    @pytest.mark.parametrize(
        ("target", "status"),
        [
            (f"{SCHEDULED}?page_size=100000", 400),
            (f"{SCHEDULED}?page=99999999999999999999", 400),
            (f"{SCHEDULED}?search=%00", 400),
            (f"{SCHEDULED}?search=%FF%FE", 200),
            (f"{SCHEDULED}/%00", 404),
            (f"{SCHEDULED}/%FF", 404),
            (f"{SCHEDULED}/..%2F..%2Fetc%2Fpasswd", 404),
            (f"{SCHEDULED}//", 404),
            ("/api/../etc/passwd", 404),
            ("/assets/../../cadence.toml", 404),
            ("/assets/..%2Fsite.py", 404),
            ("//evil.example/api/team", 404),
            (f"{SCHEDULED}?{'a=1&' * 5_000}", 200),
        ],
    )
    def test_a_strange_address_is_answered_in_json(self, house: House, target: str, status: int) -> None:
        head, body = raw(house.served, f"GET {target} HTTP/1.1", house.ours.admin.headers)
        assert head.split(" ")[1] == str(status)
        assert isinstance(json.loads(body), dict)

    def test_a_request_id_that_could_forge_a_log_is_not_echoed(self, house: House) -> None:
        for given in ("a" * 129, "a b", 'a"b', "é"):
            headers = {**house.ours.admin.headers, "X-Request-ID": given}
            head, _ = raw(house.served, "GET /api/team HTTP/1.1", headers)
            sent = next(line for line in head.splitlines() if line.lower().startswith("x-request-id:"))
            assert len(sent.split(": ")[1]) == 32

    @pytest.mark.parametrize("host", ["[::1", "a b", "x:abc", "\u00e9", 'x"><script>', "", "x/../..", "user@host"])
    def test_a_host_that_is_none_gets_into_no_link(self, house: House, host: str) -> None:
        headers = {**house.ours.admin.headers, "Host": host}
        head, body = raw(house.served, "GET /api/activities?page_size=1 HTTP/1.1", headers)
        assert head.split(" ")[1] == "200"
        assert json.loads(body)["next"] == f"{house.served.base_url}/api/activities?page_size=1&page=2"

    def test_a_page_s_links_follow_the_host_header(self, house: House) -> None:
        with house.served.client(house.ours.admin) as client:
            answered = client.get("/api/activities?page_size=1", headers={"Host": "crm.example:8443"})
        assert answered.json()["next"] == "http://crm.example:8443/api/activities?page_size=1&page=2"

    def test_a_page_s_links_begin_with_the_public_url(self, tmp_path: Path) -> None:
        key = make_key(tmp_path)
        public = {"CADENCE_SERVICE__PUBLIC_URL": "https://crm.example.com/ours/"}
        with serve(tmp_path, environ=public) as served, served.client(key) as client:
            listed = client.get("/api/activities", params={"page_size": 1, "page": 2, "search": "a"}).json()
        assert listed["previous"] == "https://crm.example.com/ours/api/activities?page_size=1&search=a&page=1"


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def broken() -> Iterator[str]:
    with postgres.fresh_database() as url:
        yield url


def break_store(db: str) -> None:
    """Take away what the service cannot do without, beneath it."""
    if db.startswith("sqlite"):
        with open_store(db) as store:
            store.write_now(
                lambda connection: connection.exec_driver_sql("ALTER TABLE scheduled_activities RENAME TO gone")
            )
        return
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("ALTER TABLE cadence_service.scheduled_activities RENAME TO gone")


class TestApi9ImproperInventoryManagement:
    """What there is, is described, and what is described is there."""

    def test_every_route_is_described_or_is_a_page_of_the_reference(self, house: House, tmp_path: Path) -> None:
        rows = re.findall(r"^\| `(/[^|]*)` \| \w+ \|", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
        known = {*house.description.document["paths"], *(path for row in rows for path in in_full(row))}
        with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
            routes = list(routes_of(build_service(store, clock=SystemClock(), settings=Settings(root=tmp_path))))
        assert len(routes) > 40
        assert set(routes) - known == {"/openapi.json"}
        assert known - set(routes) == set()

    def test_every_call_that_is_described_is_there_with_no_other_method(self, house: House) -> None:
        with house.served.client() as client:
            for path, methods in house.description.document["paths"].items():
                has = {method.upper() for method in methods} - {"PARAMETERS"}
                address = next(filled(path, [NOBODY], objects=["client_client"]))
                answered = client.request("BREW", address)
                assert (answered.status_code, set(answered.headers["Allow"].split(", "))) == (
                    405,
                    has | ({"HEAD"} if "GET" in has else set()),
                ), path

    @pytest.mark.parametrize(
        "path",
        ["/docs", "/redoc", "/swagger.json", "/api", "/api/v1/team", "/api/v2/activities", "/v1/api/team", "/admin", "/debug", "/.env",
         "/.git/config", "/graphql", "/server-status", "/console", "/cadence.toml", "/static/app.css", "/api/keys", "/api/business"],
    )  # fmt: skip
    def test_nothing_else_is(self, house: House, path: str) -> None:
        with house.served.client(house.ours.admin) as client:
            assert client.get(path).json() == {"detail": "Not found.", "code": "not_found"}

    def test_the_document_says_which_version_answers(self, house: House) -> None:
        with house.served.client() as client:
            assert house.description.document["info"]["version"] == client.get("/healthz").json()["version"]


def in_full(pages: str) -> Iterator[str]:
    """Yield the paths of a row of the reference, of which the later ones stand for the end of the first."""
    first, *others = pages.replace("`", "").split(", ")
    yield first
    yield from (f"{first.rpartition('/')[0]}/{other}" for other in others)


def routes_of(app: object) -> Iterator[str]:
    """Yield the paths of all routes beneath *app*."""
    inner: Any = app
    while not isinstance(inner, Router):
        inner = inner._app  # noqa: SLF001 - there is no other way to what a layer surrounds
    yield from (route.path for route in inner.routes if isinstance(route, Route))


def raw(served: Served, line: str, headers: dict[str, str]) -> tuple[str, str]:
    """Send a request as it is written here, which no client would, and return the head and the body of the answer."""
    url = httpx.URL(served.base_url)
    with socket.create_connection((url.host, url.port or 0), timeout=20) as connection:
        lines = [line, *(f"{name}: {value}" for name, value in {"Host": "x", "Connection": "close", **headers}.items())]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b""
        while received := connection.recv(65536):
            answer += received
    head, _, body = answer.decode().partition("\r\n\r\n")
    return head, body
