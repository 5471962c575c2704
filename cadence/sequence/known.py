"""What is known of the CRM when a file is checked."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Known"]


class Known(NamedTuple):
    """Names against which a file is checked; None means not known, so nothing is said about it.

    `fields` are those of the sequence's object, without dots; `activities` are api_names and ids.
    """

    fields: frozenset[str] | None = None
    activities: frozenset[str] | None = None
    objects: frozenset[str] | None = None
