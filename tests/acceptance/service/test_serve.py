"""`cadence serve` from its first line to its end."""

from __future__ import annotations

import signal
import socket
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.acceptance.service.running import SCHEDULED, Served, cadence, make_key, serve

if TYPE_CHECKING:
    from pathlib import Path

CALL = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z"}


@pytest.mark.slow
def test_a_served_store_takes_what_the_api_promises(tmp_path: Path, db: str) -> None:
    key = make_key(tmp_path, "--db", db, "--business", "new", "--user", "new", "--scope", "admin")
    with serve(tmp_path, "--db", db) as served, served.client(key) as client:
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.get("/readyz").json() == {"status": "ok", "database": "ok"}
        made = client.post(SCHEDULED, json=CALL)
        assert made.status_code == 201
        shown = client.get(f"{SCHEDULED}/{made.json()['id']}", headers={"X-Request-ID": "mine-1"})
        assert shown.json() == made.json()
        assert shown.headers["X-Request-ID"] == "mine-1"
        listed = client.get(SCHEDULED).json()
        assert (listed["count"], listed["next"], listed["previous"]) == (1, None, None)
        slashed = client.get("/api/team/", follow_redirects=False)
        assert (slashed.status_code, slashed.json()) == (404, {"detail": "Not found.", "code": "not_found"})
        assert served.process.poll() is None


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_what_is_under_way_finish_and_ends_with_0(tmp_path: Path, number: signal.Signals) -> None:
    key = make_key(tmp_path)
    with serve(tmp_path) as served:
        host, port = httpx.URL(served.base_url).host, httpx.URL(served.base_url).port
        with socket.create_connection((host, port or 0)) as connection:
            body = b'{"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z"}'
            head = "".join(f"{name}: {value}\r\n" for name, value in key.headers.items())
            connection.sendall(
                f"POST {SCHEDULED} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode()
            )
            connection.sendall(body[:10])
            with served.client() as client:
                client.get("/healthz")
            served.process.send_signal(number)
            connection.sendall(body[10:])
            assert connection.recv(100).startswith(b"HTTP/1.1 201")
        assert served.process.wait(timeout=20) == 0
        assert served.log.read_text().count("Traceback") == 0


@pytest.mark.slow
@pytest.mark.crash
def test_every_201_is_there_after_a_kill(tmp_path: Path, db: str) -> None:
    key = make_key(tmp_path, "--db", db)
    answered: list[str] = []
    with serve(tmp_path, "--db", db) as served:
        threads = [threading.Thread(target=create_until_it_dies, args=(served, key, answered)) for _ in range(8)]
        for thread in threads:
            thread.start()
        while len(answered) < 60:
            threads[0].join(0.01)
        served.process.kill()
        for thread in threads:
            thread.join()
    with serve(tmp_path, "--db", db) as served, served.client(key) as client:
        listed = client.get(SCHEDULED, params={"page_size": "1000"}).json()
        kept = {row["id"] for row in listed["results"]}
        assert set(answered) <= kept
        assert listed["count"] == len(kept)


def create_until_it_dies(served: Served, key: Any, answered: list[str]) -> None:
    with served.client(key) as client:
        for _ in range(200):
            try:
                response = client.post(SCHEDULED, json=CALL)
            except httpx.HTTPError:
                return
            if response.status_code == 201:
                answered.append(response.json()["id"])


@pytest.mark.slow
def test_the_demo_says_so_and_shows_a_key_that_works(tmp_path: Path) -> None:
    with serve(tmp_path, "--demo", environ={"TMPDIR": str(tmp_path)}) as served:
        lines = served.log.read_text().splitlines()
        assert lines[0] == "demo: a business with sample data; this key ends with this process"
        headers = dict(line.strip().split(": ") for line in lines[1:4])
        with served.client() as client:
            first = client.get(SCHEDULED, headers=headers).json()
            assert first["count"] > 50
            assert len(client.get("/api/team", headers=headers).json()) == 4
    with serve(tmp_path, "--demo", environ={"TMPDIR": str(tmp_path)}) as served:
        headers = dict(line.strip().split(": ") for line in served.log.read_text().splitlines()[1:4])
        with served.client() as client:
            assert client.get(SCHEDULED, headers=headers).json()["count"] == first["count"]


@pytest.mark.slow
def test_what_cannot_be_served_is_refused_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert refusal(tmp_path, "--port", port) == (
            f"error: port {port} of 127.0.0.1 is in use\n"
            "hint: end what uses it, or choose another: --port 0 takes a free one\n"
        )
    assert refusal(tmp_path, "--host", "192.0.2.1") == (
        "error: host '192.0.2.1' is not an address of this machine\nhint: name one, as in --host 127.0.0.1\n"
    )
    assert refusal(tmp_path, "--demo", "--host", "0.0.0.0") == (  # noqa: S104 - this is what is refused
        "error: --demo listens on this machine only, not on '0.0.0.0'\nhint: see `cadence serve --help`\n"
    )
    assert refusal(tmp_path, "--db", "mysql://x/y") == (
        "error: the store's url is of the scheme 'mysql', expected SQLite or PostgreSQL\n"
        "hint: write it as sqlite:///FOLDER/activities.db or postgresql://USER@HOST/DATABASE\n"
    )
    assert refusal(tmp_path, "--db", "postgresql://nobody:secret@127.0.0.1:1/x") == (
        "error: store 'postgresql://nobody:***@127.0.0.1:1/x' cannot be opened (Connection refused)\n"
        "hint: start its server, or correct the url\n"
    )


@pytest.mark.slow
def test_a_store_of_a_later_program_is_not_served(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    make_key(tmp_path, "--db", f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    said = refusal(tmp_path, "--db", f"sqlite:///{path}")
    assert said.startswith(f"error: store 'sqlite:///{path}' is newer than this program (revision '9999', known up to ")
    assert said.endswith(")\nhint: update cadence-engine\n")


def refusal(folder: Path, *arguments: str) -> str:
    done = cadence(folder, "serve", "--port", "0", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr
