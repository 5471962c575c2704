"""Rewrite the expectations of golden cases to what comes out now, the rest of the file as it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cadence import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cadence.model.plan import Activity
    from cadence.sequence import Case

__all__ = ["rewrite"]

_EXPECT = re.compile(r"^(\s*)(-\s+)?expect:")
_COMMENT = re.compile(r"\s+#.*$")


def rewrite(path: Path, changed: Iterable[tuple[Case, Sequence[Activity]]]) -> None:
    """Replace the `expect` of each case; a line's comment stays with the activity that it stood behind.

    Raises ConfigError where the file cannot be written; then it is as it was.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    for case, activities in sorted(changed, key=lambda pair: -(pair[0].place.line if pair[0].place else 0)):
        first, last = _block(lines, case)
        comments = _comments(lines[first + 1 : last])
        indent = " " * (len(lines[first]) - len(lines[first].lstrip(" -")) + 2)
        lines[first + 1 : last] = [indent + _line(activity, comments) for activity in activities]
        lines[first] = lines[first].partition("expect:")[0] + "expect:"
    files.write_text(path, "\n".join(lines) + "\n")


def _block(lines: Sequence[str], case: Case) -> tuple[int, int]:
    """Return the lines of the case's `expect`: that of the key, and the first one after it."""
    first = next(n for n in range(case.place.line - 1 if case.place else 0, len(lines)) if _EXPECT.match(lines[n]))
    margin = len(lines[first]) - len(lines[first].lstrip(" -"))
    last = first + 1
    while last < len(lines) and (_indent(lines[last]) >= margin and lines[last].strip()):
        last += 1
    return first, last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _comments(lines: Iterable[str]) -> dict[str, list[str]]:
    """Return the comments by step, in the order of the step's occurrences."""
    comments: dict[str, list[str]] = {}
    for line in lines:
        step = re.search(r"step:\s*[\"']?([\w-]+)", line)
        if step:
            comment = _COMMENT.search(line)
            comments.setdefault(step[1], []).append(comment[0] if comment else "")
    return comments


def _line(activity: Activity, comments: dict[str, list[str]]) -> str:
    known = comments.get(activity.step)
    return f"- {{{', '.join(_parts(activity))}}}{known.pop(0) if known else ''}"


def _parts(activity: Activity) -> list[str]:
    parts = [f"step: {activity.step}"]
    if activity.action != "create":
        parts.append(f"action: {activity.action}")
    if activity.local and activity.action != "skip":
        local = activity.local.partition("[")[0]
        parts.append(f'due: "{local[:16] + local[19:] if local[16:19] == ":00" else local}"')
    if activity.assignee and activity.action != "skip":
        parts.append(f'assignee: "{activity.assignee.name}"')
    return parts
