from __future__ import annotations

from pathlib import Path

import pytest

from cadence.errors import CalendarError, ConfigError, SequenceError
from cadence.files import (
    find_sequence,
    load_calendars,
    load_golden,
    load_sequence,
    load_team,
    read_lock,
    read_text,
    write_lock,
    write_text,
)
from cadence.timing.lock import HolidayLock

ROOT = Path(__file__).resolve().parents[3]
OWN = ROOT / "tests" / "data" / "sequences"
TEXT = "sequence: s\ncalendar: office\nsteps: [{id: a, activity: call, due: start}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sequences" / "calendars").mkdir(parents=True)
    (tmp_path / "sequences" / "renewal.yaml").write_text(TEXT)
    (tmp_path / "sequences" / "calendars" / "office.yaml").write_text("calendar: office\nhours: {mon: 09:00-17:00}\n")
    (tmp_path / "sequences" / "calendars" / "broken.yaml").write_text("calendar: broken\n")
    return tmp_path


def test_a_sequence_is_loaded_with_the_calendars_beside_it() -> None:
    sequence = load_sequence(OWN / "everything.yaml")
    assert sequence.calendar is not None
    assert (sequence.calendar.name, sequence.path) == ("plain", str(OWN / "everything.yaml"))
    assert [step.calendar.name for step in sequence.steps if step.calendar] == ["inline"]


@pytest.mark.usefixtures("folder")
def test_a_calendar_with_errors_stops_only_those_who_use_it() -> None:
    calendars = load_calendars("sequences/calendars")
    assert sorted(calendars) == ["broken", "office"]
    assert load_sequence("sequences/renewal.yaml").calendar == calendars["office"]
    with pytest.raises(CalendarError, match=r"^the calendar in sequences/calendars/broken\.yaml has an error"):
        calendars["broken"]


@pytest.mark.usefixtures("folder")
def test_a_folder_of_calendars_may_be_given() -> None:
    Path("other").mkdir()
    Path("other/office.yaml").write_text("calendar: office\nhours: {tue: 10:00-11:00}\n")
    sequence = load_sequence("sequences/renewal.yaml", calendars="other")
    assert sequence.calendar is not None
    assert sequence.calendar.week[1] == ((36_000, 39_600),)
    with pytest.raises(CalendarError) as caught:
        load_sequence("sequences/renewal.yaml", calendars="nowhere")
    assert str(caught.value) == (
        "the calendars folder nowhere is not there; name the folder that holds the calendars' files"
    )


@pytest.mark.usefixtures("folder")
def test_the_lock_beside_the_calendars_freezes_their_holidays() -> None:
    folder = Path("sequences/calendars")
    assert read_lock(folder) is None
    lock = HolidayLock("0.60", 2026, 2027, {"ZZ": {}})
    assert write_lock(folder, lock) == folder / "holidays.lock.json"
    Path("sequences/calendars/office.yaml").write_text("calendar: office\nhours: {mon: 09:00-17:00}\nholidays: ZZ\n")
    assert load_calendars(folder)["office"].lock == lock
    (folder / "holidays.lock.json").write_bytes(b"\xff")
    with pytest.raises(CalendarError) as caught:
        read_lock(folder)
    assert str(caught.value) == (
        "sequences/calendars/holidays.lock.json is not UTF-8; run `cadence calendar lock` to write it again"
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["renewal", "renewal.yaml", "sequences/renewal.yaml", "sequences/renewal"])
def test_a_sequence_is_found_by_name_or_path_with_or_without_its_suffix(name: str) -> None:
    assert find_sequence(name) == Path("sequences/renewal.yaml")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("renwal", "there is no sequence 'renwal', here or in sequences/; did you mean 'renewal'?"),
        ("renwal.yaml", "there is no sequence 'renwal.yaml', here or in sequences/; did you mean 'renewal'?"),
        ("sequences", "sequences is a directory; name a sequence file in it"),
    ],
)
def test_a_sequence_that_is_not_there_is_answered_with_the_one_that_was_meant(name: str, message: str) -> None:
    with pytest.raises(SequenceError) as caught:
        find_sequence(name)
    assert str(caught.value) == message


@pytest.mark.usefixtures("folder")
def test_a_file_that_cannot_be_read_says_why() -> None:
    with pytest.raises(SequenceError) as missing:
        load_team("team.yaml")
    assert str(missing.value) == "team.yaml is not there; check the path, and the folder it starts from"
    with pytest.raises(SequenceError) as directory:
        load_sequence("sequences")
    assert str(directory.value) == "sequences is a directory; name a file in it"
    with pytest.raises(ConfigError) as text:
        read_text("plan.json")
    assert str(text.value) == "plan.json is not there; check the path, and the folder it starts from"


def test_a_file_without_permission_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # a superuser may read all, so no mode would show it

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SequenceError) as caught:
        load_golden(tmp_path / "a.golden.yaml")
    assert str(caught.value) == f"{tmp_path}/a.golden.yaml may not be read by this user; change its permissions"


def test_an_error_in_a_sequence_carries_all_its_findings(folder: Path) -> None:
    path = folder / "bad.yaml"
    path.write_text("sequence: s\nsteps: [{id: a, activity: call, due: 1 moth after start, rol: x}]\n")
    with pytest.raises(SequenceError) as caught:
        load_sequence(path)
    assert str(caught.value) == f"the sequence in {path} has 2 errors"
    assert [finding.code for finding in caught.value.findings] == ["unknown-unit", "unknown-key"]


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    path.write_text("old")
    path.chmod(0o640)
    write_text(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
    assert [file.name for file in tmp_path.iterdir()] == ["lock.json"]


def test_nothing_is_half_written_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lock.json"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError) as caught:
        write_text(path, "new")
    assert (
        str(caught.value) == f"{path} cannot be written: No space left on device; check the folder and its permissions"
    )
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["lock.json"]
