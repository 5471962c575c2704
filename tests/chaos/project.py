"""What a round is played with: an account of the CRM, a ledger, settings for each part, plans."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from cadence.clock import SystemClock
from cadence.model.people import Directory, Record, TargetIdentity, stable_id
from cadence.planning.plan import make_plan
from cadence.sequence import parse_sequence
from tests.chaos.crm import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cadence.model.plan import Plan

__all__ = ["QUIET_S", "Cast", "Project", "Scenery"]

QUIET_S = 1
_JUST_NOW_S = 0.03

_HEAD = """\
[ledger]
url = "{ledger}"
[submit]
quiet_period = {quiet}
timeout = 5
concurrency = 4
"""
_TARGET = """\
[targets.{name}]
base_url = "{base_url}"
api_key = "key"
business_id = "{business}"
user_id = "{user}"
"""
_TEMPORAL = """\
[temporal]
address = "{address}"
task_queue = "{queue}"
deployment = ""
heartbeat = 2
"""


@dataclass(frozen=True, slots=True)
class Cast:
    """How many enrollments of how many steps there are, and how the CRM behaves towards them."""

    enrollments: int
    steps: int
    share: float
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Scenery:
    """Where the CRM is, and Temporal with the queue of its tasks; empty where that has no part."""

    crm_url: str
    temporal: str = ""
    queue: str = ""

    def settle_in(self, folder: Path, *, ledger: str, accounts: Iterable[str]) -> Path:
        """Make *folder* one whose settings name the ledger and the accounts; its requests carry its name."""
        folder.mkdir(parents=True, exist_ok=True)
        targets = [
            _TARGET.format(name=name, base_url=self.crm_url, business=stable_id("business", name), user=folder.name)
            for name in accounts
        ]
        temporal = _TEMPORAL.format(address=self.temporal, queue=self.queue) if self.temporal else ""
        settings = _HEAD.format(ledger=ledger, quiet=QUIET_S) + "".join(targets) + temporal
        (folder / "cadence.toml").write_text(settings, encoding="utf-8")
        return folder


class Project:
    """One account of the CRM with a ledger, in a folder that tells afterwards what happened."""

    def __init__(self, folder: Path, ledger: str, *, scenery: Scenery) -> None:
        self.folder = folder
        self.ledger = ledger
        self.book = folder / "book.jsonl"
        self.sequence = folder.name
        self._scenery = scenery
        folder.mkdir(parents=True)

    def open_account(self, seed: str, cast: Cast) -> None:
        """Have the CRM open the account, whose name is that of the folder."""
        business = stable_id("business", self.folder.name)
        wanted: dict[str, Any] = {"business": business, "ledger": self.ledger, "book": str(self.book), "seed": seed}
        wanted |= {"share": cast.share, "busy": cast.busy}
        httpx.post(f"{self._scenery.crm_url}/accounts", json=wanted, trust_env=False).raise_for_status()

    def is_busy(self) -> bool:
        """Return whether the CRM just heard something."""
        return self.book.exists() and time.time() - self.book.stat().st_mtime < _JUST_NOW_S

    def part(self, user: str) -> Path:
        """Return the folder of one part, whose requests name *user*."""
        return self._scenery.settle_in(self.folder / user, ledger=self.ledger, accounts=[self.folder.name])

    def plan(self, cast: Cast, *, name: str, first: int = 0) -> tuple[Plan, str]:
        """Return a plan for as many records as *cast* says, from number *first* on, and the path of its file."""
        name_of_account = self.folder.name
        identity = TargetIdentity(name_of_account, self._scenery.crm_url, stable_id("business", name_of_account))
        records = [Record(stable_id("record", str(first + number))) for number in range(cast.enrollments)]
        sequence = parse_sequence(self._text(cast.steps))
        plan = make_plan(sequence, records, now=SystemClock().now(), directory=Directory(target=identity))
        path = self.folder / f"{name}.json"
        path.write_text(plan.to_json(), encoding="utf-8")
        return plan, str(path)

    def _text(self, steps: int) -> str:
        lines = [
            f"  - {{id: s{number}, activity: {TYPES[number % len(TYPES)]}, due: {number + 1} days after start}}"
            for number in range(steps)
        ]
        return "\n".join([f"sequence: {self.sequence}", "timezone: Europe/Paris", "steps:", *lines, ""])
