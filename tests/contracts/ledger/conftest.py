"""Every kind of ledger, opened fresh and opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence.ledger import Holder, open_ledger
from tests.postgres import fresh_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cadence.ledger.ledger import Ledger

    Opener = Callable[..., Ledger]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/nested/folder/ledger.db"
    else:
        with fresh_database() as url:
            yield url


@pytest.fixture
def opened(url: str) -> Iterator[Opener]:
    """Open the ledger as process *pid*, of which those in *dead* have ended."""
    ledgers: list[Ledger] = []

    def open_as(pid: int = 1, *, dead: tuple[int, ...] = ()) -> Ledger:
        """The tests' times are made up, so no clock is compared with them."""
        ledger = open_ledger(url, holder=Holder(pid, "test"), gone=lambda holder: holder.pid in dead, skew=None)
        ledgers.append(ledger)
        return ledger

    yield open_as
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def ledger(opened: Opener) -> Ledger:
    return opened()
