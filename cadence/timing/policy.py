"""How to read a local time that does not exist, or exists twice (PEP 495: gap and fold)."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Policy"]


class Policy(StrEnum):
    """`compatible` is RFC 5545's: a gap moves forward by its length, of a fold the first is meant."""

    COMPATIBLE = "compatible"
    EARLIER = "earlier"
    LATER = "later"
    FAIL = "fail"
