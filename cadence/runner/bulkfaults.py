"""What can go wrong between a run, the workers and Temporal, in words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import ConfigError, LedgerError, SubmissionError, TargetError
from cadence.runner.bulk import Halted

if TYPE_CHECKING:
    from cadence.config import TemporalSettings

__all__ = ["Unanswered", "no_namespace", "no_run", "no_tracing", "refused", "shown", "unanswered", "unreadable"]


class Unanswered(SubmissionError):  # noqa: N818 - reads as the condition it names
    """Raised where Temporal does not answer; it may again."""


def unanswered(settings: TemporalSettings, why: str) -> Unanswered:
    """Return the error of a Temporal that does not answer."""
    return Unanswered(
        f"Temporal at '{settings.address}' does not answer: {why}",
        hint="start it, or correct [temporal] in cadence.toml; the ledger keeps everything: run the same command again",
    )


def refused(settings: TemporalSettings, why: str) -> SubmissionError:
    """Return the error of credentials that Temporal does not take."""
    return SubmissionError(
        f"Temporal at '{settings.address}' refused the credentials: {why}",
        hint="correct api_key, or cert and key, in [temporal]",
    )


def no_namespace(settings: TemporalSettings) -> SubmissionError:
    """Return the error of a namespace that Temporal does not have."""
    return SubmissionError(
        f"Temporal at '{settings.address}' has no namespace '{settings.namespace}'",
        hint="create it, or correct namespace in [temporal]",
    )


def no_run(run: str) -> SubmissionError:
    """Return the error of a run that Temporal does not know, or that ended."""
    return SubmissionError(
        f"no bulk run '{run}' is under way",
        hint="`cadence bulk status` lists the runs; apply the same plan again to go on with one that ended",
    )


def no_tracing() -> ConfigError:
    """Return the error of traces that are asked for and cannot be made."""
    return ConfigError(
        "temporal.traces is true and OpenTelemetry is not installed",
        hint="pip install 'temporalio[opentelemetry]', or set traces = false",
    )


def unreadable(path: str, error: OSError) -> ConfigError:
    """Return the error of a certificate or key that cannot be read."""
    return ConfigError(f"{path}: cannot be read: {error.strerror}", hint="correct cert, key or ca in [temporal]")


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
