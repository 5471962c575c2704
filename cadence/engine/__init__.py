"""The façade: one method per command, and the same as library calls."""

from __future__ import annotations

from cadence.engine.engine import Engine

__all__ = ["Engine"]
