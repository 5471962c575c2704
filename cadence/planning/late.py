"""Activities that are written out when somebody reads them: most of a plan is never looked at."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from cadence.model.plan import Activity

if TYPE_CHECKING:
    from collections.abc import Callable

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


def late_activity(write: Callable[[], Activity], **known: Any) -> Activity:
    """Return the activity that *write* will give; *known* are the fields that need not wait for it."""
    activity = object.__new__(LateActivity)
    object.__setattr__(activity, "_write", write)
    for name, value in known.items():
        object.__setattr__(activity, name, value)
    return activity
