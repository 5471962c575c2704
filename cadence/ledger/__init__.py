"""What was approved, sent and answered, kept so that no crash loses it.

SQLAlchemy is imported when a ledger is opened, not before: a plan without one must not pay for it; nor for leases.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cadence.ledger.holder import Holder, this_process
    from cadence.ledger.lease import Held, Lease, LeaseLost
    from cadence.ledger.lines import Attempt, Decision, LogLine, StatusLine, Transition
    from cadence.ledger.opening import open_ledger, open_readonly

__all__ = [
    "Attempt", "Decision", "Held", "Holder", "Lease", "LeaseLost", "LogLine", "StatusLine", "Transition", "open_ledger",
    "open_readonly", "this_process",
]  # fmt: skip

_HOMES = {
    "holder": ("Holder", "this_process"),
    "lease": ("Held", "Lease", "LeaseLost"),
    "lines": ("Attempt", "Decision", "LogLine", "StatusLine", "Transition"),
    "opening": ("open_ledger", "open_readonly"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only that."""
    if name not in _HOME:
        raise AttributeError(f"module 'cadence.ledger' has no attribute '{name}'")
    return getattr(import_module(f"cadence.ledger.{_HOME[name]}"), name)
