"""What a plan must know of a target, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.people import Directory

if TYPE_CHECKING:
    from cadence.crm.client import CrmClient
    from cadence.model.people import TargetIdentity

__all__ = ["read_directory"]


async def read_directory(client: CrmClient, target: TargetIdentity | None = None) -> Directory:
    """Return business, team, roles, activity types and objects as they stand. Raises TargetError.

    One after another, so that a limited rate is not met with a burst before anything was planned.
    """
    return Directory(
        target=target,
        business=await client.business(),
        team=await client.team(),
        roles=await client.roles(),
        activity_types=await client.activity_types(),
        objects=await client.objects(),
    )
