"""The rows of a CSV file of records."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from cadence.diagnostics import Finding, Place
from cadence.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Row", "read_rows"]


class Row(NamedTuple):
    """One row: its place in the file and its cells by the name of their column."""

    place: Place
    cells: dict[str, str]


def read_rows(path: Path) -> Iterator[Row | Finding]:
    """Yield the rows of a CSV file by its header; a row that does not fit the header is a finding in its place.

    Source: RFC 4180. Raises PlanError for a file that is not there, not UTF-8, empty or not CSV, and for a header that
    names no field or one twice.
    """
    reader = csv.reader(StringIO(_text(path), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(path, header)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(Place(str(path), reader.line_num, 1), header, cells)
    except csv.Error as error:
        raise PlanError(f"{path}:{reader.line_num}: not CSV: {error}", hint="check the quotes of that row") from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanError(
            f"{path}: byte {error.start} is not UTF-8", hint="save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"
        ) from None
    except OSError as error:
        raise PlanError(f"{path}: cannot be read: {error.strerror}", hint="check the path") from None


def _check_header(path: Path, header: list[str]) -> None:
    if not any(header):
        raise PlanError(f"{path}: the file is empty", hint="its first line names the fields: email,first_name,timezone")
    for position, name in enumerate(header):
        if not name or name in header[:position]:
            what = f"column '{name}' comes twice" if name else f"column {position + 1} has no name"
            raise PlanError(f"{path}:1: {what}", hint="name each field once in the first line")


def _row(place: Place, header: list[str], cells: list[str]) -> Row | Finding:
    if len(cells) == len(header):
        return Row(place, dict(zip(header, cells, strict=True)))
    message = f"the row has {len(cells)} cells, expected {len(header)}"
    return Finding("bad-row", message, place, "quote a cell that holds a comma")
