"""The bodies and filters of webhooks."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from cadence.server.bodies.body import Body, ShortText, Uuid
from cadence.server.bodies.query import Paged
from cadence.server.webhooks.signature import key_of

__all__ = ["CreateWebhook", "ListDeliveries", "PatchWebhook"]

_EXAMPLE = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="


def _secret(text: str) -> str:
    try:
        key_of(text)
    except ValueError as error:
        raise PydanticCustomError("secret", "Must be a secret: {problem}.", {"problem": str(error)}) from None
    return text


Event = Literal["activity.logged", "activity.completed"]
State = Literal["waiting", "held", "delivered", "failed"]
Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": r"^https?://", "maxLength": 2000}),
]
# 36 and 72 characters of base64 without padding are 27 and 54 bytes.
Secret = Annotated[
    str,
    StringConstraints(max_length=100),
    AfterValidator(_secret),
    WithJsonSchema({"type": "string", "pattern": "^whsec_([A-Za-z0-9+/]{4}){9,18}$", "examples": [_EXAMPLE]}),
]


class PatchWebhook(Body):
    """Some fields of a webhook."""

    url: Url = ""
    event: Event = "activity.logged"
    secret: Secret = ""
    enabled: bool = True


class CreateWebhook(PatchWebhook):
    """A new webhook: for one activity type, named by id or by name, or for all. Without a secret one is made."""

    url: Url
    activity_object_id: Uuid | None = None
    activity_object_name: ShortText | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.activity_object_id is not None and self.activity_object_name is not None:
            raise PydanticCustomError("type", "Give activity_object_id or activity_object_name, not both.")
        return self


class ListDeliveries(Paged):
    """Which deliveries: to where, and in which state."""

    webhook_id: Uuid | None = None
    state: State | None = None
