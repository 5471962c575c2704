"""What deserves a look in a plan that can be made."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cadence.planning.leave import leave_at
from cadence.planning.problem import warning
from cadence.planning.words import instant_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Many

    from cadence.diagnostics import Finding
    from cadence.model.sequence import Step
    from cadence.planning.draft import Draft

__all__ = ["lint_drafts", "reordered"]


def lint_drafts(drafts: Many[Draft]) -> list[Finding]:
    """Return the warnings about one record's activities; *drafts* are in submission order."""
    live = [draft for draft in drafts if draft.skipped is None and draft.entry is None]
    return [*_collapsed(live), *_reordered(live), *_on_closes(live), *_on_leave(live)]


def _collapsed(drafts: list[Draft]) -> Iterator[Finding]:
    for one, other in pairwise(drafts):
        if one.utc == other.utc and one.compiled is not other.compiled:
            message = f"{one.subject} and {other.subject} are both due {instant_words(one.utc, one.zone)}"
            yield warning(
                "collapsed-steps", message, place=other.compiled.step.place, hint="give one another time with at"
            )


def _reordered(drafts: list[Draft]) -> Iterator[Finding]:
    """Warn of steps that are due before one above them in the file; repeats and dues before an anchor are meant so."""
    plain = [draft for draft in drafts if draft.compiled.step.repeat is None and not draft.compiled.backwards]
    for one, other in pairwise(plain):
        if one.compiled.position > other.compiled.position and one.utc < other.utc:
            yield reordered(one.compiled.step, other.compiled.step)


def reordered(one: Step, other: Step) -> Finding:
    """Return the warning that *one* is due before *other*."""
    message = f"step '{one.id}' is due before step '{other.id}', which stands above it in the file"
    return warning("reordered-steps", message, place=one.place, hint="check its offset")


def _on_closes(drafts: list[Draft]) -> Iterator[Finding]:
    for draft in drafts:
        if draft.lands_on_close and draft.compiled.step.due.at is None and not draft.compiled.backwards:
            message = f"{draft.subject} is due at a close, {instant_words(draft.utc, draft.zone)}, for want of a time"
            yield warning("lands-on-close", message, place=draft.compiled.step.place, hint="say when, as in 'at 10:00'")


def _on_leave(drafts: list[Draft]) -> Iterator[Finding]:
    for draft in drafts:
        leave = leave_at(draft.assigned.who, draft.utc, zone=draft.zone) if draft.assigned else None
        if draft.assigned is not None and leave is not None:
            name = draft.assigned.who.name
            message = f"{draft.subject}: {name} is on leave from {leave.first} to {leave.last}"
            hint = "name somebody under cover, or add clocks: [record, assignee]"
            yield warning("assignee-on-leave", message, place=draft.compiled.step.place, hint=hint)
