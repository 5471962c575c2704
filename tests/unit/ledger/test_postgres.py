"""What is special about a ledger on PostgreSQL: who may, what happens when it is not there, whose clock is right."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest

from cadence.errors import LedgerAway, LedgerError
from cadence.ledger import Held, Holder, open_ledger, open_readonly
from cadence.ledger.location import PostgresSchema, locate
from cadence.ledger.rows import target_id
from tests.postgres import fresh_database, url_of
from tests.simulation.plans import TARGET, plan_of
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.ledger.ledger import Ledger

LENGTH = timedelta(seconds=30)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with fresh_database() as url:
        yield url


@pytest.fixture
def url(database: str) -> Iterator[str]:
    """A database in which there is no ledger yet."""
    yield database
    with psycopg.connect(database) as connection:
        connection.execute("DROP SCHEMA IF EXISTS cadence_ledger CASCADE")


def refusal(url: str) -> str:
    with pytest.raises(LedgerError) as raised:
        open_ledger(url)
    return str(raised.value)


def named(url: str) -> str:
    return url.partition("?")[0]


def test_a_location_is_shown_without_its_password_and_query() -> None:
    known = locate("postgresql://ada:s3cret@db.example:5433/crm?sslmode=require&password=x")
    assert isinstance(known, PostgresSchema)
    assert str(known) == "postgresql://ada@db.example:5433/crm"
    assert "s3cret" not in repr(known)
    assert str(locate("postgresql://db/crm?schema=staging")) == "postgresql://db/crm?schema=staging"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:s3cret@db:port/crm",
        "postgresql://ada:s3cret@db",
        "postgresql:",
        "postgresql://ada:12/s3cret@db/crm",
        "postgresql://ada:12#s3cret@db/crm",
        "postgresql://ada:s3#cret@db/crm",
        "postgresql://ada:12@s3cret@db/crm",
        "postgresql://ada@12:s3cret@db/crm",
        "postgresql:ada:12@s3cret@db/crm",
        "postgresql://ada:12?s3cret@db/crm",
        "postgresql://ada:12?x=s3cret@db/crm",
    ],
)
def test_a_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    assert refusal(url) == (
        "ledger url of PostgreSQL that cannot be read; write postgresql://user@host:5432/database; "
        "in a password, write / as %2F, # as %23 and @ as %40"
    )


def test_a_url_without_a_host_means_the_socket_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "/nowhere")
    assert refusal("postgresql:///crm") == (
        "ledger 'postgresql:///crm' cannot be reached: No such file or directory; "
        "start the server, or correct the url; nothing was sent that is not in the ledger: run the same command again"
    )


def test_a_server_that_is_not_there_is_named() -> None:
    assert refusal("postgresql://ada:s3cret@127.0.0.1:1/crm") == (
        "ledger 'postgresql://ada@127.0.0.1:1/crm' cannot be reached: Connection refused; "
        "start the server, or correct the url; nothing was sent that is not in the ledger: run the same command again"
    )


def test_a_database_that_is_not_there_is_named() -> None:
    assert refusal(url_of("nowhere")) == (
        "ledger 'postgresql://postgres@/nowhere' cannot be opened: there is no such database; "
        "create it with createdb, or correct the url"
    )


def test_a_role_that_is_not_known_is_said(url: str) -> None:
    assert refusal(url.replace("postgres@", "nobody@")) == (
        f"ledger '{named(url).replace('postgres@', 'nobody@')}' cannot be opened: the server does not let this role in; "
        "check the role and the server's pg_hba.conf"
    )


def test_a_role_without_the_right_is_told_what_to_grant(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE ROLE reader LOGIN")
    try:
        theirs = url.replace("postgres@", "reader@")
        assert refusal(theirs) == (
            f"ledger '{named(theirs)}' may not be used by this role; grant it: CREATE on the database for the first run, "
            "then USAGE on the schema, all rights on its tables and USAGE on its sequences"
        )
        open_ledger(url).close()
        assert refusal(theirs) == (
            f"ledger '{named(theirs)}' has no tables that this role can see; "
            "grant it USAGE on the schema; where the tables are gone, restore them from a backup"
        )
        with psycopg.connect(url) as connection:
            connection.execute("GRANT USAGE ON SCHEMA cadence_ledger TO reader")
            connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA cadence_ledger TO reader")
            connection.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA cadence_ledger TO reader")
        with open_ledger(theirs, skew=None) as ledger:
            ledger.record(plan_of(1, 1, now=NOW), by="ada", at=NOW)
            ledger.release(ledger.claim(["r0"], by="ada", at=NOW, length=LENGTH), at=NOW)
    finally:
        with psycopg.connect(url) as connection:
            connection.execute("DROP OWNED BY reader; DROP ROLE reader")


def test_a_schema_with_tables_of_another_program_is_left_alone(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA cadence_ledger CREATE TABLE photos (id int)")
    assert refusal(url) == (
        f"'{named(url)}' is a database of another program, expected a ledger; "
        "name another one in [ledger] url, CADENCE_LEDGER__URL or --ledger"
    )


def test_two_ledgers_may_share_a_database(url: str) -> None:
    with open_ledger(url) as ledger, open_ledger(f"{url}&schema=staging") as other:
        ledger.record(plan_of(1, 2, now=NOW), by="ada", at=NOW)
        assert len(ledger.entries()) == 2
        assert other.entries() == ()


def test_reading_makes_nothing_and_cannot_write(url: str) -> None:
    assert open_readonly(url) is None
    with pytest.raises(LedgerError, match=f"no ledger at '{named(url)}'"):
        open_ledger(url, create=False)
    open_ledger(url).close()
    ledger = open_readonly(url)
    assert ledger is not None
    with ledger, pytest.raises(LedgerError, match="cannot be written: the server is read-only"):
        ledger.record(plan_of(1, 1, now=NOW), by="ada", at=NOW)


def test_a_newer_ledger_is_refused(url: str) -> None:
    open_ledger(url).close()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE cadence_ledger.ledger_schema SET version_num = '9999'")
    assert "was written by a newer cadence: schema '9999'" in refusal(url)


def test_many_may_open_a_fresh_ledger_at_once(url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        for ledger in pool.map(lambda _: open_ledger(url), range(6)):
            ledger.close()


def test_of_many_claims_at_once_one_succeeds(url: str) -> None:
    def claim(pid: int) -> bool:
        with open_ledger(url, holder=Holder(pid, "test"), gone=lambda _: False, skew=None) as ledger:
            try:
                ledger.claim(["r0", "r1"], by="ada", at=NOW, length=LENGTH)
            except Held:
                return False
            return True

    open_ledger(url).close()
    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(claim, range(6))) == [False] * 5 + [True]


@pytest.mark.parametrize(("by_s", "word"), [(3600, "ahead of"), (-3600, "behind")])
def test_a_clock_that_is_an_hour_off_takes_no_lease(url: str, by_s: int, word: str) -> None:
    with open_ledger(url) as ledger, pytest.raises(LedgerError) as raised:
        ledger.claim(["r0"], by="ada", at=datetime.now(UTC) + timedelta(seconds=by_s), length=LENGTH)  # noqa: TID251 - the server's clock is real
    assert f"s {word} that of ledger '{named(url)}'; set both clocks right, by NTP for one" in str(raised.value)


def test_a_wait_for_the_lock_is_no_clock_that_is_off(url: str) -> None:
    skew = timedelta(seconds=1)
    with open_ledger(url) as other, open_ledger(url, skew=skew) as ledger, ThreadPoolExecutor(1) as pool:
        with other._writing(alone=True) as connection:  # noqa: SLF001 - the lock is held in there
            at = datetime.now(UTC)  # noqa: TID251 - the server's clock is real
            claimed = pool.submit(ledger.claim, ["r0"], by="ada", at=at, length=LENGTH)
            connection.exec_driver_sql("SELECT pg_sleep(2.5)")
        assert claimed.result().length == LENGTH


@pytest.mark.parametrize("by_s", [2.5, -2.5])
def test_a_clock_that_is_off_by_as_long_as_the_wait_is_still_seen(url: str, by_s: float) -> None:
    with (
        open_ledger(url) as other,
        open_ledger(url, skew=timedelta(seconds=1)) as ledger,
        ThreadPoolExecutor(1) as pool,
    ):
        with other._writing(alone=True) as connection:  # noqa: SLF001 - the lock is held in there
            at = datetime.now(UTC) + timedelta(seconds=by_s)  # noqa: TID251 - the server's clock is real
            claimed = pool.submit(ledger.claim, ["r0"], by="ada", at=at, length=LENGTH)
            connection.exec_driver_sql("SELECT pg_sleep(2.5)")
        with pytest.raises(LedgerError, match=r"the clock of this machine is [23] s"):
            claimed.result()


def end_sessions(url: str) -> None:
    with psycopg.connect(url_of("postgres")) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (named(url).rpartition("/")[2],),
        )


def write_while_the_server_ends_the_session(ledger: Ledger, url: str) -> None:
    with ledger._writing() as connection:  # noqa: SLF001 - midway is in there
        connection.exec_driver_sql("INSERT INTO targets VALUES ('t', '', '', '')")
        end_sessions(url)
        connection.exec_driver_sql("INSERT INTO targets VALUES ('u', '', '', '')")


def test_a_session_that_the_server_ended_midway_leaves_nothing_half_written(url: str) -> None:
    with open_ledger(url, skew=None) as ledger:
        with pytest.raises(LedgerError) as raised:
            write_while_the_server_ends_the_session(ledger, url)
        assert str(raised.value) == (
            f"ledger '{named(url)}' went away: the server closed the connection; "
            "nothing is half-written; run the same command again once it answers"
        )
        ledger.record(plan_of(1, 2, now=NOW), by="ada", at=NOW)
        assert len(ledger.entries()) == 2


def test_a_connection_that_was_closed_while_it_lay_idle_is_replaced_unseen(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadence.ledger.postgres._IDLE_S", 0.0)
    with open_ledger(url, skew=None) as ledger:
        end_sessions(url)
        ledger.record(plan_of(1, 2, now=NOW), by="ada", at=NOW)
        assert len(ledger.entries()) == 2


def test_commits_are_durable_where_the_role_would_rather_not_wait(url: str) -> None:
    options = quote("-c synchronous_commit=off")
    with open_ledger(f"{url}&options={options}") as ledger, ledger._reading() as connection:  # noqa: SLF001 - its session
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_a_wait_for_the_lock_outlasts_the_statement_timeout_of_the_role(url: str) -> None:
    options = quote("-c statement_timeout=500")
    with open_ledger(url) as other, open_ledger(f"{url}&options={options}") as ledger, ThreadPoolExecutor(1) as pool:
        with other._writing(alone=True) as connection:  # noqa: SLF001 - the lock is held in there
            recorded = pool.submit(ledger.record, plan_of(1, 1, now=NOW), by="ada", at=NOW)
            connection.exec_driver_sql("SELECT pg_sleep(1)")
        recorded.result()


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_moments_are_reserved_one_after_another_where_the_role_would_rather_see_one_moment(
    url: str, level: str
) -> None:
    options = quote(f"-c default_transaction_isolation={level.replace(' ', chr(92) + ' ')}")
    with open_ledger(f"{url}&options={options}") as ledger, ThreadPoolExecutor(4) as pool:
        ledger.add_target(TARGET)
        reserve = partial(ledger.reserve, target_id(TARGET), rate=100, brake=None, monotonic=0.0)
        assert len([slots.result() for slots in [pool.submit(reserve) for _ in range(20)]]) == 20


def test_a_statement_that_somebody_cancelled_is_said(url: str) -> None:
    with open_ledger(url) as ledger, pytest.raises(LedgerError) as raised:
        cancel_its_own_statement(ledger)
    assert not isinstance(raised.value, LedgerAway)
    assert str(raised.value) == (
        f"ledger '{named(url)}' did not do what was asked: somebody cancelled it at the server; "
        "nothing is half-written; run the same command again"
    )


def cancel_its_own_statement(ledger: Ledger) -> None:
    with ledger._writing() as connection:  # noqa: SLF001 - midway is in there
        connection.exec_driver_sql("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(5)")


def test_a_program_without_psycopg_is_told_what_to_install(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert refusal(url) == ("a ledger on PostgreSQL needs the package psycopg; pip install 'cadence-engine[postgres]'")
