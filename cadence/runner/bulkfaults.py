"""What can go wrong between a run, the workers and Temporal, in words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import ConfigError, LedgerError, SubmissionError, TargetError
from cadence.runner.bulk import Halted

if TYPE_CHECKING:
    from cadence.config import TemporalSettings

__all__ = [
    "NoRun", "Unanswered", "fault", "no_metrics", "no_run", "no_tracing", "not_promoted", "shown", "unanswered",
    "unreached",
]  # fmt: skip


_CLOSED = "hyper::Error("  # there was a connection, and it ended before the first answer
_NO_PROOF = (
    "closed the connection: it may want a client certificate, or another one",
    "correct cert and key in [temporal]: signed by an authority that the server trusts, and not expired",
)
_MAY_WANT_TLS = ("closed the connection: it may speak TLS only", "set tls = true, or ca, in [temporal]")
# Parts of what the SDK says, which are its TLS library's words (rustls).
_SAID = {
    "UnknownIssuer": (
        "cannot be trusted: no authority that is known has signed its certificate",
        "name the authority's file as ca in [temporal]",
    ),
    "NotValidForName": (
        "cannot be trusted: its certificate is for another host",
        "write the address in [temporal] as it is in the certificate",
    ),
    "InvalidCertificate(Expired": ("cannot be trusted: its certificate has expired", "renew it there"),
    "InvalidCertificate": ("cannot be trusted: its certificate is not a sound one", "correct it there"),
    "InvalidContentType": (
        "speaks no TLS, and [temporal] asks for it",
        "take tls, ca, cert, key and api_key out of [temporal], or correct its address",
    ),
    "PrivateKeyParseError": ("cannot be shown who we are: key in [temporal] is no private key", "correct the file"),
    "KeyMismatch": ("cannot be shown who we are: cert and key in [temporal] are no pair", "name the two that are"),
    _CLOSED: _NO_PROOF,
}
_SAID_IN_PLAIN = {_CLOSED: _MAY_WANT_TLS}
_SHORT = {
    "Connection refused": "connection refused",
    "failed to lookup address": "no such host",
    "deadline": "no answer in time",
}


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
            return no_run(run)
        case "UNAUTHENTICATED" | "PERMISSION_DENIED":
            return _refused(settings, why)
        case _:
            return unanswered(settings, why)


def unreached(settings: TemporalSettings, why: str) -> SubmissionError:
    """Return the error of a Temporal to which no connection was made; *why* is what the SDK says."""
    said = _SAID.items() if _is_encrypted(settings) else _SAID_IN_PLAIN.items()
    for part, (what, hint) in said:
        if part in why:
            return SubmissionError(f"Temporal at '{settings.address}' {what}", hint=hint)
    return unanswered(settings, why)


def unanswered(settings: TemporalSettings, why: str) -> Unanswered:
    """Return the error of a Temporal that does not answer; it may again."""
    return Unanswered(
        f"Temporal at '{settings.address}' does not answer: {_in_short(why)}",
        hint="start it, or correct [temporal] in cadence.toml; the ledger keeps everything: run the same command again",
    )


def _is_encrypted(settings: TemporalSettings) -> bool:
    return settings.tls or any((settings.ca, settings.cert, settings.key, settings.api_key))


def _in_short(why: str) -> str:
    return next((words for part, words in _SHORT.items() if part in why), why)


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


def no_run(run: str) -> NoRun:
    """Return the error for a run that cannot be steered."""
    return NoRun(
        f"no bulk run '{run}' is under way",
        hint="`cadence bulk status` lists the runs; apply the same plan again to go on with one that ended",
    )


def no_metrics(metrics: str, why: str) -> ConfigError:
    """Return the error of metrics that are asked for and cannot be given; *why* is what the SDK says."""
    return ConfigError(
        f"temporal.metrics is '{metrics}', which cannot be used: {why}",
        hint="name a free host:port to be read from, a URL to push to, or take it out",
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
