from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.server.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.clock import Clock


@pytest.fixture
def service(tmp_path: Path, clock: Clock) -> Iterator[Service]:
    running = Service(tmp_path / "activities.db", clock)
    yield running
    running.store.close()
