"""What Schemathesis loads beside its own checks."""

from __future__ import annotations

from typing import Any

import schemathesis

# What no schema can tell: whether something exists, is free, or goes together with something else.
UNTOLD = {
    "already_completed",
    "association_not_allowed",
    "create_only",
    "does_not_exist",
    "invalid",
    "multiple_matches",
    "permission_required",
    "unique",
    "unreachable",
    "webhook_disabled",
}
UNTOLD_WORDS = {
    "At most one record of each object may be associated.",
    "At most one record of each object may be related.",
    "Give activity_id or activity_name, not both.",
    "Give activity_object_id or activity_object_name, not both.",
    "This field is required, or activity_object_name.",
}


@schemathesis.check
def refused_for_what_the_schema_cannot_tell(ctx: Any, response: Any, case: Any) -> None:  # noqa: ARG001 - its signature
    """Refuse a request that the schema allows only with a code that says what stands in its way.

    In place of `positive_data_acceptance`, which knows no difference between a wrong form and an id of nothing.
    """
    generation = case.meta.generation if case.meta else None
    if response.status_code != 400 or generation is None or not generation.mode.is_positive:
        return
    for field, messages in response.json().items():
        told = [message for message in messages if not _is_untold(message)]
        assert not told, f"{field}: {told}"


def _is_untold(message: Any) -> bool:
    if isinstance(message, dict):
        return message["code"] in UNTOLD
    return message in UNTOLD_WORDS or message.endswith("The last day lies before the first.")
