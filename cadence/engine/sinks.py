"""Files that rows are written to as they come: CSV, NDJSON or Parquet by the name's ending."""

from __future__ import annotations

import errno
import json
import os
import stat
from contextlib import suppress
from functools import partial
from io import FileIO
from typing import TYPE_CHECKING, Protocol

from cadence.errors import ConfigError
from cadence.wording.plancsv import csv_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["Output", "Sink", "TextSink", "check_output", "is_being_written", "open_alone", "open_sink"]

_TEXT = (".csv", ".ndjson", ".jsonl")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_HELD = frozenset({errno.EACCES, errno.EAGAIN})  # POSIX allows either


class Sink(Protocol):
    """Takes rows, in the order of its header."""

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Write the rows, whole lines at once."""
        ...

    def close(self) -> None:
        """Write what is left, and make it last."""
        ...


class TextSink:
    """A file of lines. Each batch is one write, so whoever dies in between leaves whole lines.

    Two runs would write over each other's lines, so a file that another one is writing is left as it is.
    """

    def __init__(self, path: Path, header: Sequence[str], *, is_csv: bool) -> None:
        self._header = tuple(header)
        self._is_csv = is_csv
        self._file = open_alone(path)
        if is_csv:
            self._file.write(csv_lines([self._header]).encode())

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Append the rows."""
        if rows:
            text = csv_lines(rows) if self._is_csv else "".join(self._json_lines(rows))
            self._write_all(text.encode())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write_all(self, content: bytes) -> None:
        whole, left = self._file.tell(), memoryview(content)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            with suppress(OSError):
                self._file.truncate(whole)
            raise

    def _json_lines(self, rows: Sequence[Sequence[object]]) -> Iterator[str]:
        for row in rows:
            yield json.dumps(dict(zip(self._header, row, strict=True)), ensure_ascii=False, default=str) + "\n"


class Output:
    """Rows for a file, made by `begin`, or for none.

    The first `failure` to write is kept and not raised; then no more is written.
    """

    def __init__(self, path: Path | None, header: Sequence[str], *, kinds: Sequence[str] = _TEXT) -> None:
        self.failure: ConfigError | None = None
        self._path = path
        self._open = partial(open_sink, header=header, kinds=kinds)
        self._sink: Sink | None = None

    def begin(self) -> None:
        """Make the file, or overwrite the one that is there. Raises ConfigError where it cannot be written."""
        if self._path is not None:
            self._sink = self._open(self._path)

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Write the rows."""
        if self._sink is not None and self.failure is None:
            self._try(lambda sink: sink.write(rows))

    def close(self) -> None:
        """Close the file."""
        self._try(lambda sink: sink.close())

    def _try(self, do: Callable[[Sink], None]) -> None:
        if self._sink is None or self._path is None:
            return
        try:
            do(self._sink)
        except OSError as error:
            self.failure = self.failure or _unwritable(self._path, error)


def check_output(path: Path, *, kinds: Sequence[str] = _TEXT) -> None:
    """Raise what `open_sink` would, as far as that can be told while *path* is left as it is."""
    if _kind(path, kinds) == ".parquet":
        _parquet_sink(path)
    if obstacle := _obstacle(path):
        raise _unwritable(path, OSError(obstacle, os.strerror(obstacle)))


def open_sink(path: Path, header: Sequence[str], *, kinds: Sequence[str] = _TEXT) -> Sink:
    """Return a file that takes rows; one that is there is replaced.

    Raises ConfigError where its ending is none of *kinds*, or it cannot be written.
    """
    suffix = _kind(path, kinds)
    try:
        if suffix == ".parquet":
            return _parquet_sink(path)(path, header)
        return TextSink(path, header, is_csv=suffix == ".csv")
    except OSError as error:
        raise _unwritable(path, error) from None


def _kind(path: Path, kinds: Sequence[str]) -> str:
    suffix = path.suffix.casefold()
    if suffix not in kinds:
        raise ConfigError(
            f"{path}: '{suffix}' is not known, expected {', '.join(kinds[:-1])} or {kinds[-1]}",
            hint="name the file by what it is to hold",
        )
    return suffix


def _obstacle(path: Path) -> int:
    """Return the number of the error that keeps *path* from being written, 0 where none is seen."""
    if path.is_dir():
        return errno.EISDIR
    place = path if path.exists() else path.parent
    if not place.exists():
        return errno.ENOENT
    return 0 if os.access(place, os.W_OK) else errno.EACCES


def open_alone(path: Path) -> FileIO:
    """Return the file at *path*, emptied and for this run alone. Raises BlockingIOError where another has it.

    The lock ends with the process, however it ends; where the file or the system has no locks, none is asked for.
    """
    file = FileIO(path, "ab")  # not emptied before it is ours
    try:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            _lock(file)
            file.truncate(0)
            file.seek(0)
    except OSError:
        file.close()
        raise
    return file


def is_being_written(path: Path) -> bool:
    """Return whether another run is writing the file at *path*."""
    try:
        with FileIO(path, "rb") as file:
            _lock(file)
    except BlockingIOError:
        return True
    except OSError:
        return False  # what else stands in the way is told when it is opened
    return False


def _lock(file: FileIO) -> None:
    try:
        import fcntl
    except ModuleNotFoundError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            raise BlockingIOError(errno.EWOULDBLOCK, "another run is writing it") from None


def _unwritable(path: Path, error: OSError) -> ConfigError:
    if isinstance(error, BlockingIOError):
        return ConfigError(f"{path} cannot be written: {error.strerror}", hint="wait for it, or name another file")
    hint = "make room, or name another file" if error.errno in _FULL else "check the folder and its permissions"
    return ConfigError(f"{path} cannot be written: {error.strerror or error}", hint=hint)


def _parquet_sink(path: Path) -> Callable[[Path, Sequence[str]], Sink]:
    try:
        from cadence.engine.parquet import ParquetSink
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "pyarrow":
            raise
        raise ConfigError(
            f"{path}: writing Parquet needs the package pyarrow", hint="pip install 'cadence-engine[bulk]'"
        ) from None
    return ParquetSink
