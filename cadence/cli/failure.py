"""How a failure is told: on stderr, without a traceback, without a secret, with the way out."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING

import click

from cadence.errors import CadenceError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["tell", "tolerate_any_encoding", "wants_traceback"]

ERROR = 1
INTERRUPTED = 130
READER_LEFT = 141


def tell(error: BaseException, *, debug: bool = False) -> int:
    """Say on stderr what went wrong and return the exit code; *debug* adds the traceback."""
    match error:
        case KeyboardInterrupt() | click.Abort():
            return _interrupted()
        case BrokenPipeError():
            return _reader_left()
        case click.ClickException():
            return _usage(error)
        case CadenceError():
            _known(error)
        case OSError():
            _system(error)
        case _:
            _unexpected(error)
    if debug:
        import traceback

        _print(_without_secrets("".join(traceback.format_exception(error))))
    return ERROR


def wants_traceback(arguments: Sequence[str]) -> bool:
    """Whether --debug, or CADENCE_DEBUG, asks for the traceback."""
    return "--debug" in arguments or os.environ.get("CADENCE_DEBUG", "") not in {"", "0", "false"}


def tolerate_any_encoding() -> None:
    """Let a terminal that cannot show a character show its code instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="backslashreplace")


def _usage(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _print(error.format_message())
        return ERROR
    context = error.ctx if isinstance(error, click.UsageError) else None
    _say(_usage_text(error), f"see `{context.command_path if context else 'cadence'} --help`")
    return ERROR


def _usage_text(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        close = f"; did you mean '{error.possibilities[0]}'?" if error.possibilities else ""
        return f"unknown option '{error.option_name}'{close}"
    text = error.format_message()
    return text[:1].lower() + text[1:].rstrip(".")


def _known(error: CadenceError) -> None:
    if error.findings:
        from cadence.cli.findings import findings_text

        _print(_without_secrets(findings_text(error.findings)))
        summary = error.message.partition("\n")[0].rstrip(":")  # the rest repeats the findings
    else:
        summary = error.message
    if [finding.message for finding in error.findings] != [summary]:
        _say(summary, error.hint)


def _system(error: OSError) -> None:
    place = f"{error.filename}: " if error.filename else ""
    _say(f"{place}{(error.strerror or str(error)).lower()}", _SYSTEM_HINTS.get(error.errno or 0))


def _unexpected(error: BaseException) -> None:
    """Name only the kind of the exception: its text is not ours and may hold a secret."""
    _say(
        f"unexpected {type(error).__name__}: a defect of cadence, not of your files",
        "run again as `cadence --debug ...` and report the traceback; `cadence log` shows what was sent",
    )


def _interrupted() -> int:
    click.echo(err=True)
    _say("interrupted", "nothing is lost and nothing is sent twice: run the same command again to go on")
    return INTERRUPTED


def _reader_left() -> int:
    """Leave quietly when the reader of stdout has gone, as in `cadence log | head`."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_LEFT


_SYSTEM_HINTS = {
    errno.EACCES: "check the permissions of that path",
    errno.EROFS: "the file system is read-only: work in another folder",
    errno.ENOSPC: "the disk is full: free some space and run again",
}


def _say(message: str, hint: str | None) -> None:
    _print(f"{click.style('error:', fg='red', bold=True)} {_shown(message)}")
    if hint:
        _print(f"{click.style('hint:', bold=True)} {_shown(hint)}")


def _print(text: str) -> None:
    click.echo(text.rstrip("\n"), err=True, color=False if os.environ.get("NO_COLOR") else None)


def _shown(text: str) -> str:
    """Return what may be shown: no secret, and nothing that a terminal takes for an order."""
    from cadence.wording.text import printable

    return "\n".join(map(printable, _without_secrets(text).split("\n")))


def _without_secrets(text: str) -> str:
    for secret in _secrets():
        text = text.replace(secret, "[secret]")
    return text


def _secrets() -> set[str]:
    """Return the configured keys: a message that quotes a header or a URL must not show them."""
    from cadence.config import load_settings

    keys = {value for name, value in os.environ.items() if name.upper().endswith("__API_KEY")}
    with contextlib.suppress(Exception):  # settings that cannot be read, why ever, gave nobody a key
        settings = load_settings()
        keys |= {settings.temporal.api_key, *(target.api_key for target in settings.targets.values())}
    return keys - {""}
