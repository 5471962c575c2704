"""People and roles by what a file, a record or a param calls them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import did_you_mean
from cadence.model.people import Employee, Role, stable_id
from cadence.planning.problem import Problem

if TYPE_CHECKING:
    from cadence.model.people import Directory

__all__ = ["employee_in", "employee_named", "role_named"]

_TEAM_HINT = "import the team with 'cadence team import', or name an employee by id"
_KEYS = ("id", "email", "name", "display_name")


def employee_named(directory: Directory, reference: str) -> Employee:
    """Return the employee with that id, email or name.

    Where no team is known, an id stands for itself; where nothing was read of the account any reference does, by the id
    that the embedded service would give it. Raises Problem for somebody unknown, and for a name that several share.
    """
    found = directory.employee(reference)
    if found is not None:
        return found
    if not directory.team and (_is_id(reference) or directory.business is None):
        return Employee(_id(reference, "employee"), reference)
    raise _unknown_employee(directory, reference)


def role_named(directory: Directory, reference: str) -> Role:
    """Return the role with that id or name, under the same terms as an employee. Raises Problem for one unknown."""
    found = directory.role(reference)
    if found is not None:
        return found
    if not directory.roles and (_is_id(reference) or directory.business is None):
        return Role(_id(reference, "role"), reference)
    names = [role.name for role in directory.roles]
    hint = did_you_mean(reference, names) or "name one of the account's roles"
    raise Problem("unknown-role", f"unknown role '{reference}'", hint=hint)


def employee_in(directory: Directory, value: Any) -> Employee:
    """Return the employee that a field's value refers to: a reference, or a mapping with an id, an email or a name.

    Raises Problem for somebody unknown.
    """
    if not isinstance(value, Mapping):
        return employee_named(directory, str(value))
    references = [str(value[key]) for key in _KEYS if value.get(key)]
    for reference in references:
        found = directory.employee(reference)
        if found is not None:
            return found
    return employee_named(directory, references[0] if references else "")


def _unknown_employee(directory: Directory, reference: str) -> Problem:
    folded = reference.casefold()
    several = [e.email or e.id for e in directory.team if folded in (e.name.casefold(), e.email.casefold())]
    if several:
        hint = f"write one of {', '.join(sorted(several))}"
        return Problem("ambiguous-employee", f"'{reference}' is the name of {len(several)} employees", hint=hint)
    names = [name for employee in directory.team for name in (employee.email, employee.name) if name]
    return Problem(
        "unknown-employee", f"unknown employee '{reference}'", hint=did_you_mean(reference, names) or _TEAM_HINT
    )


def _is_id(reference: str) -> bool:
    try:
        uuid.UUID(reference)
    except ValueError:
        return False
    return True


def _id(reference: str, kind: str) -> str:
    return reference if _is_id(reference) else stable_id(kind, reference)
