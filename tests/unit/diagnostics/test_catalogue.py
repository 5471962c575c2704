from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest

from cadence.diagnostics.catalogue import CATALOGUE, SECTIONS, page
from cadence.sequence import Known, check_calendar, check_golden, check_sequence, check_team
from cadence.sequence.language import SEQUENCE, STEP
from cadence.sequence.schema import NOT_IN_SCHEMA

ROOT = Path(__file__).resolve().parents[3]
SEEN = sorted(code for title in list(SECTIONS)[:3] for code in SECTIONS[title])
KNOWN = Known(frozenset({"seats", "name", "tags"}), frozenset({"call", "task"}), frozenset({"client_client"}))
# Codes whose examples are not a part of a file: bytes, paths, permissions.
ELSEWHERE = {
    "byte-order-mark", "calendar-file-name", "damaged-lock", "file-too-large", "no-such-file", "not-a-file", "not-utf8",
    "nothing-to-check", "too-many-findings", "unknown-file-kind", "unreadable", "unusable-calendar", "wrong-weekday",
    "empty-file", "not-a-mapping", "duplicate-case", "duplicate-person", "unknown-role", "bad-datetime", "yaml-documents",
}  # fmt: skip


def _document(example: str) -> str:
    """Return a sequence that holds *example*: lines of it, or of its step, whichever has such keys."""
    first = example.split(":", maxsplit=1)[0].strip("? ")
    lines = example.splitlines()
    top = [line for line in lines if line.split(":")[0] in SEQUENCE.keys and line.split(":")[0] not in STEP.keys]
    if (first in SEQUENCE.keys and first not in STEP.keys) or first not in STEP.keys:
        head, step = example, ""
    else:
        head, step = "\n".join(top), "\n".join(line for line in lines if line not in top)
    if "calendar:" in step and "window:" in step:
        head, step = f"{head}\n{lines[0]}", "\n".join(lines[1:])
    base = {"id": "id: a", "activity": "activity: call", "due": "due: start"}
    keys = "\n".join([*(text for key, text in base.items() if not re.search(rf"^{key}:", step, re.MULTILINE)), step])
    block = "" if "steps:" in head else f"\nsteps:\n  -\n{indent(keys, '    ')}\n"
    assign = "" if re.search(r"^assign:|no-assign", example, re.MULTILINE) else "assign: {owner: true}\n"
    name = "" if "sequence:" in head else "sequence: s\n"
    return f"{name}{assign}{head}{block}"


@pytest.mark.parametrize("code", [code for code in SEEN if code not in ELSEWHERE])
def test_the_example_of_a_code_gives_its_finding(code: str) -> None:
    text = _document(CATALOGUE[code].example)
    if code == "no-assign":
        text = text.replace("assign: {owner: true}\n", "")
    found = {
        finding.code
        for finding in check_sequence(text, known=KNOWN if "known" in code or code == "unknown-field" else None)[1]
    }
    assert code in found, text


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("empty-file", check_sequence(CATALOGUE["empty-file"].example)[1]),
        ("yaml-documents", check_sequence(CATALOGUE["yaml-documents"].example)[1]),
        ("not-a-mapping", check_sequence(CATALOGUE["not-a-mapping"].example)[1]),
        ("duplicate-person", check_team(CATALOGUE["duplicate-person"].example)[1]),
        ("unknown-role", check_team(CATALOGUE["unknown-role"].example)[1]),
        ("bad-datetime", check_golden("sequence: s\n" + CATALOGUE["bad-datetime"].example)[1]),
        ("calendar-never-opens", check_calendar("calendar: c\nhours: {mon-sun: closed}")[1]),
    ],
)
def test_the_example_of_another_file_gives_its_finding(code: str, found: tuple[object, ...]) -> None:
    assert code in {getattr(finding, "code", None) for finding in found}


def test_every_code_that_the_program_emits_is_in_the_catalogue() -> None:
    emitted: set[str] = set()
    for path in (ROOT / "cadence").rglob("*.py"):
        if "catalogue" not in path.parts:
            text = path.read_text(encoding="utf-8")
            pattern = r"(?:Finding|Problem|warning|error|_forbid|_stop|refuse)\(\s*\"([a-z]+(?:-[a-z0-9]+)+)\""
            emitted |= set(re.findall(pattern, text)) | set(re.findall(r'code="([a-z-]+)"', text))
    assert emitted - CATALOGUE.keys() == set()


def test_what_no_schema_can_express_is_in_the_catalogue() -> None:
    assert NOT_IN_SCHEMA - CATALOGUE.keys() == set()


def test_the_page_of_the_reference_is_made_of_the_catalogue() -> None:
    assert (ROOT / "docs" / "reference" / "findings.md").read_text(encoding="utf-8") == page(SECTIONS)
