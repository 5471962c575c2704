from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.crm.running import WAYS, Reached

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.clock import Clock


@pytest.fixture(params=WAYS)
def service(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Reached]:
    reached = Reached(tmp_path / "store.db", clock)
    with reached.over(request.param):
        yield reached
    reached.store.close()
