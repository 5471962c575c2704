from __future__ import annotations

import random  # noqa: TID251 - seeded with the name of the file, so the same on every run
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cadence.diagnostics import Finding, errors_among
from cadence.sequence import check_calendar, check_golden, check_sequence, check_team, json_schema, parse_calendar
from cadence.sequence.schema import KINDS, NOT_IN_SCHEMA
from tests.unit.sequence.editor import load, validator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "sequences"
OWN = ROOT / "tests" / "data" / "sequences"
CHECKS: dict[str, Callable[..., tuple[Any, tuple[Finding, ...]]]] = {
    "sequence": check_sequence,
    "calendar": check_calendar,
    "team": check_team,
    "golden": check_golden,
}


def _calendars() -> dict[str, Any]:
    paths = [*EXAMPLES.glob("calendars/*.yaml"), *OWN.glob("calendars/*.yaml")]
    return {path.stem: parse_calendar(path.read_bytes()) for path in paths}


CALENDARS = _calendars()


def _files() -> Iterator[tuple[str, Path]]:
    for root in (EXAMPLES, OWN):
        for path in sorted(root.glob("*.yaml")):
            yield ("golden" if ".golden" in path.name else "team" if path.stem == "team" else "sequence"), path
        yield from (("calendar", path) for path in sorted(root.glob("calendars/*.yaml")))
        yield from (("team", path) for path in sorted(root.glob("demo/team.yaml")))


FILES = list(_files())


def _errors(kind: str, text: str) -> set[str]:
    asked = {"calendars": CALENDARS} if kind == "sequence" else {}
    return {finding.code for finding in errors_among(CHECKS[kind](text, **asked)[1])}


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_a_valid_one_of_its_draft(kind: str) -> None:
    Draft202012Validator.check_schema(json_schema(kind))


@pytest.mark.parametrize(("kind", "path"), FILES, ids=lambda value: getattr(value, "name", value))
def test_the_schema_accepts_every_example(kind: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert _errors(kind, text) == set()
    assert [error.message for error in validator(kind).iter_errors(load(text))] == []


_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
SPOILED: list[Any] = [
    None, True, False, 0, 7, -1, 2.5, 10**7, "", " ", "x", "any", "start", "record", "no", "yes", "closed", "everybody", "a b",
    "2 buisness days after start", "2 business days after start", "1 day after", "friday after start at 9am", "after start",
    "10:30", "25:00", "09:00-17:00", "9-17", "2 weeks", "1.5 d", "2026-12-24", "2026-12-24..2026-12-31", "24 December",
    "Europe/Paris", "record.x", "FREQ=WEEKLY;COUNT=2", "FREQ=", "{{ record.x }}", "US-CA", "shift", "warn", "unadjusted",
    [], ["x"], [1], [[]], {}, {"x": 1}, {"owner": True}, {"mon": "09:00-17:00"}, {"after": "start"}, {"policy": "once"},
]  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from _places(child, (*path, key))


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def _mutations(document: Any, chance: random.Random, count: int) -> Iterator[tuple[str, Any]]:
    """Yield documents that differ in one place: a key gone, a key more, a name misspelt, a value of another kind."""
    places = list(_places(document))
    for _ in range(count):
        path = chance.choice(places)
        change = chance.choice([_drop, _add, _misspell, *([_replace_with(chance.choice(SPOILED))] * 5)])
        copy = deepcopy(document)
        change(_at(copy, path[:-1]), path[-1])
        yield f"{change.__name__} at {path}", copy


def _drop(parent: Any, key: Any) -> None:
    del parent[key]


def _add(parent: Any, _: Any) -> None:
    if isinstance(parent, dict):
        parent["colour"] = "red"
    else:
        parent.append(["red"])


def _misspell(parent: Any, key: Any) -> None:
    if isinstance(key, str):
        parent[f"{key[:-1]}q"] = parent.pop(key)
    elif isinstance(parent[key], str):
        parent[key] = f"{parent[key]}q q"


def _replace_with(value: Any) -> Callable[[Any, Any], None]:
    def change(parent: Any, key: Any) -> None:
        parent[key] = value

    change.__name__ = f"{value!r}"
    return change


@pytest.mark.parametrize(("kind", "path"), FILES, ids=lambda value: getattr(value, "name", value))
def test_schema_and_check_agree_on_every_spoiled_example(kind: str, path: Path) -> None:
    chance = random.Random(path.name)  # noqa: S311 - the same spoils on every run
    for what, document in _mutations(load(path.read_text(encoding="utf-8")), chance, 120):
        text = yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=1000)
        errors = _errors(kind, text)
        if not errors:
            assert validator(kind).is_valid(document), f"the schema rejects what the check accepts: {what}"
        if errors - NOT_IN_SCHEMA:
            assert not validator(kind).is_valid(document), f"the schema accepts {errors - NOT_IN_SCHEMA}: {what}"


def test_editors_are_told_what_each_key_is_for() -> None:
    schema = json_schema()
    steps = schema["$defs"]["step"]["properties"]
    assert steps["roll"]["description"] == "what to do with a date on a closed day"
    assert "2 business days after start at 10:00" in schema["$defs"]["due_sentence"]["examples"]
    assert all("description" in key for key in steps.values())
