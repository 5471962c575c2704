"""An activity while its due is being computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.sequence import Outside
from cadence.planning.problem import Problem, warning
from cadence.planning.trace import Trace

if TYPE_CHECKING:
    from cadence.diagnostics import Finding
    from cadence.model.entry import Entry
    from cadence.planning.assignment import Assigned
    from cadence.planning.compiled import CompiledStep
    from cadence.planning.trace import Reason, Rule
    from cadence.planning.window import Window
    from cadence.timing.zones import Zone

__all__ = ["Draft"]


class Draft:
    """One occurrence of one step of one record.

    `utc` is its due in epoch seconds. `skipped` says why it will not be submitted, `waits` for which completion; both
    still have a due, as other steps may count from it, but for a skipped one whose due cannot be computed. `entry` is
    what the ledger holds for it.
    """

    __slots__ = (
        "assigned", "compiled", "entry", "has_due", "key", "lands_on_close", "note", "occurrence", "seed", "skipped",
        "trace", "utc", "waits", "warnings", "window", "zone",
    )  # fmt: skip

    def __init__(self, compiled: CompiledStep, occurrence: int, *, zone: Zone, window: Window, seed: str) -> None:
        self.compiled = compiled
        self.occurrence = occurrence
        self.zone = zone
        self.window = window
        self.seed = seed
        self.utc = 0
        self.key = ""
        self.note = compiled.plain_note
        self.skipped: str | None = None
        self.waits: str | None = None
        self.has_due = True
        self.lands_on_close = False
        self.assigned: Assigned | None = None
        self.entry: Entry | None = None
        self.trace = Trace()
        self.warnings: tuple[Finding, ...] = ()

    @property
    def subject(self) -> str:
        """What a message calls it: step 'welcome-call'."""
        return f"step '{self.compiled.step.id}'"

    def warn(self, code: str, message: str, *, hint: str | None = None) -> None:
        """Add a warning, once per code."""
        if all(known.code != code for known in self.warnings):
            place = self.compiled.step.place
            finding = warning(code, f"{self.subject}: {message}", place=place, hint=hint)
            self.warnings = (*self.warnings, finding)

    def bring_inside(self, rule: Rule, taken: int, given: int, *, reason: Reason, problem: str) -> int:
        """Return where a due that would be outside goes, as the step's `outside` says, with its line or warning.

        Raises Problem where it says fail.
        """
        if self.is_left_outside(problem):
            return taken
        self.trace.instant(rule, taken, given, reason)
        return given

    def is_left_outside(self, problem: str) -> bool:
        """Whether a due with that *problem* stays where it is, with a warning. Raises Problem under `outside: fail`."""
        match self.compiled.step.outside:
            case Outside.SHIFT:
                return False
            case Outside.WARN:
                self.warn("outside-window", problem, hint="outside: shift would move it")
                return True
            case Outside.FAIL:
                raise Problem("outside-window", problem, hint="move the due, or let it be moved: outside: shift")
