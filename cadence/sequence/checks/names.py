"""Checks of the names that are read: params, record fields, variants, activities, and whether anybody is assigned."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import did_you_mean, suggest
from cadence.model.sequence import AnchorKind, AssignKind, ParamType
from cadence.sequence.compound import Parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cadence.diagnostics.collector import Collector
    from cadence.model.sequence import Assign
    from cadence.sequence.checks.outline import Outline, Reading
    from cadence.sequence.known import Known

__all__ = ["check_names"]

# What an expression may read besides params; a name that is none of them is taken for a param.
_ROOTS = ("record", "param", "start", "assignee", "business", "sequence", "step")
_PEOPLE = frozenset({ParamType.EMPLOYEE, ParamType.ROLE, ParamType.STRING})
_DATES = frozenset({ParamType.DATE, ParamType.DATETIME, ParamType.STRING})
_FORMS = {
    ParamType.DATE: r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    ParamType.DATETIME: r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{5,8}(Z|[+-][0-9]{2}:[0-9]{2})?",
}


def check_names(outline: Outline, known: Known, found: Collector) -> None:
    """Report names that are not there, and params that nobody reads."""
    readings = list(outline.readings())
    _check_params(outline, readings, found)
    _check_param_types(outline, found)
    _check_variants(outline, found)
    _check_assigned(outline, found)
    _check_known(outline, readings, known, found)


def _check_params(outline: Outline, readings: list[Reading], found: Collector) -> None:
    params = outline.parts.get("params", {})
    read: set[str] = set()
    for reading in readings:
        if reading.name.startswith("param."):
            name = reading.name.split(".")[1]
            meant = name if name in params else _unknown_param(name, reading, params, found)
            read.add(meant or "")
    for name, given in params.items():
        if name not in read:
            place = outline.parts.key_place("params", name)
            found.warning("unused-param", f"param '{name}' is never read", place, "remove it, or use it")
        if isinstance(given, Parts):
            _check_default(name, given, found)


def _unknown_param(name: str, reading: Reading, params: Iterable[str], found: Collector) -> str | None:
    """Report that a param is not declared and return the one that was probably meant."""
    meant = suggest(name, [*params, *_ROOTS])
    hint = f"did you mean '{meant}'?" if meant else f"declare it under params as '{name}'"
    found.error("unknown-param", f"unknown param '{name}' in {reading.key}", reading.place, hint)
    return meant


def _check_default(name: str, given: Parts, found: Collector) -> None:
    kind = given.get("type", ParamType.STRING)
    choices = given.get("choices", ())
    for key, value in [("default", given.get("default")), *(("choices", choice) for choice in choices)]:
        if value is not None and not _fits(value, kind):
            message = f"'{value}' in {key} of param '{name}' is not a {kind}"
            found.error("bad-default", message, given.word_place(key, str(value)), f"give a {kind}, or change the type")
    default = given.get("default")
    if default is not None and choices and default not in choices:
        hint = did_you_mean(str(default), map(str, choices))
        found.error("bad-default", f"default '{default}' of param '{name}' is no choice", given.place("default"), hint)
    if default is not None and given.get("required"):
        message = f"param '{name}' is required and has a default that is never used"
        found.warning("unused-default", message, given.place("default"), "remove one of them")


def _fits(value: Any, kind: ParamType) -> bool:
    if kind is ParamType.BOOLEAN:
        return isinstance(value, bool)
    if kind is ParamType.NUMBER:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, str) and (kind not in _FORMS or _is_date(value, kind))


def _is_date(text: str, kind: ParamType) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return bool(re.fullmatch(_FORMS[kind], text))


def _check_param_types(outline: Outline, found: Collector) -> None:
    types = {name: _type_of(given) for name, given in outline.parts.get("params", {}).items()}
    for step in outline.steps:
        for key, due in outline.dues(step):
            kind = types.get(due.anchor.name)
            if due.anchor.kind is AnchorKind.PARAM and kind is not None and kind not in _DATES:
                message = f"param '{due.anchor.name}' in {key} is a {kind}, not a date"
                found.error("wrong-param-type", message, step.word_place(key, str(due.anchor)), "give it type: date")
    for parts in (outline.parts, *outline.steps):
        for assign in _chain(parts.get("assign")):
            kind = types.get(assign.value)
            if assign.kind is AssignKind.PARAM and kind is not None and kind not in _PEOPLE:
                message = f"param '{assign.value}' in assign is a {kind}, not a person"
                found.error(
                    "wrong-param-type", message, parts.word_place("assign", assign.value), "give it type: employee"
                )


def _type_of(given: Any) -> ParamType:
    return given.get("type", ParamType.STRING) if isinstance(given, Parts) else ParamType(given)


def _chain(assign: Assign | None) -> Iterator[Assign]:
    if assign is not None:
        yield assign
        yield from _chain(assign.cover)
        yield from _chain(assign.otherwise)


def _check_variants(outline: Outline, found: Collector) -> None:
    variants = outline.parts.get("variants", {})
    if variants and not any(variants.values()):
        found.error("no-weight", "all variants have weight 0", outline.parts.place("variants"), "give one a weight")
    for step in outline.steps:
        name = step.get("variant")
        if name is not None and name not in variants:
            hint = did_you_mean(name, variants) or f"declare it under variants, as in {name}: 1"
            found.error("unknown-variant", f"unknown variant '{name}'", step.place("variant"), hint)


def _check_assigned(outline: Outline, found: Collector) -> None:
    for step in outline.steps:
        if not (step.has("assign") or outline.parts.has("assign")) and "id" in step:
            message = f"step '{step['id']}' is assigned to nobody, so no employee is sent"
            found.warning(
                "no-assign", message, step.place("id"), "add 'assign: {owner: true}' to it, or to the sequence"
            )
        if step.get("notify_mentioned") and not step.get("mentions"):
            message = "notify_mentioned has nobody to notify"
            found.warning("nobody-mentioned", message, step.place("notify_mentioned"), "add mentions")


def _check_known(outline: Outline, readings: list[Reading], known: Known, found: Collector) -> None:
    for reading in readings:
        root, _, rest = reading.name.partition(".")
        field = rest.split(".")[0]
        if root == "record" and known.fields is not None and field and not known.fields & {field, rest}:
            hint = did_you_mean(field, known.fields)
            found.error("unknown-field", f"unknown field '{field}' in {reading.key}", reading.place, hint)
    for step in outline.steps:
        _check_word(step, "activity", known.activities, found)
    _check_word(outline.parts, "object", known.objects, found)


def _check_word(parts: Parts, key: str, words: frozenset[str] | None, found: Collector) -> None:
    word = parts.get(key)
    if words is not None and word is not None and word not in words:
        found.error(f"unknown-{key}", f"unknown {key} '{word}'", parts.place(key), did_you_mean(word, words))
