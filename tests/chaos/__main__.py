"""`make chaos`: rounds of processes that are really killed, or stopped past their lease, on every backend.

Exits with 1 where a law was broken; the ledger and the CRM's book of such a round are kept.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.judge import Verdict
from tests.chaos.servers import crm
from tests.chaos.stages import BACKENDS, Round, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.chaos.stages import Stage

__all__: list[str] = []

_KILLS_A_STOP = 5
_MINUTE_S = 60


def main() -> int:
    """Play what was asked for, one backend after the other."""
    asked = _arguments()
    root = Path(tempfile.mkdtemp(prefix="cadence-chaos-"))
    backends = BACKENDS if asked.backend == "all" else (asked.backend,)
    with crm() as crm_url:
        broken = sum([_play_backend(backend, root, crm_url, asked=asked) for backend in backends])
    if not broken:
        shutil.rmtree(root)
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--backend", choices=(*BACKENDS, "all"), default="all")
    parser.add_argument("--rounds", type=int, default=100, help="of kills, for each backend; a fifth as many of stops")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--round", metavar="KIND-NUMBER", help="only this one, as in kill-17")
    parser.add_argument("--minutes", type=float, default=30, help="begin no round later than this, for each backend")
    parser.add_argument("--verbose", action="store_true", help="a line for each round, also where nobody watches")
    return parser.parse_args()


def _play_backend(backend: str, root: Path, crm_url: str, *, asked: argparse.Namespace) -> bool:
    """Play the rounds of one backend, print what they came to, and return whether anything was broken."""
    began = time.monotonic()
    total = Verdict()
    played = _rounds(asked)
    say = _speaker(asked)
    with stage(backend, root / backend, crm_url=crm_url) as set_up:
        for each, verdict in _all(set_up, played, until=began + asked.minutes * _MINUTE_S):
            total.add(verdict)
            say(f"{backend} {each.name}: {verdict}\n")
            _look_into(set_up, each, verdict)
    sys.stdout.write(f"{backend}: {total}, seconds {time.monotonic() - began:,.0f}\n")
    return bool(total.broken)


def _rounds(asked: argparse.Namespace) -> list[Round]:
    """Return the rounds: first the kills, then the stops."""
    if asked.round:
        kind, _, number = asked.round.partition("-")
        return [Round(kind, int(number), asked.seed)]
    kills = [Round("kill", number, asked.seed) for number in range(asked.rounds)]
    return kills + [Round("stop", number, asked.seed) for number in range(asked.rounds // _KILLS_A_STOP)]


def _all(set_up: Stage, played: Sequence[Round], *, until: float) -> Iterator[tuple[Round, Verdict]]:
    """Yield what came of the rounds in their order, several being played at the same time."""
    with ThreadPoolExecutor(set_up.lanes) as lanes:
        verdicts = lanes.map(lambda each: _played(set_up, each) if time.monotonic() < until else Verdict(), played)
        yield from zip(played, verdicts, strict=True)


def _played(set_up: Stage, each: Round) -> Verdict:
    """Return what came of the round; one that could not be played does not end the others."""
    try:
        return set_up.play(each)
    except Exception as error:  # noqa: BLE001 - the outermost shell of a round
        return Verdict(rounds=1, broken=[f"it could not be played: {error!r}"])


def _speaker(asked: argparse.Namespace) -> Callable[[str], object]:
    return sys.stderr.write if asked.verbose or sys.stderr.isatty() else len


def _look_into(set_up: Stage, played: Round, verdict: Verdict) -> None:
    """Say what was broken, where to look, and how to see it again; a sound round leaves nothing behind."""
    folder = set_up.folder / played.name
    if not verdict.broken:
        shutil.rmtree(folder, ignore_errors=True)
        return
    again = f"python -m tests.chaos --backend {set_up.backend} --seed {played.seed} --round {played.name}"
    sys.stdout.write(f"BROKEN in {folder}; again: {again}\n" + "".join(f"  {law}\n" for law in verdict.broken))
    sys.stdout.flush()
    set_up.keep_ledger(folder)


if __name__ == "__main__":
    sys.exit(main())
