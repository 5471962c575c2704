"""A row made into what is wanted: which record, with which fields and params, and from when on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from numbers import Number
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from cadence.diagnostics import did_you_mean
from cadence.engine.fields import nested
from cadence.engine.rows import values_in
from cadence.engine.storable import check_depth, check_value, kind_of
from cadence.errors import PlanError
from cadence.model.people import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

__all__ = ["Columns", "Untaken", "Wanted", "wanted_in"]

KEYS = ("record", "record id", "id", "email", "name")
"""The columns that name a record, the first that a row fills; their case and `_` for a space do not count."""

_START = "start"
_PARAM, _FIELD = "param.", "record."
_NUL = "\\u0000"


class Wanted(NamedTuple):
    """One record to enroll. `row` is where it was named: a line of a file, or the place in what was handed over.

    `details` reads what the row says beside its name; most of a large file is only looked over. It raises PlanError for
    what no record can hold.
    """

    row: int
    reference: str
    details: Callable[[], Details]


class Details(NamedTuple):
    """What a row says of its record beside its name; fields are nested."""

    fields: Mapping[str, Any]
    params: Mapping[str, Any]
    start: str | datetime | date | None


class Untaken(NamedTuple):
    """A row of which nothing comes: the record that it names, if any, and why."""

    row: int
    reference: str
    reason: str


class Columns:
    """What the columns of a CSV or Parquet file mean, worked out once from its header.

    *by* names the column that names the record, `params` are those of which there is a column. Raises PlanError where
    no column names the record.
    """

    def __init__(self, header: Sequence[str], *, place: str, by: str | None = None) -> None:
        self.header = tuple(header)
        self.params = tuple(name[len(_PARAM) :] for name in header if name.casefold().startswith(_PARAM))
        self._keys = _keys_in(self.header, place=place, by=by)

    def wanted(self, row: int, cells: Sequence[str]) -> Wanted | Untaken:
        """Return what a row of text says."""
        for key in self._keys:
            if reference := cells[key].strip():
                return Wanted(row, reference, partial(self._details, cells, key))
        return self._unnamed(row)

    def wanted_of(self, row: int, values: Sequence[Any]) -> Wanted | Untaken:
        """Return what a row of values says; None is an empty cell."""
        try:
            return self._wanted_of(row, values)
        except PlanError as error:
            return Untaken(row, "", str(error))

    def _wanted_of(self, row: int, values: Sequence[Any]) -> Wanted | Untaken:
        for key in self._keys:
            if reference := _reference(values[key], self.header[key]):
                rest = {
                    name: value
                    for place, (name, value) in enumerate(zip(self.header, values, strict=True))
                    if place != key and value is not None
                }
                return Wanted(row, reference, partial(_details, rest))
        return self._unnamed(row)

    def _details(self, cells: Sequence[str], key: int) -> Details:
        rest = {name: cell for place, (name, cell) in enumerate(zip(self.header, cells, strict=True)) if place != key}
        texts = {name: rest.pop(name).strip() for name in tuple(rest) if _is_text(name)}
        return _details({**values_in(rest), **{name: text for name, text in texts.items() if text}})

    def _unnamed(self, row: int) -> Untaken:
        names = " and ".join(f"'{self.header[key]}'" for key in self._keys)
        return Untaken(row, "", f"the row names no record: {names} {'are' if len(self._keys) > 1 else 'is'} empty")


def wanted_in(row: int, item: object, *, by: str | None = None) -> Wanted | Untaken:
    """Return what one item says: a Record, a mapping such as a line of NDJSON, or the text that names a record."""
    try:
        return _wanted_in(row, item, by)
    except PlanError as error:
        return Untaken(row, "", str(error))


def _wanted_in(row: int, item: object, by: str | None) -> Wanted | Untaken:
    match item:
        case str() if reference := _reference(item, "record"):
            return Wanted(row, reference, partial(Details, {}, {}, None))
        case Record() if reference := _reference(item.id, "id"):
            return Wanted(row, reference, partial(_fields_alone, item.fields))
        case Mapping():
            return _wanted_in_mapping(row, item, by)
        case _:
            got = "an empty text" if isinstance(item, str) else kind_of(item)
            return Untaken(row, "", f"expected an object with the record's id, email or name, got {got}")


def _wanted_in_mapping(row: int, item: Mapping[Any, Any], by: str | None) -> Wanted | Untaken:
    values = {_text(name): value for name, value in item.items()}
    names = [by] if by else _by_priority(values)
    for name in names:
        if reference := _reference(values.get(name), name):
            values.pop(name)
            return Wanted(row, reference, partial(_details, values))
    if names:
        return Untaken(row, "", f"the row names no record: {' and '.join(repr(name) for name in names)} is empty")
    return Untaken(row, "", "the row names no record: it has neither id, email nor name")


def _text(name: object) -> str:
    try:
        return str(name)
    except ValueError:
        raise PlanError(
            "the name of a field has more digits than can be stored", hint="take it out of the row"
        ) from None


def _keys_in(header: tuple[str, ...], *, place: str, by: str | None) -> tuple[int, ...]:
    if by is not None:
        if by not in header:
            raise PlanError(
                f"{place}: no column '{by}' to name the record",
                hint=did_you_mean(by, header) or f"the columns are {_listed(header)}",
            )
        return (header.index(by),)
    keys = tuple(header.index(name) for name in _by_priority(header))
    if not keys:
        raise PlanError(
            f"{place}: no column names the record, expected one called id, email or name",
            hint=f"say which one does with --by; the columns are {_listed(header)}",
        )
    return keys


def _by_priority(names: Iterable[str]) -> list[str]:
    folded = {_folded(name): name for name in names}
    return [folded[key] for key in KEYS if key in folded]


def _folded(name: str) -> str:
    return name.replace("_", " ").strip().casefold()


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in header[:8])
    return f"{shown} and {len(header) - 8} more" if len(header) > 8 else shown  # noqa: PLR2004 - a line's worth


def _is_text(name: str) -> bool:
    """Whether the column holds text that is read by the type of a param, or as a time."""
    folded = name.casefold()
    return folded == _START or folded.startswith(_PARAM)


def _details(values: Mapping[str, Any]) -> Details:
    fields: dict[str, Any] = {}
    params: dict[str, Any] = {}
    start = None
    for name, value in values.items():
        folded = name.casefold()
        if folded == _START:
            start = value
        elif folded.startswith(_PARAM):
            params[name[len(_PARAM) :]] = value
        elif folded == "param" and isinstance(value, Mapping):
            params |= value
        elif name == "fields" and isinstance(value, Mapping):
            fields |= value
        else:
            fields[name[len(_FIELD) :] if folded.startswith(_FIELD) else name] = value
    _check_storable(fields, params, {_START: start})
    return Details(nested(fields), params, start)


def _fields_alone(fields: Mapping[str, Any]) -> Details:
    _check_storable(fields)
    return Details(fields, {}, None)


def _check_storable(*groups: Mapping[str, Any]) -> None:
    """Raise PlanError for text that no database takes: NUL, and halves of characters that JSON may smuggle in.

    The same for a value that was not read, a number that is too long to be written out, and what is nested too deep.
    """
    for group in groups:
        for name, value in group.items():
            _check_name(name)
            if value.__class__ is str:
                text = value
            elif isinstance(value, list | tuple | Mapping):
                check_depth(value, name)
                text = _json(value, name)
            else:
                check_value(value, name)
                continue
            if "\0" in text or _NUL in text or not _is_unicode(text):
                raise PlanError(f"'{name}' holds a character that cannot be stored", hint="take it out of the row")


def _check_name(name: object) -> None:
    """Raise PlanError, without the name: what cannot be stored cannot be reported either."""
    if not isinstance(name, str):
        raise PlanError(f"the name of a field is {kind_of(name)}, expected a text", hint="write it in quotes")
    if "\0" in name or not _is_unicode(name):
        raise PlanError("the name of a field holds a character that cannot be stored", hint="take it out of the row")


def _json(value: object, name: str) -> str:
    try:
        return json.dumps(value, default=str, ensure_ascii=False)
    except (TypeError, ValueError):
        hint = "write it as text, or take it out of the row"
        raise PlanError(f"'{name}' holds what cannot be written as JSON", hint=hint) from None


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _reference(value: object, name: str) -> str:
    """Return the text by which a value names a record, empty where it names none; a whole number is its digits.

    Raises PlanError for what nobody would call a record by, and for bytes that are not UTF-8.
    """
    match value:
        case str():
            text = value.strip()
        case None:
            return ""
        case bool():
            raise _no_name(name, kind_of(value))
        case Number():
            return _digits(value, name)
        case UUID():
            return str(value)
        case bytes():
            text = _decoded(value, name).strip()
        case _:
            raise _no_name(name, kind_of(value))
    return text if "\0" not in text and _is_unicode(text) else ""


def _digits(value: Any, name: str) -> str:
    """Return a number as text: 1001.0 and 1.001e3, which a spreadsheet makes of an id, are 1001."""
    if value != value:  # noqa: PLR0124 - NaN, which stands for an empty cell
        return ""
    try:
        return str(int(value) if value == int(value) else value)
    except (OverflowError, ValueError, TypeError):  # infinite, complex, or of more digits than Python writes
        raise _no_name(name, "no number that can be written out") from None


def _decoded(value: bytes, name: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise _no_name(name, "bytes that are not UTF-8") from None


def _no_name(name: str, what: str) -> PlanError:
    return PlanError(f"'{name}' names no record: it is {what}", hint="give the record's id, email or name as text")
