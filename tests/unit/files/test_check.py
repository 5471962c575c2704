from __future__ import annotations

from pathlib import Path

import pytest

from cadence.files import Kind, check_paths, discover
from cadence.sequence import Known

GOOD = "sequence: good\nassign: {owner: true}\nsteps: [{id: a, activity: call, due: start}]\n"
CALENDAR = "calendar: office\nhours: {mon-fri: 09:00-17:00}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(path: str, content: str | bytes) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def _check(*paths: str) -> list[str]:
    return [str(finding) for finding in check_paths(paths)]


@pytest.mark.usefixtures("folder")
def test_all_findings_of_all_files_come_at_once_sorted_by_file_and_line() -> None:
    _write("s/b.yaml", GOOD.replace("call", "call, rol: skip").replace("start}", "1 moth after start}"))
    _write("s/a.yaml", GOOD + "tittle: x\n")
    _write("s/calendars/office.yaml", CALENDAR.replace("09:00", "9"))
    _write("s/team.yaml", "team: []\n")
    assert _check("s") == [
        "s/a.yaml:4:1: error[unknown-key] unknown key 'tittle' in sequence 'good'; did you mean 'title'?",
        "s/b.yaml:3:33: error[unknown-key] unknown key 'rol' in step 'a'; did you mean 'roll'?",
        "s/b.yaml:3:51: error[unknown-unit] unknown unit 'moth' in due; did you mean 'month'?",
        (
            "s/calendars/office.yaml:2:18: error[bad-interval] time '9' is not a time of day in hours 'mon-fri'; "
            "write it as '09:00', '17:30' or '9am'"
        ),
        "s/team.yaml:1:7: error[empty-value] team is empty; give a list of people, or remove the key",
    ]


@pytest.mark.usefixtures("folder")
def test_a_folder_of_good_files_has_no_findings() -> None:
    _write("s/a.yaml", GOOD + "calendar: office\n")
    _write("s/calendars/office.yml", CALENDAR)
    _write("s/a.golden.yaml", "sequence: a\ncases: [{name: x, record: y, team: team.yaml, expect: [{step: a}]}]\n")
    _write("s/team.yaml", "team: [{name: A, email: a@example.com}]\n")
    _write("s/.hidden.yaml", "broken: [")
    _write("s/.git/x.yaml", "broken: [")
    assert _check("s") == []
    assert [(str(path), kind) for path, kind in discover(["s"])] == [
        ("s/a.golden.yaml", Kind.GOLDEN),
        ("s/a.yaml", Kind.SEQUENCE),
        ("s/calendars/office.yml", Kind.CALENDAR),
        ("s/team.yaml", Kind.TEAM),
    ]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("content", "finding"),
    [
        ("", "x.yaml: error[empty-file] the file is empty; write a sequence in it"),
        (
            "hello",
            "x.yaml:1:1: error[not-a-mapping] the file holds a single value, not keys with values; start with a key, as in sequence: onboarding",
        ),
        (b"a: \xff", "x.yaml: error[not-utf8] not UTF-8: byte 0xff on line 1; save the file as UTF-8"),
        (
            "a: [" * 50_000,
            "x.yaml:1:65: error[yaml-too-deep] nested more than 32 levels deep; close the brackets; a few levels are enough",
        ),
        (
            b"a: " + b"x" * 5_000_000,
            "x.yaml: error[file-too-large] 5,000,003 bytes is more than the 1,048,576 that are read; split it",
        ),
    ],
)
def test_a_named_file_that_is_no_yaml_of_ours_says_why(content: str | bytes, finding: str) -> None:
    _write("x.yaml", content)
    assert _check("x.yaml") == [finding]


@pytest.mark.usefixtures("folder")
def test_paths_that_lead_nowhere_are_findings() -> None:
    Path("empty").mkdir()
    Path("loop.yaml").symlink_to("loop.yaml")
    _write("notes.txt", "hello")
    assert _check("nowhere.yaml", "empty", "loop.yaml", "notes.txt") == [
        "empty: warning[nothing-to-check] there is no YAML file in this folder; name a file, or a folder with sequences",
        "loop.yaml: error[unreadable] cannot be read: Too many levels of symbolic links; check the file",
        (
            "notes.txt: error[unknown-file-kind] this is neither a sequence, a calendar, a team nor golden cases; "
            "a sequence has 'sequence' and 'steps', a calendar 'calendar' and 'hours', a team 'team'"
        ),
        "nowhere.yaml: error[no-such-file] is not there; check the path, and the folder it starts from",
    ]


@pytest.mark.usefixtures("folder")
def test_a_file_of_another_kind_in_a_folder_is_only_noted() -> None:
    _write("s/compose.yaml", "services: {}\n")
    assert _check("s") == [
        (
            "s/compose.yaml: note[unknown-file-kind] this is neither a sequence, a calendar, a team nor golden cases; "
            "a sequence has 'sequence' and 'steps', a calendar 'calendar' and 'hours', a team 'team'"
        )
    ]


@pytest.mark.usefixtures("folder")
def test_folders_that_link_in_a_circle_are_walked_once() -> None:
    _write("s/a.yaml", GOOD)
    Path("s/again").symlink_to("../s")
    assert _check("s") == []


@pytest.mark.usefixtures("folder")
def test_a_calendar_is_named_like_its_file() -> None:
    _write("s/calendars/support.yaml", CALENDAR)
    assert _check("s") == [
        (
            "s/calendars/support.yaml:1:1: error[calendar-file-name] calendar 'office' is in a file named 'support.yaml'; "
            "name the file 'office.yaml'"
        )
    ]


@pytest.mark.usefixtures("folder")
def test_a_damaged_lock_is_a_finding() -> None:
    _write("s/a.yaml", GOOD)
    _write("s/calendars/office.yaml", CALENDAR)
    _write("s/calendars/holidays.lock.json", "{")
    found = _check("s")
    assert len(found) == 1
    assert found[0].startswith("s/calendars: error[damaged-lock] s/calendars/holidays.lock.json: ")
    assert found[0].endswith("; run `cadence calendar lock` to write it again")


@pytest.mark.usefixtures("folder")
def test_a_golden_file_must_refer_to_files_that_are_there() -> None:
    _write("s/a.golden.yaml", "sequence: nowhere\ncases: [{name: x, record: y, team: t.yaml, expect: [{step: a}]}]\n")
    assert _check("s") == [
        (
            "s/a.golden.yaml:1:1: error[no-such-file] there is no sequence 's/nowhere', here or in s/; "
            "name a YAML file, or run `cadence init` for an example"
        ),
        "s/a.golden.yaml:1:1: error[no-such-file] team file 't.yaml' is not there; paths start from this file's folder",
    ]


@pytest.mark.usefixtures("folder")
def test_what_is_known_of_the_crm_is_checked_too() -> None:
    _write("a.yaml", GOOD)
    found = check_paths(["a.yaml"], known=Known(activities=frozenset({"email"})))
    assert [str(finding) for finding in found] == [
        "a.yaml:3:27: error[unknown-activity] unknown activity 'call'; known: email"
    ]
