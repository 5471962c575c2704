"""Activities that are written out when somebody reads them: most of a plan is never looked at."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from cadence.model.plan import Activity

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cadence.model.plan import Action

__all__ = ["LateActivity", "late_activity"]

_FIELDS = tuple(each.name for each in fields(Activity))


class LateActivity(Activity):
    """An activity of which some fields are known and the others come from `_write`, once, when one of them is read.

    It equals the Activity with the same fields and is pickled as that.
    """

    __slots__ = ("_write",)
    _write: Callable[[], Activity] | None

    def __getattr__(self, name: str) -> Any:
        if name not in _FIELDS:
            raise AttributeError(name)
        write = self._write
        if write is not None:
            written = write()
            for each in _FIELDS:
                object.__setattr__(self, each, getattr(written, each))
            object.__setattr__(self, "_write", None)  # lets go of all that it was made of
        return object.__getattribute__(self, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Activity):
            return NotImplemented
        return all(getattr(self, each) == getattr(other, each) for each in _FIELDS)

    __hash__ = Activity.__hash__

    def __reduce__(self) -> tuple[type[Activity], tuple[Any, ...]]:
        return Activity, tuple(getattr(self, each) for each in _FIELDS)


def late_activity(
    write: Callable[[], Activity], step: str, *, action: Action, due_at: datetime | None, reason: str | None
) -> Activity:
    """Return the activity that *write* will give; the other fields are those that need not wait for it."""
    activity = _new(LateActivity)
    _set_write(activity, write)
    _set_step(activity, step)
    _set_action(activity, action)
    _set_due_at(activity, due_at)
    _set_reason(activity, reason)
    return activity


_new: Callable[[type[LateActivity]], LateActivity] = object.__new__
_set_write, _set_step, _set_action, _set_due_at, _set_reason = (
    getattr(LateActivity, name).__set__ for name in ("_write", "step", "action", "due_at", "reason")
)
"""Setters of the slots themselves: a plan makes an activity for every step, and this is what that costs."""
