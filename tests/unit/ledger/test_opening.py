"""A ledger that cannot be used is refused with the way out, and nothing is changed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.errors import LedgerError
from cadence.ledger import Holder, open_ledger, open_readonly, sqlite
from cadence.ledger.schema import HEAD
from tests.simulation.plans import TARGET, plan_of
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.ledger.ledger import Ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with a plan in it."""
    path = tmp_path / "ledger.db"
    with open_ledger(str(path)) as ledger:
        ledger.record(plan_of(2, 3, now=NOW), by="ada", at=NOW)
    return path


def refusal(path: Path | str) -> str:
    with pytest.raises(LedgerError) as raised:
        open_ledger(str(path))
    return str(raised.value)


def test_a_ledger_and_its_folder_are_made_where_there_is_none(tmp_path: Path) -> None:
    open_ledger(f"sqlite:///{tmp_path}/.cadence/ledger.db").close()
    assert [file.name for file in (tmp_path / ".cadence").iterdir()] == ["ledger.db"]


def test_the_folders_that_are_made_are_on_the_disk_before_the_ledger_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda opened: synced.append(os.fstat(opened).st_ino))
    open_ledger(str(tmp_path / "new" / "folder" / "ledger.db")).close()
    assert synced == [(tmp_path / "new").stat().st_ino, tmp_path.stat().st_ino]


def test_a_ledger_that_must_exist_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as raised:
        open_ledger(str(tmp_path / "ledger.db"), create=False)
    assert str(raised.value) == f"no ledger at '{tmp_path}/ledger.db'; `cadence apply` makes one"
    assert list(tmp_path.iterdir()) == []


def test_a_url_of_another_scheme_is_refused_without_its_password() -> None:
    assert refusal("mysql://ada:secret@db/ledger") == (
        "ledger url of scheme 'mysql', expected a SQLite file or PostgreSQL; "
        "write sqlite:///.cadence/ledger.db, a path, or postgresql://user@host/database"
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file" / "ledger.db") == (
        f"folder '{tmp_path}/file' of the ledger cannot be made: File exists; "
        "check the path and its permissions, or name another ledger"
    )


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    message = f"ledger '{tmp_path}' is a folder; name a file in it"
    assert refusal(tmp_path) == message
    with pytest.raises(LedgerError) as raised:
        open_readonly(str(tmp_path))
    assert str(raised.value) == message


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_text("these are not the bytes you are looking for\n" * 100)
    before = path.read_bytes()
    assert refusal(path) == (
        f"ledger '{path}' is damaged: file is not a database; restore it from a backup; without one, move it away and "
        "look for what was sent before sending again"
    )
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (id)")
    before = path.read_bytes()
    message = (
        f"'{path}' is a database of another program, expected a ledger; "
        "name another one in [ledger] url, CADENCE_LEDGER__URL or --ledger"
    )
    assert refusal(path) == message
    with pytest.raises(LedgerError) as raised:
        open_readonly(str(path))
    assert str(raised.value) == message
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE ledger_schema SET version_num = '9999'")
    message = (
        f"ledger '{path}' was written by a newer cadence: schema '9999', this program knows '{HEAD}'; "
        "upgrade cadence-engine, or name another ledger"
    )
    assert refusal(path) == message
    with pytest.raises(LedgerError) as raised:
        open_readonly(str(path))
    assert str(raised.value) == message


def test_a_truncated_ledger_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refusal(path).startswith(f"ledger '{path}' is damaged: ")


def test_a_ledger_with_a_scrambled_page_is_refused(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[4096 * 3 : 4096 * 5] = b"\x5a" * 8192
    path.write_bytes(whole)
    assert refusal(path).startswith(f"ledger '{path}' is damaged: ")


def test_a_damaged_schema_is_told_in_one_line(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"record_name TEXT", b"record_name 'EXT"))
    said = refusal(path)
    assert said.startswith(f"ledger '{path}' is damaged: malformed database schema (enrollments) - unrecognized token")
    assert said.isprintable()


@pytest.mark.parametrize("change", ["body = '{\"due'", "pending = 'move'", "due_at = due_at + 1", "state_sum = NULL"])
def test_an_entry_that_is_not_what_was_written_is_damage(path: Path, change: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE entries SET {change} WHERE key = 'r0s1'")  # noqa: S608 - the test's own words
    with open_ledger(str(path)) as ledger:
        with pytest.raises(LedgerError) as read:
            ledger.entries()
        with pytest.raises(LedgerError) as written:
            ledger.record(plan_of(2, 4, now=NOW), by="ada", at=NOW)
    assert [read.value.message, written.value.message] == [
        f"ledger '{path}' is damaged: entry 'r0s1' is not what was written: its checksums do not match"
    ] * 2


def test_a_ledger_that_another_run_has_locked_names_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.1)
    with open_ledger(str(path), holder=Holder(4711, "laptop")) as other, open_ledger(str(path)) as ledger:
        other.claim(["r0"], by="ada", at=NOW, length=timedelta(seconds=30))
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerError) as raised:
                ledger.record(plan_of(3, 1, now=NOW), by="bob", at=NOW)
    assert str(raised.value) == (
        f"ledger '{path}' is locked by another run: process 4711 on laptop, begun by ada at 2026-11-20 15:00:00 UTC; "
        "wait for it to end, or stop it"
    )


