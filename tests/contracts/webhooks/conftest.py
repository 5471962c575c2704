from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence.server.local import open_local
from cadence.server.store.keys import Caller, Scope
from tests.contracts.webhooks.office import Office
from tests.unit.server.conftest import url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import StoppedClock

__all__ = ["office", "url"]


@pytest.fixture
def office(url: str, clock: StoppedClock) -> Iterator[Office]:
    store, admin = open_local(url, now=clock.now())
    with store:
        yield Office(store, clock, Caller(admin.business_id, admin.user_id, Scope.ADMIN))
