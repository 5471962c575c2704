"""Records, the team and the account: what a plan knows of the CRM."""

from __future__ import annotations

import uuid
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cadence.timing.hours import Week

__all__ = [
    "ActivityType",
    "Business",
    "CrmObject",
    "Directory",
    "Employee",
    "Leave",
    "Record",
    "Role",
    "TargetIdentity",
    "stable_id",
]

_NAMESPACE = uuid.UUID("6ca7b1a4-4dd1-5b7e-9d38-3f0b8c1c2f5e")


@lru_cache(maxsize=4096)
def stable_id(kind: str, name: str) -> str:
    """Return the UUID that stands for *name* where no CRM has given one.

    The embedded service uses the same ids for what it seeds, so an ad hoc plan and a later apply agree.
    Source: RFC 9562, version 5.
    """
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{name}"))


@dataclass(frozen=True, slots=True)
class Record:
    """A CRM record: `id` is its UUID where the CRM gave one, `fields` unwrapped values by field name."""

    id: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    object: str = "client_client"
    name: str = ""

    @property
    def entity_id(self) -> str:
        """The UUID by which activities refer to this record; derived where `id` is none."""
        try:
            return str(uuid.UUID(self.id))
        except ValueError:
            return stable_id(f"record:{self.object}", self.id)

    @property
    def label(self) -> str:
        """What a person calls it: its name, its email or its id."""
        return self.name or str(self.fields.get("email") or self.id)


@dataclass(frozen=True, slots=True)
class Leave:
    """Dates on which somebody is away; both ends count."""

    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who can be assigned. `hours` are local times in `timezone`; None means no hours are known."""

    id: str
    name: str
    email: str = ""
    timezone: str | None = None
    roles: tuple[str, ...] = ()
    hours: Week | None = None
    leave: tuple[Leave, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A role that can be assigned in place of a person."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Business:
    """The CRM account."""

    id: str
    name: str = ""
    country: str = ""
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class ActivityType:
    """An activity object of the CRM."""

    id: str
    name: str
    api_name: str
    association_mode: str = "all_objects_associated"
    object_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CrmObject:
    """A kind of record."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class TargetIdentity:
    """Which CRM account a plan is for."""

    name: str
    base_url: str
    business_id: str


@dataclass(frozen=True, slots=True)
class Directory:
    """What was read from the target once, before planning. An empty tuple of types or objects means not known."""

    target: TargetIdentity | None = None
    business: Business | None = None
    team: tuple[Employee, ...] = ()
    roles: tuple[Role, ...] = ()
    activity_types: tuple[ActivityType, ...] = ()
    objects: tuple[CrmObject, ...] = ()

    def employee(self, reference: str) -> Employee | None:
        """Return the employee with that id, email or name (case does not count); None where none or several match."""
        folded = reference.casefold()
        for name in ("id", "email", "name"):
            found = [employee for employee in self.team if getattr(employee, name).casefold() == folded]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def role(self, reference: str) -> Role | None:
        """Return the role with that id or name; None where there is none."""
        folded = reference.casefold()
        return next((role for role in self.roles if folded in (role.id.casefold(), role.name.casefold())), None)
