"""Requests that mean no good, over a real connection: each is refused in the documented shape, and the next is answered."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.acceptance.service.running import SCHEDULED, Key, Served, make_key, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Key]]:
    folder: Path = tmp_path_factory.mktemp("service")
    key = make_key(folder, "--scope", "admin")
    with serve(folder) as served:
        yield served, key
        with served.client() as client:
            assert client.get("/readyz").status_code == 200


def chunks(count: int) -> Iterator[bytes]:
    yield b'{"note": "'
    for _ in range(count):
        yield b"x" * MEGABYTE
    yield b'"}'


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"note": "' + b"x" * 10 * MEGABYTE + b'"}', 413, "body_too_large"),
        (chunks, 413, "body_too_large"),
        (b'{"note": "\xff"}', 400, "parse_error"),
        (b"[" * 100_000, 400, "parse_error"),
        (b'{"a":' * 100_000, 400, "parse_error"),
        (b'{"note": "a\\u0000b"}', 400, "parse_error"),
        (b'{"note": "\\ud800"}', 400, "parse_error"),
        (b'{"note": 1' + b"0" * 10_000 + b"}", 400, "parse_error"),
        (b"", 400, "parse_error"),
    ],
    ids=["10 MB", "10 MB in chunks", "not utf-8", "deep", "deep objects", "nul", "half a pair", "huge number", "none"],
)
def test_a_body_is_refused_and_the_refusal_arrives(
    service: tuple[Served, Key], content: Any, status: int, code: str
) -> None:
    served, key = service
    with served.client(key) as client:
        answered = client.post(SCHEDULED, content=chunks(10) if content is chunks else content)
        assert (answered.status_code, answered.json()["code"]) == (status, code)
        assert answered.headers["Content-Type"] == "application/json"
        assert client.get("/api/team").status_code == 200


def test_a_stranger_s_big_body_is_refused_too(service: tuple[Served, Key]) -> None:
    served, _ = service
    with served.client() as client:
        answered = client.post(SCHEDULED, content=b"x" * 10 * MEGABYTE)
        assert (answered.status_code, answered.json()["code"]) == (401, "not_authenticated")


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
        ("//evil.example/api/team", 404),
        (f"{SCHEDULED}?{'a=1&' * 5_000}", 200),
    ],
)
def test_a_strange_address_is_answered_in_json(service: tuple[Served, Key], target: str, status: int) -> None:
    served, key = service
    head, body = raw(served, f"GET {target} HTTP/1.1", key.headers)
    assert head.split(" ")[1] == str(status)
    assert isinstance(json.loads(body), dict)


def test_a_method_that_a_path_does_not_have_is_named_with_those_it_has(service: tuple[Served, Key]) -> None:
    served, key = service
    with served.client(key) as client:
        for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
            answered = client.request(method, "/api/business/mine")
            assert answered.status_code == 405
            assert answered.json() == {"detail": f'Method "{method}" not allowed.', "code": "method_not_allowed"}
            assert answered.headers["Allow"] == "GET, HEAD, PATCH"
        assert client.head("/api/business/mine").status_code == 200


def test_a_request_id_that_could_forge_a_log_is_not_echoed(service: tuple[Served, Key]) -> None:
    served, key = service
    for given in ("a" * 129, "a b", 'a"b', "é"):
        head, _ = raw(served, "GET /api/team HTTP/1.1", {**key.headers, "X-Request-ID": given})
        sent = next(line for line in head.splitlines() if line.lower().startswith("x-request-id:"))
        assert len(sent.split(": ")[1]) == 32


def test_a_page_s_links_follow_the_host_header(service: tuple[Served, Key]) -> None:
    served, key = service
    with served.client(key) as client:
        answered = client.get("/api/activities?page_size=1", headers={"Host": "crm.example:8443"})
    assert answered.json()["next"] == "http://crm.example:8443/api/activities?page_size=1&page=2"


def test_a_page_s_links_begin_with_the_public_url(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    public = {"CADENCE_SERVICE__PUBLIC_URL": "https://crm.example.com/ours/"}
    with serve(tmp_path, environ=public) as served, served.client(key) as client:
        listed = client.get("/api/activities", params={"page_size": 1, "page": 2, "search": "a"}).json()
    assert listed["previous"] == "https://crm.example.com/ours/api/activities?page_size=1&search=a&page=1"


def raw(served: Served, line: str, headers: dict[str, str]) -> tuple[str, str]:
    """Send a request as it is written here, which no client would, and return the head and the body of the answer."""
    url = httpx.URL(served.base_url)
    with socket.create_connection((url.host, url.port or 0), timeout=20) as connection:
        lines = [line, "Host: x", "Connection: close", *(f"{name}: {value}" for name, value in headers.items())]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b""
        while received := connection.recv(65536):
            answer += received
    head, _, body = answer.decode().partition("\r\n\r\n")
    return head, body
