"""A plan kept in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import PlanError
from cadence.planning.codec import plan_from_json

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.model.plan import Plan

__all__ = ["read_plan"]


def read_plan(path: Path) -> Plan:
    """Return the plan in *path*. Raises PlanError for what is no plan, StalePlanError for one that was edited."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        raise PlanError(f"{path} is not UTF-8", hint="write the plan again with `cadence plan --out`") from None
    except OSError as error:
        raise PlanError(f"{path} cannot be read: {error.strerror}", hint="check the path") from None
    try:
        return plan_from_json(text)
    except PlanError as error:
        raise type(error)(f"{path}: {error.message}", hint=error.hint, findings=error.findings) from None
