"""The account: its business, team, roles, activity types and objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cadence.crm.wire import ActivityTypeWire, BusinessWire, EmployeeWire, ObjectWire, RoleWire
from cadence.errors import TargetError

if TYPE_CHECKING:
    from cadence.crm.link import Link
    from cadence.model.people import ActivityType, Business, CrmObject, Employee, Role

__all__ = ["AccountCalls"]


class AccountCalls:
    """The calls that read what a plan refers to, and those that fill the embedded service. All raise TargetError."""

    _link: Link

    async def business(self) -> Business:
        """Return the account's business."""
        document = await self._link.read("reading the business", "/api/business/mine")
        return document.read_as(BusinessWire).value()

    async def team(self) -> tuple[Employee, ...]:
        """Return all employees; their roles by id."""
        return tuple(
            [row.read_as(EmployeeWire).value() async for row in self._link.rows("reading the team", "/api/team")]
        )

    async def roles(self) -> tuple[Role, ...]:
        """Return all roles."""
        return tuple([row.read_as(RoleWire).value() async for row in self._link.rows("reading the roles", "/api/role")])

    async def activity_types(self) -> tuple[ActivityType, ...]:
        """Return all activity types. Their allowed objects are known only from `activity_type`."""
        rows = self._link.rows("reading the activity types", "/api/activities")
        return tuple([row.read_as(ActivityTypeWire).value() async for row in rows])

    async def activity_type(self, reference: str) -> ActivityType | None:
        """Return the activity type with that id or api_name, None where there is none."""
        what = f"reading activity type '{reference}'"
        document = await self._link.read_or_none(what, f"/api/activities/{quote(reference, safe='')}")
        return None if document is None else document.read_as(ActivityTypeWire).value()

    async def objects(self) -> tuple[CrmObject, ...]:
        """Return all kinds of records."""
        rows = self._link.rows("reading the objects", "/api/custom-objects")
        return tuple([row.read_as(ObjectWire).value() async for row in rows])

    async def is_cadence(self) -> bool:
        """Return whether this is the embedded service, in this process or served by another."""
        try:
            document = await self._link.read_or_none("asking what it is", "/healthz")
        except TargetError:
            return False
        return document is not None and document.payload.get("service") == "cadence"

    async def save_activity_type(self, kind: ActivityType, *, description: str, is_new: bool) -> ActivityType:
        """Create or change the activity type in the embedded service, by its api_name, and return it as stored."""
        what = f"importing activity type '{kind.api_name}'"
        body = {
            "name": kind.name,
            "description": description,
            "association_mode": kind.association_mode,
            "custom_objects": list(kind.object_ids),
        }
        if is_new:
            answer = await self._link.change(what, "POST", "/api/activities", {"api_name": kind.api_name, **body})
        else:
            path = f"/api/activities/{quote(kind.api_name, safe='')}"
            answer = await self._link.change(what, "PATCH", path, body)
        return answer.read_as(ActivityTypeWire).value()

    async def save_role(self, role: Role) -> Role:
        """Create the role in the embedded service with its own id, and return it as stored."""
        body = {"id": role.id, "name": role.name}
        answer = await self._link.change(f"importing role '{role.name}'", "POST", "/api/role", body)
        return answer.read_as(RoleWire).value()

    async def save_employee(self, employee: Employee, *, is_new: bool) -> Employee:
        """Create or replace the employee in the embedded service, with its own id, and return it as stored."""
        what = f"importing employee '{employee.name}'"
        body = _employee_body(employee)
        if is_new:
            answer = await self._link.change(what, "POST", "/api/team", {"id": employee.id, **body})
        else:
            answer = await self._link.change(what, "PATCH", f"/api/team/{quote(employee.id, safe='')}", body)
        return answer.read_as(EmployeeWire).value()

    async def save_business(self, business: Business) -> Business:
        """Change name, country and timezone of the embedded service's business, and return it as stored."""
        body = {"name": business.name, "country": business.country, "timezone": business.timezone}
        known = {name: value for name, value in body.items() if value}
        answer = await self._link.change("importing the business", "PATCH", "/api/business/mine", known)
        return answer.read_as(BusinessWire).value()


def _employee_body(employee: Employee) -> dict[str, Any]:
    return {
        "display_name": employee.name,
        "email": employee.email,
        "timezone": employee.timezone,
        "roles": list(employee.roles),
        "hours": employee.hours and [[list(interval) for interval in day] for day in employee.hours],
        "leave": [
            {"first": away.first.isoformat(), "last": away.last.isoformat(), "reason": away.reason}
            for away in employee.leave
        ],
    }
