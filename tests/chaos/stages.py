"""Where rounds are played: one stage for each backend, with the servers that its rounds share."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, so that a round can be repeated
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.chaos import rounds
from tests.chaos.project import Cast, Project, Scenery
from tests.chaos.servers import Workers, temporal
from tests.postgres import OwnServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.chaos.child import Bug, Stop
    from tests.chaos.judge import Verdict

__all__ = ["BACKENDS", "Round", "Stage", "stage"]

BACKENDS = ("sqlite", "postgresql", "temporal")
_CRASHES = 5  # PostgreSQL itself dies in every fifth round


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
    """Plays rounds in *folder*; `lanes` is how many at the same time."""

    backend: str
    folder: Path
    scenery: Scenery
    postgres: OwnServer | None = None
    workers: Workers | None = None
    lanes: int = 4

    def project(self, played: Round) -> Project:
        folder = self.folder / played.name
        # A worker that is to be stopped must get the chunk, so such a round has workers and a queue of its own.
        scenery = replace(self.scenery, queue=played.name) if played.kind == "stop" else self.scenery
        return Project(folder, self._ledger(played, folder), scenery=scenery)

    def _ledger(self, played: Round, folder: Path) -> str:
        if self.postgres is None:
            return str(folder / "ledger.db")
        shared = self.workers is not None
        return ledger_on(self.postgres, "shared" if shared else played.name)

    def play(
        self, played: Round, *, cast: Cast | None = None, bug: Bug | None = None, stop: Stop | None = None
    ) -> Verdict:
        """Return what came of the round; *cast* and *stop* are drawn where they are not given."""
        chance, project = played.chance(), self.project(played)
        if self.workers is not None:
            return self._play_bulk(played, project, chance, stop=stop)
        cast = cast or rounds.cast_of(chance, played.number)
        project.open_account(f"{played.seed}/{played.name}", cast)
        if played.kind == "stop":
            return rounds.play_stop(project, cast, stop or rounds.stop_of(chance, cast), bug=bug)
        falls = self.postgres is not None and played.number % _CRASHES == 0
        return rounds.play_kills(project, chance, cast, bug=bug, crash=self._crash if falls else None)

    def _play_bulk(self, played: Round, project: Project, chance: random.Random, *, stop: Stop | None) -> Verdict:
        assert self.workers is not None
        cast = rounds.bulk_cast_of(chance)
        project.open_account(f"{played.seed}/{played.name}", cast)
        if played.kind == "kill":
            return rounds.play_bulk(project, chance, cast, workers=self.workers)
        return rounds.play_bulk_stop(project, cast, stop or rounds.stop_of(chance, cast))

    def keep_ledger(self, folder: Path) -> None:
        """Write a ledger on PostgreSQL into *folder*: its server is gone in the end."""
        if self.postgres is not None:
            self.postgres.dump(folder / "ledger.sql")

    def _crash(self) -> None:
        assert self.postgres is not None
        self.postgres("restart")


def ledger_on(postgres: OwnServer, schema: str) -> str:
    """Return the URL of a ledger in a schema of its own."""
    return f"{postgres.url}&schema={schema}"


@contextmanager
def stage(backend: str, folder: Path, *, crm_url: str, played: Sequence[Round]) -> Iterator[Stage]:
    """Yield the stage for the rounds *played*, its servers running."""
    with ExitStack() as stack:
        scenery = Scenery(crm_url)
        if backend == "sqlite":
            yield Stage(backend, folder, scenery)
            return
        postgres = OwnServer()
        if backend == "postgresql":
            yield Stage(backend, folder, scenery, postgres)
            return
        server = stack.enter_context(temporal(folder / "temporal"))
        scenery = Scenery(crm_url, server.address)
        accounts, ledger = [each.name for each in played], ledger_on(postgres, "shared")
        names = ("worker-0", "worker-1")
        folders = [scenery.settle_in(folder / name, ledger=ledger, accounts=accounts) for name in names]
        workers = Workers(folders, server)
        stack.callback(workers.end)
        yield Stage(backend, folder, scenery, postgres, workers, lanes=6)
