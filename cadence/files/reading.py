"""Reading a file whole, or saying why not."""

from __future__ import annotations

import os
from pathlib import Path

from cadence.diagnostics import Finding, Place
from cadence.errors import ConfigError, SequenceError
from cadence.sequence.reader import MAX_BYTES

__all__ = ["read", "read_text", "try_read"]


def read(path: Path) -> bytes:
    """Return the content of *path*. Raises SequenceError."""
    content = try_read(path)
    if isinstance(content, Finding):
        raise SequenceError(f"{path} {content.message}", hint=content.hint, findings=[content])
    return content


def read_text(path: Path | str, *, most: int = 1 << 30) -> str:
    """Return the text of *path*, which is UTF-8 and at most *most* bytes. Raises ConfigError."""
    content = try_read(Path(path), most=most)
    if isinstance(content, Finding):
        raise ConfigError(f"{path} {content.message}", hint=content.hint, findings=[content])
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8", hint="save the file as UTF-8") from error


def try_read(path: Path, *, most: int = MAX_BYTES) -> bytes | Finding:
    """Return the content of *path*, or the finding that says why it cannot be read.

    A file that is too large is not read at all, so that a huge one costs nothing.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return _too_large(path, size, most) if size > most else file.read(most + 1)
    except FileNotFoundError:
        return _finding(path, "no-such-file", "is not there", "check the path, and the folder it starts from")
    except IsADirectoryError:
        return _finding(path, "not-a-file", "is a directory", "name a file in it")
    except PermissionError:
        return _finding(path, "unreadable", "may not be read by this user", "change its permissions")
    except OSError as error:
        return _finding(path, "unreadable", f"cannot be read: {error.strerror or error}", "check the file")


def _too_large(path: Path, size: int, most: int) -> Finding:
    return _finding(path, "file-too-large", f"{size:,} bytes is more than the {most:,} that are read", "split it")


def _finding(path: Path, code: str, message: str, hint: str) -> Finding:
    return Finding(code, message, Place(str(path)), hint)
