"""Findings as text for people, and as JSON, GitHub workflow commands or SARIF for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cadence.diagnostics.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cadence.diagnostics.finding import Finding

__all__ = ["FORMATS", "render", "summary"]

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(findings: Iterable[Finding], form: str = "text") -> str:
    """Return the findings in a form: text, json, github or sarif; with a final newline, or empty for no text.

    Raises KeyError for another form.
    """
    return FORMATS[form](list(findings))


def summary(findings: Iterable[Finding]) -> str:
    """Return how many errors, warnings and notes there are, in words."""
    severities = [finding.severity for finding in findings]
    counts = [(severities.count(severity), str(severity)) for severity in Severity]
    words = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count]
    return ", ".join(words) or "no findings"


def _text(findings: Sequence[Finding]) -> str:
    return "".join(f"{finding}\n" for finding in findings)


def _json(findings: Sequence[Finding]) -> str:
    content = {"version": 1, "findings": [_as_dict(finding) for finding in findings]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _as_dict(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "path": place.path if place else None,
        "line": place.line or None if place else None,
        "column": place.column or None if place else None,
        "severity": str(finding.severity),
        "code": finding.code,
        "message": finding.message,
        "hint": finding.hint,
    }


def _github(findings: Sequence[Finding]) -> str:
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    """Return a workflow command. Source: GitHub Actions, "Workflow commands", and its toolkit's escapes."""
    command = "notice" if finding.severity is Severity.NOTE else str(finding.severity)
    place = finding.place
    properties = {"file": place.path if place else None}
    if place and place.line:
        properties |= {"line": str(place.line), "col": str(place.column)}
    properties["title"] = finding.code
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{command} {shown}::{_escape(_message(finding))}"


def _message(finding: Finding) -> str:
    return f"{finding.message}; {finding.hint}" if finding.hint else finding.message


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(findings: Sequence[Finding]) -> str:
    """Return a SARIF log with one run. Source: OASIS SARIF 2.1.0, sections 3.13 to 3.52."""
    from cadence.version import __version__  # noqa: PLC0415 - the other forms do not show it

    codes = sorted({finding.code for finding in findings})
    driver = {"name": "cadence", "version": __version__, "rules": [_rule(code) for code in codes]}
    results = [_result(finding, codes) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str) -> dict[str, Any]:
    from cadence.diagnostics.catalogue import CATALOGUE  # noqa: PLC0415 - as above

    entry = CATALOGUE.get(code)
    if entry is None:
        return {"id": code}
    help_text = f"{entry.meaning} {entry.way_out}"
    return {"id": code, "shortDescription": {"text": entry.meaning}, "help": {"text": help_text}}


def _result(finding: Finding, codes: Sequence[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
    }
    if finding.place:
        result["locations"] = [{"physicalLocation": _location(finding)}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    place = finding.place
    if place is None:
        return {}
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.path)}}
    if place.line:
        location["region"] = {"startLine": place.line, "startColumn": place.column}
    return location


def _uri(path: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415 - as above

    relative = path.replace("\\", "/")
    return f"file://{quote(relative)}" if relative.startswith("/") else quote(relative.removeprefix("./"))


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}
