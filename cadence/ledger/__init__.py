"""What was approved, sent and answered, kept so that no crash loses it.

SQLAlchemy is imported when a ledger is opened, not before: a plan without one must not pay for it.
"""

from __future__ import annotations

from cadence.ledger.holder import Holder, this_process
from cadence.ledger.lease import Held, Lease, LeaseLost
from cadence.ledger.lines import Attempt, LogLine, StatusLine, Transition
from cadence.ledger.opening import open_ledger, open_readonly

__all__ = [
    "Attempt", "Held", "Holder", "Lease", "LeaseLost", "LogLine", "StatusLine", "Transition", "open_ledger",
    "open_readonly", "this_process",
]  # fmt: skip