def test_a_ledger_that_another_program_has_locked_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with open_ledger(str(path)) as ledger, pytest.raises(LedgerError) as raised:
            ledger.record(plan_of(3, 1, now=NOW), by="bob", at=NOW)
    assert str(raised.value) == f"ledger '{path}' is locked by another program; wait for it to end, or stop it"


def test_a_ledger_opened_for_reading_refuses_to_write(path: Path) -> None:
    ledger = open_readonly(str(path))
    assert ledger is not None
    with ledger, pytest.raises(LedgerError) as raised:
        ledger.record(plan_of(3, 1, now=NOW), by="bob", at=NOW)
    assert str(raised.value) == (
        f"ledger '{path}' cannot be written; check the permissions of the file and of its folder"
    )


def test_a_disk_that_is_full_loses_nothing_that_was_acknowledged(path: Path) -> None:
    with open_ledger(str(path)) as ledger:
        with ledger._engine.connect() as connection:  # noqa: SLF001 - the one way to fill a disk on purpose
            raw = connection.connection.dbapi_connection
            assert raw is not None
            pages = raw.execute("PRAGMA page_count").fetchone()[0]
            raw.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LedgerError) as raised:
            ledger.record(plan_of(2000, 3, now=NOW), by="bob", at=NOW)
    assert str(raised.value) == (
        f"ledger '{path}' cannot grow: the disk is full; make room; nothing was sent that is not in the ledger"
    )
    with open_ledger(str(path)) as ledger:
        assert len(ledger.entries()) == 6


def _fail_at_the_commit(ledger: Ledger) -> None:
    with ledger._writing() as connection:  # noqa: SLF001 - the one way to fail at the very end
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("INSERT INTO claims VALUES ('r0', 999)")


def test_after_a_commit_that_failed_the_next_one_succeeds_and_nothing_of_it_is_there(path: Path) -> None:
    with open_ledger(str(path)) as ledger:
        with pytest.raises(LedgerError, match="FOREIGN KEY constraint failed"):
            _fail_at_the_commit(ledger)
        ledger.claim(["r0"], by="ada", at=NOW, length=timedelta(seconds=30))
        assert len(ledger.entries()) == 6


def test_reading_without_a_ledger_makes_none(tmp_path: Path) -> None:
    assert open_readonly(f"sqlite:///{tmp_path}/.cadence/ledger.db") is None
    assert list(tmp_path.iterdir()) == []


def test_reading_leaves_no_file_behind(path: Path) -> None:
    before = path.read_bytes()
    ledger = open_readonly(str(path))
    assert ledger is not None
    with ledger:
        assert len(ledger.history(TARGET, "onboarding", object="client_client", record_id="record-0").entries) == 3
    assert [file.name for file in path.parent.iterdir()] == ["ledger.db"]
    assert path.read_bytes() == before


def test_reading_sees_what_a_running_apply_has_committed(path: Path) -> None:
    with open_ledger(str(path)) as writer:
        writer.record(plan_of(4, 3, now=NOW), by="ada", at=NOW)
        ledger = open_readonly(str(path))
        assert ledger is not None
        with ledger:
            assert len(ledger.entries()) == 12


def test_an_empty_file_becomes_a_ledger_and_reads_as_none(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    assert open_readonly(str(path)) is None
    open_ledger(str(path)).close()
    ledger = open_readonly(str(path))
    assert ledger is not None
    ledger.close()


def test_many_may_open_a_fresh_ledger_at_once(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def open_it() -> None:
        try:
            open_ledger(str(tmp_path / "ledger.db")).close()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("module", ["sqlalchemy", "alembic", "httpx", "pydantic"])
def test_looking_for_a_ledger_that_is_not_there_imports_no_database_library(tmp_path: Path, module: str) -> None:
    code = (
        "import sys; from cadence.ledger import open_readonly; "
        f"assert open_readonly({str(tmp_path / 'none.db')!r}) is None; assert {module!r} not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_opening_a_ledger_that_is_up_to_date_does_not_import_alembic(path: Path) -> None:
    code = (
        f"import sys; from cadence.ledger import open_ledger; open_ledger({str(path)!r}).close(); "
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
