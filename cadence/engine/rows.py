"""The rows of a CSV file of records, read as they are asked for."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from cadence.diagnostics import Finding, Place
from cadence.engine.literal import read_value
from cadence.engine.textfile import changed, survey, unreadable
from cadence.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import TextIO

__all__ = ["BadRow", "CsvFile", "Row", "read_rows", "values_in"]


class Row(NamedTuple):
    """One row: its place in the file and its cells by the name of their column."""

    place: Place
    cells: dict[str, str]


class BadRow(NamedTuple):
    """A row that does not fit the header, or is not CSV: the line on which it begins, what is wrong, the way out."""

    line: int
    message: str
    hint: str


def read_rows(path: Path) -> Iterator[Row | Finding]:
    """Yield the rows of a CSV file by its header; a row that does not fit the header is a finding in its place.

    Raises PlanError, before the first row, for a file that is not there, not UTF-8 or empty, and for a header that
    names no field or one twice.
    """
    survey(path)
    with CsvFile(path) as file:
        for line, cells in file.rows():
            place = Place(str(path), line, 1)
            if isinstance(cells, BadRow):
                yield Finding("bad-row", cells.message, place, cells.hint)
            else:
                yield Row(place, dict(zip(file.header, cells, strict=True)))


def values_in(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return what the cells mean, those left out that are empty."""
    return {name: read_value(text) for name, cell in cells.items() if (text := cell.strip())}


class CsvFile:
    """A CSV file, open. Cells are separated by commas, or by what the header has in their place: `;` or a tab.

    Source: RFC 4180. Raises PlanError for a header that names no field, or one twice.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file: TextIO = path.open(encoding="utf-8-sig", newline="")
        except OSError as error:
            raise unreadable(path, error) from None
        try:
            self._reader = csv.reader(self._file, strict=True, delimiter=self._delimiter())
            self.header = self._header()
        except UnicodeDecodeError:
            self._file.close()
            raise changed(path) from None
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()

    def rows(self) -> Iterator[tuple[int, list[str] | BadRow]]:
        """Yield each row that is not blank, with the line on which it begins.

        Raises PlanError where the file changes meanwhile, or cannot be read on.
        """
        try:
            yield from self._rows()
        except UnicodeDecodeError:
            raise changed(self.path) from None
        except OSError as error:
            raise unreadable(self.path, error) from None

    def _rows(self) -> Iterator[tuple[int, list[str] | BadRow]]:
        reader, width = self._reader, len(self.header)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, _not_csv(line, reader.line_num, error)
                continue
            if len(cells) == width:
                if cells[0] or any(map(str.strip, cells)):
                    yield line, cells
            elif any(map(str.strip, cells)):
                yield line, _misshapen(line, len(cells), width)

    def _delimiter(self) -> str:
        first = self._file.readline()
        self._file.seek(0)
        return "," if "," in first else next((mark for mark in ";\t" if mark in first), ",")

    def _header(self) -> list[str]:
        try:
            header = [name.strip() for name in next(self._reader, [])]
        except csv.Error as error:
            raise PlanError(f"{self.path}:1: not CSV: {error}", hint="check the quotes of that row") from None
        if not any(header):
            raise PlanError(
                f"{self.path}:1: the first line is blank, expected the names of the fields",
                hint="begin with a line such as email,first_name,timezone",
            )
        for position, name in enumerate(header):
            if not name or name in header[:position]:
                what = f"column '{name}' comes twice" if name else f"column {position + 1} has no name"
                raise PlanError(f"{self.path}:1: {what}", hint="name each field once in the first line")
        return header


def _misshapen(line: int, cells: int, width: int) -> BadRow:
    """Return what is wrong with a row that has more or fewer cells than there are columns."""
    hint = "quote a cell that holds a comma" if cells > width else "leave a cell empty rather than out"
    return BadRow(line, f"the row has {cells} cell{'' if cells == 1 else 's'}, expected {width}", hint)


def _not_csv(first: int, last: int, error: csv.Error) -> BadRow:
    """Return what is wrong; a quote that is never closed takes the lines after it along."""
    lines = "" if last <= first else f" in lines {first} to {last}"
    return BadRow(first, f"not CSV{lines}: {error}", "check the quotes of that row")
