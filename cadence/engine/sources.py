"""Where records come from: a CSV, NDJSON or Parquet file, or whatever a program hands over."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Iterable, Sized
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cadence.engine.rows import BadRow, CsvFile
from cadence.engine.textfile import changed, check_regular, read_twice, survey, unreadable
from cadence.engine.wanted import Columns, Untaken, Wanted, wanted_in
from cadence.errors import ConfigError, PlanError
from cadence.frozen import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    Item = Wanted | Untaken

__all__ = ["Source", "open_source", "slices"]

_STDIN = ("-", "/dev/stdin")


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that are read as they are asked for.

    `name` is what messages call it, `path` the file; `digest` is that of its bytes, `total` about how many rows there
    are, `params` what its columns give values for, None where every row has names of its own; `by` is the column that
    was said to name the record.
    """

    name: str
    items: Callable[[], Iterator[Item] | AsyncIterator[Item]]
    path: Path | None = None
    digest: str = ""
    total: int | None = None
    params: tuple[str, ...] | None = None
    by: str | None = None


def open_source(records: Path | str | Iterable[Any] | AsyncIterable[Any], *, by: str | None = None) -> Source:
    """Return the rows of *records*, a path or what yields mappings. *by* names the column that names the record.

    Raises PlanError for a file that is wrong as a whole: not there, a pipe, empty, of no known kind, not UTF-8, with a
    header that names no record or a column twice; ConfigError where reading Parquet needs a package.
    """
    match records:
        case str() | Path():
            return replace(_open_file(Path(records), by), by=by)
        case AsyncIterable():
            return Source("the records", lambda: _aenumerated(records, by))
        case Iterable():
            total = len(records) if isinstance(records, Sized) else None
            return Source("the records", lambda: _enumerated(records, by), total=total)


async def slices(source: Source, size: int) -> AsyncIterator[list[Item]]:
    """Yield the rows of *source*, *size* of them at a time."""
    items = source.items()
    if isinstance(items, AsyncIterable):
        some: list[Item] = []
        async for item in items:
            some.append(item)
            if len(some) == size:
                yield some
                some = []
        if some:
            yield some
    else:
        while some := list(islice(items, size)):
            yield some


def _open_file(path: Path, by: str | None) -> Source:
    check_regular(path)
    if str(path) in _STDIN:
        raise read_twice(path)
    suffix = path.suffix.casefold()
    if suffix not in _READERS:
        raise PlanError(
            f"{path}: '{path.suffix}' is not known, expected .csv, .ndjson, .jsonl or .parquet",
            hint="export the records as CSV",
        )
    return _READERS[suffix](path, by)


def _csv(path: Path, by: str | None) -> Source:
    found = survey(path)
    with CsvFile(path) as file:
        columns = Columns(file.header, place=f"{path}:1", by=by)

    def items() -> Iterator[Item]:
        with CsvFile(path) as file:
            if tuple(file.header) != columns.header:
                raise changed(path)
            for line, cells in file.rows():
                if isinstance(cells, BadRow):
                    yield Untaken(line, "", f"{cells.message}; {cells.hint}")
                else:
                    yield columns.wanted(line, cells)

    return Source(str(path), items, path, found.digest, max(found.lines - 1, 0), columns.params)


def _ndjson(path: Path, by: str | None) -> Source:
    found = survey(path)
    return Source(str(path), lambda: _lines(path, by), path, found.digest, found.lines)


def _lines(path: Path, by: str | None) -> Iterator[Item]:
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            for number, line in enumerate(file, 1):
                if not line.isspace():
                    yield _from_json(number, line, by)
    except UnicodeDecodeError:
        raise changed(path) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _from_json(number: int, line: str, by: str | None) -> Item:
    try:
        item = json.loads(line)
    except ValueError as error:
        return Untaken(number, "", f"not JSON: {str(error).partition(':')[0].lower()}; write one object a line")
    except RecursionError:
        return Untaken(number, "", "not JSON: nested too deep; write one object a line")
    return wanted_in(number, item, by=by)


def _parquet(path: Path, by: str | None) -> Source:
    found = survey(path, is_text=False)
    try:
        from cadence.engine.parquet import ParquetRows
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "pyarrow":
            raise
        raise ConfigError(
            f"{path}: reading Parquet needs the package pyarrow", hint="pip install 'cadence-engine[bulk]'"
        ) from None
    rows = ParquetRows(path)
    columns = Columns(rows.header, place=str(path), by=by)
    return Source(
        str(path),
        lambda: (columns.wanted_of(number, values) for number, values in enumerate(rows, 1)),
        path,
        found.digest,
        rows.total,
        columns.params,
    )


def _enumerated(items: Iterable[Any], by: str | None) -> Iterator[Item]:
    return (wanted_in(number, item, by=by) for number, item in enumerate(items, 1))


async def _aenumerated(items: AsyncIterable[Any], by: str | None) -> AsyncIterator[Item]:
    number = 0
    async for item in items:
        number += 1
        yield wanted_in(number, item, by=by)


_READERS: dict[str, Callable[[Path, str | None], Source]] = {
    ".csv": _csv,
    ".ndjson": _ndjson,
    ".jsonl": _ndjson,
    ".parquet": _parquet,
}
