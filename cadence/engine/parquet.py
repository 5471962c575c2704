"""Parquet files, through pyarrow: rows of records in, activities of a plan out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from cadence.engine.sinks import open_alone
from cadence.engine.storable import Unreadable
from cadence.engine.textfile import changed
from cadence.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["ParquetRows", "ParquetSink"]

_ROWS = 1000
_UNREADABLE = (pa.ArrowException, ValueError, OverflowError, LookupError)
"""What pyarrow raises for a value that is outside of Python's range, in no zone that it knows, or no UTF-8."""


class ParquetRows:
    """The rows of a Parquet file, as tuples in the order of `header`; some thousand of them are in memory at a time.

    Raises PlanError for a file that is not Parquet, or has a column twice, and while it is read for a damaged one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with pq.ParquetFile(path) as file:
                self.header: list[str] = list(file.schema_arrow.names)
                self.total: int = file.metadata.num_rows
        except (pa.ArrowException, OSError) as error:
            raise PlanError(f"{path}: not a Parquet file: {_words(error)}", hint="export the records again") from None
        for name in self.header:
            if self.header.count(name) > 1:
                raise PlanError(f"{path}: column '{name}' comes twice", hint="name each field once")

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        done = 0
        try:
            with pq.ParquetFile(self._path) as file:
                if file.schema_arrow.names != self.header:
                    raise changed(self._path)
                for batch in file.iter_batches(batch_size=_ROWS):
                    yield from zip(*(_values(column) for column in batch.columns), strict=True)
                    done += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise PlanError(
                f"{self._path}: cannot be read after row {done}: {_words(error)}", hint="export the records again"
            ) from None


class ParquetSink:
    """Writes rows to a Parquet file, a batch at a time; every column is text."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self._schema = pa.schema([(name, pa.string()) for name in header])
        self._file = open_alone(path)
        self._writer = pq.ParquetWriter(self._file, self._schema)

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Write the rows."""
        columns = zip(*rows, strict=True) if rows else ([] for _ in self._schema)
        arrays = [pa.array([_text(cell) for cell in column], pa.string()) for column in columns]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the end of the file, without which it is none."""
        with self._file:
            self._writer.close()


def _values(column: Any) -> list[Any]:
    """Return Python's values, Unreadable for one that it has none for; what is finer than a microsecond is cut off."""
    column = _in_microseconds(column)
    try:
        values: list[Any] = column.to_pylist()
    except _UNREADABLE:
        return [_value(each) for each in column]
    return values


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except _UNREADABLE:
        return Unreadable(str(scalar.type))


def _in_microseconds(column: Any) -> Any:
    is_ns = getattr(column.type, "unit", "") == "ns"
    if is_ns and pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us", column.type.tz), safe=False)
    if is_ns and pa.types.is_time(column.type):
        return column.cast(pa.time64("us"), safe=False)
    if is_ns and pa.types.is_duration(column.type):
        return column.cast(pa.duration("us"), safe=False)
    return column


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)


def _words(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".").lower()
