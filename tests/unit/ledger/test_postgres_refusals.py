"""Every way in which a PostgreSQL, or something before it, can refuse a ledger: a whole message, and no password in it."""

from __future__ import annotations

import socketserver
import ssl
import struct
import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest
import trustme

from cadence.errors import LedgerAway, LedgerError
from cadence.ledger import open_ledger
from tests.postgres import fresh_database, server, url_of
from tests.simulation.plans import plan_of
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cadence.ledger.ledger import Ledger

_TLS, _GSS = 80877103, 80877104


def refusal(url: str, *, may_pass: bool = False) -> str:
    """Return the message; *may_pass* is whether it is worth asking again."""
    with pytest.raises(LedgerError) as raised:
        open_ledger(url).close()
    assert isinstance(raised.value, LedgerAway) == may_pass
    return str(raised.value)


# ---- a real server


@pytest.fixture
def url() -> Iterator[str]:
    with fresh_database() as url:
        yield url


@pytest.fixture
def role(url: str) -> Iterator[Callable[[str], str]]:
    """Make a role, which must give its password, and return the URL by which it comes in."""
    made: list[str] = []
    hba = server().pgdata / "pg_hba.conf"
    before = hba.read_text()

    def make(options: str) -> str:
        name = f"role_{len(made)}"
        hba.write_text(f"local all {name} scram-sha-256\n{before}")
        made.append(name)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'right' {options}".encode())
            connection.execute(f"GRANT CREATE ON DATABASE {connection.info.dbname} TO {name}".encode())
            connection.execute("SELECT pg_reload_conf()")
        return url.replace("postgres@", f"{name}:{{}}@")

    yield make
    hba.write_text(before)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")
        for name in made:
            connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())


def shown(url: str) -> str:
    return url.partition("?")[0].replace(":{}", "")


def test_a_wrong_password(role: Callable[[str], str]) -> None:
    theirs = role("")
    assert refusal(theirs.format("s3cret")) == (
        f"ledger '{shown(theirs)}' cannot be opened: wrong password; "
        "correct the password in the url, PGPASSWORD or ~/.pgpass"
    )
    open_ledger(theirs.format("right")).close()


