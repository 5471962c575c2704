"""What can go wrong between a run, the workers and Temporal, in words that say what to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cadence.errors import ConfigError, LedgerError, SubmissionError, TargetError
from cadence.runner.bulk import Halted

if TYPE_CHECKING:
    from cadence.config import TemporalSettings

__all__ = ["NoRun", "Unanswered", "fault", "no_tracing", "not_promoted", "read_pem", "shown", "unanswered"]


class Unanswered(SubmissionError):  # noqa: N818 - reads as the condition it names
    """Raised where Temporal does not answer; it may again."""


class NoRun(SubmissionError):  # noqa: N818 - reads as the condition it names
    """Raised for a run that Temporal does not know, or that ended."""


def fault(settings: TemporalSettings, status: str, why: str, *, run: str) -> SubmissionError:
    """Return the error for an answer of Temporal: *status* is the name of its gRPC code."""
    match status:
        case "NOT_FOUND" if "amespace" in why:
            return _no_namespace(settings)
        case "NOT_FOUND":
            return _no_run(run)
        case "UNAUTHENTICATED" | "PERMISSION_DENIED":
            return _refused(settings, why)
        case _:
            return unanswered(settings, why)


def unanswered(settings: TemporalSettings, why: str) -> Unanswered:
    """Return the error of a Temporal that does not answer."""
    return Unanswered(
        f"Temporal at '{settings.address}' does not answer: {why}",
        hint="start it, or correct [temporal] in cadence.toml; the ledger keeps everything: run the same command again",
    )


def _refused(settings: TemporalSettings, why: str) -> SubmissionError:
    return SubmissionError(
        f"Temporal at '{settings.address}' refused the credentials: {why}",
        hint="correct api_key, or cert and key, in [temporal]",
    )


def _no_namespace(settings: TemporalSettings) -> SubmissionError:
    return SubmissionError(
        f"Temporal at '{settings.address}' has no namespace '{settings.namespace}'",
        hint="create it, or correct namespace in [temporal]",
    )


def _no_run(run: str) -> NoRun:
    return NoRun(
        f"no bulk run '{run}' is under way",
        hint="`cadence bulk status` lists the runs; apply the same plan again to go on with one that ended",
    )


def no_tracing() -> ConfigError:
    """Return the error of traces that are asked for and cannot be made."""
    return ConfigError(
        "temporal.traces is true and OpenTelemetry is not installed",
        hint="pip install 'temporalio[opentelemetry]', or set traces = false",
    )


def not_promoted(version: str, why: str) -> str:
    """Return the warning that Temporal goes on giving work to another version."""
    return (
        f"version '{version}' could not be made the current one of its deployment: {why}; "
        "make it so with `temporal worker deployment set-current-version`"
    )


def read_pem(path: str) -> bytes | None:
    """Return a certificate or key, None for no path. Raises ConfigError."""
    try:
        return Path(path).read_bytes() if path else None
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}", hint="correct cert, key or ca in [temporal]"
        ) from error


def shown(error: Exception) -> str:
    """Return what Temporal gets to see of a failed chunk: its kind. What it says may quote a record."""
    match error:
        case Halted():
            return error.message
        case LedgerError():
            return "the ledger could not be used; the worker's log says why"
        case TargetError() | ConfigError():
            return "the target could not be used; the worker's log says why"
        case _:
            return f"unexpected {type(error).__name__}; the worker's log has the traceback"
