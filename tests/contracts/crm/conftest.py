from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.crm import running
from tests.contracts.crm.authority import authority
from tests.contracts.crm.running import Reached
from tests.contracts.crm.ways import WAYS, Way

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.clock import Clock


@pytest.fixture(autouse=True)
def _our_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a CRM that speaks TLS trusted."""
    file = tmp_path / "authority.pem"
    authority().cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture(params=running.WAYS)
def service(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Reached]:
    reached = Reached(tmp_path / "store.db", clock)
    with reached.over(request.param):
        yield reached
    reached.store.close()


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request: pytest.FixtureRequest) -> Way:
    """A transport that uses a network, or a client of somebody else's; each must give the same answers."""
    chosen: Way = request.param
    return chosen
