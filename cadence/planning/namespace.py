"""What conditions and notes can name."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from cadence.model.people import Employee, Role
from cadence.model.sequence import ParamType
from cadence.timing.civil import DAY, date_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.people import Directory, Record
    from cadence.model.sequence import Sequence, Step
    from cadence.timing.zones import Zone

__all__ = ["Namespace"]


class Namespace:
    """The names of one record, worked out once but for those of a step. `times` are start and now, epoch seconds."""

    __slots__ = ("_common", "_now", "_start")

    def __init__(
        self,
        sequence: Sequence,
        record: Record,
        *,
        params: Mapping[str, Any],
        directory: Directory,
        times: tuple[int, int],
        completed: Mapping[str, str | None],
    ) -> None:
        business = directory.business
        self._start, self._now = times
        self._common: dict[str, Any] = {
            "record": {"id": record.id, "name": record.label, **record.fields},
            "param": _people_spelt_out(sequence, params, directory),
            "sequence": {"name": sequence.name, "title": sequence.title or sequence.name},
            "business": {"id": business.id, "name": business.name, "country": business.country} if business else {},
            "completed": completed,
        }

    def for_step(
        self, step: Step, zone: Zone, *, who: Employee | Role | None, due: int | None = None
    ) -> dict[str, Any]:
        """Return the names as one step sees them; times are local ones of *zone*."""
        about = {"id": step.id, "title": step.title or step.id, "activity": step.activity}
        return {
            **self._common,
            "step": about if due is None else {**about, "due": _local(due, zone)},
            "start": _local(self._start, zone),
            "today": date_of(zone.to_local(self._now) // DAY),
            "assignee": _spelt_out(who) if who else {},
        }


def _people_spelt_out(sequence: Sequence, params: Mapping[str, Any], directory: Directory) -> dict[str, Any]:
    spelt = dict(params)
    for param in sequence.params:
        value = params.get(param.name)
        if value is not None and param.type is ParamType.EMPLOYEE:
            spelt[param.name] = _spelt_out(directory.employee(str(value)) or Employee(str(value), str(value)))
        elif value is not None and param.type is ParamType.ROLE:
            spelt[param.name] = _spelt_out(directory.role(str(value)) or Role(str(value), str(value)))
    return spelt


def _spelt_out(who: Employee | Role) -> dict[str, Any]:
    if isinstance(who, Role):
        return {"id": who.id, "name": who.name}
    first, _, last = who.name.partition(" ")
    return {"id": who.id, "name": who.name, "first_name": first, "last_name": last, "email": who.email}


def _local(utc: int, zone: Zone) -> datetime:
    offset = timezone(timedelta(seconds=zone.offset_at(utc)))
    return datetime.fromtimestamp(utc, offset)