def test_no_password(role: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    theirs = role("")
    assert refusal(theirs.replace(":{}", "")) == (
        f"ledger '{shown(theirs)}' cannot be opened: wrong password; "
        "correct the password in the url, PGPASSWORD or ~/.pgpass"
    )


def test_too_many_connections(role: Callable[[str], str]) -> None:
    theirs = role("CONNECTION LIMIT 0").format("right")
    assert refusal(theirs, may_pass=True) == (
        f"ledger '{shown(theirs).replace(':right', '')}' cannot be opened: the server has too many connections; "
        "raise max_connections, or run fewer workers"
    )


def test_a_server_that_only_reads(url: str) -> None:
    options = quote("-c default_transaction_read_only=on")
    assert refusal(f"{url}&options={options}") == (
        f"ledger '{shown(url)}' cannot be written: the server is read-only; name the primary server, not a replica"
    )


def test_a_disk_that_is_full_loses_nothing_that_was_acknowledged(url: str) -> None:
    with open_ledger(url) as ledger:
        ledger.record(plan_of(2, 3, now=NOW), by="ada", at=NOW)
        with psycopg.connect(url) as connection:
            connection.execute(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
            )
            connection.execute(
                "CREATE TRIGGER full_disk BEFORE INSERT ON cadence_ledger.changes EXECUTE FUNCTION full_disk()"
            )
        with pytest.raises(LedgerError) as raised:
            ledger.record(plan_of(3, 3, now=NOW), by="ada", at=NOW)
        assert str(raised.value) == (
            f"ledger '{shown(url)}' cannot grow: the server's disk is full; "
            "make room on the server; nothing was sent that is not in the ledger"
        )
        assert len(ledger.entries()) == 6


def test_a_database_that_is_not_there() -> None:
    assert refusal(url_of("nowhere")) == (
        "ledger 'postgresql://postgres@/nowhere' cannot be opened: there is no such database; "
        "create it with createdb, or correct the url"
    )


def test_a_parameter_that_nobody_knows(url: str) -> None:
    assert refusal(f"{url}&sslmod=require") == (
        f"ledger '{shown(url)}' cannot be opened: its url holds a parameter that libpq does not know; correct it"
    )


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_every_text(encoding: str) -> None:
    with fresh_database(f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0") as url:
        assert refusal(url) == (
            f"ledger '{shown(url)}' is in a database of encoding {encoding}, expected UTF8; "
            "make one with CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0, and name it in the url"
        )


@pytest.mark.parametrize("query", ["", "&client_encoding=latin1", f"&options={quote('-c client_encoding=latin1')}"])
def test_a_session_speaks_utf8_whatever_its_surroundings_would_have(
    url: str, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    plan = plan_of(1, 1, now=NOW)
    (first,) = plan.enrollments
    with open_ledger(f"{url}{query}") as ledger:
        named = replace(first, record=replace(first.record, name="Łukasz 漢字"))
        ledger.record(replace(plan, enrollments=(named,)), by="ada", at=NOW)
        assert [line.record_name for line in ledger.entries()] == ["Łukasz 漢字"]


@pytest.mark.parametrize("question", [lambda ledger: ledger.load(["r\0"]), lambda ledger: ledger.entries(state="\0")])
def test_a_text_with_a_nul_is_no_server_that_went_away(url: str, question: Callable[[Ledger], object]) -> None:
    with open_ledger(url) as ledger, pytest.raises(LedgerError) as raised:
        question(ledger)
    assert not isinstance(raised.value, LedgerAway)
    assert str(raised.value) == (
        f"ledger '{shown(url)}' cannot hold a text with the character NUL in it; "
        "take it out of the record, or of what was asked for"
    )


# ---- something that speaks as a server does, as far as it goes


class _Session(socketserver.BaseRequestHandler):
    server: FakeServer

    def handle(self) -> None:
        with suppress(OSError):  # whoever connected has left
            while (code := self._startup()) in (_TLS, _GSS):
                self.request.sendall(b"S" if code == _TLS and self.server.tls else b"N")
                if code == _TLS and self.server.tls:
                    with self.server.tls.wrap_socket(self.request, server_side=True) as encrypted:
                        encrypted.recv(1)  # it trusts us after all
                    return
            self.request.sendall(self.server.answer)
            self.request.recv(1)

    def _startup(self) -> int:
        length, code = struct.unpack("!ii", self.request.recv(8).ljust(8, b"\0"))
        self.request.recv(max(length - 8, 0))
        return int(code)


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def error(code: str, text: str) -> bytes:
    return message(b"E", f"SFATAL\0VFATAL\0C{code}\0M{text}\0\0".encode())


class FakeServer(socketserver.ThreadingTCPServer):
    """Answers whoever connects with `answer`, over TLS where it has a context."""

    daemon_threads = True
    answer = b""
    tls: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        return f"postgresql://ada:s3cret@127.0.0.1:{self.server_address[1]}/crm"


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    with FakeServer(("127.0.0.1", 0), _Session) as fake:
        threading.Thread(target=fake.serve_forever, args=(0.05,), daemon=True).start()
        yield fake
        fake.shutdown()


def said(fake: FakeServer, query: str = "", *, may_pass: bool = False) -> str:
    text = refusal(f"{fake.url}{query}", may_pass=may_pass)
    named = f"ledger '{fake.url.replace(':s3cret', '')}' "
    assert text.startswith(named)
    assert "s3cret" not in text
    return text.removeprefix(named)


def test_a_server_of_an_old_version(fake: FakeServer) -> None:
    version = message(b"S", b"server_version\x009.6.24\0")
    fake.answer = message(b"R", struct.pack("!i", 0)) + version + message(b"Z", b"I")
    assert said(fake) == (
        "is on a PostgreSQL of version 9, expected 12 or newer; upgrade the server, or name another one"
    )


def test_tls_that_the_server_does_not_offer(fake: FakeServer) -> None:
    assert said(fake, "?sslmode=require") == (
        "offers no TLS, and the url asks for it; turn ssl on at the server, or correct sslmode"
    )


def test_tls_that_the_server_asks_for(fake: FakeServer) -> None:
    fake.answer = error("28000", 'no pg_hba.conf entry for host "10.0.0.7", user "ada", database "crm", no encryption')
    assert said(fake) == "lets this role in over TLS only; add sslmode=verify-full to the url"


def test_a_client_certificate_that_the_server_asks_for(fake: FakeServer) -> None:
    fake.answer = error("28000", "connection requires a valid client certificate")
    assert said(fake) == "asks for a client certificate; add sslcert=FILE and sslkey=FILE to the url"


NO_AUTHORITY = (
    "cannot be trusted: no authority that is known has signed its certificate; "
    "name the authority's file as sslrootcert=FILE in the url"
)
NO_FILE = (
    "cannot be trusted: there is no file of authorities; name one as sslrootcert=FILE in the url, or sslrootcert=system"
)
ANOTHER_HOST = (
    "cannot be trusted: its certificate is for another host; write the host in the url as it is in the certificate"
)


@pytest.mark.parametrize(
    ("identity", "file", "what"),
    [
        ("127.0.0.1", "other.pem", NO_AUTHORITY),
        ("127.0.0.1", "none.pem", NO_FILE),
        ("db.example", "ca.pem", ANOTHER_HOST),
    ],
)
def test_a_certificate_that_does_not_prove_who_it_is(
    fake: FakeServer, tmp_path: Path, identity: str, file: str, what: str
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    fake.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(identity).configure_cert(fake.tls)
    assert said(fake, f"?sslmode=verify-full&sslrootcert={tmp_path}/{file}") == what


def test_a_pooler_that_refuses_a_parameter(fake: FakeServer) -> None:
    fake.answer = error("08P01", "unsupported startup parameter: options")
    assert said(fake, "?options=-c%20geqo%3Doff") == (
        "cannot be opened: a pooler between here and the server refuses a parameter of the url; "
        "connect to the server itself, or to a pooler in session mode"
    )


def test_a_server_that_says_nothing(fake: FakeServer) -> None:
    assert said(fake, "?connect_timeout=2", may_pass=True) == (
        "cannot be reached: connection timeout expired; "
        "start the server, or correct the url; nothing was sent that is not in the ledger: run the same command again"
    )


def test_a_server_that_is_starting(fake: FakeServer) -> None:
    fake.answer = error("57P03", "the database system is starting up")
    assert said(fake, may_pass=True) == (
        "cannot be opened: the server is starting up or shutting down; "
        "nothing is half-written; run the same command again once it answers"
    )
