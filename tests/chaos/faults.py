"""What a create may meet: whether and when it is applied, and what the client hears of it."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, so that a round can be repeated
from dataclasses import dataclass
from itertools import count

__all__ = ["LATEST_S", "Answer", "Fault", "Weather"]

LATEST_S = 0.5  # how long after it was read a create may still be applied: less than any quiet period


@dataclass(frozen=True, slots=True)
class Answer:
    """`retry_after` in seconds; `whole` is whether all of the body comes, `named` whether it has the id."""

    status: int
    retry_after: int | None = None
    whole: bool = True
    named: bool = True


@dataclass(frozen=True, slots=True)
class Fault:
    """Without an `answer` the connection is reset. `applied` is whether the create takes effect."""

    name: str
    answer: Answer | None
    applied: bool
    late: bool = False


OK = Fault("ok", Answer(201), applied=True)
SLOW_DOWN = (
    Fault("429 in 1 s", Answer(429, retry_after=1), applied=False),
    Fault("429", Answer(429), applied=False),
    Fault("503 in 1 s, applied", Answer(503, retry_after=1), applied=True),
)
FAULTS = (
    Fault("500, applied", Answer(500), applied=True),
    Fault("500, not applied", Answer(500), applied=False),
    Fault("504, applied late", Answer(504), applied=True, late=True),
    Fault("reset, applied", None, applied=True),
    Fault("reset, not applied", None, applied=False),
    Fault("reset, applied late", None, applied=True, late=True),
    Fault("half an answer, applied", Answer(201, whole=False), applied=True),
    Fault("201 without an id, applied", Answer(201, named=False), applied=True),
)


class Weather:
    """The faults of one round, in the order of its requests; the same for the same seed."""

    def __init__(self, seed: str, *, share: float, busy: bool) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - not for secrets
        self._share = share
        self._busy = busy
        self._number = count()

    def create(self) -> Fault:
        """Return what the next create meets; a busy account also asks to slow down, which lasts: now and then."""
        draw = self._chance.random()
        if self._busy and next(self._number) % 8 == 5:
            return self._chance.choice(SLOW_DOWN)
        return self._chance.choice(FAULTS) if draw < self._share else OK

    def fails_to_list(self) -> bool:
        """Return whether the next list cannot be read."""
        return self._chance.random() < self._share / 2

    def latency_s(self) -> float:
        """Return how long an answer takes: some ten milliseconds mostly, more at times."""
        return 0.005 + 0.15 * self._chance.random() ** 2

    def late_s(self) -> float:
        """Return how long after it was read a late create is applied."""
        return LATEST_S * (0.2 + 0.8 * self._chance.random())
