"""The one send loop and its drivers: durable intent, request, durable outcome."""

from __future__ import annotations

from cadence.runner.chunk import run_chunk
from cadence.runner.conditions import Conditions
from cadence.runner.embedded import retry, settle, submit
from cadence.runner.pace import Pace
from cadence.runner.progress import ProgressEvent
from cadence.runner.stop import Stop

__all__ = ["Conditions", "Pace", "ProgressEvent", "Stop", "retry", "run_chunk", "settle", "submit"]
