"""Golden expectations: what a sequence should expand to, case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.model.plan import Action
from cadence.sequence import grammar, values
from cadence.sequence.compound import Either, Key, ListOf, MapOf, Parts, Struct
from cadence.sequence.shape import Plain, Shape, Text, Whole, Word
from cadence.sequence.team import TEAM, Team, build_team

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cadence.diagnostics import Place
    from cadence.diagnostics.collector import Collector
    from cadence.sequence.nodes import Node

__all__ = ["GOLDEN", "Case", "Expected", "Golden", "build_golden"]


class Expected(NamedTuple):
    """One activity that a case expects. What is None is not compared.

    `due` is aware, or local in the step's zone where it is naive. `why` are texts that its reasons must contain.
    """

    step: str
    occurrence: int | None = None
    due: datetime | None = None
    action: Action | None = None
    assignee: str | None = None
    note: str | None = None
    reason: str | None = None
    why: tuple[str, ...] = ()
    place: Place | None = None


class Case(NamedTuple):
    """A record at a time, and what is expected. `record` is fields, or the id, email or name of one.

    `start` and `now` are local in the record's zone where they are naive; `now` is None where the case leaves it to
    `start`. `team` is a path relative to the file, a team, or None.
    """

    name: str
    record: Mapping[str, Any] | str
    expect: tuple[Expected, ...]
    start: datetime | None = None
    now: datetime | None = None
    params: Mapping[str, Any] = {}
    team: str | Team | None = None
    place: Place | None = None


class Golden(NamedTuple):
    """A golden file: the sequence by name or path, and its cases in file order."""

    sequence: str
    cases: tuple[Case, ...]
    path: str = ""


class _Anything(Shape):
    """Any value of a record, nested as deep as it likes."""

    what = "a value"

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the value with its lists and mappings."""
        return _VALUE.read(node, key, found)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return that anything goes."""
        del definitions
        return {}


_VALUE = Either(
    scalar=Plain(empty=True),
    items=ListOf(_Anything(), what="a list"),
    mapping=MapOf(_Anything(), what="a name", pattern=r"(?:.|\n)+"),
    what="a value",
    empty=True,
)
_TEXT = Text()
_MOMENT = Text("a date with a time", pattern=grammar.DATETIME, parse=values.datetime_of, examples=["2026-11-23 10:00"])
_EXPECTED = Struct(
    "expected",
    {
        "step": Key(_TEXT, "the step's id", required=True),
        "occurrence": Key(Whole(1), "which one of a repeated step; the next that is not named by default"),
        "due": Key(_MOMENT, "when: with an offset or Z, else local in the step's zone"),
        "action": Key(Word(Action, to=Action), "what is done with it: create, skip, estimate, ..."),
        "assignee": Key(_TEXT, "who gets it: name, email or id; a role's name"),
        "note": Key(_TEXT, "the note's text, or a part of it"),
        "reason": Key(_TEXT, "why it is skipped, or a part of it"),
        "why": Key(
            Either(scalar=_TEXT, items=ListOf(_TEXT, what="a list of texts")), "texts that the explanation must contain"
        ),
    },
    named_by="step",
    partial=True,
)
_CASE = Struct(
    "case",
    {
        "name": Key(_TEXT, "what the case shows", required=True),
        "record": Key(
            Either(scalar=_TEXT, mapping=MapOf(_Anything(), what="a field's name", pattern=r"\S.*")),
            "the record's fields; or the id, email or name of one that the target knows",
            required=True,
        ),
        "start": Key(_MOMENT, "when the sequence starts; now by default"),
        "now": Key(_MOMENT, "the time at which it is planned; the start by default"),
        "params": Key(MapOf(Plain(), what="a param's name", pattern=grammar.PARAM), "the params"),
        "team": Key(
            Either(scalar=_TEXT, mapping=TEAM, what="a team file, or a team"),
            "who there is: a file beside this, or written here",
        ),
        "expect": Key(
            ListOf(_EXPECTED, what="a list of activities", least=1), "the activities in submission order", required=True
        ),
    },
    named_by="name",
    partial=True,
)
GOLDEN = Struct(
    "golden",
    {
        "sequence": Key(
            Text("a sequence's name or path"), "the sequence: its name, or a path from here", required=True
        ),
        "cases": Key(ListOf(_CASE, what="a list of cases", least=1), "the cases", required=True),
    },
    partial=True,
)


def build_golden(parts: Parts, found: Collector) -> Golden:
    """Return the golden file of *parts*; cases of the same name are reported."""
    names: dict[str, Parts] = {}
    for case in parts.get("cases", ()):
        name = case.get("name", "")
        if name and names.setdefault(name, case) is not case:
            message = f"case '{name}' is there twice, first on line {names[name].place('name').line}"
            found.error("duplicate-case", message, case.place("name"), "name what each case shows")
    cases = [_case(case, found) for case in parts.get("cases", ()) if {"name", "record"} <= case.keys()]
    return Golden(parts.get("sequence", ""), tuple(cases), found.path)


def _case(parts: Parts, found: Collector) -> Case:
    team = parts.get("team")
    return Case(
        parts["name"],
        parts["record"],
        tuple(_expected(item) for item in parts.get("expect", ()) if "step" in item),
        start=parts.get("start"),
        now=parts.get("now"),
        params=parts.get("params", {}),
        team=build_team(team, found) if isinstance(team, Parts) else team,
        place=parts.node.place,
    )


def _expected(parts: Parts) -> Expected:
    why = parts.get("why", ())
    return Expected(
        parts["step"],
        occurrence=parts.get("occurrence"),
        due=parts.get("due"),
        action=parts.get("action"),
        assignee=parts.get("assignee"),
        note=parts.get("note"),
        reason=parts.get("reason"),
        why=(why,) if isinstance(why, str) else why,
        place=parts.node.place,
    )
