"""Where rounds are played: one stage for each backend, with the servers that its rounds share."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, so that a round can be repeated
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.chaos import rounds
from tests.chaos.project import Cast, Project, Scenery
from tests.chaos.servers import temporal
from tests.postgres import OwnServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.chaos.child import Bug, Stop
    from tests.chaos.judge import Verdict
    from tests.temporal.processes import TemporalServer

__all__ = ["BACKENDS", "Round", "Stage", "stage"]

BACKENDS = ("sqlite", "postgresql", "temporal")


@dataclass(frozen=True, slots=True)
class Round:
    """`kind` is kill or stop. The same seed and number make the same plans, faults and kills, at the same pauses."""

    kind: str
    number: int
    seed: int

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.number}"

    def chance(self) -> random.Random:
        return random.Random(f"{self.seed}/{self.name}")  # noqa: S311 - not for secrets


@dataclass
class Stage:
    """Plays rounds in *folder*, of which `lanes` may go on at a time."""

    backend: str
    folder: Path
    scenery: Scenery
    postgres: OwnServer | None = None
    temporal: TemporalServer | None = None
    lanes: int = 4
    _falling: threading.Lock = field(default_factory=threading.Lock)

    def play(
        self, played: Round, *, cast: Cast | None = None, bug: Bug | None = None, stop: Stop | None = None
    ) -> Verdict:
        """Return what came of the round; *cast* and *stop* are drawn where they are not given."""
        chance, project = played.chance(), self._project(played)
        cast = cast or (rounds.bulk_cast_of(chance) if self.temporal else rounds.cast_of(chance, played.number))
        project.open_account(f"{played.seed}/{played.name}", cast)
        crash = self._crash_in(played)
        if played.kind == "kill" and self.temporal:
            return rounds.play_bulk(project, chance, cast, crash=crash)
        if played.kind == "kill":
            return rounds.play_kills(project, chance, cast, bug=bug, crash=crash)
        stop = stop or rounds.stop_of(chance, cast)
        if self.temporal:
            return rounds.play_bulk_stop(project, cast, stop)
        return rounds.play_stop(project, cast, stop, bug=bug)

    def _project(self, played: Round) -> Project:
        folder = self.folder / played.name
        ledger = f"{self.postgres.url}&schema={played.name}" if self.postgres else str(folder / "ledger.db")
        return Project(folder, ledger, scenery=replace(self.scenery, queue=played.name))

    def _crash_in(self, played: Round) -> Callable[[], None] | None:
        """Return what has a server die, that of the ledger or Temporal's: one does in some rounds."""
        if self.temporal and played.number % 3 == 0:
            return self._crash_temporal
        return self._crash_postgres if self.postgres and played.number % 5 == 0 else None

    def _crash_temporal(self) -> None:
        assert self.temporal is not None
        with self._falling:
            self.temporal.kill()
            self.temporal.start()

    def _crash_postgres(self) -> None:
        assert self.postgres is not None
        with self._falling:
            self.postgres("restart")

    def keep_ledger(self, folder: Path) -> None:
        """Write a ledger on PostgreSQL into *folder*: its server is gone in the end."""
        if self.postgres is not None:
            with self._falling:
                self.postgres.dump(folder / "ledger.sql", schema=folder.name)


@contextmanager
def stage(backend: str, folder: Path, *, crm_url: str) -> Iterator[Stage]:
    """Yield the stage, its servers running."""
    with ExitStack() as stack:
        set_up = Stage(backend, folder, Scenery(crm_url))
        if backend != "sqlite":
            set_up.postgres = OwnServer()
        if backend == "temporal":
            set_up.temporal = stack.enter_context(temporal(folder / "temporal"))
            set_up.scenery = replace(set_up.scenery, temporal=set_up.temporal.address)
        yield set_up
